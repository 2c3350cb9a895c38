#include "core/matching.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

TEST(Matching, RulesAreKnownByNameAndByOid) {
  EXPECT_EQ(matching_by_rule("caseIgnoreMatch"), Matching::case_ignore);
  EXPECT_EQ(matching_by_rule("CASEIGNOREMATCH"), Matching::case_ignore);
  EXPECT_EQ(matching_by_rule("2.5.13.1"), Matching::dn);
  EXPECT_EQ(matching_by_rule("telephoneNumberMatch"), Matching::telephone);
  EXPECT_EQ(matching_by_rule("caseExactIA5Match"), Matching::case_exact);
  EXPECT_EQ(matching_by_rule("generalizedTimeMatch"), Matching::time);
  EXPECT_EQ(matching_by_rule(""), Matching::none);
  EXPECT_EQ(matching_by_rule("1.2.3.4"), Matching::octets) << "unknown: byte by byte";
}

struct Pair {
  Matching matching;
  const char* a;
  const char* b;
  bool equal;
};

class Equality : public testing::TestWithParam<Pair> {};

TEST_P(Equality, IsTheServers) {
  const Pair& pair = GetParam();
  EXPECT_EQ(equal(pair.matching, pair.a, pair.b), pair.equal) << pair.a << " / " << pair.b;
  EXPECT_EQ(equal(pair.matching, pair.b, pair.a), pair.equal);
}

INSTANTIATE_TEST_SUITE_P(
    Matching, Equality,
    testing::Values(
        Pair{Matching::case_ignore, "Dupont", " DUPONT  ", true},
        Pair{Matching::case_ignore, "du  pont", "du pont", true},
        Pair{Matching::case_ignore, "dupont", "du pont", false},
        Pair{Matching::case_ignore, "É", "é", true}, Pair{Matching::case_ignore, "é", "e", false},
        Pair{Matching::case_exact, "a  b", "a b", true},
        Pair{Matching::case_exact, "a", "A", false}, Pair{Matching::octets, "a ", "a", false},
        Pair{Matching::octets, "a", "a", true}, Pair{Matching::none, "a ", "a", false},
        Pair{Matching::dn, "UID=a, dc=b", "uid=A,dc=b", true},
        Pair{Matching::dn, "uid=a,dc=b", "uid=a,dc=c", false}, Pair{Matching::dn, "", "", true},
        Pair{Matching::telephone, "+33 5-61 00", "+3356100", true},
        Pair{Matching::telephone, "+3356100", "+3356101", false},
        Pair{Matching::numeric, "12 34", "1234", true},
        Pair{Matching::boolean, "true", "TRUE", true},
        Pair{Matching::time, "20260902000000Z", "20260902000000Z", true},
        Pair{Matching::case_ignore, "uid=a,dc=b$10", "UID=A,dc=b$10", true}));

struct Written {
  Syntax syntax;
  std::size_t max_length;
  std::string value;
  bool valid;
};

class Validity : public testing::TestWithParam<Written> {};

TEST_P(Validity, IsTheServers) {
  const Written& given = GetParam();
  TargetAttributeInfo info;
  info.syntax = given.syntax;
  info.max_length = given.max_length;
  EXPECT_EQ(is_valid(info, given.value), given.valid)
      << to_string(given.syntax) << " " << given.value;
}

INSTANTIATE_TEST_SUITE_P(
    Matching, Validity,
    testing::Values(
        Written{Syntax::directory_string, 0, "é", true},
        Written{Syntax::directory_string, 0, "", false},
        Written{Syntax::directory_string, 0, "\xFF", false},
        Written{Syntax::directory_string, 1, "é", true},
        Written{Syntax::directory_string, 1, "éa", false}, Written{Syntax::ia5, 0, "a@b", true},
        Written{Syntax::ia5, 0, "é@b", false}, Written{Syntax::printable, 0, "+33 5 61", true},
        Written{Syntax::printable, 0, "a_b", false}, Written{Syntax::printable, 0, "", false},
        Written{Syntax::numeric, 0, "12 3", true}, Written{Syntax::numeric, 0, "a", false},
        Written{Syntax::integer, 0, "-12", true}, Written{Syntax::integer, 0, "-", false},
        Written{Syntax::dn, 0, "uid=a", true}, Written{Syntax::dn, 0, "a", false},
        Written{Syntax::dn, 0, "", true}, Written{Syntax::boolean, 0, "TRUE", true},
        Written{Syntax::boolean, 0, "true", false},
        Written{Syntax::time, 0, "20260902000000Z", true}, Written{Syntax::time, 0, "hier", false},
        Written{Syntax::octets, 0, "", true}));

TEST(TargetVocabulary, NamesAreFoundInAnyCase) {
  TargetVocabulary vocabulary;
  const TargetAttribute sn = vocabulary.add("sn");
  EXPECT_EQ(vocabulary.add("SN"), sn);
  EXPECT_EQ(vocabulary.find("Sn"), sn);
  EXPECT_EQ(vocabulary.find("cn"), TargetVocabulary::npos);
  EXPECT_EQ(vocabulary.size(), 1U);
  EXPECT_EQ(vocabulary.name(sn), "sn");
}

TEST(Syntax, FamiliesAreKnownByOid) {
  EXPECT_EQ(syntax_by_oid("1.3.6.1.4.1.1466.115.121.1.12"), Syntax::dn);
  EXPECT_EQ(syntax_by_oid("1.3.6.1.4.1.1466.115.121.1.15"), Syntax::directory_string);
  EXPECT_EQ(syntax_by_oid("1.3.6.1.4.1.1466.115.121.1.26"), Syntax::ia5);
  EXPECT_EQ(syntax_by_oid("1.3.6.1.4.1.1466.115.121.1.50"), Syntax::printable);
  EXPECT_EQ(syntax_by_oid("1.3.6.1.4.1.1466.115.121.1.24"), Syntax::time);
  EXPECT_EQ(syntax_by_oid("1.2.3"), Syntax::octets);
}

}  // namespace
}  // namespace entsync
