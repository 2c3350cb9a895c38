#include "delivery_index_writer.hpp"

#include <algorithm>
#include <compare>
#include <span>

namespace entsync {
namespace {

struct Failed {
  Problems problems;
};

/// Where records start: each reaches to the next one of its file.
class Starts {
 public:
  Starts(const CompletFeed& complet, const FeedNames& names) : files_(complet.feed().files()) {
    starts_.resize(files_.size());
    each_indexed(complet, names, [&](const IndexedRecord& one) {
      const SourcePosition position = one.record.position();
      starts_[position.file].push_back(position.offset);
    });
    for (auto& list : starts_) std::ranges::sort(list);
  }

  [[nodiscard]] std::uint64_t end_of(SourcePosition record) const {
    const auto& list = starts_[record.file];
    const auto next = std::ranges::upper_bound(list, record.offset);
    return next == list.end() ? files_[record.file].bytes : *next;
  }

 private:
  std::span<const SourceFile> files_;
  std::vector<std::vector<std::uint64_t>> starts_;
};

struct Placed {
  std::string_view structure;
  Category category;
  std::string_view id;
  auto operator<=>(const Placed&) const = default;
};
struct Named {
  std::string_view responsable;
  std::string_view pupil;
  auto operator<=>(const Named&) const = default;
};

std::string joined(const std::vector<std::string_view>& ids) {
  std::string text;
  for (const std::string_view id : ids) {
    if (!text.empty()) text += id_separator;
    text += id;
  }
  return text;
}

/// Throws Failed.
class IndexWriter {
 public:
  void clear(std::initializer_list<const char*> tables) {
    for (const char* table : tables) {
      const std::string sql = "DELETE FROM " + std::string(table);
      if (auto done = database_.execute(sql.c_str()); !done) throw Failed{done.error()};
    }
  }

 protected:
  explicit IndexWriter(sqlite::Database& database) : database_(database) {}

  sqlite::Statement prepare(const char* sql) {
    auto statement = database_.prepare(sql);
    if (!statement) throw Failed{statement.error()};
    return std::move(*statement);
  }
  template <class... Values>
  static void run(sqlite::Statement& statement, const Values&... values) {
    if (auto done = statement.bind(values...).run(); !done) throw Failed{done.error()};
  }
  template <class... Values>
  static void run(sqlite::Statement&& statement, const Values&... values) {
    run(statement, values...);
  }

 private:
  sqlite::Database& database_;
};

class FindingsWriter : public IndexWriter {
 public:
  explicit FindingsWriter(sqlite::Database& database) : IndexWriter(database) {}

  void write_bindings(const std::vector<std::pair<std::string, std::string>>& bindings) {
    auto insert = prepare("INSERT OR IGNORE INTO bound VALUES(?1, ?2)");
    for (const auto& [uai, dn] : bindings) run(insert, std::string_view(uai), std::string_view(dn));
  }

  void write_tallies(Before before) {
    auto insert = prepare("INSERT INTO tally VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    const auto write = [&](std::string_view part, std::string_view name, const Tally& tally) {
      run(insert, part, name, tally.persons, tally.groups, tally.mails, tally.members, tally.live);
    };
    write("run", "", before.run);
    for (const auto& [part, list] : tallies_of(before))
      for (const auto& [name, tally] : *list) write(part, name, tally);
  }
};

class RecordsWriter : public IndexWriter {
 public:
  RecordsWriter(sqlite::Database& database, const FeedNames& names)
      : IndexWriter(database), names_(names) {}

  void write_delivery(std::int64_t number, const IndexedDelivery& delivery,
                      const CompletFeed& complet) {
    const Feed& feed = complet.feed();
    const std::string date = feed.date().iso();
    run(prepare("INSERT INTO delivery VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"), number,
        std::string_view(delivery.academie), std::string_view(date),
        std::string_view(delivery.path), std::string_view(delivery.folder),
        std::string_view(delivery.stamp), std::string_view(delivery.digest));
    auto file = prepare("INSERT INTO file VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    for (std::size_t i = 0; i < feed.files().size(); ++i) {
      const SourceFile& one = feed.files()[i];
      const IndexedDelivery::File& known = delivery.files[i];
      run(file, number, static_cast<std::int64_t>(i), std::string_view(one.name),
          std::string_view(one.sha256), one.bytes, one.records,
          static_cast<std::int64_t>(one.category), std::string_view(known.path),
          std::string_view(known.stamp), known.head);
    }
    write_rejected(number, feed);
    write_records(number, complet);
  }

