#include "ledger.hpp"

#include "demande_table.hpp"
#include "identity_table.hpp"
#include "ledger_schema.hpp"
#include "person_register_table.hpp"
#include "rectification_table.hpp"
#include "review_table.hpp"
#include "sqlite/database.hpp"
#include "tombstone_table.hpp"

namespace entsync {
namespace {

constexpr std::string_view entries_fact = "directory entries";
constexpr const char* rectification_key_file = "rectification.key";

class SqliteLedger final : public Ledger {
 public:
  SqliteLedger(sqlite::Database database, std::filesystem::path directory)
      : database_(std::move(database)),
        directory_(std::move(directory)),
        rectifications_(database_, directory_ / rectification_key_file) {}

  Result<void> start() {
    if (auto same = database_.expect_unaltered(ledger_schema()); !same) return same;
    auto tombstones = TombstoneTable::prepare(database_, directory_ / "tombstone.key");
    if (!tombstones) return tombstones.error();
    tombstones_.emplace(std::move(*tombstones));
    auto table = IdentityTable::prepare(database_, *tombstones_);
    if (!table) return table.error();
    table_.emplace(std::move(*table));
    return {};
  }

  Result<std::optional<Identity>> find_subject(std::string_view subject) override {
    return table_->find(subject);
  }
  Result<std::optional<std::string>> find_gone(std::string_view subject, std::string_view ine,
                                               std::string_view birth) override {
    return tombstones_->find(subject, ine, birth);
  }
  Result<bool> login_taken(std::string_view login, std::string_view identifiant) override {
    return table_->login_taken(login, identifiant);
  }
  Result<std::uint64_t> highest_number(std::string_view prefix) override {
    return table_->highest_number(prefix);
  }
  Result<void> remember(const std::vector<Identity>& identities) override {
    return table_->remember(identities);
  }
  Result<void> release(const std::vector<Identity>& identities) override {
    return table_->release(identities);
  }
  Result<void> adopt(const std::vector<Identity>& identities, Problems& warnings) override {
    return table_->adopt(identities, warnings);
  }
  Result<void> join(const std::vector<Identity>& identities) override {
    return table_->join(identities);
  }
  Result<void> note_departing(const std::vector<Departing>& departing) override {
    return tombstones_->note_departing(departing);
  }
  Result<void> forget(const std::vector<std::string>& subjects) override {
    return table_->forget(subjects);
  }
  Result<std::uint64_t> identity_count() override { return table_->count(); }
  Result<void> for_each_subject(const std::function<void(std::string_view)>& visit) override {
    return table_->for_each_subject(visit);
  }

  Result<std::optional<AppliedDelivery>> last_delivery(std::string_view academie) override {
    auto select = database_.prepare(
        "SELECT academie, date, digest, path, run, applied_at FROM applied_delivery "
        "WHERE academie = ?1");
    if (!select) return select.error();
    const auto row = select->bind(academie).step();
    if (!row) return row.error();
    if (!*row) return std::optional<AppliedDelivery>();
    const auto date = Date::from_iso(select->text(1));
    if (!date)
      return Problem{Severity::error,
                     "LDG-005",
                     {database_.file(), 0, std::string(academie)},
                     "the date of the last delivery is not a date",
                     "the file was changed by another program: restore it from a backup"};
    return std::optional(AppliedDelivery{
        std::string(select->text(0)), *date, std::string(select->text(2)),
        std::string(select->text(3)), std::string(select->text(4)), std::string(select->text(5))});
  }

  Result<void> set_last_delivery(const AppliedDelivery& delivery) override {
    auto insert =
        database_.prepare("INSERT OR REPLACE INTO applied_delivery VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!insert) return insert.error();
    const std::string date = delivery.date.iso();
    return insert
        ->bind(std::string_view(delivery.academie), std::string_view(date),
               std::string_view(delivery.digest), std::string_view(delivery.path),
               std::string_view(delivery.run), std::string_view(delivery.applied_at))
        .run();
  }

  Result<std::vector<OpenReview>> reviews() override { return ReviewTable(database_).items(); }
  Result<void> set_reviews(const std::vector<ReviewItem>& items, const std::string& now) override {
    return ReviewTable(database_).set_items(items, now);
  }
  Result<std::vector<TakenDecision>> decisions() override {
    return ReviewTable(database_).decisions();
  }
  Result<void> decide(const std::vector<TakenDecision>& decisions) override {
    return ReviewTable(database_).decide(decisions);
  }

  Result<std::vector<RegisterEntry>> register_entries() override {
    return PersonRegisterTable(database_).entries();
  }
  Result<void> set_register_entry(const RegisterEntry& entry) override {
    return PersonRegisterTable(database_).set(entry);
  }
  Result<void> learn_persons(const std::vector<LearnedPerson>& learned) override {
    return PersonRegisterTable(database_).learn(learned);
  }

  Result<TakenDemandes> taken_demandes() override { return DemandeTable(database_).taken(); }
  Result<std::vector<Demande>> link_requests() override {
    return DemandeTable(database_).of_links();
  }
  Result<void> take_demandes(const std::vector<TakenDemande>& demandes,
                             const std::string& now) override {
    return DemandeTable(database_).take(demandes, now);
  }

  Result<std::vector<Rectification>> rectifications() override { return rectifications_.tickets(); }
  Result<std::uint64_t> next_rectification() override { return rectifications_.next_number(); }
  Result<void> set_rectifications(const std::vector<Rectification>& tickets) override {
    return rectifications_.set(tickets);
  }
  Result<void> remove_rectifications(const std::vector<std::uint64_t>& numbers) override {
    return rectifications_.remove(numbers);
  }
  Result<std::string> contested_digest(std::string_view subject, std::string_view attribute,
                                       std::string_view value) override {
    return rectifications_.digest(subject, attribute, value);
  }

  Result<std::optional<std::uint64_t>> known_entries() override {
    auto select = database_.prepare("SELECT value FROM fact WHERE name = ?1");
    if (!select) return select.error();
    const auto row = select->bind(entries_fact).step();
    if (!row) return row.error();
    if (!*row) return std::optional<std::uint64_t>();
    return std::optional(static_cast<std::uint64_t>(select->integer(0)));
  }

  Result<void> set_known_entries(std::uint64_t entries) override {
    auto insert = database_.prepare("INSERT OR REPLACE INTO fact VALUES(?1, ?2)");
    if (!insert) return insert.error();
    return insert->bind(entries_fact, entries).run();
  }

 private:
  sqlite::Database database_;
  std::filesystem::path directory_;
  RectificationTable rectifications_;
  std::optional<TombstoneTable> tombstones_;
  std::optional<IdentityTable> table_;
};

}  // namespace

ReviewDecisions decisions_of(const std::vector<TakenDecision>& taken) {
  std::vector<ReviewDecision> list;
  for (const TakenDecision& one : taken) list.push_back(one.decision);
  return ReviewDecisions(std::move(list));
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& directory) {
  auto database =
      sqlite::Database::open(directory / "state.db", sqlite::Access::write, ledger_schema());
  if (!database) return database.error();
  auto ledger = std::make_unique<SqliteLedger>(std::move(*database), directory);
  if (const auto started = ledger->start(); !started) return started.error();
  return std::unique_ptr<Ledger>(std::move(ledger));
}

}  // namespace entsync
