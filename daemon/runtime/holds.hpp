#pragma once
/// Plans that wait for a human, one file each in `holds` of the state directory, named by the
/// digest of what they would do: the same surprise on the next night is the same hold. A newer run
/// supersedes what an older one held.

#include <filesystem>
#include <string>
#include <vector>

#include "plan_file.hpp"

namespace entsync {

struct HeldPlan {
  std::string id;  ///< twelve hexadecimal digits
  std::filesystem::path path;
};

class Holds {
 public:
  explicit Holds(const std::filesystem::path& state_directory);

  /// Saves a held plan and returns it; `is_new` is false when it waited already.
  Result<HeldPlan> keep(const Plan& plan, const std::vector<Hold>& reasons, bool& is_new);
  [[nodiscard]] Result<std::vector<HeldPlan>> list() const;
  /// By id or the beginning of one; a problem when there is none or several.
  [[nodiscard]] Result<HeldPlan> find(const std::string& id) const;
  /// The plan is gone: approved, rejected, or overtaken by a newer run.
  Result<void> drop(const HeldPlan& held);

 private:
  std::filesystem::path directory_;
};

}  // namespace entsync
