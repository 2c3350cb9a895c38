#include "feed_checks.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "text.hpp"

namespace entsync {
namespace {

bool has_files(const Feed& feed, Category category) {
  return std::ranges::any_of(feed.files(),
                             [&](const SourceFile& file) { return file.category == category; });
}

/// A hole is a part that was not delivered.
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
                       "deliver the missing part; a partial delivery is never applied");
        return;
      }
      ++expected;
    }
  }
}

}  // namespace

void check_files(const Feed& feed, Problems& problems) {
  for (const Category category : all_categories) {
    const std::string token(to_string(category));
    if (!has_files(feed, category))
      problems.error("AAF-020", {feed.academie(), 0, token},
                     "the delivery holds no " + token + " file",
                     "ask the académie for a whole delivery; nothing was changed");
  }
  check_part_numbers(feed, problems);
}

void check_no_category_is_empty(const Feed& feed, Problems& problems) {
  for (const Category category : all_categories) {
    const std::string token(to_string(category));
    if (has_files(feed, category) && feed.records(category).empty())
      problems.error(
          "AAF-021", {feed.academie(), 0, token}, "the " + token + " files hold no usable record",
          "an empty Complet would make everybody absent and is refused; check the export");
  }
}

void check_exporter(const Feed& feed, const std::string& academie, const std::string& label,
                    Problems& problems) {
  if (label.empty()) return;
  const auto exported = feed.metadata.find("codeAcademieExport");
  // A number ("016") is no label: nothing is known of it that could be compared.
  if (exported != feed.metadata.end() && std::ranges::any_of(exported->second, is_ascii_letter) &&
      ascii_letters(exported->second) != ascii_letters(label) &&
      !equals_ignoring_case(exported->second, academie)) {
    problems.error("AAF-023", {feed.academie(), 0, "codeAcademieExport"},
                   "the delivery says that it was exported by '" + exported->second +
                       "', not by '" + label + "'",
                   "check that the right archive lies in this académie's place");
  }
}

void check_structures(const Feed& feed, const std::string& label,
                      std::optional<FeedAttribute> attribute, Problems& problems) {
  if (label.empty() || !attribute) return;
  const std::string wanted = ascii_letters(label);
  std::size_t other = 0;
  std::size_t all = 0;
  std::string example;
  SourcePosition where;
  for (const FeedRecord& record : feed.records(Category::etab_educ_nat)) {
    const std::string_view value = record.first(*attribute);
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
    problems.error("AAF-024", {feed.files()[where.file].name, where.line, "ENTServAcAcademie"},
                   "most structures belong to académie '" + example + "', not to '" + label + "'",
                   "check that the right archive lies in this académie's place");
  }
}

void check_day(const Feed& feed, Date latest, Problems& problems) {
  if (feed.date() <= latest) return;
  problems.error("AAF-046", {feed.academie(), 0, {}},
                 "the delivery is dated " + feed.date().iso() +
                     ", a day to come (the last one that is believed today is " + latest.iso() +
                     ")",
                 "look at the name of the delivery and at this machine's clock; applied, it would "
                 "make every delivery before that day too old");
}

void check_not_older(const Feed& feed, Date last_applied, Problems& problems) {
  if (feed.date() >= last_applied) return;
  problems.error("AAF-026", {feed.academie(), 0, {}},
                 "the delivery of " + feed.date().iso() + " is older than the one applied last (" +
                     last_applied.iso() + ")",
                 "the directory never goes back in time; deliver a newer Complet");
}

}  // namespace entsync
