#include <gtest/gtest.h>

#include <fstream>

#include "journal/chain.hpp"
#include "records.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

using test::code_of;
using test::intent;
using test::outcome_of;
using test::tamper;

/// A journal of 40 records: 1 a run, 2–21 intents, 22–39 outcomes of 2–19 (20 and 21 are open), 40
/// a run.
class JournalVerify : public testing::Test {
 protected:
  void SetUp() override {
    const auto journal = test::open_to_append(folder_.path());
    std::vector<AuditRecord> records{test::run_started("run-1")};
    for (std::uint64_t i = 1; i <= 20; ++i)
      records.push_back(intent(i, i % 2 == 0 ? "0660001A" : "0660002B"));
    ASSERT_TRUE(journal->append(records));
    records.clear();
    for (std::uint64_t i = 2; i <= 19; ++i) records.push_back(outcome_of(i));
    records.push_back(test::run_started("run-2"));
    ASSERT_TRUE(journal->append(records));
    head_ = journal->verify({})->head;
  }

  void expect_fault(std::uint64_t seq, const std::string& word) {
    const ChainReport report = test::verified(folder_.path());
    EXPECT_FALSE(report.good);
    EXPECT_EQ(test::first_fault(report).seq, seq) << test::first_fault(report).what;
    EXPECT_NE(test::first_fault(report).what.find(word), std::string::npos)
        << test::first_fault(report).what;
  }

  [[nodiscard]] std::string open_code() const {
    return code_of(Journal::open(folder_.path(), Journal::Mode::append));
  }

  const std::filesystem::path& path() const { return folder_.path(); }

  test::Folder folder_;
  std::string head_;
};

TEST_F(JournalVerify, FindsNothingInAWholeJournal) {
  std::vector<std::uint64_t> told;
  const auto report =
      test::open_to_read(path())->verify({[&](std::uint64_t records) { told.push_back(records); }});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->good) << test::first_fault(*report).what;
  EXPECT_EQ(report->records, 40U);
  EXPECT_EQ(test::first_fault(*report).seq, 0U);
  EXPECT_EQ(report->head, head_);
  EXPECT_EQ(told, std::vector<std::uint64_t>{40});
}

TEST_F(JournalVerify, FindsNothingInAnEmptyJournal) {
  const test::Folder empty;
  test::open_to_append(empty.path()).reset();
  const ChainReport report = test::verified(empty.path());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.records, 0U);
  EXPECT_EQ(report.head, "");
}

TEST_F(JournalVerify, FindsAnyEditedByteOfARecord) {
  const int size = std::stoi(test::ask(path(), "SELECT length(bytes) FROM record WHERE seq = 9"));
  const std::string whole = test::ask(path(), "SELECT hex(bytes) FROM record WHERE seq = 9");
  for (int i = 0; i < size; i += 7) {
    std::string edited = whole;
    char& digit = edited[static_cast<std::size_t>(2 * i + 1)];
    digit = digit == '0' ? '1' : '0';
    tamper(path(), "UPDATE record SET bytes = x'" + edited + "' WHERE seq = 9");
    const ChainReport report = test::verified(path());
    EXPECT_FALSE(report.good) << "byte " << i;
    EXPECT_EQ(test::first_fault(report).seq, 9U) << test::first_fault(report).what;
    EXPECT_EQ(report.records, 8U);
  }
}

TEST_F(JournalVerify, FindsAnEditedHash) {
  tamper(path(), "UPDATE record SET hash = zeroblob(32) WHERE seq = 5");
  expect_fault(5, "does not fit the chain");
}

TEST_F(JournalVerify, FindsAHashOfAnotherLength) {
  tamper(path(), "UPDATE record SET hash = x'00' WHERE seq = 40");
  expect_fault(40, "does not fit the chain");
  EXPECT_EQ(open_code(), "JRN-004");
}

TEST_F(JournalVerify, FindsARemovedRecord) {
  tamper(path(), "DELETE FROM record WHERE seq = 12");
  expect_fault(12, "is missing");
}

TEST_F(JournalVerify, FindsThatTheFirstRecordsWereRemoved) {
  tamper(path(), "DELETE FROM record WHERE seq <= 2");
  expect_fault(1, "is missing");
}

