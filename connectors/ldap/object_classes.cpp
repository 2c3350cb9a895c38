#include "connectors/ldap/object_classes.hpp"

#include <ldap_schema.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/text.hpp"

namespace entsync::ldap {
namespace {

struct FreeClass {
  void operator()(LDAPObjectClass* type) const { ldap_objectclass_free(type); }
};
using ClassPtr = std::unique_ptr<LDAPObjectClass, FreeClass>;

class Classes {
 public:
  explicit Classes(std::span<const std::string> texts) {
    for (const std::string& text : texts) {
      int code = 0;
      const char* at = nullptr;
      ClassPtr type(ldap_str2objectclass(text.c_str(), &code, &at, LDAP_SCHEMA_ALLOW_ALL));
      if (type == nullptr || type->oc_oid == nullptr) continue;
      by_name_.emplace(ascii_lower(type->oc_oid), type.get());
      for (char** name = type->oc_names; name != nullptr && *name != nullptr; ++name)
        by_name_.emplace(ascii_lower(*name), type.get());
      types_.push_back(std::move(type));
    }
  }

  [[nodiscard]] const LDAPObjectClass* find(std::string_view name) const {
    const auto found = by_name_.find(ascii_lower(name));
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  std::vector<ClassPtr> types_;
  std::unordered_map<std::string, const LDAPObjectClass*> by_name_;
};

/// What the classes of one shape, with their superclasses, demand and allow; names as `Aliases`
/// calls them first.
class Contents {
 public:
  Contents(const Classes& classes, const Aliases& aliases) : classes_(classes), aliases_(aliases) {}

  void add(const LDAPObjectClass* type) {
    if (type == nullptr || !seen_.insert(type).second) return;
    takes_anything_ = takes_anything_ || is_named(type, "extensibleObject");
    for (char** name = type->oc_at_oids_must; name != nullptr && *name != nullptr; ++name) {
      must_.emplace(canonical(*name), *name);
      allowed_.insert(canonical(*name));
    }
    for (char** name = type->oc_at_oids_may; name != nullptr && *name != nullptr; ++name)
      allowed_.insert(canonical(*name));
    for (char** name = type->oc_sup_oids; name != nullptr && *name != nullptr; ++name)
      add(classes_.find(*name));
  }

  [[nodiscard]] std::string canonical(std::string_view name) const {
    return aliases_.of(name).front();
  }
  /// Canonical name → as the server writes it.
  [[nodiscard]] const std::map<std::string, std::string>& must() const { return must_; }
  [[nodiscard]] bool allows(std::string_view name) const {
    return takes_anything_ || allowed_.contains(canonical(name));
  }

 private:
  static bool is_named(const LDAPObjectClass* type, std::string_view wanted) {
    for (char** name = type->oc_names; name != nullptr && *name != nullptr; ++name)
      if (equals_ignoring_case(*name, wanted)) return true;
    return false;
  }

  const Classes& classes_;
  const Aliases& aliases_;
  std::set<const LDAPObjectClass*> seen_;
  std::map<std::string, std::string> must_;
  std::set<std::string> allowed_;
  bool takes_anything_ = false;
};

/// A finding once, however many shapes have it.
using Concerned = std::map<std::string, std::string>;

void note(Concerned& list, const std::string& name, const std::string& shape) {
  std::string& shapes = list[name];
  shapes += (shapes.empty() ? "" : ", ") + shape;
}

}  // namespace

Problems check_shapes(std::span<const std::string> object_classes,
                      std::span<const EntryShape> shapes, const Aliases& aliases) {
  const Classes classes(object_classes);
  Concerned unknown;
  Concerned unfilled;
  Concerned disallowed;
  for (const EntryShape& shape : shapes) {
    Contents contents(classes, aliases);
    bool is_known = true;
    for (const std::string& name : shape.object_classes) {
      const LDAPObjectClass* type = classes.find(name);
      if (type == nullptr) note(unknown, name, shape.what);
      is_known = is_known && type != nullptr;
      contents.add(type);
    }
    if (!is_known) continue;
    std::set<std::string> written{"objectclass", "2.5.4.0"};
    for (const std::string& name : shape.attributes) {
      written.insert(contents.canonical(name));
      if (!contents.allows(name)) note(disallowed, name, shape.what);
    }
    for (const auto& [canonical, name] : contents.must())
      if (!written.contains(canonical) && !equals_ignoring_case(name, "objectClass"))
        note(unfilled, name, shape.what);
  }
  Problems problems;
  for (const auto& [name, who] : unknown)
    problems.error(
        "LDAP-055", {{}, 0, name},
        "the directory's schema does not have this object class of the rules (" + who + ")",
        "load the schema that the rules are written for, or correct the rules");
  for (const auto& [name, who] : unfilled)
    problems.error(
        "LDAP-058", {{}, 0, name},
        "the object classes of the rules demand this attribute, and no rule writes it (" + who +
            ")",
        "add it to the rules, or take out of them the object class that demands it");
  for (const auto& [name, who] : disallowed)
    problems.error("LDAP-059", {{}, 0, name},
                   "none of the object classes of the rules allows this attribute (" + who + ")",
                   "load the schema that the rules are written for, or add an object class that "
                   "allows it to the rules");
  return problems;
}

}  // namespace entsync::ldap
