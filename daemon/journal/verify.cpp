#include "verify.hpp"

#include <string>

#include "base.hpp"
#include "chain_walk.hpp"
#include "checkpoint_walk.hpp"
#include "diagnosis.hpp"
#include "index_walk.hpp"
#include "records.hpp"
#include "schema.hpp"
#include "sqlite/failure.hpp"
#include "vault_walk.hpp"

namespace entsync {
namespace {

constexpr std::uint64_t progress_step = 10'000;

class Verification {
 public:
  Verification(sqlite::Database& database, const VerifyOptions& options, JournalBase base)
      : database_(database), options_(options), base_(std::move(base)), chain_(base_) {}

  Result<ChainReport> run() {
    const auto altered = database_.altered_object(journal_schema());
    if (!altered) return altered.error();
    auto checkpoints = CheckpointWalk::prepare(database_, options_, std::move(base_.frontier));
    if (!checkpoints) return checkpoints.error();
    if (auto done = walk(altered->empty(), *checkpoints); !done) return done.error();
    if (!altered->empty())
      add(Fault{
          FaultKind::file, 0,
          "the file is not as entsync made it: " + *altered + " is missing, altered or added"});
    if (report_.faults.empty()) {
      auto damage = look_for_damage();
      if (!damage) return damage.error();
      add(std::move(*damage));
    }
    report_.records = chain_.last();
    report_.removed = base_.seq;
    report_.head = chain_.head();
    report_.checkpoints = checkpoints->count();
    report_.attested = checkpoints->attested();
    report_.good = report_.faults.empty();
    return std::move(report_);
  }

 private:
  void add(Finding fault) {
    if (fault) report_.faults.push_back(std::move(*fault));
  }

  /// Adds what is wrong with the records, then with the checkpoints, then with the index.
  Result<void> walk(bool with_index, CheckpointWalk& checkpoints) {
    std::optional<IndexWalk> index;
    if (with_index) {
      auto prepared = IndexWalk::prepare(database_, base_.seq);
      if (!prepared) return prepared.error();
      index = std::move(*prepared);
    }
    std::optional<VaultWalk> vault;
    if (with_index) {
      auto prepared = VaultWalk::prepare(database_);
      if (!prepared) return prepared.error();
      vault = std::move(*prepared);
    }
    Finding index_fault;
    auto broken = walk_records(index, index_fault, vault, checkpoints);
    if (!broken) return broken.error();
    const bool whole = !*broken;
    if (!whole) add(diagnose(database_, **broken));
    add(chain_.clock_fault());
    if (whole) add(chain_.certificate_fault());
    if (whole) checkpoints.finish();
    for (const Fault& fault : checkpoints.faults()) add(fault);
    if (!whole || !index || !vault) return {};
    auto vault_fault = unless_damaged(vault->finish());
    if (!vault_fault) return vault_fault.error();
    add(std::move(*vault_fault));
    auto cut = unless_damaged(look_for_cut_end());
    if (!cut) return cut.error();
    if (*cut) {
      add(std::move(*cut));
      return {};
    }
    if (!index_fault) {
      auto finished = unless_damaged(index->finish(chain_.open_intents()));
      if (!finished) return finished.error();
      index_fault = std::move(*finished);
    }
    add(std::move(index_fault));
    return {};
  }

  /// Up to where the chain breaks; gives the break.
  Result<Finding> walk_records(std::optional<IndexWalk>& index, Finding& index_fault,
                               std::optional<VaultWalk>& vault, CheckpointWalk& checkpoints) {
    auto rows = database_.prepare("SELECT seq, bytes, hash FROM record ORDER BY seq");
    if (!rows) return rows.error();
    AuditRecord record;
    for (;;) {
      const auto row = rows->step();
      if (!row && sqlite::is_damage(rows->last_failure()))
        return Finding(Fault{FaultKind::file, chain_.last() + 1,
                             "the file is damaged at " + numbered(chain_.last() + 1) + ": " +
                                 row.error().list[0].what});
      if (!row) return row.error();
      if (!*row) break;
      if (auto fault = chain_.take(rows->integer(0), rows->blob(1), rows->blob(2), record))
        return Finding(std::move(fault));
      checkpoints.take(record, chain_.hash());
      if (vault)
        if (auto taken = vault->take(record); !taken) {
          auto fault = unless_damaged(taken.error());
          if (!fault) return fault.error();
          add(std::move(*fault));
          vault.reset();
        }
      if (index && !index_fault) {
        auto fault = unless_damaged(index->take(record));
        if (!fault) return fault.error();
        index_fault = std::move(*fault);
      }
      if (chain_.last() % progress_step == 0) tell_progress();
    }
    tell_progress();
    return Finding();
  }

  void tell_progress() const {
    if (options_.progress) options_.progress(chain_.last());
  }

  /// Damaged pages of the index are a fault of the index: the records still are to be read.
  static Result<Finding> unless_damaged(Result<Finding> found) {
    if (found || found.error().list.front().code != "SQL-004") return found;
    return Finding(
        Fault{FaultKind::index, 0, "the index is damaged: " + found.error().list.front().what});
  }

  Result<Finding> look_for_cut_end() {
    const auto indexed = last_indexed(database_);
    if (!indexed) return indexed.error();
    if (*indexed <= chain_.last()) return Finding();
    return Finding(Fault{FaultKind::cut, chain_.last() + 1,
                         "the journal ends with " + numbered(chain_.last()) +
                             ", but its index knows " + numbered(*indexed) +
                             ": its end was cut off"});
  }

  Result<Finding> look_for_damage() {
    const auto damage = database_.find_damage();
    if (!damage) return damage.error();
    if (damage->empty()) return Finding();
    return Finding(
        Fault{FaultKind::file, 0, "the records are whole, but the file is damaged: " + *damage});
  }

  sqlite::Database& database_;
  const VerifyOptions& options_;
  JournalBase base_;
  ChainWalk chain_;
  ChainReport report_;
};

}  // namespace

Result<ChainReport> verify_journal(sqlite::Database& database, const VerifyOptions& options) {
  auto snapshot = database.begin_read();
  if (!snapshot) return snapshot.error();
  auto base = read_base(database);
  if (base) return Verification(database, options, std::move(*base)).run();
  ChainReport report;
  report.good = false;
  report.faults.push_back({FaultKind::removed, 0, base.error().list.front().what});
  return report;
}

}  // namespace entsync
