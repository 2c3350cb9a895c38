#include "journal.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "appender.hpp"
#include "base.hpp"
#include "core/text.hpp"
#include "instant.hpp"
#include "records.hpp"
#include "removal.hpp"
#include "schema.hpp"
#include "search.hpp"
#include "sqlite/database.hpp"
#include "verify.hpp"
#include "writer_lock.hpp"

namespace entsync {
namespace {

constexpr std::string_view applied = "applied";

bool adds_value(const AuditRecord& record, std::string_view attribute) {
  return std::ranges::any_of(record.attributes, [&](const AttributeTrace& trace) {
    return trace.adds() && equals_ignoring_case(trace.attribute, attribute);
  });
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(std::optional<WriterLock> lock, sqlite::Database database,
                std::unique_ptr<ValueVault> vault)
      : lock_(std::move(lock)), vault_(std::move(vault)), database_(std::move(database)) {}

  Result<void> start_appending(std::uint64_t max_bytes) {
    if (auto same = database_.expect_unaltered(journal_schema()); !same) return same;
    if (auto done = database_.limit_size(max_bytes); !done) return done;
    if (auto done = database_.execute("PRAGMA secure_delete = ON"); !done) return done;
    auto appender = Appender::prepare(database_, vault_.get());
    if (!appender) return appender.error();
    appender_.emplace(std::move(*appender));
    return {};
  }

  Result<std::uint64_t> append(std::vector<AuditRecord> records) override {
    const bool removes = std::ranges::any_of(records, [](const AuditRecord& record) {
      return record.type == AuditType::values_removed || record.type == AuditType::records_removed;
    });
    const std::lock_guard lock(using_);
    auto first = appender().append(std::move(records));
    if (!first || !removes) return first;
    // The write-ahead log still holds the pages as they were.
    if (auto done = database_.execute("PRAGMA wal_checkpoint(TRUNCATE)"); !done)
      return done.error();
    return first;
  }

  Result<std::vector<AuditRecord>> open_intents() override {
    const std::lock_guard lock(using_);
    auto snapshot = database_.begin_read();
    if (!snapshot) return snapshot.error();
    auto open = database_.prepare("SELECT seq FROM open_intent ORDER BY seq");
    if (!open) return open.error();
    auto reader = RecordReader::prepare(database_);
    if (!reader) return reader.error();
    std::vector<AuditRecord> intents;
    for (;;) {
      const auto row = open->step();
      if (!row) return row.error();
      if (!*row) return intents;
      auto record = reader->read_indexed(static_cast<std::uint64_t>(open->integer(0)));
      if (!record) return record.error();
      if (auto done = restore(*record, Reveal::values); !done) return done.error();
      intents.push_back(std::move(*record));
    }
  }

  Result<void> query(const JournalQuery& query,
                     const std::function<void(const AuditRecord&,
                                              const std::optional<AuditRecord>&)>& visit) override {
    Result<void> restored;
    auto done =
        search(database_, query, vault_.get(), [&](const AuditRecord& record, const auto& outcome) {
          AuditRecord shown = record;
          restored = restore(shown, query.reveal);
          if (restored) visit(shown, outcome);
          return restored.has_value();
        });
    return done && !restored ? restored : done;
  }

  Result<std::optional<AuditRecord>> last_cause(std::string_view subject_or_dn,
                                                std::string_view attribute) override {
    JournalQuery query;
    query.subject = subject_or_dn;
    query.attribute = attribute;
    query.newest_first = true;
    std::optional<AuditRecord> cause;
    if (query.subject.empty() || query.attribute.empty()) return cause;
    const auto done =
        search(database_, query, vault_.get(), [&](const AuditRecord& record, const auto& outcome) {
          if (outcome && outcome->outcome == applied && adds_value(record, attribute))
            cause = record;
          return !cause;
        });
    if (!done) return done.error();
    return cause;
  }

  Result<std::uint64_t> size() override {
    const std::lock_guard lock(using_);
    const auto head = read_head(database_);
    if (!head) return head.error();
    return head->seq;
  }

  Result<std::uint64_t> first() override {
    const std::lock_guard lock(using_);
    const auto base = read_base(database_);
    if (!base) return base.error();
    return base->seq + 1;
  }

  Result<std::uint64_t> removable_until(std::uint64_t limit) override {
    const std::lock_guard lock(using_);
    return entsync::removable_until(database_, limit);
  }

  Result<std::uint64_t> last_before(std::string_view time) override {
    const auto instant = instant_milliseconds(time);
    if (!instant) throw std::logic_error("not an RFC 3339 time");
    const std::lock_guard lock(using_);
    auto select = database_.prepare(
        "SELECT coalesce((SELECT min(id) FROM block WHERE latest >= ?1), (SELECT max(id) + 1 FROM "
        "block), 0)");
    if (!select) return select.error();
    const auto row = select->bind(*instant).step();
    if (!row) return row.error();
    const auto head = read_head(database_);
    if (!head) return head.error();
    const auto block = static_cast<std::uint64_t>(select->integer(0));
    return last_before(*instant, first_of_block(block), head->seq);
  }

  Result<std::uint64_t> first_vaulted() override {
    const std::lock_guard lock(using_);
    auto select = database_.prepare("SELECT coalesce(min(seq), 0) FROM vaulted");
    if (!select) return select.error();
    const auto row = select->step();
    if (!row) return row.error();
    return static_cast<std::uint64_t>(select->integer(0));
  }

  ValueVault* vault() override { return vault_.get(); }

  Result<ChainReport> verify(const VerifyOptions& options) override {
    return verify_journal(database_, options);
  }

  Result<std::optional<std::string>> seal(const Sealing& sealing) override {
    const std::lock_guard lock(using_);
    return entsync::seal(database_, sealing);
  }

  Result<std::vector<std::string>> checkpoints() override {
    std::vector<std::string> notes;
    auto read = for_each_checkpoint(
        database_,
        [&](std::int64_t, std::int64_t, std::string_view note) { notes.emplace_back(note); });
    if (!read) return read.error();
    return notes;
  }

  Result<void> rebuild_index() override { return appender().rebuild_index(); }

 private:
  Appender& appender() {
    if (!appender_) throw std::logic_error("a journal that was opened for reading was written to");
    return *appender_;
  }

  /// The last before `instant` from `seq` on, where everything before is older.
  Result<std::uint64_t> last_before(std::int64_t instant, std::uint64_t seq, std::uint64_t head) {
    auto reader = RecordReader::prepare(database_);
    if (!reader) return reader.error();
    const auto base = read_base(database_);
    if (!base) return base.error();
    for (seq = std::max(seq, base->seq + 1); seq <= head; ++seq) {
      const auto record = reader->read_indexed(seq);
      if (!record) return record.error();
      if (instant_milliseconds(record->time).value_or(instant) >= instant) break;
    }
    return std::min(head, seq - 1);
  }

  /// What the vault holds of the record, put back as far as it is asked for and can be.
  Result<void> restore(AuditRecord& record, Reveal reveal) {
    if (reveal == Reveal::nothing || vault_ == nullptr || record.vaulted.empty()) return {};
    if (!vaulted_) {
      auto prepared = database_.prepare("SELECT bytes FROM vaulted WHERE seq = ?1");
      if (!prepared) return prepared.error();
      vaulted_.emplace(std::move(*prepared));
    }
    const auto row = vaulted_->bind(record.seq).step();
    if (!row) return row.error();
    if (!*row) return {};  // it reached its term
    auto done = vault_->restore(record, vaulted_->blob(0), reveal);
    vaulted_->reset();
    if (!done) return done.error();
    return {};
  }

  std::optional<WriterLock> lock_;  // released after the database is closed
  std::unique_ptr<ValueVault> vault_;
  sqlite::Database database_;
  std::optional<sqlite::Statement> vaulted_;
  std::optional<Appender> appender_;
  std::mutex using_;
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& directory, Mode mode,
                                               JournalOptions options) {
  const bool appending = mode == Mode::append;
  std::optional<WriterLock> lock;
  if (appending) {
    auto taken = WriterLock::take(directory);
    if (!taken) return taken.error();
    lock.emplace(std::move(*taken));
  }
  auto database = sqlite::Database::open(directory / "journal.db",
                                         appending ? sqlite::Access::write : sqlite::Access::read,
                                         journal_schema());
  if (!database) return database.error();
  auto journal = std::make_unique<SqliteJournal>(std::move(lock), std::move(*database),
                                                 std::move(options.vault));
  if (appending) {
    if (const auto started = journal->start_appending(options.max_bytes); !started)
      return started.error();
  }
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace entsync
