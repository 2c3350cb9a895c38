#include "feed.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "text.hpp"

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

const FeedRecord::ValueHeader* FeedRecord::values() const {
  return reinterpret_cast<const ValueHeader*>(header_ + 1);
}

const char* FeedRecord::texts() const {
  return reinterpret_cast<const char*>(values() + header_->values);
}

std::string_view FeedRecord::id() const {
  return {texts(), header_->id_length};
}

FeedValue FeedRecord::value_at(const ValueHeader& v, const char* text) const {
  return {v.attribute,
          {text, v.length},
          {header_->file, header_->line + v.line_delta, header_->offset + v.offset_delta}};
}

FeedValue FeedRecord::value(std::size_t index) const {
  const ValueHeader* v = values();
  const char* text = texts() + header_->id_length;
  for (std::size_t i = 0; i < index; ++i) text += v[i].length;
  return value_at(v[index], text);
}

std::string_view FeedRecord::first(FeedAttribute attribute) const {
  const auto found = first_value(attribute);
  return found ? found->text : std::string_view{};
}

std::optional<FeedValue> FeedRecord::first_value(FeedAttribute attribute) const {
  const ValueHeader* v = values();
  const char* text = texts() + header_->id_length;
  for (std::uint16_t i = 0; i < header_->values; text += v[i].length, ++i)
    if (v[i].attribute == attribute && v[i].length != 0) return value_at(v[i], text);
  return std::nullopt;
}

bool FeedRecord::clears(FeedAttribute attribute) const {
  bool named = false;
  const ValueHeader* v = values();
  for (std::uint16_t i = 0; i < header_->values; ++i) {
    if (v[i].attribute != attribute) continue;
    if (v[i].length != 0) return false;
    named = true;
  }
  return named;
}

