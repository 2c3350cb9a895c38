#include "connectors/ldap/change_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace entsync::ldap {
namespace {

using ::testing::ElementsAre;
using Views = std::span<const std::string_view>;

/// Modifications as text: "delete cn: a, b".
std::vector<std::string> described(ChangeRequest& request) {
  std::vector<std::string> lines;
  for (LDAPMod** mod = request.modifications(); *mod != nullptr; ++mod) {
    EXPECT_NE((*mod)->mod_op & LDAP_MOD_BVALUES, 0);
    std::string line;
    switch ((*mod)->mod_op & LDAP_MOD_OP) {
      case LDAP_MOD_ADD:
        line = "add ";
        break;
      case LDAP_MOD_DELETE:
        line = "delete ";
        break;
      case LDAP_MOD_REPLACE:
        line = "replace ";
        break;
    }
    line += (*mod)->mod_type;
    for (berval** value = (*mod)->mod_bvalues; value != nullptr && *value != nullptr; ++value)
      line += " [" + std::string((*value)->bv_val, (*value)->bv_len) + "]";
    lines.push_back(line);
  }
  return lines;
}

constexpr std::array<std::string_view, 1> old_value{"Zoé"};
constexpr std::array<std::string_view, 2> new_values{"Léa", std::string_view("\0\xff", 2)};

Change change(Operation operation, std::span<const AttributeChange> attributes) {
  Change result;
  result.operation = operation;
  result.dn = "uid=e1,ou=people,dc=test";
  result.attributes = attributes;
  return result;
}

TEST(ChangeRequest, AModifyDeletesOldValuesBeforeItAddsNewOnes) {
  std::array<AttributeChange, 3> attributes;
  attributes[0].attribute = "givenName";
  attributes[0].removed = Views(old_value);
  attributes[0].added = Views(new_values);
  attributes[1].attribute = "sn";
  attributes[1].removed = Views(old_value);
  attributes[2].attribute = "mail";
  attributes[2].added = Views(old_value);
  ChangeRequest request(change(Operation::modify, attributes), true);
  EXPECT_THAT(described(request),
              ElementsAre("delete givenName [Zoé]",
                          "add givenName [Léa] [" + std::string("\0\xff", 2) + "]",
                          "delete sn [Zoé]", "add mail [Zoé]"));
  EXPECT_EQ(request.answer_type(), LDAP_RES_MODIFY);
  EXPECT_EQ(request.assertion(), "") << "there is no CSN to assert";
}

TEST(ChangeRequest, AnAttributeWithoutEqualityRuleIsReplacedAsAWhole) {
  std::array<AttributeChange, 2> attributes;
  attributes[0].attribute = "jpegPhoto";
  attributes[0].removed = Views(old_value);
  attributes[0].added = Views(new_values);
  attributes[0].replace = true;
  attributes[1].attribute = "audio";
  attributes[1].removed = Views(old_value);
  attributes[1].replace = true;
  ChangeRequest request(change(Operation::restore, attributes), false);
  EXPECT_THAT(
      described(request),
      ElementsAre("replace jpegPhoto [Léa] [" + std::string("\0\xff", 2) + "]", "replace audio"));
}

TEST(ChangeRequest, ACreateAddsAllValues) {
  std::array<AttributeChange, 2> attributes;
  attributes[0].attribute = "objectClass";
  attributes[0].added = Views(old_value);
  attributes[1].attribute = "jpegPhoto";
  attributes[1].added = Views(new_values);
  attributes[1].replace = true;
  Change create = change(Operation::create, attributes);
  create.csn = "20250101000000.000000Z#000000#000#000000";
  ChangeRequest request(create, true);
  EXPECT_EQ(request.answer_type(), LDAP_RES_ADD);
  EXPECT_THAT(described(request),
              ElementsAre("add objectClass [Zoé]",
                          "add jpegPhoto [Léa] [" + std::string("\0\xff", 2) + "]"));
  EXPECT_EQ(request.assertion(), "") << "what does not exist yet has no revision";
}

TEST(ChangeRequest, ModifyAndDeleteAssertTheRevision) {
  for (const Operation operation :
       {Operation::modify, Operation::absent, Operation::restore, Operation::remove}) {
    Change changed = change(operation, {});
    changed.csn = "20250101000000.000000Z#000000#000#000000";
    EXPECT_EQ(ChangeRequest(changed, true).assertion(),
              "(entryCSN=20250101000000.000000Z#000000#000#000000)");
    EXPECT_EQ(ChangeRequest(changed, false).assertion(), "");
  }
}

TEST(ChangeRequest, TheAssertionCannotBecomeAnotherFilter) {
  Change changed = change(Operation::modify, {});
  changed.csn = "*)(cn=\\é";
  EXPECT_EQ(ChangeRequest(changed, true).assertion(), "(entryCSN=\\2a\\29\\28cn=\\5c\\c3\\a9)");
}

}  // namespace
}  // namespace entsync::ldap
