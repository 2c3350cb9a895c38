#include "records.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace entsync::test {
namespace {

std::unique_ptr<Journal> open(const std::filesystem::path& directory, Journal::Mode mode,
                              JournalOptions options) {
  auto journal = Journal::open(directory, mode, std::move(options));
  if (!journal) {
    ADD_FAILURE() << to_string(journal.error());
    return nullptr;
  }
  return std::move(*journal);
}

ChainReport failed(const char* why) {
  ChainReport report;
  report.good = false;
  report.faults.push_back({FaultKind::file, 0, why});
  return report;
}

}  // namespace

std::string time_at(std::uint64_t milliseconds) {
  const std::uint64_t seconds = milliseconds / 1000;
  const std::uint64_t day = seconds / 86'400;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "2026-%02d-%02dT%02d:%02d:%02d.%03dZ",
                1 + static_cast<int>(day / 28 % 12), 1 + static_cast<int>(day % 28),
                static_cast<int>(seconds / 3600 % 24), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60), static_cast<int>(milliseconds % 1000));
  return text.data();
}

AuditRecord run_started(const std::string& run, std::uint64_t milliseconds) {
  AuditRecord record;
  record.time = time_at(milliseconds);
  record.type = AuditType::run_started;
  record.run = run;
  record.actor = "system:nightly";
  return record;
}

AuditRecord intent(std::uint64_t number, const std::string& uai, const std::string& run,
                   std::uint64_t milliseconds) {
  AuditRecord record = run_started(run, milliseconds);
  record.type = AuditType::intent;
  record.operation = "modify";
  record.kind = "person";
  record.profil = "eleve";
  record.dn = "uid=e" + std::to_string(number) + ",ou=personnes,dc=ent,dc=example";
  record.subject = "AC-EXEMPLE/Eleve/" + std::to_string(number);
  record.schools = {uai};
  record.rule = "sdet-1d:eleve";
  record.attributes = {{"sn",
                        {"Avant"},
                        {"Apres"},
                        "ENT_0660001A_Complet_20260101_Eleve_0001.xml",
                        std::string(64, 'b'),
                        number,
                        number * 900}};
  return record;
}

AuditRecord outcome_of(std::uint64_t intent_seq, const std::string& outcome,
                       std::uint64_t milliseconds) {
  AuditRecord record = run_started("run-1", milliseconds);
  record.type = AuditType::outcome;
  record.intent_seq = intent_seq;
  record.outcome = outcome;
  return record;
}

std::vector<AuditRecord> intents(std::uint64_t first, std::uint64_t count) {
  std::vector<AuditRecord> records;
  for (std::uint64_t i = 0; i < count; ++i) records.push_back(intent(first + i));
  return records;
}

std::unique_ptr<Journal> open_to_append(const std::filesystem::path& directory,
                                        JournalOptions options) {
  return open(directory, Journal::Mode::append, std::move(options));
}

std::unique_ptr<Journal> open_to_read(const std::filesystem::path& directory) {
  return open(directory, Journal::Mode::read, {});
}

ChainReport verified(const std::filesystem::path& directory, const VerifyOptions& options) {
  const auto journal = open_to_read(directory);
  if (!journal) return failed("cannot be opened");
  const auto report = journal->verify(options);
  if (report) return *report;
  ADD_FAILURE() << to_string(report.error());
  return failed("cannot be verified");
}

}  // namespace entsync::test
