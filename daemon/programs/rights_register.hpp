#pragma once
/// `entsync rights register`: the register of processing activities (GDPR art. 30).

#include <CLI/CLI.hpp>
#include <string>

#include "commands.hpp"

namespace entsync::programs {

void add_register(CLI::App& rights, const std::string& config, Chosen& chosen);

}  // namespace entsync::programs