TEST_F(JournalVerify, FindsAnInsertedRecord) {
  tamper(
      path(),
      "UPDATE record SET seq = -seq WHERE seq > 30; UPDATE record SET seq = 1 - seq WHERE seq < 0;"
      "INSERT INTO record SELECT 31, bytes, hash FROM record WHERE seq = 3");
  expect_fault(31, "carries number 3");
}

TEST_F(JournalVerify, FindsARecordBeforeTheFirst) {
  tamper(path(), "INSERT INTO record SELECT 0, bytes, hash FROM record WHERE seq = 3");
  expect_fault(1, "is missing");
}

TEST_F(JournalVerify, FindsSwappedRecords) {
  tamper(path(),
         "UPDATE record SET seq = -1 WHERE seq = 7; UPDATE record SET seq = 7 WHERE seq = 8;"
         "UPDATE record SET seq = 8 WHERE seq = -1");
  expect_fault(7, "carries number 8");
}

TEST_F(JournalVerify, FindsAForgedRecordAtTheEnd) {
  tamper(path(), "INSERT INTO record SELECT 41, bytes, hash FROM record WHERE seq = 40");
  expect_fault(41, "carries number 40");
  EXPECT_EQ(open_code(), "JRN-004");
}

TEST_F(JournalVerify, FindsACutEndByWhatTheIndexStillKnows) {
  tamper(path(), "DELETE FROM record WHERE seq >= 39");
  expect_fault(39, "cut off");
  EXPECT_EQ(test::verified(path()).records, 38U);
}

TEST_F(JournalVerify, RefusesToContinueWhenTheIndexKnowsLaterRecords) {
  tamper(path(), "DELETE FROM record WHERE seq >= 20");
  EXPECT_EQ(open_code(), "JRN-005");
}

/// The limit of a chain in one file, as its header says: only a head that was kept elsewhere shows
/// it.
TEST_F(JournalVerify, CannotSeeAnEndThatWasCutOffWithItsIndex) {
  tamper(path(),
         "DELETE FROM record WHERE seq >= 39; DELETE FROM posting; DELETE FROM block;"
         "DELETE FROM outcome; DELETE FROM open_intent");
  ASSERT_TRUE(test::open_to_append(path())->rebuild_index());
  const ChainReport report = test::verified(path());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.records, 38U);
  EXPECT_NE(report.head, head_);
  EXPECT_EQ(test::open_to_read(path())->open_intents()->size(),
            3U);  // a lawful state: one more is open
}

TEST_F(JournalVerify, FindsEveryRowMissingInTheIndex) {
  const int rows = std::stoi(test::ask(path(), "SELECT count(*) FROM posting"));
  ASSERT_GT(rows, 40);
  for (int i = 0; i < rows; ++i) {
    const std::string row = test::ask(path(),
                                      "SELECT block || ',' || key || ',' || at FROM posting "
                                      "ORDER BY block, key, at LIMIT 1 OFFSET " +
                                          std::to_string(i));
    tamper(path(), "DELETE FROM posting WHERE (block, key, at) = (" + row + ")");
    const ChainReport report = test::verified(path());
    EXPECT_FALSE(report.good) << row;
    EXPECT_EQ(report.records, 40U);
    EXPECT_EQ(report.head, head_);
    EXPECT_NE(test::first_fault(report).what.find("index lacks a key"), std::string::npos)
        << test::first_fault(report).what;
    tamper(path(), "INSERT INTO posting VALUES(" + row + ")");
  }
  EXPECT_TRUE(test::verified(path()).good);
}

TEST_F(JournalVerify, FindsRowsTooManyInTheIndex) {
  for (const char* row : {"(0, 5, 3)", "(0, -9223372036854775807, 0)",
                          "(0, 9223372036854775807, 39)", "(1, 5, 0)", "(-1, 5, 0)"}) {
    tamper(path(), std::string("INSERT INTO posting VALUES") + row);
    EXPECT_FALSE(test::verified(path()).good) << row;
    tamper(path(), std::string("DELETE FROM posting WHERE (block, key, at) = ") + row);
  }
  EXPECT_TRUE(test::verified(path()).good);
}

