#include "template.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "text.hpp"

namespace entsync {
namespace {

constexpr std::array item_names{
    std::pair{std::string_view("dn"), ItemField::dn},
    std::pair{std::string_view("uai"), ItemField::uai},
    std::pair{std::string_view("ecole"), ItemField::ecole},
    std::pair{std::string_view("id"), ItemField::id},
    std::pair{std::string_view("label"), ItemField::label},
    std::pair{std::string_view("lien"), ItemField::lien},
    std::pair{std::string_view("code"), ItemField::code},
};
constexpr std::array scalar_names{
    std::pair{std::string_view("identifiant"), Scalar::identifiant},
    std::pair{std::string_view("login"), Scalar::login},
    std::pair{std::string_view("jointure"), Scalar::jointure},
    std::pair{std::string_view("ecole"), Scalar::ecole},
    std::pair{std::string_view("uai"), Scalar::uai},
    std::pair{std::string_view("nom"), Scalar::nom},
    std::pair{std::string_view("id"), Scalar::id},
};

template <class Table>
auto look_up(const Table& table, std::string_view name)
    -> std::optional<typename Table::value_type::second_type> {
  for (const auto& [known, value] : table)
    if (known == name) return value;
  return std::nullopt;
}

template <class Table>
std::string names_of(const Table& table) {
  std::string names;
  for (const auto& [name, value] : table) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<std::uint16_t> number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Problem bad(std::string what, std::string remedy) {
  return {Severity::error, "RULE-010", {}, std::move(what), std::move(remedy)};
}

Result<Filter> parse_filter(std::string_view text, const std::vector<ValueTable>& tables) {
  if (text == "upper") return Filter{Filter::Kind::upper};
  if (text == "lower") return Filter{Filter::Kind::lower};
  if (text == "ascii") return Filter{Filter::Kind::ascii};
  if (text.starts_with("part:")) {
    if (const auto n = number(text.substr(5))) return Filter{Filter::Kind::part, *n};
  }
  if (text.starts_with("table:")) {
    const auto found = std::ranges::find(tables, text.substr(6), &ValueTable::name);
    if (found != tables.end())
      return Filter{Filter::Kind::table, static_cast<std::uint16_t>(found - tables.begin())};
    return Problems(bad("there is no table '" + std::string(text.substr(6)) + "'",
                        "declare it under [tables]"));
  }
  return Problems(bad("unknown filter '" + std::string(text) + "'",
                      "filters are upper, lower, ascii, part:N and table:NAME"));
}

Result<Field> parse_field(std::string_view text, Vocabulary& vocabulary,
                          const std::vector<ValueTable>& tables) {
  Field field;
  std::string_view name = text;
  if (name.ends_with('?')) {
    field.optional = true;
    name.remove_suffix(1);
  }
  std::string_view filters;
  bool filtered = false;
  if (const std::size_t bar = name.find('|'); bar != std::string_view::npos) {
    filtered = true;
    filters = name.substr(bar + 1);
    name = name.substr(0, bar);
  }
  while (filtered) {
    const std::size_t bar = filters.find('|');
    auto filter = parse_filter(filters.substr(0, bar), tables);
    if (!filter) return filter.error();
    field.filters.push_back(*filter);
    filtered = bar != std::string_view::npos;
    if (filtered) filters = filters.substr(bar + 1);
  }
  if (name.starts_with('@')) {
    const auto scalar = look_up(scalar_names, name.substr(1));
    if (!scalar)
      return Problems(bad("there is no computed value '" + std::string(name) + "'",
                          "computed values are @" + names_of(scalar_names)));
    field.kind = Field::Kind::scalar;
    field.scalar = *scalar;
  } else if (name.starts_with('.')) {
    const auto item = look_up(item_names, name.substr(1));
    if (!item)
      return Problems(bad("there is no item field '" + std::string(name) + "'",
                          "item fields are ." + names_of(item_names)));
    field.kind = Field::Kind::item;
    field.item = *item;
  } else if (const auto part = number(name)) {
    field.kind = Field::Kind::part;
    field.part = *part;
  } else {
    const bool is_name =
        !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
        });
    if (!is_name)
      return Problems(bad("'" + std::string(text) + "' is not a field",
                          "write {AttributeName}, {0}, {.item} or {@computed}"));
    field.kind = Field::Kind::feed_attribute;
    field.attribute = vocabulary.add(name);
  }
  return field;
}

}  // namespace

Result<Template> parse_template(std::string_view text, Vocabulary& vocabulary,
                                const std::vector<ValueTable>& tables) {
  Template result{std::string(text), {}};
  std::string literal;
  const auto end_literal = [&] {
    if (literal.empty()) return;
    Field field;
    field.literal = std::exchange(literal, {});
    result.fields.push_back(std::move(field));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') return Problems(bad("a '}' without its '{'", "write {Name}"));
    if (text[i] != '{') {
      literal += text[i];
      continue;
    }
    const std::size_t close = text.find('}', i);
    if (close == std::string_view::npos)
      return Problems(bad("a '{' without its '}'", "write {Name}"));
    end_literal();
    auto field = parse_field(text.substr(i + 1, close - i - 1), vocabulary, tables);
    if (!field) return field.error();
    result.fields.push_back(std::move(*field));
    i = close;
  }
  end_literal();
  return result;
}

std::string apply_filters(const Field& field, std::string_view value,
                          const std::vector<ValueTable>& tables) {
  std::string text(value);
  for (const Filter& filter : field.filters) {
    switch (filter.kind) {
      case Filter::Kind::upper:
        text = to_upper(text);
        break;
      case Filter::Kind::lower:
        text = to_lower(text);
        break;
      case Filter::Kind::ascii:
        text = ascii_letters(text);
        break;
      case Filter::Kind::part: {
        std::vector<std::string_view> parts;
        split_composite(text, parts);
        std::string part;
        if (filter.argument < parts.size()) part = std::string(trim(parts[filter.argument]));
        text = std::move(part);
        break;
      }
      case Filter::Kind::table: {
        const auto& rows = tables[filter.argument].rows;
        const auto row = std::ranges::find(rows, text, &std::pair<std::string, std::string>::first);
        text = row == rows.end() ? std::string{} : row->second;
        break;
      }
    }
  }
  return text;
}

}  // namespace entsync
