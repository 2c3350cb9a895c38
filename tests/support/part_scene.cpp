#include "support/part_scene.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/dn.hpp"
#include "core/scoped_plan.hpp"

namespace entsync::test {

namespace {

bool holds(const SnapshotEntry& entry, TargetAttribute attribute, std::string_view wanted,
           const Rules& rules) {
  std::vector<std::string_view> values;
  entry.values_of(attribute, values);
  const Matching matching = rules.target.info(attribute).matching;
  return std::ranges::any_of(
      values, [&](std::string_view value) { return equal(matching, value, wanted); });
}

}  // namespace

PartScene::PartScene(const Scene& whole, const Scope& scope) : whole_(whole) {
  const World& world = whole.world;
  const MemoryIndex index(whole);
  const std::array<const CompletIndex*, 1> indexes{&index};
  const std::vector<WorkLink> links =
      whole.agents ? whole.agents->links() : std::vector<WorkLink>();
  PartClosure closure(scope, indexes, world.rules, world.tree, links);
  for (rounds = 1; rounds < 50; ++rounds) {
    for (auto queries = closure.ask(); !queries.empty(); queries = closure.ask())
      for (const EntryQuery& query : queries) answer(closure, query);
    const auto part =
        CompletPart::verify(index.read(closure.records(0)), index, closure.records(0)).value();
    const std::array<const CompletPart*, 1> parts{&part};
    Problems findings;
    const Population population =
        Population::build(parts, world.rules, world.registry, findings, links);
    const DirectorySnapshot snapshot = closure.snapshot().value();
    const Matched matched =
        Matched::make(population, snapshot, world.rules, world.decisions, world.registers);
    const Identities identities =
        give_identities(population, matched, snapshot, world.rules, world.identifiers,
                        world.ledger.memory(world.identifiers.prefix));
    const Absences absences =
        Absences::decide(population, matched, snapshot, world.rules, world.registry,
                         frozen_feeds(population, world.absence, world.days_of(population)),
                         Rollover::of(population, world.absence.rollovers_of_academie));
    const AccountEnds ends =
        AccountEnds::decide(population, matched, absences, snapshot, world.rules, world.absence,
                            world.days_of(population));
    erases = ends.erases();
    const PlannerInput input{population, matched,     identities,     absences,   ends,
                             snapshot,   world.rules, world.registry, world.tree, world.absence};
    unknown = check_scope(scope, input);
    plan = within(make_plan(input).plan, scope, input);
    size = closure.size();
    if (!closure.needs_more(input, plan)) return;
  }
  throw std::logic_error("the part is not closed after 50 rounds");
}

void PartScene::answer(PartClosure& closure, const EntryQuery& query) const {
  const DirectorySnapshot& all = whole_.snapshot;
  const Rules& rules = whole_.world.rules;
  for (EntryIndex e = 0; e < all.size(); ++e) {
    const SnapshotEntry entry = all.entry(e);
    bool is_meant = query.kind == EntryQuery::Kind::dn ? dn::normalise(entry.dn()) == query.value
                                                       : entry.branch() == query.branch;
    if (query.kind == EntryQuery::Kind::equal) {
      is_meant =
          is_meant && holds(entry, query.attribute, query.value, rules) &&
          (query.and_value.empty() || holds(entry, query.and_attribute, query.and_value, rules));
    }
    if (!is_meant) continue;
    FoundEntry found{entry.branch(), std::string(entry.dn()), std::string(entry.csn()), {}};
    for (std::size_t i = 0; i < entry.value_count(); ++i)
      found.values.emplace_back(entry.attribute(i), std::string(entry.text(i)));
    closure.take(std::move(found));
  }
}

}  // namespace entsync::test
