#include "control/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::control {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

Target parsed(std::string_view text) {
  auto target = parse_target(text);
  EXPECT_TRUE(target) << text;
  return target ? *target : Target{};
}

std::string refusal(std::string_view text) {
  const auto target = parse_target(text);
  if (target) return "accepted";
  EXPECT_EQ(target.error().list.at(0).code, "CTL-011");
  return target.error().list.at(0).what;
}

TEST(Target, IsTakenApart) {
  const Target target =
      parsed("/v1/persons/AC-X%2FEleve%2f1?attribute=cn&all=&note=a+b%2B%C3%A9&x");
  EXPECT_EQ(target.path, "/v1/persons/AC-X%2FEleve%2f1");
  EXPECT_THAT(target.segments, ElementsAre("v1", "persons", "AC-X/Eleve/1"));
  EXPECT_THAT(target.query, ElementsAre(Pair("all", ""), Pair("attribute", "cn"),
                                        Pair("note", "a b+é"), Pair("x", "")));
  EXPECT_THAT(parsed("/").segments, ElementsAre(""));
  EXPECT_THAT(parsed("/a//b/").segments, ElementsAre("a", "", "b", ""));
  EXPECT_TRUE(parsed("/a?").query.empty());
}

TEST(Target, APlusIsAPlusInAPath) {
  EXPECT_THAT(parsed("/a+b").segments, ElementsAre("a+b"));
}

TEST(Target, RefusesTraversalHoweverItIsWritten) {
  for (const char* text : {"/..", "/a/../b", "/a/%2e%2e/b", "/a/.%2E", "/./a", "/%2e"})
    EXPECT_THAT(refusal(text), HasSubstr(". or ..")) << text;
  EXPECT_THAT(parsed("/a/...").segments, ElementsAre("a", "..."));
}

TEST(Target, RefusesBrokenEncoding) {
  for (const char* text : {"/%", "/%4", "/%4g", "/%zz", "/a?x=%", "/a?%1=2", "/a%"})
    EXPECT_THAT(refusal(text), HasSubstr("%")) << text;
  for (const char* text : {"/%00", "/a%0d%0ab", "/a?x=%1b", "/%7f"})
    EXPECT_THAT(refusal(text), HasSubstr("control character")) << text;
  for (const char* text : {"/%ff", "/a?x=%c0%af", "/%ed%a0%80", "/\xe9"})
    EXPECT_THAT(refusal(text), HasSubstr("UTF-8")) << text;
}

TEST(Target, RefusesWhatCouldBeReadInTwoWays) {
  EXPECT_THAT(refusal("/a?x=1&x=2"), HasSubstr("twice"));
  EXPECT_THAT(refusal("/a?x=1&%78=2"), HasSubstr("twice"));
  EXPECT_THAT(refusal("/a?=1"), HasSubstr("without a name"));
  EXPECT_THAT(refusal("/a?x=1&"), HasSubstr("without a name"));
  EXPECT_THAT(refusal("/a#b"), HasSubstr("#"));
}

TEST(Target, IsAPathOfThisServer) {
  for (const char* text : {"", "a", "*", "http://localhost/a", "?x=1"})
    EXPECT_THAT(refusal(text), HasSubstr("begin")) << text;
}

}  // namespace
}  // namespace entsync::control
