#include "delivery.hpp"

#include <functional>

#include "encoding.hpp"
#include "records.hpp"
#include "registry.hpp"
#include "sink.hpp"

namespace generator {
namespace {

/// Cuts the records of one category into numbered files.
class Parts {
 public:
  Parts(const World& world, const Academie& academie, std::string_view category, Sink& sink)
      : world_(world),
        sink_(sink),
        stem_("ENTOCC_" + std::string(academie_label(academie.number)) + "_Complet_" +
              compact(world.date) + "_" + std::string(category) + "_") {}

  /// `write` appends one record to the text it is given.
  void add(const std::function<void(std::string&)>& write) {
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

void write_academie(const World& world, const Academie& academie, Sink& sink, const Names& names,
                    DeliveryCounts& counts) {
  Records records(world, academie, names);
  const auto category = [&](std::string_view name, const std::function<void(Parts&)>& fill) {
    Parts parts(world, academie, name, sink);
    fill(parts);
    const std::uint64_t total = parts.finish();
    counts.bytes += parts.bytes();
    return total;
  };
  const auto all = [&](Parts& parts, const auto& table) {
    for (const auto& row : table) parts.add([&](std::string& out) { records.write(row, out); });
  };
  counts.structures += category("EtabEducNat", [&](Parts& parts) {
    all(parts, academie.services);
    all(parts, academie.ecoles);
  });
  counts.eleves += category("Eleve", [&](Parts& parts) { all(parts, academie.eleves); });
  counts.responsables += category("PersRelEleve", [&](Parts& parts) {
    for (Index r = 0; r < academie.responsables.size(); ++r)
      parts.add([&](std::string& out) { records.write_responsable(r, out); });
  });
  counts.personnels +=
      category("PersEducNat", [&](Parts& parts) { all(parts, academie.personnels); });
}

}  // namespace

DeliveryCounts write_deliveries(const World& world, const std::filesystem::path& directory,
                                const Names& names) {
  DeliveryCounts counts;
  for (const Academie& academie : world.academies) {
    const std::filesystem::path place =
        directory / ("AC-" + std::string(academie_label(academie.number)));
    prepare_directory(place);
    const auto sink = world.settings.format == Format::dir
                          ? make_directory_sink(place)
                          : make_archive_sink(place, "ENT1DVA." + compact(world.date),
                                              world.settings.format, world.date);
    write_academie(world, academie, *sink, names, counts);
    sink->close();
  }
  write_registry(world, directory / "registre.toml", names);
  return counts;
}

}  // namespace generator
