#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "records.hpp"
#include "support/folder.hpp"

namespace entsync {
namespace {

using test::code_of;

/// Lets no file of this process grow beyond `bytes` while it lives: the kernel refuses such writes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(JournalOnAFullDisk, RefusesABatchAndKeepsTheOnesBefore) {
  const test::Folder folder;
  std::uint64_t kept = 0;
  {
    const auto journal = test::open_to_append(folder.path(), {.max_bytes = 400'000});
    for (;;) {
      const auto first = journal->append(test::intents(kept + 1, 50));
      if (!first) {
        EXPECT_EQ(code_of(first), "SQL-005");
        break;
      }
      ASSERT_EQ(*first, kept + 1);
      kept += 50;
      ASSERT_LT(kept, 10'000U) << "the limit was not met";
    }
    EXPECT_GT(kept, 100U);
    EXPECT_EQ(*journal->size(), kept);
    EXPECT_EQ(journal->open_intents()->size(), kept);
    EXPECT_EQ(code_of(journal->append(test::intents(1, 50))), "SQL-005");  // and again
    EXPECT_EQ(*journal->size(), kept);
  }
  EXPECT_EQ(test::verified(folder.path()).records, kept);

  const auto journal = test::open_to_append(folder.path());
  EXPECT_EQ(*journal->append(test::intents(1, 50)), kept + 1);
  const ChainReport report = test::verified(folder.path());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.records, kept + 50);
}

/// The kernel refuses the write in the middle of a commit, at every place of it.
TEST(JournalOnAFullDisk, ContinuesTheChainWhenThereIsRoomAgain) {
  const test::Folder folder;
  const auto journal = test::open_to_append(folder.path());
  ASSERT_TRUE(journal->append(test::intents(1, 10)));
  std::uint64_t kept = 10;
  std::uint64_t refused = 0;
  for (std::uintmax_t room = 0; room < 60'000; room += 1'111) {
    const auto log = std::filesystem::file_size(folder.path() / "journal.db-wal");
    Result<std::uint64_t> first = std::uint64_t{0};
    {
      const FileSizeLimit limit(log + room);
      first = journal->append(test::intents(kept + 1, 40));
    }
    if (first) {
      EXPECT_EQ(*first, kept + 1);
      kept += 40;
    } else {
      const std::string code = code_of(first);
      EXPECT_TRUE(code == "SQL-005" || code == "SQL-006") << to_string(first.error());
      ++refused;
    }
    ASSERT_EQ(*journal->size(), kept);
    ASSERT_EQ(*journal->append(test::intents(kept + 1, 3)), kept + 1);
    kept += 3;
  }
  EXPECT_GT(refused, 5U);
  EXPECT_LT(refused, 55U);
  const ChainReport report = test::verified(folder.path());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.records, kept);
}

}  // namespace
}  // namespace entsync
