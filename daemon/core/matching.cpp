#include "matching.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

struct NamedRule {
  std::string_view name;
  std::string_view oid;
  Matching matching;
};

constexpr std::array named_rules{
    NamedRule{"objectIdentifierMatch", "2.5.13.0", Matching::case_ignore},
    NamedRule{"distinguishedNameMatch", "2.5.13.1", Matching::dn},
    NamedRule{"caseIgnoreMatch", "2.5.13.2", Matching::case_ignore},
    NamedRule{"caseExactMatch", "2.5.13.5", Matching::case_exact},
    NamedRule{"numericStringMatch", "2.5.13.8", Matching::numeric},
    NamedRule{"caseIgnoreListMatch", "2.5.13.11", Matching::case_ignore},
    NamedRule{"booleanMatch", "2.5.13.13", Matching::boolean},
    NamedRule{"integerMatch", "2.5.13.14", Matching::numeric},
    NamedRule{"octetStringMatch", "2.5.13.17", Matching::octets},
    NamedRule{"telephoneNumberMatch", "2.5.13.20", Matching::telephone},
    NamedRule{"generalizedTimeMatch", "2.5.13.27", Matching::time},
    NamedRule{"caseExactIA5Match", "1.3.6.1.4.1.1466.109.114.1", Matching::case_exact},
    NamedRule{"caseIgnoreIA5Match", "1.3.6.1.4.1.1466.109.114.2", Matching::case_ignore},
    NamedRule{"UUIDMatch", "1.3.6.1.1.16.2", Matching::case_ignore},
};

std::string without(std::string_view text, std::string_view dropped) {
  std::string out;
  for (const char c : text)
    if (dropped.find(c) == std::string_view::npos) out += c;
  return out;
}

std::string collapse(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space)
      out += c;
    else if (out.back() != ' ')
      out += ' ';
  }
  return out;
}

}  // namespace

std::string_view to_string(Matching matching) {
  switch (matching) {
    case Matching::case_ignore:
      return "caseIgnore";
    case Matching::case_exact:
      return "caseExact";
    case Matching::octets:
      return "octets";
    case Matching::dn:
      return "distinguishedName";
    case Matching::telephone:
      return "telephoneNumber";
    case Matching::numeric:
      return "numeric";
    case Matching::boolean:
      return "boolean";
    case Matching::time:
      return "generalizedTime";
    case Matching::none:
      return "none";
  }
  return "?";
}

Matching matching_by_rule(std::string_view rule) {
  if (rule.empty()) return Matching::none;
  for (const NamedRule& known : named_rules)
    if (equals_ignoring_case(known.name, rule) || known.oid == rule) return known.matching;
  return Matching::octets;
}

std::string_view to_string(Syntax syntax) {
  switch (syntax) {
    case Syntax::directory_string:
      return "DirectoryString";
    case Syntax::ia5:
      return "IA5String";
    case Syntax::printable:
      return "PrintableString";
    case Syntax::numeric:
      return "NumericString";
    case Syntax::integer:
      return "INTEGER";
    case Syntax::dn:
      return "DN";
    case Syntax::boolean:
      return "Boolean";
    case Syntax::time:
      return "GeneralizedTime";
    case Syntax::octets:
      return "OctetString";
  }
  return "?";
}

Syntax syntax_by_oid(std::string_view oid) {
  constexpr std::string_view arc = "1.3.6.1.4.1.1466.115.121.1.";
  if (!oid.starts_with(arc)) return Syntax::octets;
  const std::string_view n = oid.substr(arc.size());
  if (n == "15") return Syntax::directory_string;
  if (n == "26") return Syntax::ia5;
  if (n == "44" || n == "50") return Syntax::printable;
  if (n == "36") return Syntax::numeric;
  if (n == "27") return Syntax::integer;
  if (n == "12") return Syntax::dn;
  if (n == "7") return Syntax::boolean;
  if (n == "24") return Syntax::time;
  return Syntax::octets;
}

bool is_valid(const TargetAttributeInfo& info, std::string_view value) {
  const auto all = [&](auto&& accepts) { return std::ranges::all_of(value, accepts); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  // A character has one byte at least.
  if (info.max_length != 0 && value.size() > info.max_length) {
    const auto characters = static_cast<std::size_t>(std::ranges::count_if(
        value, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    if (characters > info.max_length) return false;
  }
  switch (info.syntax) {
    case Syntax::directory_string:
      return !value.empty() && is_valid_utf8(value);
    case Syntax::ia5:
      return all([](char c) { return static_cast<unsigned char>(c) < 0x80; });
    case Syntax::printable:
      return !value.empty() && all([&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
               std::string_view("'()+,-./:? =").find(c) != std::string_view::npos;
      });
    case Syntax::numeric:
      return !value.empty() && all([&](char c) { return is_digit(c) || c == ' '; });
    case Syntax::integer: {
      const std::string_view digits = value.starts_with('-') ? value.substr(1) : value;
      return !digits.empty() && std::ranges::all_of(digits, is_digit);
    }
    case Syntax::dn:
      return dn::is_plain(value) || dn::parse(value).has_value();
    case Syntax::boolean:
      return value == "TRUE" || value == "FALSE";
    case Syntax::time:
      return value.size() >= 11 && std::ranges::all_of(value.substr(0, 10), is_digit);
    case Syntax::octets:
      return true;
  }
  return true;
}

std::string normalise(Matching matching, std::string_view value) {
  switch (matching) {
    case Matching::case_ignore:
      return case_fold(value);
    case Matching::case_exact:
      return collapse(value);
    case Matching::dn:
      return dn::normalise(value);
    case Matching::telephone:
      return ascii_lower(without(value, " -"));
    case Matching::numeric:
      return without(value, " ");
    case Matching::boolean:
      return to_upper(value);
    case Matching::time:
    case Matching::octets:
    case Matching::none:
      return std::string(value);
  }
  return std::string(value);
}

bool equal(Matching matching, std::string_view a, std::string_view b) {
  return a == b || normalise(matching, a) == normalise(matching, b);
}

TargetAttribute TargetVocabulary::add(std::string_view name) {
  if (const TargetAttribute known = find(name); known != npos) return known;
  infos_.push_back({std::string(name)});
  return static_cast<TargetAttribute>(infos_.size() - 1);
}

TargetAttribute TargetVocabulary::find(std::string_view name) const {
  for (std::size_t i = 0; i < infos_.size(); ++i)
    if (equals_ignoring_case(infos_[i].name, name)) return static_cast<TargetAttribute>(i);
  return npos;
}

}  // namespace entsync
