#pragma once
/// The registry of enrolled schools, as TOML, for the school year of the delivery.

#include <filesystem>

#include "world.hpp"

namespace generator {

void write_registry(const World& world, const std::filesystem::path& file, const Names& names);

}  // namespace generator
