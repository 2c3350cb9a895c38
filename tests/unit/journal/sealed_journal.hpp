#pragma once
/// A journal of several runs, each sealed at its end, whose key changes halfway; with the copies of
/// the checkpoints that were kept elsewhere.

#include <filesystem>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "journal/signed_note.hpp"

namespace entsync::test {

class SealedJournal {
 public:
  /// `runs` runs of five changes each; the second key takes over after half of them.
  SealedJournal(const std::filesystem::path& directory, int runs);

  /// One more run of five changes, with its checkpoint.
  void add_run();
  /// Seals as the program would: with the key in use.
  std::string seal(Journal& journal, const std::string& run);

  [[nodiscard]] const SigningKey& first_key() const { return first_; }
  [[nodiscard]] const SigningKey& second_key() const { return second_; }
  /// What a verifier is given: the first key.
  [[nodiscard]] VerifyOptions with_key() const;
  /// And every copy.
  [[nodiscard]] VerifyOptions with_copies() const;
  [[nodiscard]] const std::vector<std::string>& copies() const { return copies_; }
  [[nodiscard]] int runs_with_first_key() const { return handover_; }
  [[nodiscard]] std::uint64_t milliseconds() const { return clock_; }

 private:
  std::filesystem::path directory_;
  SigningKey first_ = SigningKey::generate("entsync-first");
  SigningKey second_ = SigningKey::generate("entsync-second");
  int handover_;
  int runs_ = 0;
  std::uint64_t clock_ = 0;
  std::vector<std::string> copies_;
};

}  // namespace entsync::test
