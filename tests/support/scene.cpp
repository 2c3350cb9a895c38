#include "support/scene.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "core/agent_feed.hpp"
#include "core/dn.hpp"
#include "core/text.hpp"

namespace entsync::test {
namespace {

Population population_of(Scene& scene) {
  for (const Delivery& delivery : scene.world.deliveries) {
    scene.feeds.push_back(std::make_unique<CompletFeed>(delivery.complet(scene.world.rules)));
    scene.feed_views.push_back(scene.feeds.back().get());
  }
  const World& world = scene.world;
  Date day = world.today.value_or(Date());
  for (const CompletFeed* feed : scene.feed_views) day = std::max(day, feed->feed().date());
  if (world.demandes || !world.remembered_links.empty()) {
    scene.agents = Agents::of(
        with_remembered(world.demandes.value_or(std::vector<Demande>()), world.remembered_links),
        world.registry, world.taken_demandes, world.demande_settings, world.absence, day);
    scene.problems.append(scene.agents->refused());
    scene.problems.append(scene.agents->findings());
  }
  if (world.demandes) {
    SourceFile file{"COLLECTIVITE", "requests.csv", "", 0, 0, Category::pers_collectivite};
    scene.feeds.push_back(std::make_unique<CompletFeed>(
        AgentFeed::of(*scene.agents, {file}, "COLLECTIVITE", world.rules, day)));
    scene.feed_views.push_back(scene.feeds.back().get());
  }
  Population population =
      Population::build(scene.feed_views, world.rules, world.registry, scene.problems,
                        scene.agents ? scene.agents->links() : std::vector<WorkLink>());
  population.note_links_without_person(scene.problems);
  return population;
}

std::vector<std::string> strings(std::span<const std::string_view> values) {
  return {values.begin(), values.end()};
}

}  // namespace

void TestLedger::remember(const Identity& identity) {
  by_subject_[identity.subject] = identity;
  if (!identity.login.empty()) logins_.insert(identity.login);
}

void TestLedger::remember(const Plan& plan) {
  for (const Change& change : plan.changes)
    if (!change.identifiant.empty())
      remember({std::string(change.subject), std::string(change.identifiant),
                std::string(change.login)});
}

void TestLedger::bury(const Identity& identity, std::string_view ine, std::string_view birth) {
  graves_.push_back({identity, std::string(ine), std::string(birth)});
}

const TestLedger::Grave* TestLedger::grave(std::string_view subject, std::string_view ine,
                                           std::string_view birth) const {
  for (const Grave& one : graves_)
    if (one.identity.subject == subject ||
        (!ine.empty() && !birth.empty() && one.ine == ine && one.birth == birth))
      return &one;
  return nullptr;
}

IdentityMemory TestLedger::memory(std::string_view prefix) const {
  IdentityMemory memory;
  memory.find_subject = [this](std::string_view subject) -> std::optional<Identity> {
    const auto found = by_subject_.find(subject);
    if (found == by_subject_.end()) return std::nullopt;
    return found->second;
  };
  memory.find_gone = [this](std::string_view subject, std::string_view ine,
                            std::string_view birth) -> std::optional<std::string> {
    const Grave* found = grave(subject, ine, birth);
    if (found == nullptr) return std::nullopt;
    return found->identity.identifiant;
  };
  memory.login_taken = [this](std::string_view login, std::string_view identifiant) {
    return logins_.contains(login) || std::ranges::any_of(graves_, [&](const Grave& one) {
             return one.identity.login == login && one.identity.identifiant != identifiant;
           });
  };
  std::vector<Identity> all;
  for (const auto& [subject, identity] : by_subject_) all.push_back(identity);
  for (const Grave& one : graves_) all.push_back(one.identity);
  for (const Identity& identity : all) {
    if (!identity.identifiant.starts_with(prefix)) continue;
    const std::string_view digits = std::string_view(identity.identifiant).substr(prefix.size());
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    memory.highest_number = std::max(memory.highest_number, number);
  }
  return memory;
}

World World::of(Delivery delivery) {
  World world;
  for (const Record& record : delivery.records)
    if (record.category == Category::etab_educ_nat)
      for (const auto& [name, value] : record.values)
        if (name == "ENTStructureUAI")
          if (const auto known = Uai::parse(value))
            world.registry.add(
                {*known, {}, {}, {}, {}, "public", {}, {}, {}, EtatConvention::inscrite});
  world.deliveries.push_back(std::move(delivery));
  return world;
}

std::string World::synchronise() {
  const Scene scene(*this);
  if (const Problems bugs = check_plan(scene.plan()); !bugs.empty())
    throw std::logic_error(to_string(bugs));
  ledger.remember(scene.plan());
  if (scene.agents)
    for (const TakenDemande& one : scene.agents->newly_taken()) {
      taken_demandes[one.id] = one.digest;
      if (one.of_links) remembered_links.push_back(*one.of_links);
    }
  for (const auto& [dn, code] : directory.apply(scene.plan()))
    throw std::logic_error(dn + " was refused with " + std::to_string(code) + "\n" +
                           canonical(scene.change(dn)));
  return canonical(scene.plan());
}

std::vector<Date> World::days_of(const Population& population) const {
  std::vector<Date> days;
  for (FeedIndex f = 0; f < population.feed_count(); ++f)
    days.push_back(today.value_or(population.feed(f).date()));
  return days;
}

Scene::Scene(const World& of, const MemoryDirectory& directory)
    : world(of),
      snapshot(directory.snapshot(of.rules)),
      population(population_of(*this)),
      matched(Matched::make(population, snapshot, of.rules, of.decisions, of.registers)),
      identities(give_identities(population, matched, snapshot, of.rules, of.identifiers,
                                 of.ledger.memory(of.identifiers.prefix))),
      absences(Absences::decide(population, matched, snapshot, of.rules, of.registry,
                                frozen_feeds(population, of.absence, of.days_of(population)),
                                Rollover::of(population, of.absence.rollovers_of_academie))),
      ends(AccountEnds::decide(population, matched, absences, snapshot, of.rules, of.absence,
                               of.days_of(population))),
      planned(make_plan(input())) {}

PlannerInput Scene::input() const {
  return {population, matched,     identities,     absences,   ends,
          snapshot,   world.rules, world.registry, world.tree, world.absence};
}

const Change& Scene::change(std::string_view what) const {
  const std::string normal = dn::normalise(what);
  for (const Change& change : planned.plan.changes)
    if (change.subject == what || dn::normalise(change.dn) == normal) return change;
  throw std::logic_error("the plan does not change " + std::string(what) + ":\n" +
                         canonical(planned.plan));
}

bool Scene::changes(std::string_view what) const {
  const std::string normal = dn::normalise(what);
  return std::ranges::any_of(planned.plan.changes, [&](const Change& change) {
    return change.subject == what || dn::normalise(change.dn) == normal;
  });
}

PersonIndex Scene::person(Category category, std::string_view id) const {
  for (PersonIndex p = 0; p < population.persons().size(); ++p) {
    const FeedRecord& record = population.persons()[p].record;
    if (record.category() == category && record.id() == id) return p;
  }
  throw std::logic_error("nobody has the id " + std::string(id));
}

JudgedAttributes Scene::judged() const {
  const Rules& rules = world.rules;
  return {rules.target.name(rules.names.mail), rules.target.name(rules.names.member),
          rules.empty_group_member, rules.target.name(rules.names.absent_since),
          rules.target.name(rules.names.account_state)};
}

Verdict Scene::verdict() const {
  return judge(plan(), planned.before, world.limits, judged());
}

const AttributeChange* attribute(const Change& change, std::string_view name) {
  for (const AttributeChange& a : change.attributes)
    if (equals_ignoring_case(a.attribute, name)) return &a;
  return nullptr;
}

std::vector<std::string> added(const Change& change, std::string_view name) {
  const AttributeChange* a = attribute(change, name);
  return a == nullptr ? std::vector<std::string>{} : strings(a->added);
}

std::vector<std::string> removed(const Change& change, std::string_view name) {
  const AttributeChange* a = attribute(change, name);
  return a == nullptr ? std::vector<std::string>{} : strings(a->removed);
}

std::string canonical(const Change& change) {
  std::string out = std::to_string(change.wave) + " " + std::string(to_string(change.operation)) +
                    " " + label(change) + " " + std::string(change.dn) + " " +
                    std::string(change.subject) + " [";
  for (const std::string_view school : change.schools) out += std::string(school) + " ";
  out += "] " + std::string(change.rule) + " because " + std::string(change.note) + "\n";
  std::vector<std::string> lines;
  for (const AttributeChange& a : change.attributes) {
    const auto add = [&](char sign, std::span<const std::string_view> values) {
      for (const std::string_view value : values)
        lines.push_back("  " + std::string(a.attribute) + " " + (a.replace ? "=" : "") + sign +
                        " " + std::string(value) + "\n");
    };
    add('-', a.removed);
    add('+', a.added);
  }
  std::ranges::sort(lines);
  for (const std::string& line : lines) out += line;
  return out;
}

std::string canonical(const Plan& plan) {
  std::string out;
  for (const Change& change : plan.changes) out += canonical(change);
  return out;
}

std::vector<std::string> codes(const Problems& problems) {
  std::vector<std::string> list;
  for (const Problem& problem : problems.list) list.push_back(problem.code);
  return list;
}

}  // namespace entsync::test
