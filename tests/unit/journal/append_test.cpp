#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

using test::code_of;
using test::intent;
using test::outcome_of;

unsigned mode_of(const std::filesystem::path& file) {
  struct stat status {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
  return status.st_mode & 07777U;
}

TEST(JournalAppend, NumbersRecordsFromOneWithoutGaps) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  EXPECT_EQ(*journal->size(), 0U);
  EXPECT_EQ(*journal->append({}), 1U);
  EXPECT_EQ(*journal->append(test::intents(1, 3)), 1U);
  EXPECT_EQ(*journal->append({test::run_started("run-2")}), 4U);
  EXPECT_EQ(*journal->append({}), 5U);
  EXPECT_EQ(*journal->size(), 4U);
  const auto report = journal->verify({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->good) << test::first_fault(*report).what;
  EXPECT_EQ(report->records, 4U);
  EXPECT_EQ(report->head.size(), 64U);
}

TEST(JournalAppend, ContinuesTheChainAfterItWasClosed) {
  const test::Folder folder;
  for (int i = 0; i < 3; ++i) {
    const auto journal = test::open_to_append(folder.path());
    ASSERT_EQ(*journal->append(test::intents(1, 5)), static_cast<std::uint64_t>(i) * 5 + 1);
  }
  const ChainReport report = test::verified(folder.path());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.records, 15U);
}

TEST(JournalAppend, IsAFunctionOfTheRecords) {
  const test::Folder one;
  const test::Folder two;
  {
    const auto journal = test::open_to_append(one.path());
    ASSERT_TRUE(journal->append(test::intents(1, 4)));
  }
  {
    const auto journal = test::open_to_append(two.path());
    for (std::uint64_t i = 1; i <= 4; ++i) ASSERT_TRUE(journal->append({intent(i)}));
  }
  EXPECT_EQ(test::verified(one.path()).head, test::verified(two.path()).head);
}

TEST(JournalAppend, KeepsItsFilesFromOthers) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  ASSERT_TRUE(journal->append({intent(1)}));
  for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm", "journal.lock"})
    EXPECT_EQ(mode_of(folder.path() / name), 0600U) << name;
}

TEST(JournalAppend, TakesPermissionsFromOthersWhenItOpensAFile) {
  const test::Folder folder;
  test::open_to_append(folder.path()).reset();
  ASSERT_EQ(::chmod((folder.path() / "journal.db").c_str(), 0644), 0);
  test::open_to_append(folder.path()).reset();
  EXPECT_EQ(mode_of(folder.path() / "journal.db"), 0600U);
}

TEST(JournalAppend, KnowsWhichIntentsAreOpen) {
  const test::Folder folder;
  {
    const auto journal = test::open_to_append(folder.path());
    ASSERT_TRUE(journal->append(test::intents(10, 5)));
    ASSERT_TRUE(journal->append({outcome_of(2), outcome_of(4, "refused")}));
  }
  const auto journal = test::open_to_append(folder.path());
  auto open = journal->open_intents();
  ASSERT_TRUE(open);
  ASSERT_EQ(open->size(), 3U);
  EXPECT_EQ((*open)[0].seq, 1U);
  EXPECT_EQ((*open)[1].seq, 3U);
  EXPECT_EQ((*open)[2].seq, 5U);
  AuditRecord expected = intent(12);
  expected.seq = 3;
  EXPECT_EQ((*open)[1], expected);

  ASSERT_TRUE(journal->append({outcome_of(1), outcome_of(3, "not-applied"), outcome_of(5)}));
  EXPECT_TRUE(journal->open_intents()->empty());
}

TEST(JournalAppend, RefusesOutcomesOfWhatIsNotOpenAndKeepsNothingOfTheirBatch) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  ASSERT_TRUE(journal->append({test::run_started("run-1"), intent(1), intent(2)}));
  ASSERT_TRUE(journal->append({outcome_of(2)}));
  for (const std::uint64_t wrong : {0U, 1U, 2U, 4U, 6U, 99U}) {
    const auto refused = journal->append({intent(7), outcome_of(wrong)});
    EXPECT_EQ(code_of(refused), "JRN-006") << wrong;
    EXPECT_EQ(*journal->size(), 4U);
  }
  EXPECT_EQ(journal->open_intents()->size(), 1U);
  EXPECT_EQ(*journal->append({intent(8), outcome_of(5)}), 5U);
  EXPECT_TRUE(journal->verify({})->good);
}

