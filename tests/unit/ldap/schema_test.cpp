#include "connectors/ldap/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::ldap {
namespace {

using ::testing::UnorderedElementsAre;

const std::vector<std::string> server{
    "( 2.5.4.41 NAME 'name' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
    "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )",
    "( 2.5.4.42 NAME ( 'givenName' 'gn' ) SUP sn SINGLE-VALUE )",
    "( 2.5.4.20 NAME 'telephoneNumber' EQUALITY 2.5.13.20 SYNTAX 1.3.6.1.4.1.1466.115.121.1.50{32} "
    ")",
    "( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
    "( 1.1.1 NAME 'loopA' SUP loopB )",
    "( 1.1.2 NAME 'loopB' SUP loopA )",
};

TargetVocabulary vocabulary(std::initializer_list<const char*> names) {
  TargetVocabulary result;
  for (const char* name : names) result.add(name);
  return result;
}

std::string codes(const Problems& problems) {
  std::string list;
  for (const Problem& problem : problems.list) list += problem.code + " ";
  return list;
}

TEST(Schema, RuleAndSyntaxComeFromTheDefinition) {
  TargetVocabulary names = vocabulary({"TELEPHONENUMBER"});
  Aliases aliases;
  EXPECT_TRUE(apply_schema(server, names, aliases).empty());
  EXPECT_TRUE(names.info(0).known_to_server);
  EXPECT_EQ(names.info(0).matching, Matching::telephone);
  EXPECT_EQ(names.info(0).syntax, Syntax::printable);
  EXPECT_EQ(names.info(0).max_length, 32U);
  EXPECT_FALSE(names.info(0).single_valued);
}

TEST(Schema, WhatADefinitionLeavesOutComesFromItsSupertypes) {
  TargetVocabulary names = vocabulary({"gn", "surname"});
  Aliases aliases;
  EXPECT_TRUE(apply_schema(server, names, aliases).empty());
  EXPECT_EQ(names.info(0).matching, Matching::case_ignore);
  EXPECT_EQ(names.info(0).syntax, Syntax::directory_string);
  EXPECT_EQ(names.info(0).max_length, 32768U);
  EXPECT_TRUE(names.info(0).single_valued);
  EXPECT_FALSE(names.info(1).single_valued);
}

TEST(Schema, AnAttributeWithoutEqualityRuleMatchesNothing) {
  TargetVocabulary names = vocabulary({"jpegPhoto"});
  Aliases aliases;
  apply_schema(server, names, aliases);
  EXPECT_EQ(names.info(0).matching, Matching::none);
  EXPECT_EQ(names.info(0).syntax, Syntax::octets);
  EXPECT_EQ(names.info(0).max_length, 0U);
}

TEST(Schema, EveryNameAndTheOidMeanTheAttribute) {
  TargetVocabulary names = vocabulary({"2.5.4.4"});
  Aliases aliases;
  EXPECT_TRUE(apply_schema(server, names, aliases).empty());
  EXPECT_THAT(aliases.of("SurName"), UnorderedElementsAre("2.5.4.4", "sn", "surname"));
  EXPECT_THAT(aliases.of("Mail"), UnorderedElementsAre("mail"));
}

TEST(Schema, AnAttributeThatTheServerDoesNotHaveIsAnErrorThatNamesIt) {
  TargetVocabulary names = vocabulary({"ENTPersonLogin", "sn"});
  Aliases aliases;
  const Problems problems = apply_schema(server, names, aliases);
  EXPECT_EQ(codes(problems), "LDAP-052 ");
  EXPECT_EQ(problems.list[0].where.item, "ENTPersonLogin");
  EXPECT_FALSE(names.info(0).known_to_server);
  EXPECT_TRUE(names.info(1).known_to_server);
}

TEST(Schema, OneAttributeUnderTwoNamesIsAnError) {
  TargetVocabulary names = vocabulary({"sn", "surname"});
  Aliases aliases;
  EXPECT_EQ(codes(apply_schema(server, names, aliases)), "LDAP-053 ");
}

TEST(Schema, ACycleOfSupertypesEnds) {
  TargetVocabulary names = vocabulary({"loopA"});
  Aliases aliases;
  EXPECT_TRUE(apply_schema(server, names, aliases).empty());
  EXPECT_EQ(names.info(0).matching, Matching::none);
}

TEST(Schema, UnreadableDefinitionsAreCountedAndHarmNobody) {
  std::vector<std::string> types = server;
  types.emplace_back("( not an attribute type");
  types.emplace_back("");
  TargetVocabulary names = vocabulary({"sn"});
  Aliases aliases;
  const Problems problems = apply_schema(types, names, aliases);
  EXPECT_EQ(codes(problems), "LDAP-054 ");
  EXPECT_FALSE(problems.has_errors());
  EXPECT_TRUE(names.info(0).known_to_server);
}

}  // namespace
}  // namespace entsync::ldap
