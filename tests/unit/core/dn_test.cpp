#include "core/dn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Dn, IsReadRdnByRdn) {
  const auto rdns = dn::parse("uid=e1, ou = people,dc=test");
  ASSERT_TRUE(rdns);
  ASSERT_THAT(*rdns, SizeIs(3));
  EXPECT_THAT((*rdns)[0], ElementsAre(dn::Rdn{"uid", "e1"}));
  EXPECT_THAT((*rdns)[1], ElementsAre(dn::Rdn{"ou", "people"}));
}

TEST(Dn, EscapesOfRfc4514AreUndone) {
  EXPECT_EQ(dn::parse("cn=a\\,b\\+c\\\"d\\\\e\\;f\\<g\\>h\\#i\\=j")->front().front().value,
            "a,b+c\"d\\e;f<g>h#i=j");
  EXPECT_EQ(dn::parse("cn=Lu\\C4\\8Di\\C4\\87")->front().front().value, "Lučić");
  EXPECT_EQ(dn::parse("cn=a\\20")->front().front().value, "a ");
  EXPECT_EQ(dn::parse("cn=\\ a\\ ")->front().front().value, " a ");
  EXPECT_EQ(dn::parse("cn=a  ,dc=b")->front().front().value, "a");
}

TEST(Dn, SeveralPartsOfOneRdnStayTogether) {
  const auto rdns = dn::parse("cn=a+uid=b,dc=c");
  ASSERT_TRUE(rdns);
  EXPECT_THAT(rdns->front(), ElementsAre(dn::Rdn{"cn", "a"}, dn::Rdn{"uid", "b"}));
}

TEST(Dn, WhatIsNoDnIsNotRead) {
  for (const char* bad : {"uid", "=x", "uid=x,", ",uid=x", "uid=a\\", "uid=a\\g0", "uid=\"a\"",
                          "uid=a<b", "u id=x", "12 rue X=Y", "uid=x,,dc=b"})
    EXPECT_FALSE(dn::parse(bad)) << bad;
  EXPECT_TRUE(dn::parse(""));
  EXPECT_THAT(*dn::parse("  "), SizeIs(0));
}

TEST(Dn, WhatIsEscapedIsReadAsItWas) {
  for (const std::string_view value :
       {std::string_view("a,b"), std::string_view(" a "), std::string_view("#a"),
        std::string_view("é"), std::string_view("a\0b", 3), std::string_view("\\"),
        std::string_view("a=b"), std::string_view(" "), std::string_view("a\nb")}) {
    const auto rdns = dn::parse("cn=" + dn::escape(value) + ",dc=b");
    ASSERT_TRUE(rdns) << value;
    EXPECT_EQ(rdns->front().front().value, value);
  }
}

TEST(Dn, OneEntryHasOneNormalForm) {
  const std::string normal = "uid=e1,ou=people,dc=test";
  for (const char* same :
       {"uid=e1,ou=people,dc=test", "UID=E1, OU=People, DC=TEST", "uid = e1;ou=people,dc=test",
        "uid=\\65\\31,ou=people,dc=test", "uid= e1 ,ou=people,dc=test"})
    EXPECT_EQ(dn::normalise(same), normal) << same;
  EXPECT_EQ(dn::normalise("CN=A+UID=B,dc=c"), dn::normalise("uid=b+cn=a,dc=c"));
  EXPECT_EQ(dn::normalise("cn=École,dc=c"), dn::normalise("cn=E\u0301COLE,dc=c"));
  EXPECT_EQ(dn::normalise("cn=#a,dc=c"), dn::normalise("cn=#A,dc=c"));
  EXPECT_NE(dn::normalise("cn=a\\,dc=c"), dn::normalise("cn=a,dc=c"));
}

TEST(Dn, ThePlainTestIsNeverWrong) {
  for (const char* text : {"uid=e1,ou=people,dc=test", "uid=a b,dc=c", "cn=#a,dc=c", "cn=,dc=c",
                           "uid=a-b,dc=c", "cn=a=b,dc=c", "cn=a\\,b,dc=c"}) {
    if (!dn::is_plain(text)) continue;
    const auto rdns = dn::parse(text);
    ASSERT_TRUE(rdns) << text;
    std::string printed;
    for (const auto& rdn : *rdns)
      printed +=
          (printed.empty() ? "" : ",") + rdn.front().type + "=" + dn::escape(rdn.front().value);
    EXPECT_EQ(printed, text);
  }
  EXPECT_TRUE(dn::is_plain("uid=e1,ou=people,dc=test"));
}

TEST(Dn, AParentIsWhatFollowsTheFirstRdn) {
  EXPECT_EQ(dn::parent("uid=e1, ou=people,dc=test"), "ou=people,dc=test");
  EXPECT_EQ(dn::parent("cn=a\\,b,dc=test"), "dc=test");
  EXPECT_EQ(dn::parent("dc=test"), "");
}

TEST(Dn, BelowIsDecidedByRdnsNotByText) {
  EXPECT_TRUE(dn::is_under("uid=a,ou=people,dc=t", "OU=People, dc=t"));
  EXPECT_TRUE(dn::is_under("ou=people,dc=t", "ou=people,dc=t"));
  EXPECT_FALSE(dn::is_under("uid=a,ou=otherpeople,dc=t", "ou=people,dc=t"));
  EXPECT_FALSE(dn::is_under("cn=x\\,ou\\=people\\,dc\\=t", "ou=people,dc=t"));
  EXPECT_FALSE(dn::is_under("dc=t", "ou=people,dc=t"));
  EXPECT_TRUE(dn::is_under("dc=t", ""));
}

}  // namespace
}  // namespace entsync
