/// Rows a second that the journal with its vault makes durable, and that a verification reads: 200
/// 000 intents of an ordinary size, of as many persons, written in batches of 256.

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "journal/journal.hpp"
#include "vault/vault.hpp"

int main(int argc, char** argv) {
  using namespace entsync;
  constexpr std::size_t rows = 200'000;
  constexpr std::size_t batch = 256;
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  auto vault = Vault::open({folder / "keys.db", folder / "vault.key", folder / "pseudonym.key"},
                           sqlite::Access::write, {}, false);
  if (!vault) return 1;
  JournalOptions options;
  options.vault = std::move(*vault);
  auto journal = Journal::open(folder, Journal::Mode::append, std::move(options));
  if (!journal) return 1;
  const auto started = std::chrono::steady_clock::now();
  for (std::size_t done = 0; done < rows; done += batch) {
    std::vector<AuditRecord> records(batch);
    for (std::size_t i = 0; i < batch; ++i) {
      AuditRecord& record = records[i];
      record.time = "2026-09-15T02:30:00.000Z";
      record.type = AuditType::intent;
      record.run = "20260915T023000Z-0000";
      record.actor = "system:benchmark";
      record.operation = "modify";
      record.kind = "person";
      record.profil = "eleve";
      record.subject = "AC-EXEMPLE/Eleve/" + std::to_string(done + i);
      record.dn = "uid=e" + std::to_string(done + i) + ",ou=people,dc=ent,dc=example,dc=fr";
      record.schools = {"0315001T"};
      record.rule = "sdet-1d:eleve";
      for (int a = 0; a < 3; ++a)
        record.attributes.push_back({"ENTEleveClasses",
                                     {"an old value of usual length"},
                                     {"a new value of usual length"},
                                     "ENT_Complet_20260915_Eleve_0000.xml",
                                     std::string(64, 'a'),
                                     done + i,
                                     7});
    }
    if (!(*journal)->append(std::move(records))) return 1;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::printf("journal_rows_per_s: %.0f\n", static_cast<double>(rows) / seconds);
  const auto verified = std::chrono::steady_clock::now();
  const auto report = (*journal)->verify({});
  if (!report || !report->good) return 1;
  std::printf(
      "journal_verified_rows_per_s: %.0f\n",
      static_cast<double>(rows) /
          std::chrono::duration<double>(std::chrono::steady_clock::now() - verified).count());
  return 0;
}