TEST(JournalAppend, RefusesRecordsThatCouldNotBeReadBack) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  AuditRecord untimed = intent(1);
  untimed.time = "yesterday";
  AuditRecord typeless = intent(1);
  typeless.type = static_cast<AuditType>(99);
  AuditRecord huge = intent(1);
  huge.detail.assign(max_audit_record_bytes, 'x');
  AuditRecord many = intent(1);
  many.attributes.resize(max_audit_attributes + 1);
  for (const AuditRecord& record : {untimed, typeless, huge, many})
    EXPECT_EQ(code_of(journal->append({intent(2), record})), "JRN-001");
  EXPECT_EQ(*journal->size(), 0U);
  EXPECT_EQ(*journal->append({intent(2)}), 1U);
}

TEST(JournalAppend, KeepsALargeRecordWhole) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  AuditRecord group = intent(1);
  for (int i = 0; i < 60'000; ++i)
    group.attributes[0].added.push_back("uid=e" + std::to_string(i) +
                                        ",ou=personnes,dc=ent,dc=example");
  ASSERT_TRUE(journal->append({group}));
  group.seq = 1;
  EXPECT_EQ(journal->open_intents()->at(0), group);
}

TEST(JournalAppend, LetsOneProcessWriteAndNamesIt) {
  const test::Folder folder;
  auto first = test::open_to_append(folder.path());
  const auto second = Journal::open(folder.path(), Journal::Mode::append);
  ASSERT_FALSE(second);
  EXPECT_EQ(code_of(second), "JRN-002");
  EXPECT_NE(to_string(second.error()).find("process " + std::to_string(::getpid())),
            std::string::npos);
  first.reset();
  EXPECT_TRUE(Journal::open(folder.path(), Journal::Mode::append));
}

TEST(JournalAppend, IsFreeAgainWhenItsWriterDied) {
  const test::Folder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto journal = test::open_to_append(folder.path());
    if (!journal || !journal->append({intent(1)})) ::_exit(1);
    ::_exit(0);  // without closing anything
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto journal = test::open_to_append(folder.path());
  EXPECT_EQ(*journal->size(), 1U);
}

TEST(JournalAppend, IsReadWhileItIsWritten) {
  const test::Folder folder;
  const auto writer = test::open_to_append(folder.path());
  ASSERT_TRUE(writer->append(test::intents(1, 2)));
  const auto reader = test::open_to_read(folder.path());
  EXPECT_EQ(*reader->size(), 2U);
  std::uint64_t seen = 0;
  ASSERT_TRUE(reader->query({}, [&](const AuditRecord&, const auto&) {
    if (++seen != 1) return;
    ASSERT_TRUE(writer->append(test::intents(3, 2)));
  }));
  EXPECT_EQ(seen, 2U);  // one state of the journal
  EXPECT_EQ(*reader->size(), 4U);
}

TEST(JournalAppend, IsAMistakeOfOursOnAReader) {
  const test::Folder folder;
  test::open_to_append(folder.path()).reset();
  const auto reader = test::open_to_read(folder.path());
  EXPECT_THROW(static_cast<void>(reader->append({intent(1)})), std::logic_error);
}

TEST(JournalAppend, NoticesThatSomebodyElseWrote) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  ASSERT_TRUE(journal->append({intent(1)}));
  test::run_sql(folder.path(), "INSERT INTO record VALUES(2, x'00', zeroblob(32))");
  EXPECT_EQ(code_of(journal->append({intent(2)})), "JRN-007");
  // What stands there now is no end that can be continued.
  EXPECT_EQ(code_of(journal->append({intent(2)})), "JRN-004");
  EXPECT_EQ(*journal->size(), 2U);
}

TEST(JournalAppend, ProtectsRecordsFromAShell) {
  const test::Folder folder;
  {
    const auto journal = test::open_to_append(folder.path());
    ASSERT_TRUE(journal->append(test::intents(1, 3)));
  }
  const std::string before = test::verified(folder.path()).head;
  for (const char* sql :
       {"UPDATE record SET bytes = x'00' WHERE seq = 2", "DELETE FROM record WHERE seq = 3",
        "DELETE FROM record", "REPLACE INTO record SELECT 2, bytes, hash FROM record WHERE seq = 1",
        "INSERT INTO record VALUES(9, x'00', zeroblob(32))"})
    EXPECT_FALSE(test::try_sql(folder.path(), sql)) << sql;
  EXPECT_EQ(test::verified(folder.path()).head, before);
}

}  // namespace
}  // namespace entsync
