#include "connectors/ldap/object_classes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/ldap/index_check.hpp"

namespace entsync::ldap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> server_classes{
    "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
    "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( telephoneNumber ) )",
    "( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL MAY title )",
    "( 1.1.1 NAME ( 'auxPupil' 'pupil' ) SUP top AUXILIARY MAY 2.5.4.42 )",
    "( 1.3.6.1.4.1.1466.101.120.111 NAME 'extensibleObject' SUP top AUXILIARY )",
    "( 1.1.2 NAME 'loopA' SUP loopB AUXILIARY )",
    "( 1.1.3 NAME 'loopB' SUP loopA AUXILIARY )",
};

std::vector<std::string> found(std::vector<EntryShape> shapes) {
  Aliases aliases;
  aliases.add({"2.5.4.4", "sn", "surname"});
  aliases.add({"2.5.4.42", "givenname", "gn"});
  std::vector<std::string> list;
  for (const Problem& problem : check_shapes(server_classes, shapes, aliases).list)
    list.push_back(problem.code + " " + problem.where.item + ": " + problem.what);
  return list;
}

TEST(ObjectClasses, WhatTheyDemandAndAllowIsInherited) {
  EXPECT_THAT(found({{"r:eleve",
                      {"top", "organizationalPerson", "PUPIL"},
                      {"surname", "cn", "telephoneNumber", "title", "givenName"}}}),
              IsEmpty());
}

TEST(ObjectClasses, WhatIsDemandedAndNotWrittenIsNamedOnceForAllShapes) {
  EXPECT_THAT(
      found({{"r:eleve", {"organizationalPerson"}, {"cn"}}, {"r:responsable", {"person"}, {"cn"}}}),
      ElementsAre(HasSubstr("LDAP-058 sn: ")));
  EXPECT_THAT(found({{"r:eleve", {"organizationalPerson"}, {"cn"}},
                     {"r:responsable", {"person"}, {"cn"}}})[0],
              HasSubstr("(r:eleve, r:responsable)"));
}

TEST(ObjectClasses, WhatNoneAllowsIsNamed) {
  EXPECT_THAT(found({{"r:eleve", {"person"}, {"sn", "cn", "gn"}}}),
              ElementsAre(HasSubstr("LDAP-059 gn: ")));
  EXPECT_THAT(found({{"r:eleve", {"person", "extensibleObject"}, {"sn", "cn", "gn"}}}), IsEmpty());
}

TEST(ObjectClasses, OfAShapeThatLacksOneOnlyThatIsSaid) {
  EXPECT_THAT(found({{"r:eleve", {"person", "auxNone"}, {"anything"}}}),
              ElementsAre(HasSubstr("LDAP-055 auxNone: ")));
}

TEST(ObjectClasses, ThatInheritInACircleEnd) {
  EXPECT_THAT(found({{"r:x", {"loopA"}, {}}}), IsEmpty());
}

TEST(Indexes, AreReadAsSlapdReadsThem) {
  Aliases aliases;
  aliases.add({"2.5.4.4", "sn", "surname"});
  const std::vector<std::string> needed{"uid", "sn", "member", "mail", "cn"};
  const auto missing = [&](std::vector<std::string> values) {
    return without_index(values, needed, aliases);
  };
  EXPECT_EQ(missing({}), needed);
  EXPECT_THAT(missing({"UID,surname eq", "member,mail  pres,EQ,sub"}), ElementsAre("cn"));
  EXPECT_THAT(missing({"uid,sn,member,mail sub", "cn eq"}),
              ElementsAre("uid", "sn", "member", "mail"));
  EXPECT_THAT(missing({"default eq,pres", "uid", "sn,member,mail,cn"}), IsEmpty());
  EXPECT_THAT(missing({"{0}uid eq", "{1}sn,member,mail,cn eq"}), IsEmpty());
  EXPECT_EQ(missing({"", ",", "{", "default"}), needed);
}

}  // namespace
}  // namespace entsync::ldap
