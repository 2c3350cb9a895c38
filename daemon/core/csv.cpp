#include "csv.hpp"

namespace entsync {

std::string csv_cell(std::string_view value) {
  std::string text = "\"";
  if (!value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos)
    text += '\'';
  for (const char c : value) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + "\"";
}

}  // namespace entsync
