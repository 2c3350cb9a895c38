/// Old records go when their term is reached, and what is left still verifies.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "records.hpp"
#include "sealed_journal.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

using test::code_of;

constexpr const char* a_year_later = "2027-02-01T02:30:00.000Z";

AuditRecord certificate(std::uint64_t until, const char* time = a_year_later) {
  AuditRecord record = test::run_started("run-later");
  record.type = AuditType::records_removed;
  record.time = time;
  record.removed_until = until;
  return record;
}

class Removal : public testing::Test {
 protected:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  /// Removes what may be removed of the records up to `limit`; the last one that is gone.
  std::uint64_t remove(Journal& journal, std::uint64_t limit, const char* time = a_year_later) {
    const std::uint64_t until = journal.removable_until(limit).value();
    if (until < journal.first().value()) return until;
    auto appended = journal.append({certificate(until, time)});
    EXPECT_TRUE(appended) << to_string(appended.error());
    return until;
  }

  void expect_whole(const VerifyOptions& options = {}) {
    const ChainReport report = test::verified(path(), options);
    EXPECT_TRUE(report.good) << test::first_fault(report).what;
  }

  Fault first_fault(const VerifyOptions& options = {}) {
    return test::first_fault(test::verified(path(), options));
  }

  static std::vector<std::uint64_t> found(Journal& journal, JournalQuery query) {
    std::vector<std::uint64_t> numbers;
    auto done = journal.query(
        query, [&](const AuditRecord& record, const auto&) { numbers.push_back(record.seq); });
    EXPECT_TRUE(done) << to_string(done.error());
    return numbers;
  }

  test::Folder folder_{test::in_memory()};
};

TEST_F(Removal, WhatIsLeftIsWholeWithEveryKeyAndEveryCopy) {
  test::SealedJournal sealed(path(), 6);
  const auto journal = test::open_to_append(path());
  const std::uint64_t size = journal->size().value();
  EXPECT_EQ(journal->first().value(), 1U);
  EXPECT_EQ(remove(*journal, 30), 25U) << "26 is the first intent whose outcome comes after 30";
  EXPECT_EQ(journal->first().value(), 26U);
  EXPECT_EQ(journal->size().value(), size + 1);
  expect_whole(sealed.with_copies());
  const ChainReport report = test::verified(path(), sealed.with_copies());
  EXPECT_EQ(report.removed, 25U);
  EXPECT_EQ(report.records, size + 1);
  EXPECT_EQ(test::ask(path(), "SELECT count(*) FROM record"), std::to_string(size + 1 - 25));
}

TEST_F(Removal, TheJournalGoesOnAndIsSealedAgain) {
  test::SealedJournal sealed(path(), 4);
  for (const std::uint64_t limit : {12U, 24U, 36U}) {
    {
      const auto journal = test::open_to_append(path());
      EXPECT_EQ(remove(*journal, limit), limit);
    }
    const auto journal = test::open_to_append(path());
    const SigningKey& key = sealed.second_key();
    ASSERT_TRUE(journal->seal({key, nullptr, "x", a_year_later, "run-later"}));
    expect_whole(sealed.with_copies());
  }
  EXPECT_EQ(test::ask(path(), "SELECT count(*) FROM base"), "3");
}

TEST_F(Removal, NeverTakesAnOpenIntentNorWhatNoCheckpointAttests) {
  test::SealedJournal sealed(path(), 2);
  const auto journal = test::open_to_append(path());
  const std::uint64_t attested = journal->size().value();
  ASSERT_TRUE(journal->append({test::run_started("run-3", sealed.milliseconds())}));
  EXPECT_EQ(journal->removable_until(1000).value(), attested);
  ASSERT_TRUE(journal->append({test::intent(1), test::run_started("x")}));
  ASSERT_TRUE(sealed.seal(*journal, "run-3") != "");
  EXPECT_EQ(journal->removable_until(1000).value(), attested + 1) << "the intent is open";
  EXPECT_EQ(code_of(journal->append({certificate(attested + 2)})), "JRN-015");
  expect_whole();
  EXPECT_EQ(journal->open_intents().value().size(), 1U);
}

