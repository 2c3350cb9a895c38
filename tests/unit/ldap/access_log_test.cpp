#include "connectors/ldap/access_log.hpp"

#include <gtest/gtest.h>

namespace entsync::ldap {
namespace {

TEST(AccessLog, ReadsTheTimesThatSlapdWrites) {
  EXPECT_EQ(access_log_time("19700101000001.000000Z"), 1000);
  EXPECT_EQ(access_log_time("20260915023007.123456Z"), access_log_time("20260915023007.123Z"));
  EXPECT_EQ(*access_log_time("20260915023007.120000Z") - *access_log_time("20260915023007Z"), 120);
  for (const char* text :
       {"", "20260915023007", "20261315023007Z", "20260915023007.Z", "2026091502Z",
        "20260915023007,1Z", "20260915023007.xyzZ", "20260915aa3007Z"})
    EXPECT_EQ(access_log_time(text), std::nullopt) << text;
}

TEST(AccessLog, WritesTimesForFilters) {
  EXPECT_EQ(access_log_time(std::int64_t{1999}), "19700101000001Z");
  EXPECT_EQ(access_log_time(*access_log_time("20260915023007.900000Z")), "20260915023007Z");
}

TEST(AccessLog, NamesTheAttributeOfAModificationAndNothingOfItsValue) {
  EXPECT_EQ(attribute_of_modification("sn:+ Exemple"), "sn");
  EXPECT_EQ(attribute_of_modification("sn:-"), "sn");
  EXPECT_EQ(attribute_of_modification("cn;lang-fr:= a;b"), "cn");
  EXPECT_EQ(attribute_of_modification("description:= a;b:c"), "description");
  EXPECT_EQ(attribute_of_modification(""), "");
  EXPECT_EQ(attribute_of_modification("no colon"), "");
}

}  // namespace
}  // namespace entsync::ldap
