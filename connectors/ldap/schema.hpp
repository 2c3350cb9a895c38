#pragma once
/// What the server's subschema (RFC 4512 §4.2) says of the attributes that the rules name.

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/matching.hpp"
#include "core/problem.hpp"

namespace entsync::ldap {

/// Other names of attributes: a server answers with its own name whatever it was asked (`surname`
/// comes back as `sn`).
class Aliases {
 public:
  /// `names` mean one attribute.
  void add(std::vector<std::string> names);
  /// Every name of the attribute, lower-case, itself included.
  [[nodiscard]] std::vector<std::string> of(std::string_view name) const;

 private:
  std::unordered_map<std::string, std::size_t> group_by_name_;
  std::vector<std::vector<std::string>> groups_;
};

/// Fills matching rule, syntax, length, cardinality and presence of each attribute of `vocabulary`
/// from the values of attributeTypes; what a definition leaves out is taken from its supertypes
/// (RFC 4512 §2.5.1). LDAP-052 for an attribute that the server does not know, LDAP-053 when two
/// names of the vocabulary mean one attribute, LDAP-054 (note) for definitions that cannot be
/// parsed.
Problems apply_schema(std::span<const std::string> attribute_types, TargetVocabulary& vocabulary,
                      Aliases& aliases);

}  // namespace entsync::ldap
