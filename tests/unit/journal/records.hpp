#pragma once
/// Invented records and journals for the tests of the journal.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "journal/journal.hpp"

namespace entsync::test {

/// 2026-01-01T00:00:00.000Z plus `milliseconds`.
std::string time_at(std::uint64_t milliseconds);

AuditRecord run_started(const std::string& run, std::uint64_t milliseconds = 0);

/// Intent to change attribute `sn` of pupil `number` in school `uai`.
AuditRecord intent(std::uint64_t number, const std::string& uai = "0660001A",
                   const std::string& run = "run-1", std::uint64_t milliseconds = 0);

AuditRecord outcome_of(std::uint64_t intent_seq, const std::string& outcome = "applied",
                       std::uint64_t milliseconds = 0);

/// `count` intents of pupils first, first + 1…
std::vector<AuditRecord> intents(std::uint64_t first, std::uint64_t count);

/// Opens for appending; the test fails when it cannot.
std::unique_ptr<Journal> open_to_append(const std::filesystem::path& directory,
                                        JournalOptions options = {});
std::unique_ptr<Journal> open_to_read(const std::filesystem::path& directory);

/// The report of a verification by a reader of its own.
ChainReport verified(const std::filesystem::path& directory, const VerifyOptions& options = {});

/// What a verification found first; of nothing when all is well.
inline Fault first_fault(const ChainReport& report) {
  return report.faults.empty() ? Fault{} : report.faults.front();
}

/// Code of the first problem, "none" when there is a value.
template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "none" : result.error().list.at(0).code;
}

}  // namespace entsync::test
