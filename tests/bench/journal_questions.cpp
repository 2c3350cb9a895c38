/// How fast a large journal answers: fills one with a year of nights – intents of an ordinary size
/// and their outcomes, sealed every night –, then times what a data-protection officer asks of it,
/// a verification, and the removal of the oldest month. A journal that is there already is only
/// asked.
///
///   journal_questions FOLDER [RECORDS]     ten million by default, about 4 GB

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <vector>

#include "journal/journal.hpp"
#include "vault/vault.hpp"

namespace {

using namespace entsync;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t nights = 365;
constexpr std::uint64_t persons = 1'500'000;
constexpr std::uint64_t schools = 4'550;
constexpr std::size_t batch = 256;  ///< intents between two commits

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string time_of(std::uint64_t night, std::uint64_t second) {
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) +
                                        std::chrono::days(night)};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT02:%02u:%02u.000Z", int(day.year()),
                unsigned(day.month()), unsigned(day.day()), static_cast<unsigned>(second / 60 % 60),
                static_cast<unsigned>(second % 60));
  return text;
}

std::string key_of(std::uint64_t person) {
  return "AC-EXEMPLE/Eleve/" + std::to_string(person);
}

std::string school_of(std::uint64_t person) {
  char text[24];
  std::snprintf(text, sizeof text, "%07uT", static_cast<unsigned>(person % schools));
  return text;
}

AuditRecord event(AuditType type, std::uint64_t night, std::uint64_t second) {
  AuditRecord record;
  record.time = time_of(night, second);
  record.type = type;
  record.run = "night-" + std::to_string(night);
  record.actor = "system:benchmark";
  return record;
}

AuditRecord change(std::uint64_t person, std::uint64_t night, std::uint64_t second) {
  AuditRecord record = event(AuditType::intent, night, second);
  record.operation = "modify";
  record.kind = "person";
  record.profil = "eleve";
  record.subject = key_of(person);
  record.dn = "uid=e" + std::to_string(person) + ",ou=people,dc=ent,dc=example,dc=fr";
  record.schools = {school_of(person)};
  record.rule = "sdet-1d:eleve";
  record.attributes.push_back({"ENTEleveClasses",
                               {"0315001T$CE1 A"},
                               {"0315001T$CE2 B"},
                               "ENT_Complet_20260915_Eleve_0000.xml",
                               std::string(64, 'a'),
                               person,
                               7});
  return record;
}

bool fill(Journal& journal, std::uint64_t records) {
  const SigningKey key = SigningKey::generate("benchmark");
  std::mt19937_64 chance(1);
  for (std::uint64_t night = 0; night < nights; ++night) {
    const std::uint64_t changes = std::max<std::uint64_t>(records / nights / 2, 1);
    if (!journal.append({event(AuditType::run_started, night, 0)})) return false;
    for (std::uint64_t done = 0; done < changes; done += batch) {
      std::vector<AuditRecord> intents;
      for (std::uint64_t i = done; i < std::min(done + batch, changes); ++i)
        intents.push_back(change(chance() % persons, night, done / 100));
      std::vector<AuditRecord> outcomes(intents.size(),
                                        event(AuditType::outcome, night, done / 100));
      const auto first = journal.append(std::move(intents));
      if (!first) return false;
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        outcomes[i].intent_seq = *first + i;
        outcomes[i].outcome = "applied";
      }
      if (!journal.append(std::move(outcomes))) return false;
    }
    if (!journal.append({event(AuditType::run_finished, night, 3599)})) return false;
    if (!journal.seal({key, nullptr, "benchmark", time_of(night, 3599), ""})) return false;
  }
  return true;
}

/// The slowest and the middle of several questions.
void ask(Journal& journal, const char* name, const std::vector<JournalQuery>& questions) {
  std::vector<double> times;
  std::uint64_t found = 0;
  for (const JournalQuery& question : questions) {
    const auto start = Clock::now();
    if (!journal.query(question, [&](const AuditRecord&, const auto&) { ++found; })) std::abort();
    times.push_back(milliseconds_since(start));
  }
  std::ranges::sort(times);
  std::printf("%s_ms: %.1f median, %.1f slowest of %zu, %.1f records each\n", name,
              times[times.size() / 2], times.back(), times.size(),
              static_cast<double>(found) / static_cast<double>(questions.size()));
}

/// Removes the first month, as retention does, and gives the number of records.
std::uint64_t remove_a_month(Journal& journal) {
  const auto limit = journal.last_before(time_of(30, 0));
  if (!limit) std::abort();
  for (;;) {
    const std::uint64_t until = journal.removable_until(*limit).value();
    if (until < journal.first().value()) return until;
    AuditRecord certificate = event(AuditType::records_removed, nights + 1, 0);
    certificate.removed_until = until;
    if (!journal.append({certificate})) std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return 2;
  const std::filesystem::path folder = argv[1];
  const std::uint64_t records = argc == 3 ? std::stoull(argv[2]) : 10'000'000;
  auto vault =
      Vault::open({folder / "keys.db", folder / "vault.key", folder / "pseudonym.key"},
                  sqlite::Access::write, {}, std::filesystem::exists(folder / "journal.db"));
  if (!vault) return 1;
  JournalOptions options;
  options.vault = std::move(*vault);
  auto journal = Journal::open(folder, Journal::Mode::append, std::move(options));
  if (!journal) return 1;
  auto start = Clock::now();
  const bool is_new = (*journal)->size().value() == 0;
  if (is_new && !fill(**journal, records)) return 1;
  const double size = static_cast<double>((*journal)->size().value());
  std::printf("records: %.0f\n", size);
  if (is_new) std::printf("rows_per_s: %.0f\n", size / milliseconds_since(start) * 1000);
  std::printf("bytes_per_record: %.0f\n",
              static_cast<double>(std::filesystem::file_size(folder / "journal.db")) / size);

  std::vector<JournalQuery> of_person, of_school;
  std::mt19937_64 chance(2);
  for (int i = 0; i < 50; ++i) {
    JournalQuery query;
    query.reveal = Reveal::identity;
    query.subject = key_of(chance() % persons);
    of_person.push_back(query);
    query.subject.clear();
    query.school = school_of(chance() % schools);
    query.from = time_of(30 * (static_cast<std::uint64_t>(i) % 11), 0);
    query.to = time_of(30 * (static_cast<std::uint64_t>(i) % 11) + 30, 0);
    of_school.push_back(std::move(query));
  }
  ask(**journal, "person", of_person);
  ask(**journal, "school_and_month", of_school);

  start = Clock::now();
  const auto report = (*journal)->verify({});
  if (!report || !report->good) return 1;
  const double seconds = milliseconds_since(start) / 1000;
  std::printf(
      "verified_rows_per_s: %.0f\nverified_mb_per_s: %.0f\n", size / seconds,
      static_cast<double>(std::filesystem::file_size(folder / "journal.db")) / 1e6 / seconds);

  start = Clock::now();
  const std::uint64_t removed = remove_a_month(**journal);
  const double removal = milliseconds_since(start) / 1000;
  std::printf("removed_records: %llu\nremoved_rows_per_s: %.0f\n",
              static_cast<unsigned long long>(removed), static_cast<double>(removed) / removal);
  const auto rest = (*journal)->verify({});
  if (!rest || !rest->good) return 1;
  return 0;
}
