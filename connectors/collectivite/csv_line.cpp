#include "csv_line.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace entsync::collectivite {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Reads the quoted field whose opening quote is at `at`; leaves `at` at the separator or the end.
std::optional<std::string> quoted_field(std::string_view line, std::size_t& at) {
  std::string field;
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      field += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      field += '"';
      ++at;
    } else {
      for (++at; at < line.size() && is_blank(line[at]); ++at) {
      }
      if (at < line.size() && line[at] != ';') return std::nullopt;
      return field;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> split_csv_line(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t at = 0;; ++at) {
    while (at < line.size() && is_blank(line[at])) ++at;
    if (at < line.size() && line[at] == '"') {
      auto field = quoted_field(line, at);
      if (!field) return std::nullopt;
      fields.emplace_back(trim(*field));
    } else {
      const std::size_t end = std::min(line.find(';', at), line.size());
      const std::string_view field = line.substr(at, end - at);
      if (field.find('"') != std::string_view::npos) return std::nullopt;
      fields.emplace_back(trim(field));
      at = end;
    }
    if (at >= line.size()) return fields;
  }
}

}  // namespace entsync::collectivite
