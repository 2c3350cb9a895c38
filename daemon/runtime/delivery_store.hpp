#pragma once
/// The deliveries that the inbox took: `deliveries/<académie>` of the state directory holds the
/// accepted ones, named `<académie>.<date>`, Deltas `<académie>.<date>.Delta`, so that the newest
/// Complet and the Deltas behind it are found by their names, and `quarantine/<académie>` those
/// that were refused, each with a file that says why. What came twice for one day replaces the
/// earlier one, which is kept aside. Everything moves by rename, so a delivery is in one place or
/// the other, never in both; so the inbox has to be on the file system of the state directory.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/date.hpp"
#include "core/feed.hpp"
#include "core/problem.hpp"

namespace entsync {

struct StoredDelivery {
  enum class State : std::uint8_t { accepted, replaced, refused };
  std::string academie;
  std::filesystem::path path;
  State state = State::accepted;
  std::chrono::sys_seconds since;  ///< when it was put here
};
std::string_view to_string(StoredDelivery::State state);
/// Where a refused delivery's reasons stand.
std::filesystem::path reason_of(const StoredDelivery& refused);

class DeliveryStore {
 public:
  explicit DeliveryStore(const std::filesystem::path& state_directory);

  [[nodiscard]] std::filesystem::path accepted_directory(const std::string& academie) const;

  /// Takes `items` – one archive, one folder, or the parts that lie loose in a folder – as the
  /// delivery of a day. Gives its new path.
  Result<std::filesystem::path> accept(const std::string& academie, Date date, DeliveryKind kind,
                                       const std::vector<std::filesystem::path>& items);
  /// Loose parts that a crash left on their way go back to where they came from.
  Result<void> give_back(const std::string& academie, const std::filesystem::path& inbox);
  /// Puts `items` into quarantine beside a file with the reasons. `stamp` keeps names apart.
  Result<std::filesystem::path> refuse(const std::string& academie, const std::string& stamp,
                                       const std::vector<std::filesystem::path>& items,
                                       const Problems& reasons);

  [[nodiscard]] std::vector<StoredDelivery> list() const;

  /// Shreds what is older than `keep`, except what runs still need of each académie: the newest
  /// accepted Complet and the Deltas behind it. What cannot be removed keeps none of the others.
  /// Overwriting is all that a program can do: file systems and disks that write elsewhere keep
  /// copies (see docs/configuration.md).
  struct Swept {
    std::vector<std::filesystem::path> gone;
    Problems problems;  ///< of those that could not be removed, or not be overwritten before
  };
  Swept sweep(std::chrono::sys_seconds now, std::chrono::days keep);

 private:
  std::filesystem::path accepted_;
  std::filesystem::path quarantine_;
};

}  // namespace entsync
