#pragma once
/// Small, safe file operations of the state directory.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync {

/// Whole contents.
Result<std::string> read_file(const std::filesystem::path& path);

/// Writes aside, syncs, renames over `path` and syncs the directory; mode 0600. All or nothing.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Replaces a file that is there in the same way, with its mode and owner; what it held is kept
/// beside it, as PATH.previous. Where `path` is a symbolic link, the file behind it is meant.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

/// Appends to a file, which is made (mode 0600) when missing, and syncs it.
Result<void> append_to_file(const std::filesystem::path& path, std::string_view bytes);

/// Creates the directory and its parents, mode 0700, when missing.
Result<void> make_private_directory(const std::filesystem::path& path);

}  // namespace entsync
