// One AAF file of any bytes: nothing may crash or hang, the answer may not depend on how the file
// is cut into chunks, and every place that a record names must be the true one.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/aaf/file_reader.hpp"
#include "core/text.hpp"

namespace {

using namespace entsync;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Reading {
  Feed feed;
  std::optional<Problem> refusal;
};

const Vocabulary& vocabulary() {
  static const Vocabulary words = [] {
    Vocabulary all;
    for (const char* name : {"ENTPersonNom", "ENTPersonPrenom", "ENTPersonClasses"}) all.add(name);
    return all;
  }();
  return words;
}

Reading read(std::string_view bytes, DeliveryKind kind, std::size_t chunk) {
  Reading reading{Feed("AC-X", kind, Date()), std::nullopt};
  const aaf::RecordReader::Required required{{{}, {0}, {}, {}}};
  aaf::RecordReader records(vocabulary(), required);
  aaf::ReadLimits limits;
  limits.record_bytes = 2'000;
  limits.rejected_records = 20;
  aaf::FileReader reader(reading.feed, records, limits, "f", Category::eleve);
  while (!bytes.empty() && !reading.refusal) {
    const std::string piece(bytes.substr(0, chunk));
    bytes.remove_prefix(piece.size());
    reading.refusal = reader.feed(piece);
  }
  if (!reading.refusal) reading.refusal = reader.finish();
  return reading;
}

void check_place(std::string_view bytes, const SourcePosition& at) {
  require(at.file == 0 && at.offset < bytes.size());
  require(at.line == 1 + std::ranges::count(bytes.substr(0, at.offset), '\n'));
}

void check_places(std::string_view bytes, const Feed& feed) {
  for (const FeedRecord& record : feed.records(Category::eleve)) {
    require(aaf::is_usable_id(record.id()));
    check_place(bytes, record.position());
    require(bytes[record.position().offset] == '<');
    for (const FeedValue value : record.values()) {
      check_place(bytes, value.position);
      require(is_valid_utf8(value.text) && trim(value.text) == value.text);
      require(!value.text.empty() || record.request() == RequestKind::modify);
    }
  }
  for (const RejectedRecord& rejected : feed.rejected()) {
    check_place(bytes, rejected.position);
    require(rejected.id.empty() || aaf::is_usable_id(rejected.id));
  }
}

bool is_same(const RejectedRecord& a, const RejectedRecord& b) {
  return a.id == b.id && a.category == b.category && a.code == b.code && a.reason == b.reason &&
         a.position == b.position;
}

void check_same(const Reading& a, const Reading& b) {
  require(a.refusal == b.refusal);
  if (a.refusal) return;
  require(a.feed.files() == b.feed.files() && a.feed.dropped() == b.feed.dropped());
  require(a.feed.metadata == b.feed.metadata);
  require(std::ranges::equal(a.feed.rejected(), b.feed.rejected(), is_same));
  const auto& left = a.feed.records(Category::eleve);
  const auto& right = b.feed.records(Category::eleve);
  require(left.size() == right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    require(left[i].id() == right[i].id() && left[i].position() == right[i].position());
    require(left[i].value_count() == right[i].value_count());
    for (std::size_t j = 0; j < left[i].value_count(); ++j) {
      require(left[i].value(j).attribute == right[i].value(j).attribute);
      require(left[i].value(j).text == right[i].value(j).text);
      require(left[i].value(j).position == right[i].value(j).position);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk = 1 + data[0] % 64U;
  const DeliveryKind kind = data[0] >= 128 ? DeliveryKind::delta : DeliveryKind::complet;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading whole = read(bytes, kind, bytes.size());
  check_places(bytes, whole.feed);
  check_same(whole, read(bytes, kind, chunk));
  Feed feed(read(bytes, kind, bytes.size()).feed);
  feed.reject_duplicates();
  return 0;
}
