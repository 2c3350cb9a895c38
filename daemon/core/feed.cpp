#include "feed.hpp"

#include <algorithm>
#include <limits>

#include "feed_checks.hpp"

namespace entsync {

FeedAttribute Vocabulary::add(std::string_view name) {
  if (const auto known = find(name)) return *known;
  const auto number = static_cast<FeedAttribute>(names_.size());
  names_.emplace_back(name);
  by_name_.emplace(name, number);
  return number;
}

std::optional<FeedAttribute> Vocabulary::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

const SourcePosition* FeedRecord::origins() const {
  return reinterpret_cast<const SourcePosition*>(header_ + 1);
}

const FeedRecord::ValueHeader* FeedRecord::headers() const {
  return reinterpret_cast<const ValueHeader*>(origins() + header_->origins);
}

const char* FeedRecord::texts() const {
  return reinterpret_cast<const char*>(headers() + header_->values);
}

std::string_view FeedRecord::id() const {
  return {texts(), header_->id_length};
}

FeedValue FeedRecord::value_at(const ValueHeader& v, const char* text) const {
  const SourcePosition request = v.origin == 0 ? position() : origins()[v.origin - 1];
  return {v.attribute,
          {text, v.length},
          {request.file, request.line + v.line_delta, request.offset + v.offset_delta}};
}

FeedValues FeedRecord::values() const {
  return {*this, std::nullopt};
}

FeedValues FeedRecord::values(FeedAttribute attribute) const {
  return {*this, attribute};
}

FeedValues::Iterator FeedValues::begin() const {
  return {record_, record_.headers(), record_.texts() + record_.header_->id_length, wanted_};
}

FeedValues::Iterator FeedValues::end() const {
  return {record_, record_.headers() + record_.value_count(), nullptr, wanted_};
}

FeedValue FeedRecord::value(std::size_t index) const {
  const ValueHeader* v = headers();
  const char* text = texts() + header_->id_length;
  for (std::size_t i = 0; i < index; ++i) text += v[i].length;
  return value_at(v[index], text);
}

std::string_view FeedRecord::first(FeedAttribute attribute) const {
  const auto found = first_value(attribute);
  return found ? found->text : std::string_view{};
}

std::optional<FeedValue> FeedRecord::first_value(FeedAttribute attribute) const {
  const ValueHeader* v = headers();
  const char* text = texts() + header_->id_length;
  for (std::uint16_t i = 0; i < header_->values; text += v[i].length, ++i)
    if (v[i].attribute == attribute && v[i].length != 0) return value_at(v[i], text);
  return std::nullopt;
}

bool FeedRecord::clears(FeedAttribute attribute) const {
  bool named = false;
  const ValueHeader* v = headers();
  for (std::uint16_t i = 0; i < header_->values; ++i) {
    if (v[i].attribute != attribute) continue;
    if (v[i].length != 0) return false;
    named = true;
  }
  return named;
}

RecordDraft FeedRecord::draft() const {
  RecordDraft draft;
  draft.category = category();
  draft.request = request();
  draft.id = id();
  draft.position = position();
  draft.origins.assign(origins(), origins() + header_->origins);
  const ValueHeader* v = headers();
  const char* text = texts() + header_->id_length;
  for (std::uint16_t i = 0; i < header_->values; text += v[i].length, ++i)
    draft.values.push_back(
        {v[i].attribute, {text, v[i].length}, v[i].line_delta, v[i].offset_delta, v[i].origin});
  draft.value_count = draft.values.size();
  return draft;
}

std::uint32_t Feed::add_file(SourceFile file) {
  files_.push_back(std::move(file));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

void Feed::add_record(const RecordDraft& draft) {
  records_[static_cast<std::size_t>(draft.category)].push_back(store(draft));
  ++files_[draft.position.file].records;
}

FeedRecord Feed::store(const RecordDraft& draft) {
  using Header = FeedRecord::Header;
  using ValueHeader = FeedRecord::ValueHeader;
  static_assert(alignof(Header) >= alignof(SourcePosition));
  static_assert(alignof(SourcePosition) >= alignof(ValueHeader));
  static_assert(sizeof(Header) == 24 && sizeof(ValueHeader) == 12, "there are millions of them");
  constexpr std::size_t limit16 = std::numeric_limits<std::uint16_t>::max();

  const std::size_t value_count = std::min(draft.value_count, limit16);
  std::size_t text_bytes = draft.id.size();
  for (std::size_t i = 0; i < value_count; ++i) text_bytes += draft.values[i].text.size();
  const std::size_t origins = std::min(draft.origins.size(), limit16);
  std::byte* block = arena_.allocate(sizeof(Header) + origins * sizeof(SourcePosition) +
                                         value_count * sizeof(ValueHeader) + text_bytes,
                                     alignof(Header));

  auto* header = new (block) Header{draft.position.offset,
                                    draft.position.file,
                                    draft.position.line,
                                    static_cast<std::uint16_t>(value_count),
                                    static_cast<std::uint16_t>(std::min(draft.id.size(), limit16)),
                                    static_cast<std::uint16_t>(origins),
                                    draft.category,
                                    draft.request};
  auto* positions = reinterpret_cast<SourcePosition*>(header + 1);
  for (std::size_t i = 0; i < origins; ++i) new (positions + i) SourcePosition(draft.origins[i]);
  auto* values = reinterpret_cast<ValueHeader*>(positions + origins);
  auto* texts = reinterpret_cast<char*>(values + value_count);
  const auto put = [&](std::string_view text) {
    text = text.substr(0, limit16);
    std::memcpy(texts, text.data(), text.size());
    texts += text.size();
  };
  put(draft.id);
  for (std::size_t i = 0; i < value_count; ++i) {
    const RecordDraft::Value& v = draft.values[i];
    new (values + i)
        ValueHeader{v.offset_delta, static_cast<std::uint16_t>(std::min(v.text.size(), limit16)),
                    static_cast<std::uint16_t>(std::min<std::size_t>(v.line_delta, limit16)),
                    v.attribute, v.origin};
    put(v.text);
  }
  return FeedRecord(header);
}

const Requested* Feed::requested(std::string_view id) const {
  const auto found = requested_.find(id);
  return found == requested_.end() ? nullptr : &found->second;
}

std::optional<SourcePosition> Feed::deletion(Category category, std::string_view id) const {
  const auto found = deleted_.find({category, std::string(id)});
  if (found == deleted_.end()) return std::nullopt;
  return found->second;
}

void Feed::count(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name) {
  const auto found = counts.find(name);
  if (found == counts.end())
    counts.emplace(std::string(name), 1);
  else
    ++found->second;
}

CompletFeed::CompletFeed(Feed&& feed)
    : feed_(std::move(feed)),
      chain_{{feed_.date(), 0, static_cast<std::uint32_t>(feed_.files().size())}} {}

Result<CompletFeed> CompletFeed::verify(Feed&& feed, const Expected& expected,
                                        std::optional<FeedAttribute> academie_label) {
  Problems problems;
  if (feed.kind() != DeliveryKind::complet) {
    problems.error("AAF-025", {feed.academie(), 0, {}},
                   "this delivery is a Delta; only a Complet can be compared with the directory",
                   "deliver a Complet first; in a folder of deliveries the names of archives tell "
                   "Deltas (…Delta…) from Complets");
    return problems;
  }
  check_files(feed, problems);
  check_no_category_is_empty(feed, problems);
  check_exporter(feed, expected.academie, expected.label, problems);
  check_structures(feed, expected.label, academie_label, problems);
  if (expected.last_applied) check_not_older(feed, *expected.last_applied, problems);
  if (expected.latest) check_day(feed, *expected.latest, problems);
  if (problems.has_errors()) return problems;
  return CompletFeed(std::move(feed));
}

}  // namespace entsync
