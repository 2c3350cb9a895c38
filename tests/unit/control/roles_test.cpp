#include "control/roles.hpp"

#include <gtest/gtest.h>

namespace entsync::control {
namespace {

TEST(Roles, EveryRoleAgainstEveryNeed) {
  struct Case {
    Roles has;
    bool views, audits, operates;
  };
  Roles both(Role::auditor);
  both.add(Role::operator_);
  for (const Case& c : {Case{Roles(), false, false, false}, Case{Role::viewer, true, false, false},
                        Case{Role::auditor, true, true, false},
                        Case{Role::operator_, true, false, true}, Case{both, true, true, true}}) {
    EXPECT_EQ(c.has.include(Role::viewer), c.views) << to_string(c.has);
    EXPECT_EQ(c.has.include(Role::auditor), c.audits) << to_string(c.has);
    EXPECT_EQ(c.has.include(Role::operator_), c.operates) << to_string(c.has);
    EXPECT_EQ(c.has.empty(), !c.views);
  }
}

TEST(Roles, AreNamed) {
  EXPECT_EQ(to_string(Roles()), "no role");
  EXPECT_EQ(to_string(Roles(Role::operator_)), "operator, viewer");
  EXPECT_EQ(to_string(Roles(Role::auditor)), "auditor, viewer");
}

TEST(RoleTable, RootAndTheDaemonAreOperatorsAndAuditors) {
  const RoleTable table(500);
  Roles both(Role::auditor);
  both.add(Role::operator_);
  EXPECT_EQ(table.of(0, {}), both);
  EXPECT_EQ(table.of(500, {}), both);
  EXPECT_TRUE(table.of(501, {0, 500}).empty());
}

TEST(RoleTable, GroupsGiveWhatTheyWereGranted) {
  RoleTable table(500);
  table.grant(10, Role::operator_);
  table.grant(11, Role::auditor);
  table.grant(12, Role::viewer);
  table.grant(13, Role::auditor);
  table.grant(13, Role::operator_);
  EXPECT_EQ(table.of(1000, {9, 10}), Roles(Role::operator_));
  EXPECT_EQ(table.of(1000, {11}), Roles(Role::auditor));
  EXPECT_EQ(table.of(1000, {12}), Roles(Role::viewer));
  EXPECT_EQ(table.of(1000, {13}), table.of(1000, {10, 11}));
  EXPECT_TRUE(table.of(1000, {9, 14}).empty());
  EXPECT_TRUE(table.of(1000, {}).empty());
}

TEST(RoleTable, ARoleMayBeLimitedToSchools) {
  RoleTable table(500);
  table.grant(10, Role::operator_, {"0310001A"});
  table.grant(11, Role::viewer, {"0310002B", "0310003C"});
  EXPECT_TRUE(table.of(1000, {10, 11}).empty());
  const LimitedRoles both = table.limited_of({9, 10, 11});
  EXPECT_EQ(both.of(Role::operator_), Schools({"0310001A"}));
  EXPECT_EQ(both.of(Role::viewer), Schools({"0310001A", "0310002B", "0310003C"}));
  EXPECT_TRUE(both.of(Role::auditor).empty());
  EXPECT_TRUE(table.limited_of({9}).empty());
  EXPECT_EQ(to_string(table.limited_of({10})), "operator of 0310001A, viewer of 0310001A");
  EXPECT_EQ(to_string(LimitedRoles()), "");
}

}  // namespace
}  // namespace entsync::control
