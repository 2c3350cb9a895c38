#pragma once
/// Comma-separated values for spreadsheets (RFC 4180).

#include <string>
#include <string_view>

namespace entsync {

/// A cell, always in quotes. One that a spreadsheet would take for a formula begins with an
/// apostrophe: values come from outside.
std::string csv_cell(std::string_view value);

}  // namespace entsync
