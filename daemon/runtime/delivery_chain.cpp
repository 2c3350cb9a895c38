#include "delivery_chain.hpp"

#include "connectors/aaf/delivery.hpp"
#include "core/delta_fold.hpp"
#include "instant.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

class ChainReading {
 public:
  ChainReading(Context& context, const config::Academie& academie, Ledger& ledger,
               const ReadProgress& progress)
      : context_(context), academie_(academie), ledger_(ledger), progress_(progress) {}

  Result<Feed> read(const fs::path& path) {
    const Rules& rules = context_.config.rules;
    std::uint64_t here = 0;
    auto feed = aaf::read_delivery({path,
                                    academie_.folder,
                                    academie_.code,
                                    rules.vocabulary,
                                    rules.required,
                                    {},
                                    [&](std::uint64_t bytes) {
                                      context_.throw_if_stopped();
                                      here = bytes;
                                      progress_(before_ + here);
                                    }});
    before_ += here;
    return feed;
  }

  /// `is_alone`: no Delta follows, so that the Complet itself has to be as new as what was applied.
  Result<CompletFeed> complet(Feed&& feed, bool is_alone) {
    CompletFeed::Expected expected{academie_.code, academie_.label, std::nullopt, latest()};
    if (is_alone) {
      auto last = ledger_.last_delivery(academie_.code);
      if (!last) return last.error();
      if (*last) expected.last_applied = (*last)->date;
    }
    return CompletFeed::verify(std::move(feed), expected, context_.config.rules.feed.academie);
  }

  Result<CompletFeed> fold(CompletFeed&& behind, const Feed& delta, Problems& findings) const {
    const ExpectedDelta expected{academie_.label, context_.config.rules.feed.academie, latest(),
                                 context_.config.settings.chain};
    return fold_delta(std::move(behind), delta, expected, findings);
  }

  Result<void> check_goes_on(const CompletFeed& whole) {
    auto last = ledger_.last_delivery(academie_.code);
    if (!last) return last.error();
    Problems problems;
    if (*last) check_continues(whole, (*last)->date, problems);
    if (problems.has_errors()) return problems;
    return {};
  }

  Result<Delivery> run() {
    auto found = aaf::find_delivery(academie_.delivery);
    if (!found) return found.error();
    auto feed = read(found->complet);
    if (!feed) return feed.error();
    auto whole = complet(std::move(*feed), found->deltas.empty());
    if (!whole) return whole.error();
    Problems findings;
    for (const fs::path& path : found->deltas) {
      auto delta = read(path);
      if (!delta) return delta.error();
      auto folded = fold(std::move(*whole), *delta, findings);
      if (!folded) return folded.error();
      whole = std::move(folded);
    }
    if (auto goes_on = check_goes_on(*whole); !goes_on) return goes_on.error();
    return Delivery{std::move(found->complet), std::move(*whole), std::move(found->deltas),
                    std::move(findings)};
  }

 private:
  [[nodiscard]] Date latest() const {
    return Date(today().days() + std::chrono::days(context_.config.settings.delivery_days_ahead));
  }

  Context& context_;
  const config::Academie& academie_;
  Ledger& ledger_;
  const ReadProgress& progress_;
  std::uint64_t before_ = 0;
};

/// The deliveries that a Delta would follow cannot be read any more. Whatever is not about
/// deliveries stays what it is.
Problems follows_nothing(const Feed& delta, Problems why) {
  if (!why.list.front().code.starts_with("AAF-")) return why;
  Problems problems;
  problems.error(
      "AAF-079", {delta.academie(), 0, {}},
      "the Delta of " + delta.date().iso() + " has no accepted deliveries that it could follow",
      wait_for_complet);
  problems.append(std::move(why));
  return problems;
}

}  // namespace

Result<Delivery> read_chain(Context& context, const config::Academie& academie, Ledger& ledger,
                            const ReadProgress& progress) {
  return ChainReading(context, academie, ledger, progress).run();
}

Result<Arrival> examine_arrival(Context& context, const config::Academie& academie,
                                const fs::path& path, Ledger& ledger) {
  const ReadProgress nobody = [](std::uint64_t) {};
  ChainReading reading(context, academie, ledger, nobody);
  auto feed = reading.read(path);
  if (!feed) return feed.error();
  const Arrival arrival{feed->date(), feed->kind()};
  if (arrival.kind == DeliveryKind::complet) {
    auto whole = reading.complet(std::move(*feed), true);
    if (!whole) return whole.error();
    return arrival;
  }
  auto accepted = reading.run();
  if (!accepted) return follows_nothing(*feed, accepted.error());
  Problems findings;
  auto whole = reading.fold(std::move(accepted->feed), *feed, findings);
  if (!whole) return whole.error();
  return arrival;
}

}  // namespace entsync
