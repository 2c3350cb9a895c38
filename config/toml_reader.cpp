#include "toml_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace entsync::config {
namespace {

std::string_view type_name(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a number";
  if (node.is_boolean()) return "true or false";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date or time";
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path, std::string_view code,
                                   std::uintmax_t max_bytes) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  if (!in || std::filesystem::is_directory(path, error)) {
    const std::string why = std::strerror(in ? EISDIR : errno);
    return Problems(Problem{Severity::error,
                            std::string(code),
                            {path.string(), 0, {}},
                            "this file cannot be read: " + why,
                            "check the path and its permissions"});
  }
  if (std::filesystem::file_size(path, error) > max_bytes)
    return Problems(Problem{Severity::error,
                            std::string(code),
                            {path.string(), 0, {}},
                            "this file is larger than " + std::to_string(max_bytes >> 20U) + " MiB",
                            "check that the path names the right file"});
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<toml::table> parse_toml(std::string_view text, const std::string& file) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return Problems(Problem{Severity::error,
                            "CONF-001",
                            {file, error.source().begin.line, {}},
                            std::string(error.description()),
                            "correct the TOML syntax"});
  }
}

const toml::node* TomlTable::node(std::string_view key) {
  known_.emplace_back(key);
  return table_->get(key);
}

std::string TomlTable::full(std::string_view key) const {
  if (key.empty()) return path_;
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Place TomlTable::place(std::string_view key) const {
  const toml::node* found = key.empty() ? nullptr : table_->get(key);
  const auto line = found != nullptr ? found->source().begin.line : table_->source().begin.line;
  return {file_, line, full(key)};
}

void TomlTable::error(std::string_view key, std::string what, std::string remedy) {
  problems_->error("CONF-002", place(key), std::move(what), std::move(remedy));
}

void TomlTable::warning(std::string_view key, std::string what, std::string remedy) {
  problems_->warning("CONF-003", place(key), std::move(what), std::move(remedy));
}

void TomlTable::refuse(std::string_view key, std::string what, std::string remedy) {
  if (table_->get(key) == nullptr) return;
  refused_.emplace_back(key);
  error(key, std::move(what), std::move(remedy));
}

bool TomlTable::has(std::string_view key) {
  return node(key) != nullptr;
}

bool TomlTable::is_list(std::string_view key) const {
  const toml::node* found = table_->get(key);
  return found != nullptr && found->is_array();
}

std::optional<std::string> TomlTable::text(std::string_view key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const auto value = found->value_exact<std::string>()) return *value;
  error(key, "expects a text, found " + std::string(type_name(*found)), "write it in quotes");
  return std::nullopt;
}

std::string TomlTable::text_or(std::string_view key, std::string fallback) {
  return text(key).value_or(std::move(fallback));
}

std::string TomlTable::required_text(std::string_view key) {
  if (node(key) == nullptr) {
    error(key, "this key is missing", "add " + std::string(key) + " = \"…\"");
    return {};
  }
  const auto value = text(key);
  if (value && value->empty()) error(key, "must not be empty", "give it a value");
  return value.value_or(std::string{});
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key, std::int64_t min,
                                               std::int64_t max) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto value = found->value_exact<std::int64_t>();
  const std::string range = std::to_string(min) + " to " + std::to_string(max);
  if (!value) {
    error(key, "expects a whole number, found " + std::string(type_name(*found)),
          "allowed: " + range);
    return std::nullopt;
  }
  if (*value < min || *value > max) {
    error(key, std::to_string(*value) + " is out of range", "allowed: " + range);
    return std::nullopt;
  }
  return value;
}

std::optional<double> TomlTable::number(std::string_view key, double min, double max) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  std::optional<double> value = found->value_exact<double>();
  if (const auto whole = found->value_exact<std::int64_t>()) value = static_cast<double>(*whole);
  std::ostringstream range;
  range << "allowed: " << min << " to " << max;
  if (!value) {
    error(key, "expects a number, found " + std::string(type_name(*found)), range.str());
    return std::nullopt;
  }
  if (!(*value >= min && *value <= max)) {
    error(key, "is out of range", range.str());
    return std::nullopt;
  }
  return value;
}

std::optional<bool> TomlTable::boolean(std::string_view key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const auto value = found->value_exact<bool>()) return *value;
  error(key, "expects true or false, found " + std::string(type_name(*found)),
        "write true or false without quotes");
  return std::nullopt;
}

std::vector<std::string> TomlTable::texts(std::string_view key) {
  std::vector<std::string> values;
  const toml::node* found = node(key);
  if (found == nullptr) return values;
  const toml::array* array = found->as_array();
  if (array == nullptr) {
    error(key, "expects a list of texts, found " + std::string(type_name(*found)),
          "write [\"…\", \"…\"]");
    return values;
  }
  for (const toml::node& item : *array) {
    if (const auto value = item.value_exact<std::string>())
      values.push_back(*value);
    else
      error(key, "expects texts only, found " + std::string(type_name(item)), "quote every item");
  }
  return values;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const toml::table* t = found->as_table()) return TomlTable(*t, file_, full(key), *problems_);
  error(key, "expects a table, found " + std::string(type_name(*found)),
        "write [" + full(key) + "] or { … }");
  return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  std::vector<TomlTable> result;
  const toml::node* found = node(key);
  if (found == nullptr) return result;
  const toml::array* array = found->as_array();
  if (array == nullptr) {
    error(key, "expects a list of tables, found " + std::string(type_name(*found)),
          "write [[" + full(key) + "]]");
    return result;
  }
  std::size_t index = 0;
  for (const toml::node& item : *array) {
    ++index;
    if (const toml::table* t = item.as_table())
      result.emplace_back(*t, file_, full(key) + "[" + std::to_string(index) + "]", *problems_);
    else
      error(key, "expects tables only, found " + std::string(type_name(item)), "write { … }");
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> TomlTable::all_texts() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& key : keys())
    if (auto value = text(key)) result.emplace_back(key, *value);
  return result;
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::pair<toml::source_index, std::string>> found;
  for (const auto& [key, value] : *table_)
    found.emplace_back(value.source().begin.line, std::string(key.str()));
  std::ranges::stable_sort(found, {}, &std::pair<toml::source_index, std::string>::first);
  std::vector<std::string> result;
  for (auto& [line, key] : found) result.push_back(std::move(key));
  return result;
}

void TomlTable::finish() {
  std::vector<std::string> allowed = known_;
  std::ranges::sort(allowed);
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  for (const auto& [key, value] : *table_) {
    if (std::ranges::binary_search(allowed, key.str()) ||
        std::ranges::find(refused_, key.str()) != refused_.end())
      continue;
    std::string list;
    for (const std::string& name : allowed) list += (list.empty() ? "" : ", ") + name;
    error(key.str(), "this key is not known", "allowed here: " + list);
  }
}

}  // namespace entsync::config
