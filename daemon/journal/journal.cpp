#include "journal.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "appender.hpp"
#include "core/text.hpp"
#include "records.hpp"
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
    return !trace.added.empty() && equals_ignoring_case(trace.attribute, attribute);
  });
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(std::optional<WriterLock> lock, sqlite::Database database)
      : lock_(std::move(lock)), database_(std::move(database)) {}

  Result<void> start_appending(const JournalOptions& options) {
    if (auto same = database_.expect_unaltered(journal_schema()); !same) return same;
    if (auto done = database_.limit_size(options.max_bytes); !done) return done;
    auto appender = Appender::prepare(database_);
    if (!appender) return appender.error();
    appender_.emplace(std::move(*appender));
    return {};
  }

  Result<std::uint64_t> append(std::vector<AuditRecord> records) override {
    const std::lock_guard lock(appending_);
    return appender().append(std::move(records));
  }

  Result<std::vector<AuditRecord>> open_intents() override {
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
      intents.push_back(std::move(*record));
    }
  }

  Result<void> query(const JournalQuery& query,
                     const std::function<void(const AuditRecord&,
                                              const std::optional<AuditRecord>&)>& visit) override {
    return search(database_, query, [&](const AuditRecord& record, const auto& outcome) {
      visit(record, outcome);
      return true;
    });
  }

  Result<std::optional<AuditRecord>> last_cause(std::string_view subject_or_dn,
                                                std::string_view attribute) override {
    JournalQuery query;
    query.subject = subject_or_dn;
    query.attribute = attribute;
    query.newest_first = true;
    std::optional<AuditRecord> cause;
    if (query.subject.empty() || query.attribute.empty()) return cause;
    const auto done = search(database_, query, [&](const AuditRecord& record, const auto& outcome) {
      if (outcome && outcome->outcome == applied && adds_value(record, attribute)) cause = record;
      return !cause;
    });
    if (!done) return done.error();
    return cause;
  }

  Result<std::uint64_t> size() override {
    const auto head = read_head(database_);
    if (!head) return head.error();
    return head->seq;
  }

  Result<ChainReport> verify(const VerifyOptions& options) override {
    return verify_journal(database_, options);
  }

  Result<std::optional<std::string>> seal(const Sealing& sealing) override {
    const std::lock_guard lock(appending_);
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

  std::optional<WriterLock> lock_;  // released after the database is closed
  sqlite::Database database_;
  std::optional<Appender> appender_;
  std::mutex appending_;
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& directory, Mode mode,
                                               const JournalOptions& options) {
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
  auto journal = std::make_unique<SqliteJournal>(std::move(lock), std::move(*database));
  if (appending) {
    if (const auto started = journal->start_appending(options); !started) return started.error();
  }
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace entsync
