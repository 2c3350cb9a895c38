#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/dn.hpp"
#include "core/scoped_plan.hpp"
#include "core/text.hpp"
#include "worlds.hpp"

namespace entsync::test {
namespace {

/// Attributes that no run may touch on an entry that was there.
std::map<std::string, std::vector<std::string>> of_the_ent(const MemoryEntry& entry) {
  std::map<std::string, std::vector<std::string>> values;
  for (const char* name : {"uid", "entpersonlogin", "displayname", "entauxensclasses",
                           "description", "entgroupemembreexplicite", "cn-of-group"})
    values[name] = entry.values(name);
  return values;
}

/// Hand-made links whose target exists no more are cleaned.
std::map<std::string, std::vector<std::string>> without_dangling(
    std::map<std::string, std::vector<std::string>> values, const World& world) {
  std::erase_if(values["entgroupemembreexplicite"],
                [&](const std::string& dn) { return world.directory.find(dn) == nullptr; });
  return values;
}

RC_GTEST_PROP(Plan, AppliedGivesADirectoryThatNeedsNoPlan, ()) {
  World world = any_night();
  world.synchronise();  // throws when anything is refused
  const std::string again = world.synchronise();
  RC_ASSERT(again == "");
}

RC_GTEST_PROP(Plan, IsTheSameWithASurveyOfTwoThreads, ()) {
  World world = any_night();
  const Scene scene(world);
  Survey survey(scene.input());
  std::atomic<std::size_t> block{0};
  const auto look = [&] { survey.take_part([&block] { return block++; }); };
  std::thread other(look);
  look();
  other.join();
  const PlannerResult surveyed = make_plan(survey);
  RC_ASSERT(canonical(surveyed.plan) == canonical(scene.plan()));
  RC_ASSERT(to_string(surveyed.problems) == to_string(scene.planned.problems));
}

RC_GTEST_PROP(Plan, TouchesNothingThatIsNotOurs, ()) {
  World world = any_night();
  const MemoryDirectory before = world.directory;
  world.synchronise();
  for (const auto& [key, entry] : before.entries()) {
    const MemoryEntry* after = world.directory.find(entry.dn);
    if (after == nullptr) {  // accounts at their end and groups are removed, nothing else
      RC_ASSERT(dn::is_under(entry.dn, world.tree.groups) ||
                !entry.values("ENTCompteSuppression").empty());
      continue;
    }
    RC_ASSERT(without_dangling(of_the_ent(*after), world) ==
              without_dangling(of_the_ent(entry), world));
    if (key.starts_with("uid=local")) RC_ASSERT(*after == entry);
    for (const std::string& jointure : entry.values("ENTPersonJointure")) {
      const auto now = after->values("ENTPersonJointure");
      RC_ASSERT(std::ranges::find(now, jointure) != now.end());
    }
    for (const std::string& member : entry.values("member")) {
      if (!member.starts_with("uid=local")) continue;
      const auto now = after->values("member");
      RC_ASSERT(std::ranges::find(now, member) != now.end());
    }
  }
}

RC_GTEST_PROP(Plan, MakesNobodyAbsentWhoMayBeThere, ()) {
  World world = any_night();
  const Scene scene(world);
  for (const Change& change : scene.plan().changes) {
    if (change.operation != Operation::absent) continue;
    const std::string subject(change.subject);
    const std::string id = subject.substr(subject.rfind('/') + 1);
    const auto category = parse_category(subject.substr(8, subject.rfind('/') - 8));
    RC_ASSERT(category.has_value());
    for (const RejectedRecord& rejected : world.delivery().rejected)
      RC_ASSERT(rejected.category != category || rejected.id != id);
    for (const Person& person : scene.population.persons()) {
      RC_ASSERT(subject_key(scene.population, person) != subject);
      for (std::size_t i = 0; i < person.record.value_count(); ++i) {
        const FeedValue value = person.record.value(i);
        RC_ASSERT(value.attribute != world.rules.feed.responsables ||
                  *category != Category::pers_rel_eleve || !value.text.starts_with(id + "$"));
      }
    }
  }
}

RC_GTEST_PROP(Plan, DoesNotDependOnTheOrderOfRecords, ()) {
  World world = any_night();
  World turned = world;
  turned.delivery() = shuffled(world.delivery());
  RC_ASSERT(canonical(Scene(turned).plan()) == canonical(Scene(world).plan()));
}

RC_GTEST_PROP(Plan, GivesTheSameDirectoryInAnyOrderInsideAWave, ()) {
  World world = any_night();
  const Scene scene(world);
  MemoryDirectory straight = world.directory;
  MemoryDirectory turned = world.directory;
  RC_ASSERT(straight.apply(scene.plan()).empty());
  std::vector<Change> changes = scene.plan().changes;
  for (std::size_t i = changes.size(); i > 1; --i) {
    const std::size_t j = *rc::gen::inRange<std::size_t>(0, i);
    if (changes[j].wave == changes[i - 1].wave) std::swap(changes[j], changes[i - 1]);
  }
  for (const Change& change : changes) RC_ASSERT(turned.apply(change) == 0);
  RC_ASSERT(turned.text() == straight.text());
}

RC_GTEST_PROP(Plan, NamesNobodyTwice, ()) {
  World world = any_night();
  world.synchronise();
  std::map<std::string, int> seen;
  for (const auto& [key, entry] : world.directory.entries()) {
    for (const char* name : {"uid", "ENTPersonLogin"})
      for (const std::string& value : entry.values(name))
        RC_ASSERT(++seen[std::string(name) + ascii_lower(value)] == 1);
    if (entry.values("ENTPersonLogin").empty()) continue;
    for (const std::string& value : entry.values("ENTPersonJointure"))
      if (value.starts_with("AC-TEST$"))
        RC_ASSERT(++seen[value + entry.values("objectClass").back()] == 1);
  }
}

// The end of accounts
// ----------------------------------------------------------------------------------------------

/// The values of an entry; their order says nothing.
std::map<std::string, std::vector<std::string>> in_order(const MemoryEntry& entry) {
  auto values = entry.attributes;
  for (auto& [name, list] : values) std::ranges::sort(list);
  return values;
}

RC_GTEST_PROP(AccountEnds, WhoeverReturnsBeforeTheEndFindsEverythingAsItWas, ()) {
  World world = World::of(any_delivery());
  world.synchronise();
  touch_any(world.directory);
  world.synchronise();
  const MemoryDirectory before = world.directory;
  const Delivery everybody = world.delivery();
  for (int n = *rc::gen::inRange(1, 5); n > 0; --n) {
    const auto at = *rc::gen::inRange<std::size_t>(0, world.delivery().records.size());
    const Record record = world.delivery().records[at];
    if (record.category != Category::etab_educ_nat)
      world.delivery().remove(record.category, record.id);
  }
  world.delivery().date = "2026-09-10";
  world.synchronise();
  world.today = Date::from_iso("2026-12-08");
  world.synchronise();
  world.delivery() = everybody;
  world.synchronise();
  for (const auto& [key, entry] : before.entries())
    if (dn::is_under(entry.dn, world.tree.people)) {
      RC_ASSERT(world.directory.find(entry.dn) != nullptr);
      RC_ASSERT(in_order(world.directory.at(entry.dn)) == in_order(entry));
    }
}

RC_GTEST_PROP(AccountEnds, AfterTheEndNothingLeadsToWhoIsGone, ()) {
  World world = any_night();
  world.synchronise();
  world.today = Date::from_iso("2027-03-01");
  world.synchronise();
  const MemoryDirectory before = world.directory;
  const std::string plan = world.synchronise();
  const auto broken = world.directory.broken_links();
  for (const auto& [key, entry] : before.entries()) {
    if (world.directory.find(entry.dn) != nullptr || !dn::is_under(entry.dn, world.tree.people))
      continue;
    RC_ASSERT(plan.find("remove") != std::string::npos);
    for (const std::string& link : broken) RC_ASSERT(link.find(entry.dn) == std::string::npos);
  }
  RC_ASSERT(world.synchronise() == "");
}

// Split
// ----------------------------------------------------------------------------------------------

/// Every value of a plan as `dn attribute sign value`; the placeholder comes and goes with a split.
std::multiset<std::string> values_of(const Plan& plan) {
  std::multiset<std::string> values;
  for (const Change& change : plan.changes)
    for (const AttributeChange& attribute : change.attributes) {
      const std::string head = std::string(change.dn) + " " + std::string(attribute.attribute);
      for (const std::string_view v : attribute.removed)
        values.insert(head + " - " + std::string(v));
      for (const std::string_view v : attribute.added) values.insert(head + " + " + std::string(v));
    }
  std::erase_if(values, [](const std::string& v) {
    return v.ends_with("member - ") || v.ends_with("member + ");
  });
  return values;
}

RC_GTEST_PROP(Split, LosesNothingAndTheHeldPartCompletesTheOther, ()) {
  World world = any_night();
  Scene scene(world);
  Verdict verdict;
  for (int n = *rc::gen::inRange(1, 3); n > 0; --n) {
    const auto profil = static_cast<Profil>(*rc::gen::inRange(0, 5));
    const auto school = uai(310001 + *rc::gen::inRange(0U, 3U));
    if (*rc::gen::arbitrary<bool>())
      verdict.holds.push_back(
          {HoldScope::profil, std::string(to_string(profil)), Surprise::absent, 1, 1, {}});
    else
      verdict.holds.push_back({HoldScope::school, school, Surprise::absent, 1, 1, {}});
  }
  MemoryDirectory whole = world.directory;
  RC_ASSERT(whole.apply(scene.plan()).empty());
  const auto values = values_of(scene.plan());
  std::set<std::string> held_people;
  for (const Change& change : scene.plan().changes)
    if (change.kind == EntryKind::person && verdict.holds_change(change))
      held_people.insert(dn::normalise(change.dn));
  SplitPlan parts = split(std::move(scene.planned.plan), verdict, scene.judged());
  auto both = values_of(parts.go);
  both.merge(values_of(parts.held));
  RC_ASSERT(both == values);
  for (const Change& change : parts.go.changes)  // memberships wait with the person
    for (const AttributeChange& attribute : change.attributes)
      if (attribute.attribute == scene.judged().member)
        for (const auto& list : {attribute.removed, attribute.added})
          for (const std::string_view member : list)
            RC_ASSERT(!held_people.contains(dn::normalise(member)));
  RC_ASSERT(check_plan(parts.go).empty());
  RC_ASSERT(check_plan(parts.held).empty());
  const auto broken = world.directory.broken_links();
  RC_ASSERT(world.directory.apply(parts.go).empty());
  for (const std::string& link : world.directory.broken_links())
    RC_ASSERT(std::ranges::find(broken, link) != broken.end());  // no link leads to what waits
  // The revisions that the held part was computed from are older than what went.
  for (const Change& change : parts.held.changes)
    RC_ASSERT(world.directory.apply(change, false) == 0);
  RC_ASSERT(world.directory.text() == whole.text());
}

// Scope
// ----------------------------------------------------------------------------------------------

Plan scoped(Scene& scene, const Scope& scope) {
  return within(std::move(scene.planned.plan), scope, scene.input());
}

RC_GTEST_PROP(ScopedPlan, BeforeTheFullOneGivesTheSameDirectory, ()) {
  World world = any_night();
  Scene scene(world);
  const Scope scope = any_scope(scene);
  RC_LOG() << to_string(scope) << "\n" << canonical(scene.plan());
  // Identifiers are given in the order of creation: whoever is created gets the same ones here.
  world.ledger.remember(scene.plan());
  World alone = world;
  alone.synchronise();

  const Plan part = scoped(scene, scope);
  RC_LOG() << "-- scoped\n" << canonical(part);
  RC_ASSERT(to_string(check_plan(part)) == "");
  const auto broken = world.directory.broken_links();
  RC_ASSERT(world.directory.apply(part).empty());
  for (const std::string& link : world.directory.broken_links())
    RC_ASSERT(std::ranges::find(broken, link) != broken.end());
  Scene after(world);
  RC_ASSERT(canonical(scoped(after, scope)) == "");
  world.synchronise();
  RC_ASSERT(world.directory.text() == alone.directory.text());
}

RC_GTEST_PROP(ScopedPlan, OfTheWholeAcademieIsTheFullOne, ()) {
  World world = any_night();
  Scene scene(world);
  const std::string full = canonical(scene.plan());
  Scope scope;
  scope.academie = "AC-TEST";
  RC_ASSERT(canonical(scoped(scene, scope)) == full);
}

}  // namespace
}  // namespace entsync::test
