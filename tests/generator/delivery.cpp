#include "delivery.hpp"

#include <array>
#include <functional>
#include <utility>

#include "delta.hpp"
#include "encoding.hpp"
#include "records.hpp"
#include "registry.hpp"
#include "sink.hpp"

namespace generator {
namespace {

/// Appends a record to the text it is given.
using Write = std::function<void(std::string&)>;

/// Cuts the records of one category into numbered files.
class Parts {
 public:
  /// `kind` is "Complet" or "Delta".
  Parts(const World& world, const Academie& academie, std::string_view kind,
        std::string_view category, Sink& sink)
      : world_(world),
        sink_(sink),
        stem_("ENTOCC_" + std::string(academie_label(academie.number)) + "_" + std::string(kind) +
              "_" + compact(world.date) + "_" + std::string(category) + "_") {}

  void add(const Write& write) {
    if (records_ == world_.settings.records_per_part) finish_part();
    if (text_.empty()) begin_part();
    write(text_);
    ++records_;
    ++total_;
  }

  /// A category without records still has one file.
  std::uint64_t finish() {
    if (text_.empty() && number_ == 0) begin_part();
    if (!text_.empty()) finish_part();
    return total_;
  }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void begin_part() {
    text_ = "<?xml version=\"1.0\" encoding=\"";
    text_ += encoding_name(world_.settings.encoding);
    text_ +=
        "\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n"
        "<!-- versionAF=\"AAF-VE2003\" -->\n<!-- versionSDET=\"Annexe 1 version 6.3\" -->\n";
  }

  void finish_part() {
    text_ += "</ficAlimMENESR>\n";
    const std::string number = std::to_string(10000 + number_++).substr(1);
    if (world_.settings.encoding != Encoding::utf8)
      text_ = encoded(text_, world_.settings.encoding);
    sink_.put(stem_ + number + ".xml", text_);
    bytes_ += text_.size();
    text_.clear();
    records_ = 0;
  }

  const World& world_;
  Sink& sink_;
  std::string stem_;
  std::string text_;
  std::uint32_t records_ = 0;
  std::uint32_t number_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t bytes_ = 0;
};

struct Category {
  std::string_view name;
  std::uint64_t DeliveryCounts::*count;
};
constexpr std::array<Category, 4> categories{{{"EtabEducNat", &DeliveryCounts::structures},
                                              {"Eleve", &DeliveryCounts::eleves},
                                              {"PersRelEleve", &DeliveryCounts::responsables},
                                              {"PersEducNat", &DeliveryCounts::personnels}}};

/// Calls `add` with every record of a category.
void each_record(Records& records, const Academie& academie, std::string_view category,
                 const std::function<void(const Write&)>& add) {
  const auto all = [&](const auto& table) {
    for (const auto& row : table) add([&](std::string& out) { records.write(row, out); });
  };
  if (category == "EtabEducNat") {
    all(academie.services);
    all(academie.ecoles);
  } else if (category == "Eleve") {
    all(academie.eleves);
  } else if (category == "PersEducNat") {
    all(academie.personnels);
  } else {
    for (Index r = 0; r < academie.responsables.size(); ++r)
      add([&](std::string& out) { records.write_responsable(r, out); });
  }
}

void write_complet(const World& world, const Academie& academie, Sink& sink, const Names& names,
                   DeliveryCounts& counts) {
  Records records(world, academie, names);
  for (const Category& category : categories) {
    Parts parts(world, academie, "Complet", category.name, sink);
    each_record(records, academie, category.name, [&](const Write& write) { parts.add(write); });
    counts.*category.count += parts.finish();
    counts.bytes += parts.bytes();
  }
}

void write_delta(const World& before, const Academie& earlier, const World& world,
                 const Academie& academie, Sink& sink, const Names& names, DeliveryCounts& counts) {
  Records old_records(before, earlier, names);
  Records records(world, academie, names);
  for (const Category& category : categories) {
    Parts parts(world, academie, "Delta", category.name, sink);
    const auto add = [&](const std::string& request) {
      if (!request.empty()) parts.add([&](std::string& out) { out += request; });
    };
    Changes changes;
    each_record(old_records, earlier, category.name, [&](const Write& write) {
      std::string record;
      write(record);
      changes.before(std::move(record));
    });
    each_record(records, academie, category.name, [&](const Write& write) {
      std::string record;
      write(record);
      add(changes.after(record));
    });
    changes.each_gone(add);
    counts.*category.count += parts.finish();
    counts.bytes += parts.bytes();
  }
}

/// Shows each académie a place to write its delivery to, and writes the registry.
void for_each_place(const World& world, const std::filesystem::path& directory,
                    std::string_view archive_suffix, const Names& names,
                    const std::function<void(std::size_t number, Sink& sink)>& write) {
  for (std::size_t i = 0; i < world.academies.size(); ++i) {
    const std::filesystem::path place =
        directory / ("AC-" + std::string(academie_label(world.academies[i].number)));
    prepare_directory(place);
    const auto sink =
        world.settings.format == Format::dir
            ? make_directory_sink(place)
            : make_archive_sink(place,
                                "ENT1DVA." + compact(world.date) + std::string(archive_suffix),
                                world.settings.format, world.date);
    write(i, *sink);
    sink->close();
  }
  write_registry(world, directory / "registre.toml", names);
}

}  // namespace

DeliveryCounts write_deliveries(const World& world, const std::filesystem::path& directory,
                                const Names& names) {
  DeliveryCounts counts;
  for_each_place(world, directory, "", names, [&](std::size_t i, Sink& sink) {
    write_complet(world, world.academies[i], sink, names, counts);
  });
  return counts;
}

DeliveryCounts write_deltas(const World& before, const World& world,
                            const std::filesystem::path& directory, const Names& names) {
  DeliveryCounts counts;
  for_each_place(world, directory, ".Delta", names, [&](std::size_t i, Sink& sink) {
    write_delta(before, before.academies[i], world, world.academies[i], sink, names, counts);
  });
  return counts;
}

}  // namespace generator
