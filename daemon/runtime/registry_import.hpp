#pragma once
/// Puts another registry in the place of the configured one: checked whole, compared, journaled as
/// an order before it happens, and the file replaced at once or not at all. The configured file
/// belongs to whoever may write it, which the daemon may not: so the command replaces it, and the
/// daemon journals it and reads it again.

#include <filesystem>
#include <string>

#include "core/problem.hpp"
#include "core/registry.hpp"
#include "core/registry_changes.hpp"

namespace entsync {

/// A registry that was checked and may be put in place.
struct NewRegistry {
  std::string text;
  Registry values;
  Problems warnings{};
};
Result<NewRegistry> read_new_registry(const std::filesystem::path& file);

/// As the journal names it: which file comes, and what it changes.
std::string import_detail(const std::string& digest, const std::string& what);

/// REG-001 when the file does not hold `present` any more: what was shown would not be what is
/// done.
Result<void> replace_registry(const std::filesystem::path& path, const Registry& present,
                              const NewRegistry& next);

}  // namespace entsync
