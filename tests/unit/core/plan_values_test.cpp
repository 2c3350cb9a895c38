#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/fingerprint.hpp"
#include "core/read_back.hpp"
#include "core/snapshot.hpp"
#include "school.hpp"
#include "support/plans.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Plan
// ---------------------------------------------------------------------------------------------

TEST(Plan, NamesOfOperationsAndKindsGoThereAndBack) {
  for (const Operation operation : all_operations)
    EXPECT_EQ(parse_operation(to_string(operation)), operation);
  for (const EntryKind kind : {EntryKind::structure, EntryKind::person, EntryKind::classe,
                               EntryKind::groupe, EntryKind::profil})
    EXPECT_EQ(parse_entry_kind(to_string(kind)), kind);
  EXPECT_FALSE(parse_operation("delete"));
  EXPECT_FALSE(parse_entry_kind(""));
}

TEST(Plan, CountsByLabelAndOperation) {
  ChangeText group{
      Operation::create,         EntryKind::classe, std::nullopt, wave::groups, "cn=a", {},
      {{"cn", {}, {"a"}, false}}};
  const Plan plan = plan_of({absent(1, "x"), absent(2, "x"), group});
  const PlanCounts counts = plan.counts();
  EXPECT_EQ(counts.at("eleve").at(Operation::absent), 2U);
  EXPECT_EQ(counts.at("classe").at(Operation::create), 1U);
}

TEST(Plan, TextIsStoredOnceWhenInterned) {
  Plan plan;
  const std::string_view a = plan.intern("sn");
  EXPECT_EQ(plan.intern(std::string("sn")).data(), a.data());
  EXPECT_NE(plan.store("sn").data(), a.data());
  const Plan moved = std::move(plan);
  EXPECT_EQ(a, "sn") << "views survive a move";
}

TEST(Plan, IsOrderedByWaveThenDn) {
  const Plan plan = plan_of({absent(2, "x"),
                             absent(1, "x"),
                             {Operation::modify,
                              EntryKind::person,
                              Profil::eleve,
                              wave::modify,
                              "uid=z",
                              {},
                              {{"sn", {}, {"a"}, false}}}});
  EXPECT_EQ(plan.changes[0].dn, "uid=z");
  EXPECT_EQ(plan.changes[1].dn, person(1));
}

struct Bug {
  const char* what;
  std::vector<ChangeText> changes;
  bool keep_order = false;
};

class PlanChecker : public testing::TestWithParam<Bug> {};

TEST_P(PlanChecker, FindsOurOwnMistakes) {
  Plan plan;
  for (const ChangeText& change : GetParam().changes) add(plan, change);
  const Problems problems = check_plan(plan);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.list[0].code, "PLAN-001");
  EXPECT_THAT(problems.list[0].what, HasSubstr(GetParam().what));
}

ChangeText change(Operation operation, std::uint8_t in_wave, std::string dn,
                  std::vector<AttributeText> attributes) {
  return {operation, EntryKind::person,    Profil::eleve, in_wave, std::move(dn),
          {},        std::move(attributes)};
}

INSTANTIATE_TEST_SUITE_P(
    Plan, PlanChecker,
    testing::Values(Bug{"two changes of one entry",
                        {change(Operation::modify, 2, "uid=A,dc=b", {{"sn", {}, {"a"}, false}}),
                         change(Operation::absent, 4, "uid=a, dc=b", {{"sn", {}, {"a"}, false}})}},
                    Bug{"waves out of order",
                        {change(Operation::modify, 4, "uid=a", {{"sn", {}, {"a"}, false}}),
                         change(Operation::modify, 2, "uid=b", {{"sn", {}, {"a"}, false}})}},
                    Bug{"without effect", {change(Operation::modify, 2, "uid=a", {})}},
                    Bug{"without effect",
                        {change(Operation::modify, 2, "uid=a", {{"sn", {}, {}, false}})}},
                    Bug{"removes values",
                        {change(Operation::create, 1, "uid=a", {{"sn", {"x"}, {"a"}, false}})}}));

TEST(PlanChecker, LetsASoundPlanPass) {
  EXPECT_THAT(check_plan(plan_of({absent(1, "x"), absent(2, "x")})).list, IsEmpty());
}

// Read-back
// ----------------------------------------------------------------------------------------

class ReadBackOf : public testing::Test {
 protected:
  using Values = std::vector<std::pair<std::string, std::string>>;
  ReadBackOf() {
    for (const char* name : {"sn", "member", "mail"}) vocabulary_.add(name);
    vocabulary_.info(vocabulary_.find("member")).matching = Matching::dn;
  }
  ReadBack read(const ChangeText& text, const Values& present) {
    const Plan plan = plan_of({text});
    std::vector<std::pair<TargetAttribute, std::string>> values;
    for (const auto& [name, value] : present) values.emplace_back(vocabulary_.find(name), value);
    return read_back(plan.changes[0], vocabulary_, &values);
  }
  ReadBack read_nothing(const ChangeText& text) {
    const Plan plan = plan_of({text});
    return read_back(plan.changes[0], vocabulary_, nullptr);
  }
  TargetVocabulary vocabulary_;
};

