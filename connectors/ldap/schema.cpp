#include "connectors/ldap/schema.hpp"

#include <ldap_schema.h>

#include <memory>

#include "core/text.hpp"

namespace entsync::ldap {
namespace {

struct FreeType {
  void operator()(LDAPAttributeType* type) const { ldap_attributetype_free(type); }
};
using Type = std::unique_ptr<LDAPAttributeType, FreeType>;

/// Longest chain of supertypes that is followed; a cycle ends here.
constexpr int max_depth = 32;

class Definitions {
 public:
  explicit Definitions(std::span<const std::string> texts) {
    for (const std::string& text : texts) {
      int code = 0;
      const char* at = nullptr;
      Type type(ldap_str2attributetype(text.c_str(), &code, &at, LDAP_SCHEMA_ALLOW_ALL));
      if (type == nullptr || type->at_oid == nullptr) {
        ++unreadable_;
        continue;
      }
      by_name_.emplace(ascii_lower(type->at_oid), type.get());
      for (char** name = type->at_names; name != nullptr && *name != nullptr; ++name)
        by_name_.emplace(ascii_lower(*name), type.get());
      types_.push_back(std::move(type));
    }
  }

  [[nodiscard]] const LDAPAttributeType* find(std::string_view name) const {
    const auto found = by_name_.find(ascii_lower(name));
    return found == by_name_.end() ? nullptr : found->second;
  }
  [[nodiscard]] const LDAPAttributeType* parent(const LDAPAttributeType* type) const {
    return type->at_sup_oid == nullptr ? nullptr : find(type->at_sup_oid);
  }
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

 private:
  std::vector<Type> types_;
  std::unordered_map<std::string, const LDAPAttributeType*> by_name_;
  std::size_t unreadable_ = 0;
};

/// SINGLE-VALUE is not inherited; EQUALITY and SYNTAX, with its length, are.
void describe(const Definitions& definitions, const LDAPAttributeType* type,
              TargetAttributeInfo& info) {
  info.known_to_server = true;
  info.single_valued = type->at_single_value != 0;
  info.max_length = 0;
  const char* equality = nullptr;
  const char* syntax = nullptr;
  const LDAPAttributeType* at = type;
  for (int depth = 0; at != nullptr && depth < max_depth; ++depth, at = definitions.parent(at)) {
    if (equality == nullptr) equality = at->at_equality_oid;
    if (syntax == nullptr && at->at_syntax_oid != nullptr) {
      syntax = at->at_syntax_oid;
      info.max_length = at->at_syntax_len > 0 ? static_cast<std::size_t>(at->at_syntax_len) : 0;
    }
    if (equality != nullptr && syntax != nullptr) break;
  }
  info.matching = matching_by_rule(equality == nullptr ? "" : equality);
  info.syntax = syntax_by_oid(syntax == nullptr ? "" : syntax);
}

std::vector<std::string> names_of(const LDAPAttributeType* type) {
  std::vector<std::string> names{ascii_lower(type->at_oid)};
  for (char** name = type->at_names; name != nullptr && *name != nullptr; ++name)
    names.push_back(ascii_lower(*name));
  return names;
}

}  // namespace

void Aliases::add(std::vector<std::string> names) {
  for (const std::string& name : names) group_by_name_[name] = groups_.size();
  groups_.push_back(std::move(names));
}

std::vector<std::string> Aliases::of(std::string_view name) const {
  std::string lower = ascii_lower(name);
  if (const auto found = group_by_name_.find(lower); found != group_by_name_.end())
    return groups_[found->second];
  return {std::move(lower)};
}

Problems apply_schema(std::span<const std::string> attribute_types, TargetVocabulary& vocabulary,
                      Aliases& aliases) {
  Problems problems;
  const Definitions definitions(attribute_types);
  std::unordered_map<const LDAPAttributeType*, TargetAttribute> seen;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto attribute = static_cast<TargetAttribute>(i);
    TargetAttributeInfo& info = vocabulary.info(attribute);
    const LDAPAttributeType* type = definitions.find(info.name);
    if (type == nullptr) {
      info.known_to_server = false;
      problems.error("LDAP-052", {{}, 0, info.name},
                     "the directory's schema does not have this attribute of the rules",
                     "load the schema that the rules are written for, or correct the rules");
      continue;
    }
    if (const auto [known, is_new] = seen.emplace(type, attribute); !is_new) {
      problems.error(
          "LDAP-053", {{}, 0, info.name},
          "the rules name one attribute twice, also as " + vocabulary.name(known->second),
          "use one name for it in the rules");
    }
    describe(definitions, type, info);
    aliases.add(names_of(type));
  }
  if (definitions.unreadable() > 0)
    problems.note("LDAP-054", {},
                  std::to_string(definitions.unreadable()) +
                      " attribute definitions of the directory's schema could not be read");
  return problems;
}

}  // namespace entsync::ldap
