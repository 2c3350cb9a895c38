#include "remember_index.hpp"

#include "core/school_bindings.hpp"
#include "delivery_marks.hpp"
#include "planning.hpp"

namespace entsync {
namespace {

/// True when there is nothing to write.
Result<bool> is_known(DeliveryIndex& index, const DeliveryIndex::Content& content) {
  auto rules = index.rules();
  if (!rules) return rules.error();
  auto known = index.deliveries();
  if (!known) return known.error();
  return *rules == content.rules && *known == content.deliveries;
}

using Indexed = std::map<std::string, std::string>;

Result<Indexed> write_index(Context& context, const Inputs& inputs, Ledger& ledger,
                            const Before& after, bool changes, std::int64_t began_ns) {
  const config::Configuration& configuration = context.config;
  DeliveryIndex::Content content;
  Indexed indexed;
  content.rules = rules_fingerprint(configuration);
  for (std::size_t i = 0; i < inputs.deliveries.size(); ++i) {
    auto marked = mark(inputs.deliveries[i], configuration.settings.academies[i].folder, began_ns);
    if (!marked) return Indexed{};
    indexed[marked->academie] = marked->digest;
    content.deliveries.push_back(std::move(*marked));
    content.complets.push_back(&inputs.deliveries[i].feed);
  }
  auto index = DeliveryIndex::open(configuration.settings.state_directory);
  if (!index) return index.error();
  auto known = is_known(**index, content);
  if (!known) return known.error();
  if (*known && !changes) return indexed;
  content.before = after;
  const Rules& rules = configuration.rules;
  const auto taken = ledger.decisions();
  if (!taken) return taken.error();
  const Matched matched =
      Matched::make(inputs.population, inputs.snapshot, rules, decisions_of(*taken));
  each_binding(
      inputs.population, matched, inputs.snapshot, rules,
      [&](std::string_view uai, std::string_view dn) { content.bindings.emplace_back(uai, dn); });
  if (auto written = (*index)->write(content, rules.feed); !written) return written.error();
  return indexed;
}

}  // namespace

std::map<std::string, std::string> remember_index(Context& context, const Inputs& inputs,
                                                  Ledger& ledger, const Before& after, bool changes,
                                                  std::int64_t began_ns) {
  auto written = write_index(context, inputs, ledger, after, changes, began_ns);
  if (written) return std::move(*written);
  context.log.problems(written.error());
  context.log.warning(
      "RUN-063", "the index of the deliveries was not written; parts on demand are read whole");
  return {};
}

}  // namespace entsync
