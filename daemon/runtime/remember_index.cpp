#include "remember_index.hpp"

#include "core/school_bindings.hpp"
#include "delivery_marks.hpp"
#include "planning.hpp"

namespace entsync {
namespace {

Result<bool> is_known(DeliveryIndex& index, const DeliveryIndex::Records& records) {
  auto rules = index.rules();
  if (!rules) return rules.error();
  auto known = index.deliveries();
  if (!known) return known.error();
  return *rules == records.rules && *known == records.deliveries;
}

}  // namespace

void IndexToLeave::begin(const std::vector<Delivery>& deliveries) {
  if (auto opened = open(deliveries); !opened) give_up(opened.error());
}

Result<void> IndexToLeave::open(const std::vector<Delivery>& deliveries) {
  const config::Configuration& configuration = context_.config;
  records_.rules = rules_fingerprint(configuration);
  std::map<std::string, std::string> indexed;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    auto marked = mark(deliveries[i], configuration.settings.academies[i].folder, began_ns_);
    if (!marked) return {};
    indexed[marked->academie] = marked->digest;
    records_.deliveries.push_back(std::move(*marked));
    records_.complets.push_back(&deliveries[i].feed);
  }
  auto index = DeliveryIndex::open(configuration.settings.state_directory);
  if (!index) return index.error();
  index_ = std::move(*index);
  auto known = is_known(*index_, records_);
  if (!known) return known.error();
  if (!*known) {
    auto writing = index_->begin(records_, configuration.rules.feed);
    if (!writing) return writing.error();
    writing_ = std::move(*writing);
  }
  indexed_ = std::move(indexed);
  return {};
}

std::map<std::string, std::string> IndexToLeave::finish(const Inputs& inputs,
                                                        const Matched& matched, const Before& after,
                                                        bool changes) {
  if (indexed_.empty() || (!writing_ && !changes)) return indexed_;
  if (auto written = write(inputs, matched, after); !written) give_up(written.error());
  return indexed_;
}

Result<void> IndexToLeave::write(const Inputs& inputs, const Matched& matched,
                                 const Before& after) {
  const Rules& rules = context_.config.rules;
  DeliveryIndex::Findings findings{{}, after};
  each_binding(
      inputs.population, matched, inputs.snapshot, rules,
      [&](std::string_view uai, std::string_view dn) { findings.bindings.emplace_back(uai, dn); });
  if (!writing_) {
    auto writing = index_->begin(records_, rules.feed);
    if (!writing) return writing.error();
    writing_ = std::move(*writing);
  }
  const auto writing = std::move(writing_);
  return writing->finish(findings);
}

void IndexToLeave::give_up(const Problems& problems) {
  writing_.reset();
  indexed_.clear();
  context_.log.problems(problems);
  context_.log.warning(
      "RUN-063", "the index of the deliveries was not written; parts on demand are read whole");
}

}  // namespace entsync
