#include "core/snapshot_attributes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::Not;

std::vector<std::string> asked(Branch branch) {
  const World world = World::of(one_school());
  std::vector<std::string> names;
  for (const TargetAttribute attribute : snapshot_attributes(world.rules, branch))
    names.push_back(world.rules.target.name(attribute));
  return names;
}

TEST(SnapshotAttributes, ABranchIsAskedForWhatItsRulesSpeakOf) {
  EXPECT_THAT(asked(Branch::people), Contains("sn"));
  EXPECT_THAT(asked(Branch::people), Not(Contains("member")));
  EXPECT_THAT(asked(Branch::groups), Contains("member"));
  EXPECT_THAT(asked(Branch::groups), Not(Contains("sn")));
  EXPECT_THAT(asked(Branch::structures), Contains("ENTStructureUAI"));
}

TEST(SnapshotAttributes, WhatThePlannerReadsIsAskedForWhateverTheRulesSay) {
  const World world = World::of(one_school());
  const TargetNames& names = world.rules.names;
  const auto people = snapshot_attributes(world.rules, Branch::people);
  for (const TargetAttribute attribute :
       {names.object_class, names.identifiant, names.login, names.person_jointure,
        names.person_structure, names.pupil_responsables, names.responsable_pupils, names.mail,
        names.absent_since, names.account_state})
    EXPECT_THAT(people, Contains(attribute)) << world.rules.target.name(attribute);
  const auto groups = snapshot_attributes(world.rules, Branch::groups);
  for (const TargetAttribute attribute : {names.object_class, names.group_name, names.member,
                                          names.explicit_member, names.group_jointure})
    EXPECT_THAT(groups, Contains(attribute)) << world.rules.target.name(attribute);
}

TEST(SnapshotAttributes, WhatEveryEntryHasComesFirst) {
  for (const Branch branch : {Branch::people, Branch::structures, Branch::groups})
    EXPECT_EQ(asked(branch).front(), "objectClass");
}

}  // namespace
}  // namespace entsync::test
