#include "delivery_index_writer.hpp"

#include <algorithm>

namespace entsync {
namespace {

struct Failed {
  Problems problems;
};

class IndexWriter {
 public:
  IndexWriter(sqlite::Database& database, const FeedNames& names)
      : database_(database), names_(names) {}

  void clear(std::initializer_list<const char*> tables) {
    for (const char* table : tables) {
      const std::string sql = "DELETE FROM " + std::string(table);
      if (auto done = database_.execute(sql.c_str()); !done) throw Failed{done.error()};
    }
  }

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

  void write_rules(const std::string& rules) {
    run(prepare("INSERT INTO made_with VALUES(?1)"), std::string_view(rules));
  }

 private:
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

  /// A record reaches to the next one of its file.
  void write_records(std::int64_t number, const CompletFeed& complet) {
    std::vector<std::vector<std::uint64_t>> starts(complet.feed().files().size());
    each_indexed(complet, names_, [&](const IndexedRecord& one) {
      const SourcePosition position = one.record.position();
      starts[position.file].push_back(position.offset);
    });
    for (auto& list : starts) std::ranges::sort(list);
    auto record = prepare("INSERT INTO record VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    auto placed = prepare("INSERT INTO placed VALUES(?1, ?2, ?3, ?4)");
    auto named = prepare("INSERT INTO named VALUES(?1, ?2, ?3)");
    each_indexed(complet, names_, [&](const IndexedRecord& one) {
      const SourcePosition position = one.record.position();
      const auto category = static_cast<std::int64_t>(one.record.category());
      const auto next = std::ranges::upper_bound(starts[position.file], position.offset);
      const std::uint64_t end =
          next == starts[position.file].end() ? complet.feed().files()[position.file].bytes : *next;
      run(record, number, category, one.record.id(), static_cast<std::int64_t>(position.file),
          position.offset, end, static_cast<std::int64_t>(position.line),
          std::string_view(one.uai));
      for (const std::string_view structure : one.structures)
        run(placed, number, structure, category, one.record.id());
      for (const std::string_view responsable : one.responsables)
        run(named, number, responsable, one.record.id());
    });
  }

  sqlite::Database& database_;
  const FeedNames& names_;
};

}  // namespace

std::array<std::pair<const char*, TallyMap*>, 4> tallies_of(Before& before) {
  return {{{"academie", &before.academies},
           {"school", &before.schools},
           {"profil", &before.profils},
           {"school profil", &before.school_profils}}};
}

Result<void> write_delivery_index(sqlite::Database& database, const DeliveryIndex::Content& content,
                                  const FeedNames& names, bool with_records) {
  auto transaction = database.begin_write();
  if (!transaction) return transaction.error();
  try {
    IndexWriter writer(database, names);
    writer.clear({"bound", "tally"});
    if (with_records) {
      writer.clear({"made_with", "delivery", "file", "record", "placed", "named", "rejected"});
      writer.write_rules(content.rules);
      for (std::size_t i = 0; i < content.deliveries.size(); ++i)
        writer.write_delivery(static_cast<std::int64_t>(i), content.deliveries[i],
                              *content.complets[i]);
    }
    writer.write_bindings(content.bindings);
    writer.write_tallies(content.before);
  } catch (const Failed& failed) {
    return failed.problems;
  }
  return transaction->commit();
}

}  // namespace entsync
