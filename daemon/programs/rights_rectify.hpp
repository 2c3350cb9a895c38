#pragma once
/// `entsync rights rectify`: tickets of rectification (GDPR art. 16), see runtime/rectifying.hpp.

#include <CLI/CLI.hpp>
#include <string>

#include "commands.hpp"

namespace entsync::programs {

void add_rectify(CLI::App& rights, const std::string& config, Chosen& chosen);

}  // namespace entsync::programs