TEST_F(ReadBackOf, AModifyIsTellsBeforeFromAfter) {
  const ChangeText text = change(Operation::modify, 2, "uid=a", {{"sn", {"A"}, {"B"}, false}});
  EXPECT_EQ(read(text, {{"sn", "a "}}), ReadBack::as_before);
  EXPECT_EQ(read(text, {{"sn", "b"}}), ReadBack::as_after);
  EXPECT_EQ(read(text, {{"sn", "C"}}), ReadBack::other);
  EXPECT_EQ(read(text, {{"sn", "A"}, {"sn", "B"}}), ReadBack::other);
  EXPECT_EQ(read(text, {}), ReadBack::other);
  EXPECT_EQ(read_nothing(text), ReadBack::other);
}

TEST_F(ReadBackOf, HalfAChangeIsNeither) {
  const ChangeText text = change(Operation::modify, 2, "uid=a",
                                 {{"sn", {"A"}, {"B"}, false}, {"mail", {}, {"x@y"}, false}});
  EXPECT_EQ(read(text, {{"sn", "B"}}), ReadBack::other);
  EXPECT_EQ(read(text, {{"sn", "B"}, {"mail", "x@y"}}), ReadBack::as_after);
  EXPECT_EQ(read(text, {{"sn", "A"}}), ReadBack::as_before);
}

TEST_F(ReadBackOf, OtherValuesOfTheAttributeDoNotMatter) {
  const ChangeText text =
      change(Operation::modify, 3, "cn=g", {{"member", {"uid=a"}, {"uid=b"}, false}});
  EXPECT_EQ(read(text, {{"member", "UID=A"}, {"member", "uid=z"}}), ReadBack::as_before);
  EXPECT_EQ(read(text, {{"member", "UID=B"}, {"member", "uid=z"}}), ReadBack::as_after);
}

TEST_F(ReadBackOf, AReplacementIsComparedAsAWhole) {
  const ChangeText text = change(Operation::modify, 2, "uid=a", {{"sn", {"A"}, {"A", "B"}, true}});
  EXPECT_EQ(read(text, {{"sn", "A"}}), ReadBack::as_before);
  EXPECT_EQ(read(text, {{"sn", "A"}, {"sn", "B"}}), ReadBack::as_after);
  EXPECT_EQ(read(text, {{"sn", "B"}}), ReadBack::other);
}

TEST_F(ReadBackOf, ACreateIsThereOrNot) {
  const ChangeText text = change(Operation::create, 1, "uid=a", {{"sn", {}, {"A"}, false}});
  EXPECT_EQ(read_nothing(text), ReadBack::as_before);
  EXPECT_EQ(read(text, {{"sn", "A"}, {"mail", "added"}}), ReadBack::as_after);
  EXPECT_EQ(read(text, {{"sn", "X"}}), ReadBack::other);
}

TEST_F(ReadBackOf, ARemovalIsDoneWhenNothingIsThere) {
  const ChangeText text = change(Operation::remove, 5, "cn=g", {{"sn", {"A"}, {}, false}});
  EXPECT_EQ(read_nothing(text), ReadBack::as_after);
  EXPECT_EQ(read(text, {{"sn", "A"}}), ReadBack::as_before);
  EXPECT_EQ(read(text, {{"sn", "B"}}), ReadBack::other);
}

TEST_F(ReadBackOf, AnAttributeThatNobodyKnowsIsNoProof) {
  const ChangeText text = change(Operation::modify, 2, "uid=a", {{"unknown", {}, {"A"}, false}});
  EXPECT_EQ(read(text, {}), ReadBack::other);
}

// Fingerprint
// --------------------------------------------------------------------------------------

TEST(Fingerprint, TheOrderOfFilesIsNoDifferenceAndTheirBytesAre) {
  SourceFile a{"AC-TEST", "a.xml", "11", 1, 1, Category::eleve};
  SourceFile b{"AC-TEST", "b.xml", "22", 1, 1, Category::eleve};
  EXPECT_EQ(deliveries_text(std::array{a, b}), deliveries_text(std::array{b, a}));
  SourceFile changed = a;
  changed.sha256 = "12";
  EXPECT_NE(deliveries_text(std::array{a, b}), deliveries_text(std::array{changed, b}));
  SourceFile elsewhere = a;
  elsewhere.academie = "AC-AUTRE";
  EXPECT_NE(deliveries_text(std::array{a}), deliveries_text(std::array{elsewhere}));
}