TEST_F(Removal, NothingIsRemovableOfAJournalThatWasNeverSealed) {
  const auto journal = test::open_to_append(path());
  ASSERT_TRUE(journal->append({test::run_started("run-1"), test::run_started("run-1")}));
  EXPECT_EQ(journal->removable_until(2).value(), 0U);
}

TEST_F(Removal, SearchesFindWhatIsLeftAndNothingElse) {
  test::SealedJournal sealed(path(), 40);  // 480 records: seven groups of the index and a half
  const auto journal = test::open_to_append(path());
  std::mt19937 chance(7);
  std::uint64_t gone = 0;
  while (gone + 40 < 480) {
    const std::uint64_t until =
        remove(*journal, gone + std::uniform_int_distribution<std::uint64_t>(1, 40)(chance));
    gone = std::max(gone, until);
    JournalQuery of_actor;
    of_actor.actor = "system:nightly";
    const auto numbers = found(*journal, of_actor);
    EXPECT_FALSE(numbers.empty());
    EXPECT_GT(*std::ranges::min_element(numbers), gone);
    JournalQuery of_school;
    of_school.school = "0660001A";
    for (const std::uint64_t number : found(*journal, of_school)) EXPECT_GT(number, gone);
    JournalQuery of_run;
    of_run.run = "run-40";
    EXPECT_EQ(found(*journal, of_run).size(), 7U) << "begin, end and five changes";
    ASSERT_NO_FATAL_FAILURE(expect_whole(sealed.with_copies()));
  }
  ASSERT_TRUE(journal->rebuild_index());
  expect_whole(sealed.with_copies());
}

TEST_F(Removal, ALongJournalIsCutAnywhereInABlockOfTheIndex) {
  const SigningKey key = SigningKey::generate("entsync");
  const auto journal = test::open_to_append(path());
  for (int batch = 0; batch < 10; ++batch) {
    std::vector<AuditRecord> records;
    for (int i = 0; i < 500; ++i) records.push_back(test::run_started("run", 10 * batch));
    ASSERT_TRUE(journal->append(records));
  }
  ASSERT_TRUE(journal->seal({key, nullptr, "x", test::time_at(1000), ""}));
  VerifyOptions options;
  options.keys = {key.verifier()};
  for (const std::uint64_t until : {1U, 63U, 64U, 65U, 2047U, 2048U, 2049U, 4095U, 4096U, 4990U}) {
    EXPECT_EQ(remove(*journal, until), until);
    ASSERT_NO_FATAL_FAILURE(expect_whole(options)) << until;
  }
}

TEST_F(Removal, TellsExactlyUpToWhichRecordEverythingIsOlder) {
  const auto journal = test::open_to_append(path());
  std::vector<AuditRecord> records;
  for (int i = 0; i < 3000; ++i)
    records.push_back(test::run_started("run", static_cast<std::uint64_t>(i)));
  ASSERT_TRUE(journal->append(records));
  EXPECT_EQ(journal->last_before(test::time_at(0)).value(), 0U);
  EXPECT_EQ(journal->last_before(test::time_at(1)).value(), 1U);
  EXPECT_EQ(journal->last_before(test::time_at(2048)).value(), 2048U);
  EXPECT_EQ(journal->last_before(test::time_at(2500)).value(), 2500U);
  EXPECT_EQ(journal->last_before(test::time_at(9000)).value(), 3000U);
}

TEST_F(Removal, WhatIsGoneIsInNoFile) {
  test::SealedJournal sealed(path(), 3);
  const auto has = [&](const std::string& text) {
    std::string all;
    for (const char* name : {"journal.db", "journal.db-wal"}) all += folder_.read(name);
    return all.find(text) != std::string::npos;
  };
  const auto journal = test::open_to_append(path());
  ASSERT_TRUE(has("uid=e2,"));
  remove(*journal, 12);
  EXPECT_FALSE(has("uid=e2,"));
  EXPECT_TRUE(has("uid=e14,"));
}

