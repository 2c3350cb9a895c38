#pragma once
/// What another registry would change: schools that come, change, leave the scope or are not named
/// any more. It compares lines; who loses an entitlement is decided by the next run.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "date.hpp"
#include "registry.hpp"

namespace entsync {

struct RegistryChange {
  enum class Kind : std::uint8_t { added, changed, removed };
  Kind kind = Kind::added;
  std::string uai;
  std::string label;
  std::vector<std::string> what{};  ///< of a change: "etat: inscrite -> resiliee"
  /// In scope now, and with the other registry not, or from a later day on.
  bool leaves = false;
};
std::string_view to_string(RegistryChange::Kind kind);

struct RegistryChanges {
  std::vector<RegistryChange> list;  ///< in the order of the UAIs
  std::vector<std::string> terms{};  ///< of all agreements: "grace_days: 120 -> 60"

  [[nodiscard]] std::size_t count(RegistryChange::Kind kind) const;
  [[nodiscard]] std::size_t leaving() const;
};

RegistryChanges changes_between(const Registry& present, const Registry& next, Date day);

/// "2 added, 1 changed, 0 removed, 1 leaving the scope", then what changes for all agreements.
std::string summary(const RegistryChanges& changes);
/// One line a school, and below it what changes; then the summary.
std::string render(const RegistryChanges& changes);

}  // namespace entsync
