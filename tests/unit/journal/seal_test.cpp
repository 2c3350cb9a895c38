#include <gtest/gtest.h>

#include "records.hpp"
#include "sealed_journal.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

using test::code_of;

class Seal : public testing::Test {
 protected:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  test::Folder folder_;
};

TEST_F(Seal, AJournalOfManyRunsAndTwoKeysIsWhole) {
  const test::SealedJournal journal(path(), 6);
  const ChainReport report = test::verified(path(), journal.with_copies());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.checkpoints, 6U);
  EXPECT_EQ(report.attested, report.records);
  EXPECT_EQ(test::open_to_read(path())->checkpoints().value(), journal.copies());
}

TEST_F(Seal, SaysNothingTwice) {
  test::SealedJournal sealed(path(), 1);
  const auto journal = test::open_to_append(path());
  const auto again = journal->seal({sealed.first_key(), nullptr, "x", test::time_at(9), ""});
  ASSERT_TRUE(again || sealed.runs_with_first_key() == 0);
}

TEST_F(Seal, AnEmptyJournalHasNothingToSeal) {
  const SigningKey key = SigningKey::generate("entsync");
  const auto note = test::open_to_append(path())->seal({key, nullptr, "x", test::time_at(0), ""});
  ASSERT_TRUE(note);
  EXPECT_FALSE(*note);
}

TEST_F(Seal, AnotherKeyIsRefusedUnlessTheOneInUseSignsToo) {
  const SigningKey first = SigningKey::generate("entsync");
  const SigningKey second = SigningKey::generate("entsync");
  const SigningKey third = SigningKey::generate("entsync");
  const auto journal = test::open_to_append(path());
  const auto seal = [&](const SigningKey& key, const SigningKey* previous) {
    EXPECT_TRUE(journal->append({test::run_started("run")}));
    return code_of(journal->seal({key, previous, "x", test::time_at(0), ""}));
  };
  EXPECT_EQ(seal(first, nullptr), "none");
  EXPECT_EQ(seal(second, nullptr), "JRN-024");
  EXPECT_EQ(seal(second, &third), "JRN-024");
  EXPECT_EQ(seal(second, &first), "none");
  EXPECT_EQ(seal(second, &first), "none") << "the file of the old key may stay where it is";
  EXPECT_EQ(seal(second, nullptr), "none");
  EXPECT_EQ(seal(first, nullptr), "JRN-024") << "what is over is over";
  EXPECT_EQ(seal(first, &second), "none") << "but by the word of the one in use";
}

TEST_F(Seal, NothingIsSignedThatDoesNotContinueWhatWasSigned) {
  test::SealedJournal sealed(path(), 2);
  test::tamper(path(), "UPDATE checkpoint SET frontier = zeroblob(length(frontier))");
  const auto journal = test::open_to_append(path());
  ASSERT_TRUE(journal->append({test::run_started("run")}));
  EXPECT_EQ(code_of(journal->seal(
                {sealed.second_key(), nullptr, "x", test::time_at(sealed.milliseconds()), ""})),
            "JRN-023");
}

TEST_F(Seal, RecordsAfterTheLastCheckpointAreNoFault) {
  const test::SealedJournal sealed(path(), 2);
  ASSERT_TRUE(
      test::open_to_append(path())->append({test::run_started("run-3", sealed.milliseconds())}));
  const ChainReport report = test::verified(path(), sealed.with_copies());
  EXPECT_TRUE(report.good) << test::first_fault(report).what;
  EXPECT_EQ(report.attested + 1, report.records);
}

TEST_F(Seal, AKeyThatIsNotTheFirstOneIsNotEnough) {
  const test::SealedJournal sealed(path(), 4);
  VerifyOptions options;
  options.keys = {sealed.second_key().verifier()};
  EXPECT_FALSE(test::verified(path(), options).good);
  options.keys = {SigningKey::generate("entsync").verifier()};
  EXPECT_FALSE(test::verified(path(), options).good);
}

TEST_F(Seal, TheCheckpointsAreAppendOnly) {
  const test::SealedJournal sealed(path(), 2);
  EXPECT_FALSE(test::try_sql(path(), "DELETE FROM checkpoint WHERE number = 2"));
  EXPECT_FALSE(test::try_sql(path(), "UPDATE checkpoint SET size = 1"));
  EXPECT_FALSE(test::try_sql(path(), "INSERT OR REPLACE INTO checkpoint SELECT * FROM checkpoint"));
}

}  // namespace
}  // namespace entsync
