#pragma once
/// Reads the register of processing that lies beside a rule file: TOML with categories, purposes
/// and one line for each attribute. It is no part of what a run needs: a run does not stop because
/// a line is missing, whoever checks the configuration or answers a person is told.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/processing_register.hpp"

namespace entsync::config {

/// Where the register of these rules lies: "sdet-1d.rgpd.toml" beside "sdet-1d.toml".
std::filesystem::path processing_register_of(const std::filesystem::path& rules_file);

Result<ProcessingRegister> load_processing_register(const std::filesystem::path& path);
Result<ProcessingRegister> parse_processing_register(std::string_view text,
                                                     const std::string& file);

}  // namespace entsync::config
