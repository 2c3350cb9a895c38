#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "records.hpp"
#include "support/folder.hpp"

namespace entsync {
namespace {

constexpr std::uint64_t batch_records = 10;

/// Batch number `batch`: intents, and the outcomes of the batch before.
std::vector<AuditRecord> make_batch(std::uint64_t batch) {
  const std::uint64_t first = batch * batch_records;
  std::vector<AuditRecord> records;
  if (batch % 2 == 0) return test::intents(first + 1, batch_records);
  for (std::uint64_t i = 1; i <= batch_records; ++i)
    records.push_back(test::outcome_of(first - batch_records + i));
  return records;
}

void expect_whole_batches(const std::filesystem::path& directory, std::uint64_t at_least,
                          std::uint64_t at_most) {
  std::uint64_t records = 0;
  {
    const auto journal = test::open_to_append(directory);
    ASSERT_TRUE(journal);
    records = *journal->size();
    EXPECT_EQ(records % batch_records, 0U);
    EXPECT_GE(records, at_least * batch_records);
    EXPECT_LE(records, at_most * batch_records);
    const std::uint64_t batches = records / batch_records;
    EXPECT_EQ(journal->open_intents()->size(), batches % 2 == 1 ? batch_records : 0U);
    // The chain goes on from there.
    ASSERT_EQ(*journal->append(make_batch(batches)), records + 1);
  }
  const ChainReport report = test::verified(directory);
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.records, records + batch_records);
}

/// Appends for ever, one byte down the pipe for every batch that is durable.
[[noreturn]] void append_for_ever(const std::filesystem::path& directory, int pipe) {
  const auto journal = Journal::open(directory, Journal::Mode::append);
  if (!journal) ::_exit(1);
  for (std::uint64_t batch = 0;; ++batch) {
    if (!(*journal)->append(make_batch(batch))) ::_exit(2);
    if (::write(pipe, "+", 1) != 1) ::_exit(3);
  }
}

/// Batches that were durable when the child was killed. It is killed as soon as it has told of
/// `batches`, while it writes the next one.
std::uint64_t kill_after(const std::filesystem::path& directory, std::uint64_t batches) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    append_for_ever(directory, pipe[1]);
  }
  ::close(pipe[1]);
  std::uint64_t told = 0;
  char byte = 0;
  while (told < batches && ::read(pipe[0], &byte, 1) == 1) ++told;
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, status " << status;
  while (::read(pipe[0], &byte, 1) == 1) ++told;
  ::close(pipe[0]);
  return told;
}

TEST(JournalAfterACrash, HoldsAllThatWasDurableAndAtMostTheBatchUnderWay) {
  for (std::uint64_t batches = 0; batches < 40; ++batches) {
    const test::Folder folder;
    const std::uint64_t told = kill_after(folder.path(), batches);
    expect_whole_batches(folder.path(), told, told + 1);
    if (HasFailure()) FAIL() << "killed after " << batches;
  }
}

TEST(JournalAfterACrash, SurvivesManyInARow) {
  const test::Folder folder;
  std::uint64_t records = 0;
  for (std::uint64_t round = 0; round < 15; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      const auto journal = Journal::open(folder.path(), Journal::Mode::append);
      if (!journal) ::_exit(1);
      for (;;) {
        if (!(*journal)->append(test::intents(1, batch_records))) ::_exit(2);
        if (::write(pipe[1], "+", 1) != 1) ::_exit(3);
      }
    }
    ::close(pipe[1]);
    char byte = 0;
    std::uint64_t told = 0;
    while (told < 3 + round && ::read(pipe[0], &byte, 1) == 1) ++told;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    while (::read(pipe[0], &byte, 1) == 1) ++told;
    ::close(pipe[0]);
    const ChainReport report = test::verified(folder.path());
    ASSERT_TRUE(report.good) << test::first_fault(report).what;
    ASSERT_EQ(report.records % batch_records, 0U);
    ASSERT_GE(report.records, records + told * batch_records);
    records = report.records;
  }
}

/// A power cut leaves any part of what was not synced: here every prefix of the log, cut anywhere.
TEST(JournalAfterAPowerCut, HoldsAWholePrefixOfBatches) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  constexpr std::uint64_t batches = 12;
  for (std::uint64_t batch = 0; batch < batches; ++batch)
    ASSERT_TRUE(journal->append(make_batch(batch)));

  const auto log = folder.path() / "journal.db-wal";
  const auto size = std::filesystem::file_size(log);
  ASSERT_GT(size, 100'000U);
  std::uint64_t most = 0;
  for (std::uintmax_t cut = 0; cut <= size; cut += 3'001) {
    const test::Folder copy;
    std::filesystem::copy(folder.path() / "journal.db", copy.path() / "journal.db");
    std::filesystem::copy(log, copy.path() / "journal.db-wal");
    std::filesystem::resize_file(copy.path() / "journal.db-wal", cut);
    const auto reader = Journal::open(copy.path(), Journal::Mode::append);
    if (!reader) {
      // Cut inside the very first commits, which create the tables: nothing was ever appended.
      FAIL() << to_string(reader.error());
    }
    const std::uint64_t records = *(*reader)->size();
    ASSERT_GE(records, most) << cut;  // a longer log never holds less
    most = records;
    ASSERT_EQ(records % batch_records, 0U) << cut;
    ASSERT_TRUE((*reader)->verify({})->good) << cut;
  }
  EXPECT_GE(most, (batches - 1) * batch_records);
}

/// The same for a log whose bytes were not all written: frames behind a wrong one do not count.
TEST(JournalAfterAPowerCut, StopsBeforeAPartOfTheLogThatWasNotWritten) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  constexpr std::uint64_t batches = 12;
  for (std::uint64_t batch = 0; batch < batches; ++batch)
    ASSERT_TRUE(journal->append(make_batch(batch)));
  const auto log = folder.path() / "journal.db-wal";
  const auto size = std::filesystem::file_size(log);
  for (std::uintmax_t hole = 64; hole + 512 < size; hole += 9'001) {
    const test::Folder copy;
    std::filesystem::copy(folder.path() / "journal.db", copy.path() / "journal.db");
    std::filesystem::copy(log, copy.path() / "journal.db-wal");
    {
      std::fstream stream(copy.path() / "journal.db-wal",
                          std::ios::binary | std::ios::in | std::ios::out);
      stream.seekp(static_cast<std::streamoff>(hole)) << std::string(512, '\0');
    }
    const auto reader = Journal::open(copy.path(), Journal::Mode::append);
    ASSERT_TRUE(reader) << to_string(reader.error());
    ASSERT_EQ(*(*reader)->size() % batch_records, 0U) << hole;
    ASSERT_TRUE((*reader)->verify({})->good) << hole;
  }
}

}  // namespace
}  // namespace entsync
