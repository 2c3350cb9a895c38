#pragma once
/// An LDAP schema as far as a server needs it to refuse: attributes with equality rule, syntax and
/// cardinality, classes with MUST and MAY. Read from the schema file that is shipped, over the
/// classes of RFC 4519 and RFC 2798 that it builds on.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/matching.hpp"

namespace entsync::test {

struct SchemaClass {
  std::string name;
  std::string sup;
  bool structural = false;
  std::set<std::string> must;  ///< lower case, those of superior classes not included
  std::set<std::string> may;
};

class Schema {
 public:
  /// config/schema/ent-1d.schema over the standard classes.
  static const Schema& of_1d();

  [[nodiscard]] const TargetAttributeInfo* attribute(std::string_view name) const;
  [[nodiscard]] const SchemaClass* object_class(std::string_view name) const;
  /// What MUST and MAY be on an entry of these classes, superior ones included; the names are lower
  /// case.
  [[nodiscard]] std::set<std::string> must(const std::vector<std::string>& classes) const;
  [[nodiscard]] std::set<std::string> allowed(const std::vector<std::string>& classes) const;

  /// Sets matching rule, syntax and cardinality of the attributes that the schema knows.
  void refine(TargetVocabulary& vocabulary) const;

  /// Adds the definitions of a text in OpenLDAP's schema format.
  void add(std::string_view text);

 private:
  template <class Visit>
  void each_class(const std::vector<std::string>& names, Visit&& visit) const;

  std::map<std::string, TargetAttributeInfo> attributes_;  ///< by lower-case name
  std::map<std::string, SchemaClass> classes_;
};

}  // namespace entsync::test
