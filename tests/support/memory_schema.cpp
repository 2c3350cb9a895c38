#include "support/memory_schema.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "core/text.hpp"

namespace entsync::test {
namespace {

/// What the shipped schema stands on (RFC 4512, RFC 4519, RFC 2798), reduced to what the rules use.
constexpr std::string_view standard = R"(
attributetype ( 2.5.4.0 NAME 'objectClass' EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
attributetype ( 2.5.4.3 NAME 'cn' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.4 NAME 'sn' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.42 NAME 'givenName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.11 NAME 'ou' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.7 NAME 'l' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.9 NAME 'street' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.17 NAME 'postalCode' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{40} )
attributetype ( 2.5.4.13 NAME 'description' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.20 NAME 'telephoneNumber' EQUALITY telephoneNumberMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50{32} )
attributetype ( 0.9.2342.19200300.100.1.20 NAME 'homePhone' EQUALITY telephoneNumberMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50 )
attributetype ( 0.9.2342.19200300.100.1.41 NAME 'mobile' EQUALITY telephoneNumberMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50 )
attributetype ( 0.9.2342.19200300.100.1.1 NAME 'uid' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256} )
attributetype ( 0.9.2342.19200300.100.1.3 NAME 'mail' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{256} )
attributetype ( 0.9.2342.19200300.100.1.40 NAME 'personalTitle' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256} )
attributetype ( 2.16.840.1.113730.3.1.241 NAME 'displayName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 2.5.4.31 NAME 'member' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
objectclass ( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )
objectclass ( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( telephoneNumber $ description ) )
objectclass ( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL MAY ( street $ postalCode $ l $ ou ) )
objectclass ( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP organizationalPerson STRUCTURAL
  MAY ( displayName $ givenName $ homePhone $ mail $ mobile $ uid ) )
objectclass ( 2.5.6.5 NAME 'organizationalUnit' SUP top STRUCTURAL MUST ou
  MAY ( telephoneNumber $ street $ postalCode $ l $ description ) )
objectclass ( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn ) MAY ( ou $ description ) )
)";

/// Words of a definition; parentheses stand alone, quotes are taken off.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (!quoted && (c == ' ' || c == '\n' || c == '\t')) {
      end();
    } else if (!quoted && (c == '(' || c == ')' || c == '$')) {
      end();
      if (c != '$') words.emplace_back(1, c);
    } else {
      word += c;
    }
  }
  end();
  return words;
}

std::string after(const std::vector<std::string>& words, std::string_view key) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == key) return words[i + 1] == "(" ? words[i + 2] : words[i + 1];
  return {};
}

bool has(const std::vector<std::string>& words, std::string_view key) {
  return std::find(words.begin(), words.end(), key) != words.end();
}

std::set<std::string> names_after(const std::vector<std::string>& words, std::string_view key) {
  std::set<std::string> names;
  const auto at = std::find(words.begin(), words.end(), key);
  if (at == words.end()) return names;
  auto next = at + 1;
  if (*next != "(") return {ascii_lower(*next)};
  for (++next; *next != ")"; ++next) names.insert(ascii_lower(*next));
  return names;
}

}  // namespace

void Schema::add(std::string_view text) {
  const auto definition = [&](std::string_view body, bool is_class) {
    const std::vector<std::string> words = words_of(body);
    const std::string name = after(words, "NAME");
    if (is_class) {
      classes_[ascii_lower(name)] = {name, after(words, "SUP"), has(words, "STRUCTURAL"),
                                     names_after(words, "MUST"), names_after(words, "MAY")};
      return;
    }
    TargetAttributeInfo info;
    info.name = name;
    info.matching = matching_by_rule(after(words, "EQUALITY"));
    std::string syntax = after(words, "SYNTAX");
    if (const std::size_t brace = syntax.find('{'); brace != std::string::npos) {
      info.max_length = std::stoul(syntax.substr(brace + 1));
      syntax.resize(brace);
    }
    info.syntax = syntax_by_oid(syntax);
    info.single_valued = has(words, "SINGLE-VALUE");
    info.known_to_server = true;
    attributes_[ascii_lower(name)] = info;
  };
  std::string body;
  bool is_class = false;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    const bool attribute = line.starts_with("attributetype ");
    if (attribute || line.starts_with("objectclass ")) {
      if (!body.empty()) definition(body, is_class);
      is_class = !attribute;
      body.clear();
    }
    if (!line.starts_with('#') && !line.starts_with("objectIdentifier ")) body += line + "\n";
  }
  if (!body.empty()) definition(body, is_class);
}

const Schema& Schema::of_1d() {
  static const Schema schema = [] {
    Schema loaded;
    loaded.add(standard.substr(1));
    std::ifstream in(ENTSYNC_SOURCE_DIR "/config/schema/ent-1d.schema");
    std::ostringstream text;
    text << in.rdbuf();
    const std::string all = text.str();
    const std::size_t first = all.find("attributetype ");
    if (first == std::string::npos) throw std::logic_error("the shipped schema cannot be read");
    loaded.add(std::string_view(all).substr(first));
    return loaded;
  }();
  return schema;
}

const TargetAttributeInfo* Schema::attribute(std::string_view name) const {
  const auto found = attributes_.find(ascii_lower(name));
  return found == attributes_.end() ? nullptr : &found->second;
}

const SchemaClass* Schema::object_class(std::string_view name) const {
  const auto found = classes_.find(ascii_lower(name));
  return found == classes_.end() ? nullptr : &found->second;
}

template <class Visit>
void Schema::each_class(const std::vector<std::string>& names, Visit&& visit) const {
  for (const std::string& name : names)
    for (const SchemaClass* c = object_class(name); c != nullptr; c = object_class(c->sup))
      visit(*c);
}

std::set<std::string> Schema::must(const std::vector<std::string>& classes) const {
  std::set<std::string> names;
  each_class(classes, [&](const SchemaClass& c) { names.insert(c.must.begin(), c.must.end()); });
  return names;
}

std::set<std::string> Schema::allowed(const std::vector<std::string>& classes) const {
  std::set<std::string> names = must(classes);
  each_class(classes, [&](const SchemaClass& c) { names.insert(c.may.begin(), c.may.end()); });
  return names;
}

void Schema::refine(TargetVocabulary& vocabulary) const {
  for (TargetAttribute a = 0; a < vocabulary.size(); ++a) {
    const TargetAttributeInfo* known = attribute(vocabulary.name(a));
    if (known == nullptr) continue;
    const std::string name = vocabulary.name(a);
    vocabulary.info(a) = *known;
    vocabulary.info(a).name = name;
  }
}

}  // namespace entsync::test
