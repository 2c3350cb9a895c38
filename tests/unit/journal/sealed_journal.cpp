#include "sealed_journal.hpp"

#include <gtest/gtest.h>

#include "records.hpp"

namespace entsync::test {

SealedJournal::SealedJournal(const std::filesystem::path& directory, int runs)
    : directory_(directory), handover_(runs / 2) {
  for (int i = 0; i < runs; ++i) add_run();
}

void SealedJournal::add_run() {
  const auto journal = open_to_append(directory_);
  const std::string run = "run-" + std::to_string(runs_ + 1);
  std::vector<AuditRecord> records{run_started(run, clock_)};
  const std::uint64_t first = journal->append({}).value() + 1;
  for (std::uint64_t i = 0; i < 5; ++i)
    records.push_back(intent(first + i, "0660001A", run, clock_ += 10));
  for (std::uint64_t i = 0; i < 5; ++i)
    records.push_back(outcome_of(first + i, "applied", clock_ += 10));
  AuditRecord end = run_started(run, clock_ += 10);
  end.type = AuditType::run_finished;
  records.push_back(end);
  ASSERT_TRUE(journal->append(records));
  copies_.push_back(seal(*journal, run));
  ++runs_;
  clock_ += 1000;
}

std::string SealedJournal::seal(Journal& journal, const std::string& run) {
  const bool second = runs_ >= handover_;
  const SigningKey& key = second ? second_ : first_;
  auto note = journal.seal(
      {key, second ? &first_ : nullptr, "entsync journal of a test", time_at(clock_), run});
  EXPECT_TRUE(note) << to_string(note.error());
  EXPECT_TRUE(*note);
  return note->value_or("");
}

VerifyOptions SealedJournal::with_key() const {
  VerifyOptions options;
  options.keys = {first_.verifier()};
  return options;
}

VerifyOptions SealedJournal::with_copies() const {
  VerifyOptions options = with_key();
  options.external = copies_;
  return options;
}

}  // namespace entsync::test
