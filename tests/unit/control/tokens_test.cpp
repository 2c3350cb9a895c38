#include "control/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/bearer.hpp"

namespace entsync::control {
namespace {

using ::testing::HasSubstr;

const Date today = *Date::from_iso("2026-11-25");

std::string code(const Result<Tokens>& tokens) {
  return tokens ? "" : tokens.error().list.at(0).code;
}

std::string found(const Tokens& tokens, std::string_view secret, const Date& day = today) {
  const auto result = tokens.find(secret, day);
  if (const auto* why = std::get_if<std::string>(&result)) return *why;
  const Token& token = *std::get<const Token*>(result);
  return token.name + " " + std::string(to_string(token.role));
}

TEST(Tokens, AreFoundByTheirDigest) {
  const std::string secret = *new_token();
  const std::string other = *new_token();
  EXPECT_NE(secret, other);
  EXPECT_EQ(secret.size(), 72U);
  const auto tokens = Tokens::parse("# who\n\n" + token_line(secret, {"probe", Role::viewer}) +
                                        "\r\n" + token_line(other, {"dpo", Role::auditor}),
                                    "tokens");
  ASSERT_TRUE(tokens) << to_string(tokens.error());
  EXPECT_EQ(found(*tokens, secret), "probe viewer");
  EXPECT_EQ(found(*tokens, other), "dpo auditor");
  EXPECT_EQ(found(*tokens, secret.substr(1)), "the token is not known");
  EXPECT_EQ(found(*tokens, sha256_hex(secret)), "the token is not known");
  EXPECT_EQ(found(*tokens, ""), "the token is not known");
}

TEST(Tokens, EndWithTheirLastDay) {
  const auto tokens = Tokens::parse(token_line("x", {"a", Role::operator_, {}, today}), "tokens");
  ASSERT_TRUE(tokens);
  EXPECT_EQ(found(*tokens, "x"), "a operator");
  EXPECT_EQ(found(*tokens, "x", *Date::from_iso("2026-11-26")), "the token a has expired");
}

TEST(Tokens, AreForSomeSchoolsWhenTheyAreNamed) {
  const Token probe{"probe", Role::viewer, {}, {}, {"0310001H", "0660713S"}};
  const Token school{"school", Role::operator_, {}, today, {"0660713S"}};
  const std::string text = token_line("x", probe) + "\n" + token_line("y", school);
  EXPECT_EQ(text, "probe:viewer:" + sha256_hex("x") + "::0310001H 0660713S\n" +
                      "school:operator:" + sha256_hex("y") + ":2026-11-25:0660713S");
  const auto tokens = Tokens::parse(text, "tokens");
  ASSERT_TRUE(tokens) << to_string(tokens.error());
  for (const auto& [secret, one] : {std::pair{"x", probe}, {"y", school}}) {
    const auto result = tokens->find(secret, today);
    ASSERT_TRUE(std::holds_alternative<const Token*>(result));
    EXPECT_EQ(std::get<const Token*>(result)->schools, one.schools);
    EXPECT_EQ(std::get<const Token*>(result)->last_day, one.last_day);
  }
}

TEST(Tokens, AWrongLineIsRefusedWithItsNumber) {
  const std::string digest = sha256_hex("x");
  for (const std::string& line :
       {std::string("a:viewer"), "a:root:" + digest, ":viewer:" + digest, "a b:viewer:" + digest,
        "a:viewer:" + digest.substr(1), "a:viewer:" + std::string(64, 'G'),
        "a:viewer:" + digest + ":tomorrow", "a:viewer:" + digest + ":2027-01-01:more",
        "a:viewer:" + digest + "::", "a:viewer:" + digest + ":2027-01-01:0660713S 1",
        "a:viewer:" + digest + "::0660713S:more",
        "a:viewer:" + digest + "\na:viewer:" + sha256_hex("y")})
    EXPECT_EQ(code(Tokens::parse(line, "tokens")), "CTL-044") << line;
  const auto refused = Tokens::parse("\n#\na:viewer\n", "tokens");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().list[0].where.line, 3U);
  EXPECT_THAT(refused.error().list[0].what, HasSubstr("three to five fields"));
}

TEST(Bearer, IsOfOneForm) {
  EXPECT_EQ(bearer_token("Bearer entsync-0af"), "entsync-0af");
  EXPECT_EQ(bearer_token("bearer  a.b_c~d+e/f== "), "a.b_c~d+e/f==");
  for (const std::string_view wrong : {"", "Bearer", "Bearer ", "Bearer ==", "Basic YTpi",
                                       "Bearer a b", "Bearer a=b", "Bearerx", "Bearer \xff"})
    EXPECT_EQ(bearer_token(wrong), "") << wrong;
}

}  // namespace
}  // namespace entsync::control
