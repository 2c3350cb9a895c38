#pragma once
/// Where entries live in the directory (DIT) and which attribute names them. Every deployment has
/// its own suffix, branches and RDNs; rules name attributes and templates, the tree belongs to the
/// site.

#include <string>

namespace entsync {

struct Tree {
  std::string base;    ///< suffix, e.g. "dc=ent,dc=example,dc=fr"
  std::string people;  ///< DN of the branch, absolute, below the base
  std::string structures;
  std::string groups;
  std::string person_rdn = "uid";
  std::string structure_rdn = "ENTStructureUAI";
  std::string group_rdn = "cn";
  bool operator==(const Tree&) const = default;
};

}  // namespace entsync