TEST(Fingerprint, TheDirectoryIsTheRevisionOfWhatAPlanTouches) {
  const ChangeText one = absent(1, "x");
  EXPECT_EQ(directory_text(plan_of({one})), person(1) + "\tcsn-of-" + person(1) + "\n");
  ChangeText create = one;
  create.operation = Operation::create;
  EXPECT_EQ(directory_text(plan_of({create})), person(1) + "\tnone\n");
}

// Snapshot
// -----------------------------------------------------------------------------------------

SnapshotBuilder searched(std::vector<SearchEnded> ended) {
  SnapshotBuilder builder;
  const std::pair<TargetAttribute, std::string_view> values[]{{0, "a"}, {1, "b"}, {0, "c"}};
  builder.add_entry(Branch::people, "UID=E1, ou=people,dc=t", "csn1", values);
  for (SearchEnded& one : ended) builder.search_ended(std::move(one));
  return builder;
}

std::vector<SearchEnded> all_well() {
  return {{Branch::people, "ou=people", 0, 1},
          {Branch::structures, "ou=s", 0, 0},
          {Branch::groups, "ou=g", 0, 0}};
}

TEST(Snapshot, IsMadeWhenEveryBranchEndedInSuccess) {
  const auto snapshot = SnapshotBuilder::finish(searched(all_well()));
  ASSERT_TRUE(snapshot);
  const EntryIndex entry = snapshot->find("uid=e1,OU=people,dc=t");
  ASSERT_NE(entry, no_entry);
  EXPECT_EQ(snapshot->entry(entry).dn(), "UID=E1, ou=people,dc=t");
  EXPECT_EQ(snapshot->entry(entry).csn(), "csn1");
  EXPECT_EQ(snapshot->entry(entry).first(0), "a");
  std::vector<std::string_view> values{"old"};
  snapshot->entry(entry).values_of(0, values);
  EXPECT_THAT(values, ElementsAre("a", "c"));
  EXPECT_EQ(snapshot->find("uid=e2,ou=people,dc=t"), no_entry);
}

TEST(Snapshot, ABranchThatWasNotReadIsNoSnapshot) {
  auto ended = all_well();
  ended.pop_back();
  const auto snapshot = SnapshotBuilder::finish(searched(ended));
  ASSERT_FALSE(snapshot);
  EXPECT_THAT(codes(snapshot.error()), ElementsAre("LDAP-030"));
}

TEST(Snapshot, ASearchThatEndedInALimitIsNoSnapshot) {
  for (const int code : {3, 4, 11, 32, 50, -1}) {
    auto ended = all_well();
    ended[0].result_code = code;
    const auto snapshot = SnapshotBuilder::finish(searched(ended));
    ASSERT_FALSE(snapshot) << code;
    EXPECT_THAT(codes(snapshot.error()), ElementsAre("LDAP-031"));
    EXPECT_THAT(to_string(snapshot.error()), HasSubstr("LDAP result " + std::to_string(code)));
  }
}

TEST(Snapshot, EverySearchOfABranchHasToSucceed) {
  auto ended = all_well();
  ended.push_back({Branch::people, "ou=people", 4, 500});
  const auto snapshot = SnapshotBuilder::finish(searched(ended));
  ASSERT_FALSE(snapshot);
  EXPECT_THAT(codes(snapshot.error()), ElementsAre("LDAP-031"));
}

// Problem
// ------------------------------------------------------------------------------------------

TEST(Problem, IsOneLineWithPlaceCodeAndRemedy) {
  Problems problems;
  problems.error("AAF-012", {"a.xml", 7, "AC-TEST/Eleve/1"}, "what", "do this");
  problems.warning("AAF-013", {"a.xml", 0, ""}, "hm");
  problems.note("AAF-014", {}, "so");
  EXPECT_EQ(to_string(problems),
            "a.xml:7: error AAF-012 [AC-TEST/Eleve/1]: what – do this\n"
            "a.xml: warning AAF-013: hm\n"
            "note AAF-014: so\n");
  EXPECT_TRUE(problems.has_errors());
}

TEST(Problem, TextFromOutsideCannotForgeALine) {
  Problems problems;
  problems.warning("AAF-013", {"a\n.xml", 1, "x\nerror"}, "exported by 'A\nnote'", "b\n");
  EXPECT_EQ(to_string(problems),
            "a\\x0a.xml:1: warning AAF-013 [x\\x0aerror]: exported by 'A\\x0anote' – b\\x0a\n");
}

TEST(Problem, AFailedResultThatIsReadIsOurBug) {
  const Result<int> failed = Problems(Problem{Severity::error, "X-001", {}, "no", {}});
  EXPECT_THROW(static_cast<void>(failed.value()), std::logic_error);
}

}  // namespace
}  // namespace entsync::test
