#pragma once
/// The state file: the model after the last delivery, from which the next one is made. A dump of
/// the tables for this machine, guarded by a version and a checksum; not a format to keep.

#include <filesystem>

#include "world.hpp"

namespace generator {

/// Written beside and renamed, so that an interrupted write leaves the old state. Throws
/// std::runtime_error with the reason.
void save_state(const World& world, const std::filesystem::path& file);
/// Throws std::runtime_error when the file is damaged, of another version, or not a state file.
World load_state(const std::filesystem::path& file);

}  // namespace generator
