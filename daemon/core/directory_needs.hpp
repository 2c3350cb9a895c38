#pragma once
/// What the rules and the program need of a directory server: which attributes take what, which
/// object classes have to allow and be content with what is written, and what is searched by.
/// Values only; connectors/ldap compares a server with them.

#include <string>
#include <vector>

#include "rules.hpp"

namespace entsync {

/// One kind of entry as it is written.
struct EntryShape {
  std::string what;  ///< id of its rules, "sdet-1d:eleve"
  std::vector<std::string> object_classes;
  std::vector<std::string> attributes;  ///< that the program writes; objectClass is not named
};

struct DirectoryNeeds {
  std::vector<TargetAttribute> several;   ///< the rules may give more than one value
  std::vector<TargetAttribute> searched;  ///< by equality, for a part of the directory
  std::vector<EntryShape> shapes;
};

DirectoryNeeds directory_needs(const Rules& rules);

}  // namespace entsync