TEST_F(Removal, TheTriggersLetGoOfNothingElse) {
  test::SealedJournal sealed(path(), 3);
  remove(*test::open_to_append(path()), 12);
  EXPECT_FALSE(test::try_sql(path(), "DELETE FROM record WHERE seq = 13"));
  EXPECT_FALSE(test::try_sql(path(), "DELETE FROM base"));
  EXPECT_FALSE(test::try_sql(path(), "UPDATE base SET seq = 14"));
  EXPECT_FALSE(test::try_sql(path(), "INSERT INTO base SELECT 11, hash, frontier FROM base"));
  EXPECT_FALSE(test::try_sql(path(), "INSERT OR REPLACE INTO base SELECT * FROM base"));
}

TEST_F(Removal, RecordsThatGoWithoutACertificateAreCalledRemoved) {
  test::SealedJournal sealed(path(), 3);
  TreeFrontier frontier;
  for (const std::string& hash :
       test::ask_all(path(), "SELECT hex(hash) FROM record WHERE seq <= 12 ORDER BY seq")) {
    ChainHash chain{};
    for (std::size_t i = 0; i < chain.size(); ++i)
      chain[i] = static_cast<std::uint8_t>(std::stoi(hash.substr(2 * i, 2), nullptr, 16));
    frontier.append(chain);
  }
  std::string bytes;
  for (const char c : frontier.bytes()) {
    static constexpr char digits[] = "0123456789ABCDEF";
    bytes += digits[static_cast<unsigned char>(c) >> 4U];
    bytes += digits[static_cast<unsigned char>(c) & 15U];
  }
  test::run_sql(path(), "INSERT INTO base SELECT seq, hash, x'" + bytes +
                            "' FROM record WHERE seq = 12; DELETE FROM record WHERE seq <= 12");
  const Fault fault = first_fault(sealed.with_copies());
  EXPECT_EQ(fault.kind, FaultKind::removed) << fault.what;
}

TEST_F(Removal, RecordsThatGoBeforeTheShortestTermAreCalledRemoved) {
  test::SealedJournal sealed(path(), 3);
  const auto journal = test::open_to_append(path());
  // The first checkpoint is of 1 January; the records after it were removed 182 days later.
  remove(*journal, 24, "2026-07-02T00:00:00.000Z");
  const Fault fault = first_fault(sealed.with_copies());
  EXPECT_EQ(fault.kind, FaultKind::removed) << fault.what;
}

TEST_F(Removal, AnotherBaseThanTheOneThatWasCertifiedIsFound) {
  test::SealedJournal sealed(path(), 4);
  remove(*test::open_to_append(path()), 12);
  test::tamper(path(), "UPDATE base SET frontier = zeroblob(length(frontier))");
  EXPECT_EQ(first_fault(sealed.with_key()).kind, FaultKind::rewritten)
      << "no checkpoint fits any more";
  test::tamper(path(), "UPDATE base SET hash = zeroblob(32)");
  EXPECT_EQ(first_fault().kind, FaultKind::altered) << "the first record does not follow";
  test::tamper(path(), "UPDATE base SET hash = x'00'");
  EXPECT_EQ(first_fault().kind, FaultKind::removed);
  test::tamper(path(), "DELETE FROM base");
  EXPECT_EQ(first_fault().kind, FaultKind::removed);
}

TEST_F(Removal, ACopyOfACheckpointOverWhatIsGoneMustStillBeTheOneThatWasSigned) {
  test::SealedJournal sealed(path(), 4);
  remove(*test::open_to_append(path()), 30);
  VerifyOptions options = sealed.with_copies();
  expect_whole(options);
  // Somebody else's journal, with the same keys and numbers.
  Checkpoint other = parse_checkpoint(parse_note(options.external[0])->text).value();
  other.root[0] ^= 1U;
  options.external[0] = to_text(other) + "\n" + sealed.first_key().signature_line(to_text(other));
  EXPECT_EQ(first_fault(options).kind, FaultKind::rewritten);
}

}  // namespace
}  // namespace entsync