std::uint32_t Feed::add_file(SourceFile file) {
  files_.push_back(std::move(file));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

void Feed::add_record(const RecordDraft& draft) {
  using Header = FeedRecord::Header;
  using ValueHeader = FeedRecord::ValueHeader;
  static_assert(alignof(Header) >= alignof(ValueHeader));
  constexpr std::size_t limit16 = std::numeric_limits<std::uint16_t>::max();

  const std::size_t value_count = std::min(draft.value_count, limit16);
  std::size_t text_bytes = draft.id.size();
  for (std::size_t i = 0; i < value_count; ++i) text_bytes += draft.values[i].text.size();
  std::byte* block = arena_.allocate(
      sizeof(Header) + value_count * sizeof(ValueHeader) + text_bytes, alignof(Header));

  auto* header = new (block) Header{draft.position.offset,
                                    draft.position.file,
                                    draft.position.line,
                                    static_cast<std::uint16_t>(value_count),
                                    static_cast<std::uint16_t>(std::min(draft.id.size(), limit16)),
                                    draft.category,
                                    draft.request};
  auto* values = reinterpret_cast<ValueHeader*>(header + 1);
  auto* texts = reinterpret_cast<char*>(values + value_count);
  const auto put = [&](std::string_view text) {
    text = text.substr(0, limit16);
    std::memcpy(texts, text.data(), text.size());
    texts += text.size();
  };
  put(draft.id);
  for (std::size_t i = 0; i < value_count; ++i) {
    const RecordDraft::Value& v = draft.values[i];
    new (values + i) ValueHeader{
        v.offset_delta, static_cast<std::uint16_t>(std::min(v.text.size(), limit16)),
        static_cast<std::uint16_t>(std::min<std::size_t>(v.line_delta, limit16)), v.attribute};
    put(v.text);
  }
  records_[static_cast<std::size_t>(draft.category)].emplace_back(header);
  ++files_[draft.position.file].records;
}

void Feed::count(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name) {
  const auto found = counts.find(name);
  if (found == counts.end())
    counts.emplace(std::string(name), 1);
  else
    ++found->second;
}

namespace {

void check_categories(const Feed& feed, Problems& problems) {
  for (const Category category : all_categories) {
    const std::string token(to_string(category));
    const bool present = std::ranges::any_of(
        feed.files(), [&](const SourceFile& f) { return f.category == category; });
    if (!present) {
      problems.error("AAF-020", {feed.academie(), 0, token},
                     "the delivery holds no " + token + " file",
                     "ask the académie for a whole Complet; nothing was changed");
    } else if (feed.records(category).empty()) {
      problems.error(
          "AAF-021", {feed.academie(), 0, token}, "the " + token + " files hold no usable record",
          "an empty Complet would make everybody absent and is refused; check the export");
    }
  }
}

/// Parts are numbered from 0000 without a hole; a hole is a part that was not delivered.
void check_part_numbers(const Feed& feed, Problems& problems) {
  for (const Category category : all_categories) {
    std::set<unsigned long> numbers;
    for (const SourceFile& file : feed.files()) {
      if (file.category != category) continue;
      const std::size_t dot = file.name.rfind('.');
      const std::size_t score = file.name.rfind('_');
      if (dot == std::string::npos || score == std::string::npos || score > dot) continue;
      const char* end = file.name.data() + dot;
      unsigned long number = 0;
      const auto [parsed, error] = std::from_chars(file.name.data() + score + 1, end, number);
      if (error == std::errc{} && parsed == end) numbers.insert(number);
    }
    unsigned long expected = 0;
    for (const unsigned long number : numbers) {
      if (number != expected) {
        problems.error("AAF-022", {feed.academie(), 0, std::string(to_string(category))},
                       "part " + std::to_string(expected) + " is missing from the numbered files",
                       "deliver the missing part; a partial Complet is never applied");
        return;
      }
      ++expected;
    }
  }
}

void check_academie(const Feed& feed, const CompletFeed::Expected& expected,
                    std::optional<FeedAttribute> label, Problems& problems) {
  if (expected.label.empty()) return;
  const std::string wanted = ascii_letters(expected.label);
  const auto exported = feed.metadata.find("codeAcademieExport");
  // A number ("016") is no label: nothing is known of it that could be compared.
  if (exported != feed.metadata.end() && std::ranges::any_of(exported->second, is_ascii_letter) &&
      ascii_letters(exported->second) != wanted &&
      !equals_ignoring_case(exported->second, expected.academie)) {
    problems.error("AAF-023", {feed.academie(), 0, "codeAcademieExport"},
                   "the delivery says that it was exported by '" + exported->second +
                       "', not by '" + expected.label + "'",
                   "check that the right archive lies in this académie's place");
  }
  if (!label) return;
  std::size_t other = 0;
  std::size_t all = 0;
  std::string example;
  SourcePosition where;
  for (const FeedRecord& record : feed.records(Category::etab_educ_nat)) {
    const std::string_view value = record.first(*label);
    if (value.empty()) continue;
    ++all;
    if (ascii_letters(value) == wanted) continue;
    if (other++ == 0) {
      example = value;
      where = record.position();
    }
  }
  // A few structures of a neighbour are normal (a hospital school, an IEN across the border).
  if (all > 0 && other * 2 > all) {
    problems.error(
        "AAF-024", {feed.files()[where.file].name, where.line, "ENTServAcAcademie"},
        "most structures belong to académie '" + example + "', not to '" + expected.label + "'",
        "check that the right archive lies in this académie's place");
  }
}

}  // namespace

Result<CompletFeed> CompletFeed::verify(Feed&& feed, const Expected& expected,
                                        std::optional<FeedAttribute> academie_label) {
  Problems problems;
  if (feed.kind() != DeliveryKind::complet) {
    problems.error("AAF-025", {feed.academie(), 0, {}},
                   "this delivery is a Delta; only a Complet can be compared with the directory",
                   "deliver a Complet first");
    return problems;
  }
  check_categories(feed, problems);
  check_part_numbers(feed, problems);
  check_academie(feed, expected, academie_label, problems);
  if (expected.last_applied && feed.date() < *expected.last_applied) {
    problems.error("AAF-026", {feed.academie(), 0, {}},
                   "the delivery of " + feed.date().iso() +
                       " is older than the one applied last (" + expected.last_applied->iso() + ")",
                   "the directory never goes back in time; deliver a newer Complet");
  }
  if (expected.latest && feed.date() > *expected.latest) {
    problems.error(
        "AAF-046", {feed.academie(), 0, {}},
        "the delivery is dated " + feed.date().iso() +
            ", a day to come (the last one that "
            "is believed today is " +
            expected.latest->iso() + ")",
        "look at the name of the delivery and at this machine's clock; applied, it would "
        "make every delivery before that day too old");
  }
  if (problems.has_errors()) return problems;
  return CompletFeed(std::move(feed));
}

}  // namespace entsync