TEST_F(JournalVerify, FindsEveryOtherWrongRowOfTheIndex) {
  const std::pair<const char*, const char*> changes[] = {
      {"UPDATE block SET latest = latest - 1", "UPDATE block SET latest = latest + 1"},
      {"UPDATE block SET earliest = earliest + 1", "UPDATE block SET earliest = earliest - 1"},
      {"INSERT INTO block VALUES(1, 0, 0)", "DELETE FROM block WHERE id = 1"},
      {"UPDATE block SET id = 7", "UPDATE block SET id = 0"},
      {"INSERT INTO open_intent VALUES(3)", "DELETE FROM open_intent WHERE seq = 3"},
      {"INSERT INTO open_intent VALUES(40)", "DELETE FROM open_intent WHERE seq = 40"},
      {"DELETE FROM open_intent WHERE seq = 21", "INSERT INTO open_intent VALUES(21)"},
      {"DELETE FROM outcome WHERE intent = 6", "INSERT INTO outcome VALUES(6, 26)"},
      {"UPDATE outcome SET seq = 27 WHERE intent = 6",
       "UPDATE outcome SET seq = 26 WHERE intent = 6"},
      {"INSERT INTO outcome VALUES(20, 39)", "DELETE FROM outcome WHERE intent = 20"},
  };
  for (const auto& [change, undo] : changes) {
    tamper(path(), change);
    EXPECT_FALSE(test::verified(path()).good) << change;
    tamper(path(), undo);
    EXPECT_TRUE(test::verified(path()).good) << undo;
  }
}

TEST_F(JournalVerify, IsContentAgainAfterTheIndexWasRebuilt) {
  tamper(path(),
         "DELETE FROM posting WHERE at > 5; UPDATE block SET latest = 1; DELETE FROM outcome;"
         "DELETE FROM open_intent");
  ASSERT_FALSE(test::verified(path()).good);
  const auto journal = test::open_to_append(path());
  ASSERT_TRUE(journal->rebuild_index());
  const ChainReport report = test::verified(path());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.head, head_);
  EXPECT_EQ(journal->open_intents()->size(), 2U);
  EXPECT_TRUE(journal->append({outcome_of(20)}));
}

TEST_F(JournalVerify, TellsOfTheChainBeforeTheIndex) {
  tamper(path(),
         "DELETE FROM posting WHERE at = 3; UPDATE record SET hash = zeroblob(32) WHERE seq = 30");
  expect_fault(30, "does not fit the chain");
}

TEST_F(JournalVerify, FindsTriggersThatWereTakenOff) {
  test::run_sql(path(), "DROP TRIGGER record_is_removed_at_its_term");
  expect_fault(0, "trigger record_is_removed_at_its_term");
  EXPECT_EQ(open_code(), "SQL-011");
}

TEST_F(JournalVerify, FindsTriggersAndTablesThatWereAdded) {
  test::run_sql(path(),
                "CREATE TRIGGER quiet AFTER INSERT ON record BEGIN DELETE FROM open_intent; END");
  expect_fault(0, "trigger quiet");
  EXPECT_EQ(open_code(), "SQL-011");
}

TEST_F(JournalVerify, StillChecksRecordsWhenTheIndexIsGone) {
  test::run_sql(path(), "DROP TABLE posting");
  expect_fault(0, "table posting");
  EXPECT_EQ(test::verified(path()).records, 40U);
}

/// Records that fit the chain but not each other: as a program with a defect would write them.
class RecordsThatContradict : public testing::Test {
 protected:
  void append_chained(const std::vector<AuditRecord>& records) {
    test::open_to_append(folder_.path()).reset();
    ChainHasher hasher;
    ChainHash hash{};
    std::string sql;
    const auto hex = [](std::string_view bytes) {
      static constexpr char digits[] = "0123456789abcdef";
      std::string text;
      for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4U];
        text += digits[static_cast<unsigned char>(c) & 15U];
      }
      return text;
    };
    for (AuditRecord record : records) {
      record.seq = ++seq_;
      const std::string bytes = encode(record);
      hash = hasher.next(hash, bytes);
      sql += "INSERT INTO record VALUES(" + std::to_string(seq_) + ", x'" + hex(bytes) + "', x'" +
             hexadecimal(hash) + "');";
    }
    test::run_sql(folder_.path(), sql);
  }

  test::Folder folder_;
  std::uint64_t seq_ = 0;
};

