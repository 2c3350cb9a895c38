#include "journal/chain.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

TEST(Chain, IsSha256OverDomainPreviousAndBytes) {
  // printf '%066d' 0 | xxd -r -p | sha256sum, and with "abc" appended.
  ChainHasher hasher;
  const ChainHash first = hasher.next({}, "");
  EXPECT_EQ(hexadecimal(first), "7f9c9e31ac8256ca2f258583df262dbc7d6f68f2a03043d5c99a4ae5a7396ce9");
  EXPECT_EQ(hexadecimal(hasher.next({}, "abc")),
            "c33053a522a31d589139f948dde1307fb9fe50ead1deae64e41ed9d37cf64d5a");
  EXPECT_EQ(hexadecimal(hasher.next(first, "abc")),
            "d2135d2ae62284ff419abb0ac63226b5ba1f68f64f8ddb0b13579e8066bac072");
}

TEST(Chain, ReadsHashesOf32BytesOnly) {
  const ChainHash hash = ChainHasher().next({}, "x");
  ASSERT_TRUE(chain_hash_from(bytes_of(hash)));
  EXPECT_EQ(*chain_hash_from(bytes_of(hash)), hash);
  EXPECT_FALSE(chain_hash_from(bytes_of(hash).substr(1)));
  EXPECT_FALSE(chain_hash_from(""));
  EXPECT_FALSE(chain_hash_from(std::string(33, 'x')));
}

}  // namespace
}  // namespace entsync
