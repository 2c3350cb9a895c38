#pragma once
/// `entsync registry statement`: the yearly statement as a table, JSON or CSV.

#include <CLI/CLI.hpp>
#include <string>

#include "commands.hpp"

namespace entsync::programs {

void add_statement(CLI::App& registry, const std::string& config, Chosen& chosen);

}  // namespace entsync::programs
