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

/// That somebody approved of a plan which needs a second person.
struct Approval {
  std::string at;  ///< RFC 3339
  std::string actor;
  std::string schools;  ///< UAIs that it is for, comma-separated; empty: all of the plan
};

class Holds {
 public:
  explicit Holds(const std::filesystem::path& state_directory);

  /// The id and the file that this plan has, or would have, here.
  [[nodiscard]] HeldPlan named(const Plan& plan) const;
  [[nodiscard]] static bool waits(const HeldPlan& held);
  Result<void> keep(const HeldPlan& held, const Plan& plan, const std::vector<Hold>& reasons,
                    const LastApplied& after);
  [[nodiscard]] Result<std::vector<HeldPlan>> list() const;
  /// By id or the beginning of one; a problem when there is none or several.
  [[nodiscard]] Result<HeldPlan> find(const std::string& id) const;
  /// Those who approved so far, in order; remembered beside the plan and gone with it.
  [[nodiscard]] Result<std::vector<Approval>> approvals(const HeldPlan& held) const;
  Result<void> add_approval(const HeldPlan& held, const Approval& approval);
  /// The plan is gone: approved, rejected, or overtaken by a newer run.
  Result<void> drop(const HeldPlan& held);

 private:
  std::filesystem::path directory_;
};

}  // namespace entsync