  void write_rules(const std::string& rules) {
    run(prepare("INSERT INTO made_with VALUES(?1)"), std::string_view(rules));
  }

 private:
  void write_rejected(std::int64_t number, const Feed& feed) {
    auto known = prepare("INSERT INTO rejected VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    for (const RejectedRecord& one : feed.rejected()) {
      known.bind(number, nullptr, std::string_view(one.id),
                 static_cast<std::int64_t>(one.position.file),
                 static_cast<std::int64_t>(one.position.line), one.position.offset,
                 std::string_view(one.code), std::string_view(one.reason));
      if (one.category) known.bind_at(2, static_cast<std::int64_t>(*one.category));
      if (auto done = known.run(); !done) throw Failed{done.error()};
    }
  }

  void write_records(std::int64_t number, const CompletFeed& complet) {
    const Starts starts(complet, names_);
    std::vector<Placed> placed;
    std::vector<Named> named;
    auto insert = prepare("INSERT INTO record VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    each_indexed(complet, names_, [&](const IndexedRecord& one) {
      const SourcePosition position = one.record.position();
      const Category category = one.record.category();
      run(insert, number, static_cast<std::int64_t>(category), one.record.id(),
          static_cast<std::int64_t>(position.file), position.offset, starts.end_of(position),
          static_cast<std::int64_t>(position.line), std::string_view(one.uai),
          std::string_view(joined(one.structures)), std::string_view(joined(one.responsables)));
      for (const std::string_view structure : one.structures)
        placed.push_back({structure, category, one.record.id()});
      for (const std::string_view responsable : one.responsables)
        named.push_back({responsable, one.record.id()});
    });
    write_placed(number, std::move(placed));
    write_named(number, std::move(named));
  }

  void write_placed(std::int64_t number, std::vector<Placed> placed) {
    std::ranges::sort(placed);
    auto insert = prepare("INSERT INTO placed VALUES(?1, ?2, ?3, ?4)");
    std::vector<std::string_view> ids;
    for (std::size_t i = 0; i < placed.size(); ++i) {
      const Placed& one = placed[i];
      ids.push_back(one.id);
      const bool is_last = i + 1 == placed.size() || placed[i + 1].structure != one.structure ||
                           placed[i + 1].category != one.category;
      if (!is_last) continue;
      run(insert, number, one.structure, static_cast<std::int64_t>(one.category),
          std::string_view(joined(ids)));
      ids.clear();
    }
  }

  void write_named(std::int64_t number, std::vector<Named> named) {
    std::ranges::sort(named);
    auto insert = prepare("INSERT INTO named VALUES(?1, ?2, ?3)");
    std::vector<std::string_view> pupils;
    for (std::size_t i = 0; i < named.size(); ++i) {
      pupils.push_back(named[i].pupil);
      if (i + 1 < named.size() && named[i + 1].responsable == named[i].responsable) continue;
      run(insert, number, named[i].responsable, std::string_view(joined(pupils)));
      pupils.clear();
    }
  }

  const FeedNames& names_;
};

}  // namespace

std::array<std::pair<const char*, TallyMap*>, 4> tallies_of(Before& before) {
  return {{{"academie", &before.academies},
           {"school", &before.schools},
           {"profil", &before.profils},
           {"school profil", &before.school_profils}}};
}

Result<void> write_index_records(sqlite::Database& database, const DeliveryIndex::Records& records,
                                 const FeedNames& names) {
  try {
    RecordsWriter writer(database, names);
    writer.clear({"made_with", "delivery", "file", "record", "placed", "named", "rejected"});
    writer.write_rules(records.rules);
    for (std::size_t i = 0; i < records.deliveries.size(); ++i)
      writer.write_delivery(static_cast<std::int64_t>(i), records.deliveries[i],
                            *records.complets[i]);
  } catch (const Failed& failed) {
    return failed.problems;
  }
  return {};
}

Result<void> write_index_findings(sqlite::Database& database,
                                  const DeliveryIndex::Findings& findings) {
  try {
    FindingsWriter writer(database);
    writer.clear({"bound", "tally"});
    writer.write_bindings(findings.bindings);
    writer.write_tallies(findings.before);
  } catch (const Failed& failed) {
    return failed.problems;
  }
  return {};
}

}  // namespace entsync
