#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_processing_register.hpp"
#include "config/load_rules.hpp"
#include "fragments.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string rules_file = ENTSYNC_SOURCE_DIR "/config/rules/sdet-1d.toml";

/// Whoever maps another attribute adds its line: category, purpose, and what a parent calls it.
TEST(ProcessingRegister, TheShippedRulesHaveALineForEveryAttribute) {
  const auto rules = config::load_rules(rules_file);
  ASSERT_TRUE(rules.has_value());
  const auto processing =
      config::load_processing_register(config::processing_register_of(rules_file));
  ASSERT_TRUE(processing.has_value()) << to_string(processing.error());
  EXPECT_THAT(messages_of(compare(*processing, *rules)), IsEmpty());
  EXPECT_GT(processing->lines.size(), 60U);
  for (const RegisterLine& line : processing->lines)
    EXPECT_FALSE(processing->category_of(line).recipients.empty()) << line.attribute;
}

TEST(ProcessingRegister, LiesBesideTheRules) {
  EXPECT_EQ(config::processing_register_of("/etc/entsync/rules/sdet-1d.toml"),
            "/etc/entsync/rules/sdet-1d.rgpd.toml");
  EXPECT_EQ(config::load_processing_register("/nonexistent.toml").error().list.front().code,
            "CONF-013");
}

TEST(ProcessingRegister, ALineNamesWhatThereIs) {
  const auto messages = [](const std::string& line) {
    return messages_of(config::parse_processing_register(
                           "format = 1\nlegal_basis = \"x\"\nattributes = [" + line +
                               "]\n[category.a]\nlabel = \"A\"\n[purpose]\np = \"P\"\n",
                           "r.toml")
                           .error());
  };
  const std::string right = "{ name = \"sn\", label = \"Nom\", category = \"a\", purpose = \"p\" }";
  EXPECT_THAT(messages("{ name = \"sn\", label = \"Nom\", category = \"b\", purpose = \"p\" }"),
              Contains(HasSubstr("'b' is not known")));
  EXPECT_THAT(messages("{ name = \"sn\", label = \"Nom\", category = \"a\", purpose = \"q\" }"),
              Contains(HasSubstr("'q' is not known")));
  EXPECT_THAT(messages("{ name = \"sn\", category = \"a\", purpose = \"p\" }"),
              Contains(HasSubstr("label")));
  EXPECT_THAT(messages(right + ", " + right), Contains(HasSubstr("two lines")));
}

}  // namespace
}  // namespace entsync::test
