#pragma once
/// `entsync rights access`: the package that answers a request of access (GDPR art. 15).

#include <CLI/CLI.hpp>
#include <string>

#include "commands.hpp"

namespace entsync::programs {

void add_access(CLI::App& rights, const std::string& config, Chosen& chosen);

}  // namespace entsync::programs
