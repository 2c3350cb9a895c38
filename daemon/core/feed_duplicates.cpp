#include <algorithm>
#include <span>

#include "feed.hpp"

namespace entsync {
namespace {

/// A record's identifier as a number to sort by: 16 bytes for each of a million records, and equal
/// identifiers lie side by side in the order of reading.
struct Key {
  std::size_t hash;
  std::uint32_t record;
};

std::vector<FeedValue> by_attribute(const FeedRecord& record) {
  std::vector<FeedValue> values;
  values.reserve(record.value_count());
  for (const FeedValue value : record.values()) values.push_back(value);
  std::ranges::stable_sort(values, {}, &FeedValue::attribute);
  return values;
}

std::vector<Key> sorted_keys(const std::vector<FeedRecord>& records) {
  std::vector<Key> keys(records.size());
  for (std::uint32_t i = 0; i < records.size(); ++i)
    keys[i] = {std::hash<std::string_view>{}(records[i].id()), i};
  std::ranges::sort(keys, [&](const Key& a, const Key& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    if (const int order = records[a.record].id().compare(records[b.record].id()); order != 0)
      return order < 0;
    return a.record < b.record;
  });
  return keys;
}

/// A record that has to go: `against` contradicts it, or it is the one that says the same.
struct Surplus {
  std::uint32_t record;
  std::uint32_t against;
  bool contradicted;
};

/// `group` are the records of one identifier, at least two.
void judge_group(const std::vector<FeedRecord>& records, std::span<const Key> group,
                 std::vector<Surplus>& surplus) {
  const std::uint32_t first = group.front().record;
  const auto others = group.subspan(1);
  const bool agree = std::ranges::all_of(
      others, [&](const Key& key) { return say_the_same(records[first], records[key.record]); });
  if (!agree) surplus.push_back({first, others.front().record, true});
  for (const Key& key : others) surplus.push_back({key.record, first, !agree});
}

/// In the order of reading.
std::vector<Surplus> find_surplus(const std::vector<FeedRecord>& records) {
  const std::vector<Key> keys = sorted_keys(records);
  std::vector<Surplus> surplus;
  for (auto first = keys.begin(); first != keys.end();) {
    const auto last = std::find_if_not(first, keys.end(), [&](const Key& key) {
      return key.hash == first->hash && records[key.record].id() == records[first->record].id();
    });
    if (last - first > 1) judge_group(records, {first, last}, surplus);
    first = last;
  }
  std::ranges::sort(surplus, {}, &Surplus::record);
  return surplus;
}

}  // namespace

bool say_the_same(const FeedRecord& a, const FeedRecord& b) {
  return a.request() == b.request() &&
         std::ranges::equal(by_attribute(a), by_attribute(b),
                            [](const FeedValue& x, const FeedValue& y) {
                              return x.attribute == y.attribute && x.text == y.text;
                            });
}

void Feed::reject_duplicates() {
  for (const Category category : all_categories) reject_duplicates(category);
}

void Feed::reject_duplicates(Category category) {
  std::vector<FeedRecord>& records = records_[static_cast<std::size_t>(category)];
  const std::vector<Surplus> surplus = find_surplus(records);
  for (const Surplus& one : surplus) {
    const FeedRecord& record = records[one.record];
    const SourcePosition other = records[one.against].position();
    --files_[record.position().file].records;
    if (one.contradicted)
      add_rejected({category, std::string(record.id()), record.position(), "AAF-062",
                    "the record contradicts another one with its identifier, at " +
                        files_[other.file].name + ":" + std::to_string(other.line)});
  }
  std::size_t kept = 0;
  auto next = surplus.begin();
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    if (next != surplus.end() && next->record == i)
      ++next;
    else
      records[kept++] = records[i];
  }
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(kept), records.end());
}

}  // namespace entsync
