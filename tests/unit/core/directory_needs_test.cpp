#include "core/directory_needs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/builders.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

std::vector<std::string> names_of(const std::vector<TargetAttribute>& attributes) {
  std::vector<std::string> names;
  for (const TargetAttribute attribute : attributes)
    names.push_back(rules_1d().target.name(attribute));
  return names;
}

TEST(DirectoryNeeds, AreSearchedByKeysLinksAndWhatElseTellsAPupil) {
  EXPECT_THAT(names_of(directory_needs(rules_1d()).searched),
              UnorderedElementsAre("ENTPersonJointure", "uid", "ENTPersonLogin",
                                   "ENTPersonStructRattach", "ENTAuxPersRelEleveEleve", "member",
                                   "ENTGroupeJointure", "ENTEleveINE", "ENTPersonDateNaissance"));
}

TEST(DirectoryNeeds, SeveralValuesAreThoseOfListsAndNotOfTheEnt) {
  const auto several = names_of(directory_needs(rules_1d()).several);
  EXPECT_THAT(several, IsSupersetOf({"ENTPersonProfils", "ENTEleveClasses", "member"}));
  for (const char* name : {"sn", "ENTAuxEnsClasses"}) EXPECT_THAT(several, Not(Contains(name)));
}

TEST(DirectoryNeeds, AShapeNamesWhatTheProgramWritesAndNotWhatTheEntDoes) {
  const auto needs = directory_needs(rules_1d());
  const auto shape = [&needs](std::string_view what) {
    const auto found = std::ranges::find(needs.shapes, what, &EntryShape::what);
    return found == needs.shapes.end() ? EntryShape{} : *found;
  };
  EXPECT_THAT(shape("sdet-1d:eleve").attributes,
              IsSupersetOf({"uid", "sn", "ENTEleveINE", "ENTCompteEtat", "ENTCompteLimitation"}));
  EXPECT_THAT(shape("sdet-1d:eleve").object_classes,
              IsSupersetOf({"inetOrgPerson", "ENTPerson", "ENTAuxEleve"}));
  EXPECT_THAT(shape("sdet-1d:enseignant").attributes, Not(Contains("ENTAuxEnsClasses")));
  EXPECT_THAT(shape("sdet-1d:ecole").attributes, Contains("ENTStructureUAI"));
  for (const EntryShape& any : needs.shapes) {
    EXPECT_FALSE(any.object_classes.empty()) << any.what;
    EXPECT_THAT(any.attributes, Not(Contains("objectClass"))) << any.what;
  }
}

}  // namespace
}  // namespace entsync::test