TEST_F(RecordsThatContradict, AreFoundWhenAnIntentHasTwoOutcomes) {
  append_chained({intent(1), outcome_of(1), outcome_of(1)});
  const ChainReport report = test::verified(folder_.path());
  EXPECT_EQ(test::first_fault(report).seq, 3U);
  EXPECT_NE(test::first_fault(report).what.find("has an outcome already"), std::string::npos)
      << test::first_fault(report).what;
}

TEST_F(RecordsThatContradict, AreFoundWhenAnOutcomeHasNoIntent) {
  append_chained({test::run_started("run-1"), outcome_of(1)});
  EXPECT_EQ(test::first_fault(test::verified(folder_.path())).seq, 2U);
}

TEST_F(RecordsThatContradict, AreFoundWhenAnOutcomeComesFirst) {
  append_chained({outcome_of(2), intent(1)});
  EXPECT_EQ(test::first_fault(test::verified(folder_.path())).seq, 1U);
}

TEST_F(RecordsThatContradict, AreFoundWhenATimeCannotBeRead) {
  AuditRecord record = intent(1);
  record.time = "noon";
  append_chained({intent(1), record});
  const ChainReport report = test::verified(folder_.path());
  EXPECT_EQ(test::first_fault(report).seq, 2U);
  EXPECT_NE(test::first_fault(report).what.find("time"), std::string::npos)
      << test::first_fault(report).what;
}

/// Pages of a file that the disk or a copy got wrong.
class DamagedFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto journal = test::open_to_append(folder_.path());
    for (std::uint64_t i = 0; i < 20; ++i)
      ASSERT_TRUE(journal->append(test::intents(1 + i * 100, 100)));
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "journal.db"; }

  test::Folder folder_;
};

TEST_F(DamagedFile, IsRefusedWhenItIsCutShort) {
  const auto size = std::filesystem::file_size(file());
  for (const std::uintmax_t kept :
       {size / 2, size - 4096, std::uintmax_t{4096}, std::uintmax_t{100}}) {
    std::filesystem::resize_file(file(), kept);
    EXPECT_EQ(code_of(Journal::open(folder_.path(), Journal::Mode::append)), "SQL-004") << kept;
  }
}

TEST_F(DamagedFile, IsRefusedWhenItIsNoDatabase) {
  std::ofstream(file(), std::ios::binary) << std::string(8192, 'x');
  for (const auto mode : {Journal::Mode::append, Journal::Mode::read})
    EXPECT_EQ(code_of(Journal::open(folder_.path(), mode)), "SQL-004");
  EXPECT_EQ(std::filesystem::file_size(file()), 8192U);  // left as it was
}

TEST_F(DamagedFile, IsNamedPageByPage) {
  const auto pages = std::filesystem::file_size(file()) / 4096;
  std::uint64_t found = 0;
  for (std::uintmax_t page = 1; page < pages; page += 5) {
    std::string before(4096, '\0');
    {
      std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
      const auto at = static_cast<std::streamoff>(page * 4096);
      stream.seekg(at).read(before.data(), 4096);
      stream.seekp(at) << std::string(4096, '\x5a');
    }
    // Whatever page it was, somebody is told: at opening, by the report, or by a problem.
    const auto journal = Journal::open(folder_.path(), Journal::Mode::read);
    if (journal) {
      const auto report = (*journal)->verify({});
      if (!report || !report->good) ++found;
      if (report && report->good) ADD_FAILURE() << "page " << page;
    } else {
      ++found;
    }
    std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(static_cast<std::streamoff>(page * 4096)) << before;
  }
  EXPECT_EQ(found, (pages + 3) / 5);
  EXPECT_TRUE(test::verified(folder_.path()).good);
}

}  // namespace
}  // namespace entsync
