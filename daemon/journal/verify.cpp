#include "verify.hpp"

#include <string>

#include "chain_walk.hpp"
#include "index_walk.hpp"
#include "records.hpp"
#include "schema.hpp"
#include "sqlite/failure.hpp"

namespace entsync {
namespace {

constexpr std::uint64_t progress_step = 10'000;

class Verification {
 public:
  explicit Verification(sqlite::Database& database) : database_(database) {}

  Result<ChainReport> run(const std::function<void(std::uint64_t)>& progress) {
    auto snapshot = database_.begin_read();
    if (!snapshot) return snapshot.error();
    const auto altered = database_.altered_object(journal_schema());
    if (!altered) return altered.error();
    auto fault = walk(altered->empty(), progress);
    if (!fault) return fault.error();
    if (!*fault && !altered->empty())
      *fault =
          Fault{0, "the records are whole, but the file is not as entsync made it: " + *altered +
                       " is missing, altered or added"};
    if (!*fault) fault = look_for_damage();
    if (!fault) return fault.error();
    return report(*fault);
  }

 private:
  Result<Finding> walk(bool with_index, const std::function<void(std::uint64_t)>& progress) {
    auto rows = database_.prepare("SELECT seq, bytes, hash FROM record ORDER BY seq");
    if (!rows) return rows.error();
    std::optional<IndexWalk> index;
    if (with_index) {
      auto prepared = IndexWalk::prepare(database_);
      if (!prepared) return prepared.error();
      index = std::move(*prepared);
    }
    AuditRecord record;
    Finding index_fault;  // told only when the chain is whole: the records are what matters
    for (;;) {
      const auto row = rows->step();
      if (!row && sqlite::is_damage(rows->last_failure()))
        return Finding(Fault{chain_.last() + 1, "the file is damaged at " +
                                                    numbered(chain_.last() + 1) + ": " +
                                                    row.error().list[0].what});
      if (!row) return row.error();
      if (!*row) break;
      if (auto fault = chain_.take(rows->integer(0), rows->blob(1), rows->blob(2), record))
        return Finding(std::move(fault));
      if (index && !index_fault) {
        auto fault = unless_damaged(index->take(record));
        if (!fault) return fault.error();
        index_fault = std::move(*fault);
      }
      if (progress && chain_.last() % progress_step == 0) progress(chain_.last());
    }
    if (progress) progress(chain_.last());
    if (!index) return Finding();
    auto cut = unless_damaged(look_for_cut_end());
    if (!cut || *cut) return cut;
    if (index_fault) return index_fault;
    return unless_damaged(index->finish(chain_.open_intents()));
  }

  /// Damaged pages of the index are a fault of the index: the records still are to be read.
  static Result<Finding> unless_damaged(Result<Finding> found) {
    if (found || found.error().list.front().code != "SQL-004") return found;
    return Finding(Fault{0, "the index is damaged: " + found.error().list.front().what});
  }

  Result<Finding> look_for_cut_end() {
    const auto indexed = last_indexed(database_);
    if (!indexed) return indexed.error();
    if (*indexed <= chain_.last()) return Finding();
    return Finding(Fault{chain_.last() + 1, "the journal ends with " + numbered(chain_.last()) +
                                                ", but its index knows " + numbered(*indexed) +
                                                ": its end was cut off"});
  }

  Result<Finding> look_for_damage() {
    const auto damage = database_.find_damage();
    if (!damage) return damage.error();
    if (damage->empty()) return Finding();
    return Finding(Fault{0, "the records are whole, but the file is damaged: " + *damage});
  }

  [[nodiscard]] ChainReport report(const Finding& fault) const {
    ChainReport report;
    report.records = chain_.last();
    report.head = chain_.head();
    if (fault) {
      report.good = false;
      report.first_bad = fault->seq;
      report.what = fault->what;
    }
    return report;
  }

  sqlite::Database& database_;
  ChainWalk chain_;
};

}  // namespace

Result<ChainReport> verify_journal(sqlite::Database& database,
                                   const std::function<void(std::uint64_t records)>& progress) {
  return Verification(database).run(progress);
}

}  // namespace entsync
