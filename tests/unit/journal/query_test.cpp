#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/text.hpp"
#include "journal/instant.hpp"
#include "journal/schema.hpp"
#include "records.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

using test::code_of;
using test::intent;
using test::outcome_of;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint64_t> numbers(Journal& journal, const JournalQuery& query) {
  std::vector<std::uint64_t> found;
  const auto done = journal.query(
      query, [&](const AuditRecord& record, const auto&) { found.push_back(record.seq); });
  EXPECT_TRUE(done) << to_string(done.error());
  return found;
}

/// 1 run-1, 2–4 its intents, 5–6 outcomes of 2 and 3, 7 run-2, 8–9 its intents, 10 outcome of 8.
class JournalSearch : public testing::Test {
 protected:
  void SetUp() override {
    journal_ = test::open_to_append(folder_.path());
    AuditRecord group = intent(3, "0660002B", "run-1", 4000);
    group.subject = group.dn = "cn=CE2 A,ou=groupes,dc=ent,dc=example";
    group.attributes[0].attribute = "member";
    ASSERT_TRUE(
        journal_->append({test::run_started("run-1", 1000), intent(1, "0660001A", "run-1", 2000),
                          intent(2, "0660002B", "run-1", 3000), group}));
    ASSERT_TRUE(journal_->append({outcome_of(2, "applied", 5000), outcome_of(3, "refused", 6000)}));
    AuditRecord both = intent(1, "0660001A", "run-2", 8000);
    both.schools = {"0660001A", "0660002B"};
    both.attributes.push_back({"mail", {}, {"x"}, "", "", 0, 0});
    ASSERT_TRUE(journal_->append(
        {test::run_started("run-2", 7000), both, intent(2, "0660002B", "run-2", 9000)}));
    ASSERT_TRUE(journal_->append({outcome_of(8, "applied", 10'000)}));
  }

  test::Folder folder_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalSearch, GoesOnBehindARecordAndEndsAtOne) {
  EXPECT_THAT(numbers(*journal_, {.after = 3}), ElementsAre(4, 7, 8, 9));
  EXPECT_THAT(numbers(*journal_, {.limit = 1, .after = 4}), ElementsAre(7));
  EXPECT_THAT(numbers(*journal_, {.after = 2, .until = 7}), ElementsAre(3, 4, 7));
  EXPECT_THAT(numbers(*journal_, {.newest_first = true, .until = 3}), ElementsAre(3, 2, 1));
}

TEST_F(JournalSearch, FindsWhatAnActorDid) {
  AuditRecord order = test::run_started("run-3", 11'000);
  order.actor = "user:ada";
  ASSERT_TRUE(journal_->append({order}));
  EXPECT_THAT(numbers(*journal_, {.actor = "user:ada"}), ElementsAre(11));
  EXPECT_THAT(numbers(*journal_, {.actor = "user:Ada"}), IsEmpty());
  EXPECT_THAT(numbers(*journal_, {.run = "run-1", .actor = "user:ada"}), IsEmpty());
}

TEST_F(JournalSearch, ShowsEverythingButOutcomesInOrder) {
  EXPECT_THAT(numbers(*journal_, {}), ElementsAre(1, 2, 3, 4, 7, 8, 9));
  EXPECT_THAT(numbers(*journal_, {.newest_first = true}), ElementsAre(9, 8, 7, 4, 3, 2, 1));
  EXPECT_THAT(numbers(*journal_, {.limit = 2}), ElementsAre(1, 2));
  EXPECT_THAT(numbers(*journal_, {.limit = 2, .newest_first = true}), ElementsAre(9, 8));
}

TEST_F(JournalSearch, ShowsIntentsWithTheirOutcome) {
  std::vector<std::string> outcomes;
  ASSERT_TRUE(journal_->query(
      {}, [&](const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
        outcomes.push_back(std::string(to_string(record.type)) + " " +
                           (outcome ? outcome->outcome : "-"));
      }));
  EXPECT_THAT(outcomes, ElementsAre("run-started -", "intent applied", "intent refused", "intent -",
                                    "run-started -", "intent applied", "intent -"));
}

TEST_F(JournalSearch, FindsAPersonByKeyAndByDnInAnyWriting) {
  EXPECT_THAT(numbers(*journal_, {.subject = "AC-EXEMPLE/Eleve/1"}), ElementsAre(2, 8));
  EXPECT_THAT(numbers(*journal_, {.subject = "uid=e1,ou=personnes,dc=ent,dc=example"}),
              ElementsAre(2, 8));
  EXPECT_THAT(numbers(*journal_, {.subject = "UID=E1, OU=Personnes, dc=ENT, dc=example"}),
              ElementsAre(2, 8));
  EXPECT_THAT(numbers(*journal_, {.subject = "cn=ce2 a,ou=GROUPES,dc=ent,dc=example"}),
              ElementsAre(4));
  EXPECT_THAT(numbers(*journal_, {.subject = "AC-EXEMPLE/Eleve/12"}), IsEmpty());
  EXPECT_THAT(numbers(*journal_, {.subject = "ac-exemple/eleve/1"}), IsEmpty());
}

TEST_F(JournalSearch, FindsBySchoolRunAndAttribute) {
  EXPECT_THAT(numbers(*journal_, {.school = "0660001A"}), ElementsAre(2, 8));
  EXPECT_THAT(numbers(*journal_, {.school = "0660002B"}), ElementsAre(3, 4, 8, 9));
  EXPECT_THAT(numbers(*journal_, {.run = "run-2"}), ElementsAre(7, 8, 9));
  EXPECT_THAT(numbers(*journal_, {.attribute = "MEMBER"}), ElementsAre(4));
  EXPECT_THAT(numbers(*journal_, {.attribute = "mail"}), ElementsAre(8));
  EXPECT_THAT(numbers(*journal_, {.attribute = "uid"}), IsEmpty());
}

TEST_F(JournalSearch, NarrowsByEverythingThatIsGiven) {
  EXPECT_THAT(numbers(*journal_, {.school = "0660002B", .run = "run-1"}), ElementsAre(3, 4));
  EXPECT_THAT(numbers(*journal_, {.school = "0660002B", .run = "run-1", .attribute = "sn"}),
              ElementsAre(3));
  EXPECT_THAT(numbers(*journal_, {.subject = "AC-EXEMPLE/Eleve/1", .school = "0660002B"}),
              ElementsAre(8));
  EXPECT_THAT(numbers(*journal_, {.subject = "AC-EXEMPLE/Eleve/1", .run = "run-3"}), IsEmpty());
}

TEST_F(JournalSearch, TakesAPeriodFromInclusiveToExclusive) {
  EXPECT_THAT(
      numbers(*journal_, {.from = "2026-01-01T00:00:03Z", .to = "2026-01-01T00:00:08.000Z"}),
      ElementsAre(3, 4, 7));
  EXPECT_THAT(numbers(*journal_, {.from = "2026-01-01T01:00:08+01:00"}), ElementsAre(8, 9));
  EXPECT_THAT(numbers(*journal_, {.to = "2026-01-01T00:00:01.001Z"}), ElementsAre(1));
  EXPECT_THAT(numbers(*journal_, {.from = "2027-01-01T00:00:00Z"}), IsEmpty());
}

TEST_F(JournalSearch, RefusesBoundsThatAreNoInstants) {
  const auto nothing = [](const AuditRecord&, const std::optional<AuditRecord>&) {};
  EXPECT_EQ(code_of(journal_->query({.from = "yesterday"}, nothing)), "JRN-010");
  EXPECT_EQ(code_of(journal_->query({.to = "2026-01-01"}, nothing)), "JRN-010");
}

TEST_F(JournalSearch, NamesTheLastAppliedCauseOfAValue) {
  const auto cause = [&](const char* subject, const char* attribute) -> std::uint64_t {
    const auto found = journal_->last_cause(subject, attribute);
    EXPECT_TRUE(found);
    return *found ? (*found)->seq : 0;
  };
  EXPECT_EQ(cause("AC-EXEMPLE/Eleve/1", "sn"), 8U);
  EXPECT_EQ(cause("uid=e1,ou=personnes,dc=ent,dc=example", "SN"), 8U);
  EXPECT_EQ(cause("AC-EXEMPLE/Eleve/1", "mail"), 8U);
  EXPECT_EQ(cause("AC-EXEMPLE/Eleve/1", "cn"), 0U);
  EXPECT_EQ(cause("AC-EXEMPLE/Eleve/2", "sn"), 0U);  // one was refused, one is open
  EXPECT_EQ(cause("", "sn"), 0U);

  AuditRecord removal = intent(1, "0660001A", "run-3", 11'000);
  removal.attributes[0].added.clear();
  const auto seq = journal_->append({removal});
  ASSERT_TRUE(journal_->append({outcome_of(*seq, "applied", 12'000)}));
  EXPECT_EQ(cause("AC-EXEMPLE/Eleve/1", "sn"), 8U);  // it added nothing
}

TEST_F(JournalSearch, StopsAtARecordThatIsNotItsOwn) {
  journal_.reset();
  test::tamper(folder_.path(), "UPDATE record SET bytes = x'00' WHERE seq = 3");
  const auto reader = test::open_to_read(folder_.path());
  const auto nothing = [](const AuditRecord&, const std::optional<AuditRecord>&) {};
  EXPECT_EQ(code_of(reader->query({.school = "0660002B"}, nothing)), "JRN-008");
  EXPECT_TRUE(reader->query({.school = "0660001A"}, nothing));
}

TEST_F(JournalSearch, StopsWhenTheIndexMisleads) {
  journal_.reset();
  test::tamper(folder_.path(), "UPDATE outcome SET seq = 6 WHERE intent = 2");
  const auto reader = test::open_to_read(folder_.path());
  const auto nothing = [](const AuditRecord&, const std::optional<AuditRecord>&) {};
  EXPECT_EQ(code_of(reader->query({.subject = "AC-EXEMPLE/Eleve/1"}, nothing)), "JRN-009");
}

TEST_F(JournalSearch, LeavesTheJournalUsableWhenAVisitorThrows) {
  EXPECT_THROW(
      static_cast<void>(journal_->query(
          {}, [](const AuditRecord&, const auto&) { throw std::runtime_error("visitor"); })),
      std::runtime_error);
  EXPECT_TRUE(journal_->append({outcome_of(9)}));
}

// ---- against a plain filter

struct Reference {
  std::vector<AuditRecord> records;

  [[nodiscard]] std::vector<std::uint64_t> numbers(const JournalQuery& query) const {
    std::vector<std::uint64_t> found;
    for (const AuditRecord& record : records)
      if (matches(record, query)) found.push_back(record.seq);
    if (query.newest_first) std::ranges::reverse(found);
    if (query.limit != 0 && found.size() > query.limit) found.resize(query.limit);
    return found;
  }

  static bool matches(const AuditRecord& record, const JournalQuery& query) {
    const auto time = instant_milliseconds(record.time);
    return record.type != AuditType::outcome &&
           (query.subject.empty() || query.subject == record.subject ||
            equals_ignoring_case(query.subject, record.dn)) &&
           (query.school.empty() ||
            std::ranges::find(record.schools, query.school) != record.schools.end()) &&
           (query.run.empty() || query.run == record.run) &&
           (query.attribute.empty() ||
            std::ranges::any_of(record.attributes,
                                [&](const auto& t) { return t.attribute == query.attribute; })) &&
           (query.from.empty() || time >= instant_milliseconds(query.from)) &&
           (query.to.empty() || time < instant_milliseconds(query.to));
  }
};

/// Three blocks and some, in batches that do not fit blocks or groups, with a clock that steps
/// back.
Reference fill(Journal& journal, std::mt19937& random) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  Reference reference;
  std::uint64_t seq = 0;
  std::vector<std::uint64_t> open;
  while (seq < 3 * block_records + 77) {
    std::vector<AuditRecord> batch;
    for (std::uint64_t i = 0, n = 1 + below(300); i < n; ++i) {
      ++seq;
      const std::uint64_t time = seq * 100 - below(50) + (below(40) == 0 ? 5000 : 0);
      AuditRecord record;
      if (!open.empty() && below(3) == 0) {
        record = outcome_of(open.back(), below(2) == 0 ? "applied" : "refused", time);
        open.pop_back();
      } else {
        record = intent(below(400), "06600" + std::to_string(below(60)),
                        "run-" + std::to_string(seq / 500), time);
        if (below(50) == 0) record.attributes.push_back({"mail", {}, {"m"}, "", "", 0, 0});
        if (below(2000) == 0) record.attributes.push_back({"rare", {}, {"r"}, "", "", 0, 0});
        open.push_back(seq);
      }
      record.seq = seq;
      batch.push_back(record);
      reference.records.push_back(std::move(record));
    }
    EXPECT_TRUE(journal.append(std::move(batch)));
  }
  return reference;
}

TEST(JournalSearchAtRandom, FindsWhatAPlainFilterFinds) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  std::mt19937 random(20'260'131);
  const Reference reference = fill(*journal, random);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::size_t found_something = 0;
  for (int i = 0; i < 150; ++i) {
    JournalQuery query;
    if (below(3) == 0) query.subject = "AC-EXEMPLE/Eleve/" + std::to_string(below(400));
    if (below(6) == 0)
      query.subject = "UID=E" + std::to_string(below(400)) + ",ou=personnes,dc=ent,dc=example";
    if (below(3) == 0) query.school = "06600" + std::to_string(below(60));
    if (below(4) == 0) query.run = "run-" + std::to_string(below(14));
    if (below(4) == 0) query.attribute = std::array{"sn", "mail", "rare", "none"}[below(4)];
    if (below(4) == 0) query.from = test::time_at(below(700'000));
    if (below(4) == 0) query.to = test::time_at(below(700'000));
    if (below(4) == 0) query.limit = 1 + below(20);
    query.newest_first = below(2) == 0;
    const auto found = numbers(*journal, query);
    ASSERT_EQ(found, reference.numbers(query)) << "query " << i;
    if (!found.empty()) ++found_something;
  }
  EXPECT_GT(found_something, 40U);
  EXPECT_TRUE(journal->verify({})->good);
}

}  // namespace
}  // namespace entsync
