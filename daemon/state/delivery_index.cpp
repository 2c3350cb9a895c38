#include "delivery_index.hpp"

#include <algorithm>

#include "delivery_index_schema.hpp"
#include "delivery_index_writer.hpp"
#include "sqlite/database.hpp"

namespace entsync {
namespace {

template <class T>
T value_or_fail(Result<T> result) {
  if (!result) throw IndexFailed{result.error()};
  return std::move(*result);
}

std::int64_t number_of(Category category) {
  return static_cast<std::int64_t>(category);
}

Category category_from(std::int64_t number) {
  for (const Category category : all_categories)
    if (number_of(category) == number) return category;
  throw IndexFailed{Problem{Severity::error,
                            "LDG-007",
                            {},
                            "the index of the deliveries holds a category that there is not",
                            "remove deliveries.db from the state directory"}};
}

std::vector<std::string> ids_in(std::string_view text) {
  std::vector<std::string> ids;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(id_separator), text.size());
    ids.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ids;
}

/// Prepared once: a part asks some thousand times.
class SqliteCompletIndex final : public CompletIndex {
 public:
  SqliteCompletIndex(sqlite::Database& database, std::int64_t number)
      : database_(database),
        number_(number),
        has_(prepare("SELECT 1 FROM record WHERE delivery = ?1 AND category = ?2 AND id = ?3")),
        persons_(
            prepare("SELECT category, ids FROM placed WHERE delivery = ?1 AND structure = ?2")),
        structures_(prepare("SELECT structures FROM record WHERE delivery = ?1 AND category = ?2 "
                            "AND id = ?3")),
        pupils_(prepare("SELECT pupils FROM named WHERE delivery = ?1 AND responsable = ?2")),
        responsables_(prepare("SELECT responsables FROM record WHERE delivery = ?1 AND category = "
                              "?2 AND id = ?3")),
        bound_(prepare("SELECT dn FROM bound WHERE uai = ?1")) {
    auto select = prepare("SELECT academie, date FROM delivery WHERE delivery = ?1");
    select.bind(number_);
    if (!value_or_fail(select.step())) return;
    academie_ = select.text(0);
    if (const auto date = Date::from_iso(select.text(1))) date_ = *date;
  }

  [[nodiscard]] const std::string& academie() const override { return academie_; }

  [[nodiscard]] Feed outline() const override {
    Feed feed(academie_, DeliveryKind::complet, date_);
    auto files = prepare(
        "SELECT name, sha256, bytes, records, category FROM file WHERE delivery = ?1 ORDER BY "
        "file");
    files.bind(number_);
    while (value_or_fail(files.step()))
      feed.add_file({academie_, std::string(files.text(0)), std::string(files.text(1)),
                     static_cast<std::uint64_t>(files.integer(2)),
                     static_cast<std::uint64_t>(files.integer(3)),
                     category_from(files.integer(4))});
    auto rejected = prepare(
        "SELECT category, id, file, line, start, code, reason FROM rejected WHERE delivery = ?1 "
        "ORDER BY rowid");
    rejected.bind(number_);
    while (value_or_fail(rejected.step())) {
      RejectedRecord one;
      if (!rejected.is_null(0)) one.category = category_from(rejected.integer(0));
      one.id = rejected.text(1);
      one.position = {static_cast<std::uint32_t>(rejected.integer(2)),
                      static_cast<std::uint32_t>(rejected.integer(3)),
                      static_cast<std::uint64_t>(rejected.integer(4))};
      one.code = rejected.text(5);
      one.reason = rejected.text(6);
      feed.add_rejected(std::move(one));
    }
    return feed;
  }

  [[nodiscard]] bool has(const RecordKey& key) const override {
    has_.bind(number_, number_of(key.category), std::string_view(key.id));
    const bool found = value_or_fail(has_.step());
    has_.reset();
    return found;
  }

  [[nodiscard]] std::vector<Structure> structures() const override {
    auto select = prepare("SELECT id, uai FROM record WHERE delivery = ?1 AND category = ?2");
    select.bind(number_, number_of(Category::etab_educ_nat));
    std::vector<Structure> found;
    while (value_or_fail(select.step()))
      found.push_back({std::string(select.text(0)), std::string(select.text(1))});
    return found;
  }

  [[nodiscard]] std::vector<RecordKey> persons_of(std::string_view structure) const override {
    persons_.bind(number_, structure);
    std::vector<RecordKey> found;
    while (value_or_fail(persons_.step()))
      for (std::string& id : ids_in(persons_.text(1)))
        found.push_back({category_from(persons_.integer(0)), std::move(id)});
    return found;
  }
  [[nodiscard]] std::vector<std::string> structures_of(const RecordKey& person) const override {
    structures_.bind(number_, number_of(person.category), std::string_view(person.id));
    return only_ids(structures_);
  }
  [[nodiscard]] std::vector<std::string> pupils_of(std::string_view responsable) const override {
    pupils_.bind(number_, responsable);
    return only_ids(pupils_);
  }
  [[nodiscard]] std::vector<std::string> responsables_of(std::string_view pupil) const override {
    responsables_.bind(number_, number_of(Category::eleve), pupil);
    return only_ids(responsables_);
  }
  [[nodiscard]] std::vector<std::string> bound_to(std::string_view uai) const override {
    bound_.bind(uai);
    return texts(bound_);
  }

