#include "read_limits.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text.hpp"

namespace entsync::config {
namespace {

/// What a limit does not say stays as it was. A limit that says nothing would check nothing, and
/// nobody would see that.
void read_limit_table(TomlTable& table, LimitTable& to) {
  for (const Surprise surprise : all_surprises) {
    auto item = table.table(to_string(surprise));
    if (!item) continue;
    Limit limit = to[surprise];
    if (const auto n = item->number("percent", 0.0, 100.0)) limit.percent = n;
    if (const auto n = item->integer("floor", 0, 1'000'000'000))
      limit.floor = static_cast<std::uint64_t>(*n);
    if (const auto n = item->integer("absolute", 0, 1'000'000'000))
      limit.absolute = static_cast<std::uint64_t>(*n);
    const bool checks_something = limit.percent || limit.absolute;
    const bool says_how_much = item->has("percent") || item->has("absolute");
    if (!says_how_much && !(item->has("floor") && checks_something))
      table.error(to_string(surprise), "this limit checks nothing",
                  "give percent or absolute; a floor that is never reached lets everything pass");
    item->finish();
    to[surprise] = limit;
  }
  table.finish();
}

/// False when none of the tables is there.
bool read_judge_limits(TomlTable& table, JudgeLimits& limits) {
  const std::array<std::pair<std::string_view, LimitTable*>, 5> tables{
      {{"run", &limits.run},
       {"academie", &limits.academie},
       {"school", &limits.school},
       {"school_profil", &limits.school_profil},
       {"profil", &limits.profil}}};
  bool is_any = false;
  for (const auto& [key, to] : tables)
    if (auto own = table.table(key)) {
      read_limit_table(*own, *to);
      is_any = true;
    }
  return is_any;
}

std::optional<SeasonDays> read_season_days(TomlTable& table) {
  const std::string from = table.required_text("from");
  const std::string to = table.required_text("to");
  if (from.empty() || to.empty()) return std::nullopt;
  auto days = SeasonDays::parse(from, to);
  if (!days)
    table.error(
        "from", "'" + from + "' to '" + to + "' are not the days of a season",
        "write both as \"08-25\", for every year, or both as \"2027-08-25\", in their order");
  return days;
}

void read_seasons(TomlTable& limits, Settings& settings) {
  std::vector<std::uint64_t> lines;  // of each season that was read
  for (TomlTable& table : limits.tables("season")) {
    const std::string name = printable(table.text_or("name", {}));
    const auto days = read_season_days(table);
    JudgeLimits own = settings.limits;
    if (!read_judge_limits(table, own))
      table.error({}, "this season has no limits of its own",
                  "add what differs in it, e.g. [limits.season.school] with absent = { … }");
    table.finish();
    if (!days) continue;
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (const auto day = common_day(settings.seasons[i].days, *days))
        table.error("from",
                    "this season and that of line " + std::to_string(lines[i]) +
                        " have days in common, " + day->iso() + " is one",
                    "let one begin after the other has ended");
    lines.push_back(table.place("from").line);
    settings.seasons.push_back({name, *days, std::move(own)});
  }
}

}  // namespace

void read_limits(TomlTable limits, Settings& settings) {
  if (const auto share = limits.number("minimum_directory_share", 0.0, 1.0))
    settings.minimum_directory_share = *share;
  if (const auto n = limits.integer("delivery_days_ahead", 0, 36'500))
    settings.delivery_days_ahead = static_cast<unsigned>(*n);
  if (const auto n = limits.integer("delta_gap_days", 1, 366))
    settings.chain.gap_days = static_cast<unsigned>(*n);
  if (const auto n = limits.integer("delta_days", 1, 366))
    settings.chain.chain_days = static_cast<unsigned>(*n);
  read_judge_limits(limits, settings.limits);
  read_seasons(limits, settings);
  limits.finish();
}

}  // namespace entsync::config
