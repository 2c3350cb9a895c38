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

/// How the Problem of a file that cannot be made is told.
struct MakingWords {
  std::string code;
  std::string name;  ///< "the key of the vault"
  std::string remedy;
};

/// Makes the file, whole or not at all (mode 0600, synced with its folder). One that is there by
/// then, made by another process at the same moment, stays.
Result<void> make_secret_file(const std::filesystem::path& file, std::string_view text,
                              const MakingWords& words);
/// The same in the place of the one that is there.
Result<void> replace_secret_file(const std::filesystem::path& file, std::string_view text,
                                 const MakingWords& words);

}  // namespace entsync