 private:
  [[nodiscard]] sqlite::Statement prepare(const char* sql) const {
    return value_or_fail(database_.prepare(sql));
  }
  /// The ids of the only row there is, if there is one.
  static std::vector<std::string> only_ids(sqlite::Statement& statement) {
    std::vector<std::string> found;
    if (value_or_fail(statement.step())) found = ids_in(statement.text(0));
    statement.reset();
    return found;
  }
  static std::vector<std::string> texts(sqlite::Statement& statement) {
    std::vector<std::string> found;
    while (value_or_fail(statement.step())) found.emplace_back(statement.text(0));
    return found;
  }

  sqlite::Database& database_;
  std::int64_t number_;
  std::string academie_;
  Date date_;
  mutable sqlite::Statement has_;
  mutable sqlite::Statement persons_;
  mutable sqlite::Statement structures_;
  mutable sqlite::Statement pupils_;
  mutable sqlite::Statement responsables_;
  mutable sqlite::Statement bound_;
};

class SqliteWriting final : public DeliveryIndex::Writing {
 public:
  SqliteWriting(sqlite::Database& database, sqlite::Transaction transaction)
      : database_(database), transaction_(std::move(transaction)) {}

  Result<void> finish(const DeliveryIndex::Findings& findings) override {
    if (auto written = write_index_findings(database_, findings); !written) return written;
    return transaction_.commit();
  }

 private:
  sqlite::Database& database_;
  sqlite::Transaction transaction_;
};

class SqliteDeliveryIndex final : public DeliveryIndex {
 public:
  explicit SqliteDeliveryIndex(sqlite::Database database) : database_(std::move(database)) {}

  Result<std::unique_ptr<Writing>> begin(const Records& records, const FeedNames& names) override {
    auto known = deliveries();
    if (!known) return known.error();
    auto made_with = rules();
    if (!made_with) return made_with.error();
    auto transaction = database_.begin_write();
    if (!transaction) return transaction.error();
    if (*made_with != records.rules || *known != records.deliveries)
      if (auto written = write_index_records(database_, records, names); !written)
        return written.error();
    return std::unique_ptr<Writing>(
        std::make_unique<SqliteWriting>(database_, std::move(*transaction)));
  }

  Result<std::string> rules() override {
    auto select = database_.prepare("SELECT rules FROM made_with");
    if (!select) return select.error();
    auto row = select->step();
    if (!row) return row.error();
    return *row ? std::string(select->text(0)) : std::string{};
  }

  Result<std::vector<IndexedDelivery>> deliveries() override {
    auto select = database_.prepare(
        "SELECT delivery, academie, path, folder, stamp, digest FROM delivery ORDER BY delivery");
    if (!select) return select.error();
    auto files =
        database_.prepare("SELECT path, stamp, head FROM file WHERE delivery = ?1 ORDER BY file");
    if (!files) return files.error();
    std::vector<IndexedDelivery> found;
    for (auto row = select->step(); !row || *row; row = select->step()) {
      if (!row) return row.error();
      found.push_back({std::string(select->text(1)),
                       std::string(select->text(2)),
                       std::string(select->text(3)),
                       std::string(select->text(4)),
                       std::string(select->text(5)),
                       {}});
      files->bind(select->integer(0));
      for (auto file = files->step(); !file || *file; file = files->step()) {
        if (!file) return file.error();
        found.back().files.push_back({std::string(files->text(0)), std::string(files->text(1)),
                                      static_cast<std::uint64_t>(files->integer(2))});
      }
    }
    return found;
  }

  Result<Before> before() override {
    auto select =
        database_.prepare("SELECT part, name, persons, groups, mails, members, live FROM tally");
    if (!select) return select.error();
    Before before;
    for (auto row = select->step(); !row || *row; row = select->step()) {
      if (!row) return row.error();
      const auto count = [&](int column) {
        return static_cast<std::uint64_t>(select->integer(column));
      };
      const Tally tally{count(2), count(3), count(4), count(5), count(6)};
      const std::string name(select->text(1));
      if (select->text(0) == "run") before.run = tally;
      for (const auto& [part, list] : tallies_of(before))
        if (select->text(0) == part) list->insert_or_assign(name, tally);
    }
    return before;
  }

  std::unique_ptr<CompletIndex> complet(std::size_t number) override {
    return std::make_unique<SqliteCompletIndex>(database_, static_cast<std::int64_t>(number));
  }

  std::vector<RecordPlace> places(std::size_t number, const std::set<RecordKey>& keys) override {
    auto select = value_or_fail(database_.prepare(
        "SELECT file, start, stop, line FROM record WHERE delivery = ?1 AND category = ?2 AND id = "
        "?3"));
    std::vector<RecordPlace> found;
    for (const RecordKey& key : keys) {
      select.bind(static_cast<std::int64_t>(number), number_of(key.category),
                  std::string_view(key.id));
      if (value_or_fail(select.step()))
        found.push_back({key, static_cast<std::uint32_t>(select.integer(0)),
                         static_cast<std::uint64_t>(select.integer(1)),
                         static_cast<std::uint64_t>(select.integer(2)),
                         static_cast<std::uint32_t>(select.integer(3))});
    }
    return found;
  }

 private:
  sqlite::Database database_;
};

}  // namespace

Result<std::unique_ptr<DeliveryIndex>> DeliveryIndex::open(const std::filesystem::path& directory) {
  auto database = sqlite::Database::open(directory / "deliveries.db", sqlite::Access::write,
                                         delivery_index_schema());
  if (!database) return database.error();
  if (auto same = database->expect_unaltered(delivery_index_schema()); !same) return same.error();
  return std::unique_ptr<DeliveryIndex>(
      std::make_unique<SqliteDeliveryIndex>(std::move(*database)));
}

}  // namespace entsync
