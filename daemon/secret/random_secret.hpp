#pragma once
/// Secrets that the program makes for itself: random keys, written so that a crash never leaves
/// half of one.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync {

/// Fills with bytes of the kernel's generator (getrandom(2)).
void fill_random(std::span<unsigned char> bytes);

/// So many random bytes as lower-case hexadecimal digits.
std::string random_hex(std::size_t bytes);

/// Writes aside (mode 0600), syncs, renames over `file` and syncs its folder. A Problem of `code`
/// says that `name` cannot be made, with this remedy.
Result<void> write_secret_file(const std::filesystem::path& file, std::string_view text,
                               const std::string& code, const std::string& name,
                               const std::string& remedy);

}  // namespace entsync
