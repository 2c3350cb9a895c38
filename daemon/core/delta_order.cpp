#include "delta_order.hpp"

#include <algorithm>

#include "feed_checks.hpp"

namespace entsync {
namespace {

std::vector<std::string> digests(const std::vector<SourceFile>& files, const ChainLink& link) {
  std::vector<std::string> list;
  for (std::uint32_t i = 0; i < link.files; ++i) list.push_back(files[link.first_file + i].sha256);
  std::ranges::sort(list);
  return list;
}

bool is_without_requests(const Feed& feed) {
  return feed.rejected().empty() && std::ranges::all_of(all_categories, [&](Category category) {
           return feed.records(category).empty();
         });
}

/// The day of an earlier Delta with the same bytes. Deltas without any request are all alike.
std::optional<Date> day_of_twin(const CompletFeed& behind, const Feed& delta) {
  if (is_without_requests(delta)) return std::nullopt;
  const auto own =
      digests(delta.files(), {delta.date(), 0, static_cast<std::uint32_t>(delta.files().size())});
  const std::vector<ChainLink>& chain = behind.chain();
  for (std::size_t i = 1; i < chain.size(); ++i)
    if (digests(behind.feed().files(), chain[i]) == own) return chain[i].date;
  return std::nullopt;
}

std::string days(long count) {
  return std::to_string(count) + (count == 1 ? " day" : " days");
}

}  // namespace

std::optional<Problem> why_not_next(const CompletFeed& behind, const Feed& delta,
                                    const ChainLimits& limits) {
  const Date complet = behind.chain().front().date;
  const Date last = behind.chain().back().date;
  const Date day = delta.date();
  const auto refusal = [&](const char* code, std::string what, std::string remedy) {
    return Problem{Severity::error,
                   code,
                   {delta.files().empty() ? delta.academie() : delta.files().front().name, 0,
                    delta.academie()},
                   std::move(what),
                   std::move(remedy)};
  };
  if (day == last)
    return refusal("AAF-069",
                   "the Delta of " + day.iso() + " repeats: the delivery of that day is known",
                   "nothing is to be done when it is the same export; when it is another one, wait "
                   "for the next Complet");
  if (day < last)
    return refusal(
        "AAF-070",
        "the Delta of " + day.iso() + " is older than the delivery that is known, of " + last.iso(),
        "nothing is lost, unless it had never arrived: then wait for the next Complet");
  if (day.days_since(last) > static_cast<long>(limits.gap_days))
    return refusal("AAF-071",
                   "the Delta of " + day.iso() + " does not follow the last delivery, of " +
                       last.iso() + ": between them lie more than " +
                       days(static_cast<long>(limits.gap_days)),
                   wait_for_complet);
  if (day.days_since(complet) > static_cast<long>(limits.chain_days))
    return refusal("AAF-072",
                   "the Delta of " + day.iso() + " comes more than " +
                       days(static_cast<long>(limits.chain_days)) + " after the Complet of " +
                       complet.iso(),
                   wait_for_complet);
  if (const auto twin = day_of_twin(behind, delta))
    return refusal("AAF-069",
                   "the Delta of " + day.iso() + " repeats: its files are those of the Delta of " +
                       twin->iso(),
                   "ask the académie for the Delta of that day; the same bytes under another day "
                   "are an export that did not run");
  return std::nullopt;
}

void check_continues(const CompletFeed& whole, Date last_applied, Problems& problems) {
  const std::vector<ChainLink>& chain = whole.chain();
  const bool is_older = chain.back().date < last_applied;
  check_not_older(whole.feed(), last_applied, problems);
  if (is_older || chain.front().date >= last_applied ||
      std::ranges::find(chain, last_applied, &ChainLink::date) != chain.end())
    return;
  problems.error("AAF-071", {whole.feed().academie(), 0, {}},
                 "the delivery of " + last_applied.iso() +
                     " was applied and is missing now between the Complet of " +
                     chain.front().date.iso() + " and the Delta of " + chain.back().date.iso(),
                 "put it back, or wait for the next Complet");
}

}  // namespace entsync
