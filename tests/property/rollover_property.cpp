#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "core/scoped_plan.hpp"
#include "core/text.hpp"
#include "support/part_scene.hpp"
#include "worlds.hpp"

namespace entsync::test {
namespace {

/// A night on which some schools have rolled over and others have not.
World any_night_of_a_rollover() {
  World world = any_night();
  const Date day = world.delivery().complet(world.rules).feed().date();
  world.absence.rollovers_of_academie["AC-TEST"] = {{day, day}};
  std::set<std::string> emptied;
  for (const Record& record : world.delivery().records)
    if (record.category == Category::etab_educ_nat && *rc::gen::inRange(0, 2) == 0)
      emptied.insert(record.id);
  for (Record& record : world.delivery().records)
    std::erase_if(record.values, [&](const auto& pair) {
      return pair.first == "ENTPersonClasses" &&
             emptied.contains(pair.second.substr(0, pair.second.find('$')));
    });
  return world;
}

/// Schools none of whose pupils has a class value that can be read, from the text of the delivery.
std::set<std::string> waiting_schools(const World& world) {
  std::set<std::string> released;
  std::set<std::string> all;
  std::map<std::string, std::string> uai_of;
  for (const Record& record : world.deliveries.front().records)
    for (const auto& [name, value] : record.values)
      if (record.category == Category::etab_educ_nat && name == "ENTStructureUAI") {
        uai_of[record.id] = value;
        all.insert(value);
      }
  for (const Record& record : world.deliveries.front().records)
    for (const auto& [name, value] : record.values)
      if (record.category == Category::eleve && name == "ENTPersonClasses" &&
          std::ranges::count(value, '$') >= 3)
        released.insert(uai_of[value.substr(0, value.find('$'))]);
  std::set<std::string> waiting;
  for (const std::string& uai : all)
    if (!released.contains(uai)) waiting.insert(uai);
  return waiting;
}

/// Of a person: of his schools; of a responsable, of those where the delivery places his pupils.
bool is_of(const std::set<std::string>& schools, const Change& change, const Scene& scene) {
  const auto has = [&](std::string_view uai) { return schools.contains(std::string(uai)); };
  if (change.profil != Profil::responsable) return std::ranges::any_of(change.schools, has);
  std::vector<std::string_view> pupils;
  scene.snapshot.entry(scene.entry(change.dn))
      .values_of(scene.world.rules.names.responsable_pupils, pupils);
  for (const std::string_view dn : pupils) {
    const EntryIndex pupil = scene.snapshot.find(dn);
    if (pupil == no_entry || scene.matched.status(pupil) != EntryStatus::matched) continue;
    const Person& person = scene.population.persons()[scene.matched.subject_of(pupil)];
    for (const EcoleIndex e : scene.population.ecoles_of(person))
      if (has(scene.population.ecoles()[e].uai.str())) return true;
  }
  return false;
}

RC_GTEST_PROP(Rollover, NoDepartureIsDecidedOfASchoolThatWaits, ()) {
  const World world = any_night_of_a_rollover();
  const Scene scene(world);
  const std::set<std::string> waiting = waiting_schools(world);
  RC_CLASSIFY(!waiting.empty(), "a school waits");
  RC_CLASSIFY(scene.absences.count(Presence::absent) != 0, "somebody is absent");
  RC_CLASSIFY(!scene.absences.waiting_schools().empty(), "somebody would be");
  const std::string& since = scene.judged().absent_since;
  for (const Change& change : scene.plan().changes) {
    if (change.operation == Operation::remove && change.kind != EntryKind::person)
      RC_ASSERT(!is_of(waiting, change, scene));
    if (change.operation == Operation::absent && is_of(waiting, change, scene))
      for (const AttributeChange& attribute : change.attributes)
        RC_ASSERT(!equals_ignoring_case(attribute.attribute, since));
  }
}

RC_GTEST_PROP(Rollover, APlanAppliedGivesADirectoryThatNeedsNoPlan, ()) {
  World world = any_night_of_a_rollover();
  world.synchronise();
  RC_ASSERT(world.synchronise() == "");
}

RC_GTEST_PROP(Rollover, APartIsThePlanOfTheWholeInsideItsScope, ()) {
  World world = any_night_of_a_rollover();
  {
    const Scene first(world);
    world.ledger.remember(first.plan());
  }
  Scene scene(world);
  Scope scope = any_scope(scene);
  if (!PartClosure::covers(scope)) scope.school = Uai::parse(uai(310001));
  RC_LOG() << to_string(scope) << "\n";
  const PartScene part(scene, scope);
  RC_PRE(!part.erases);
  const Plan narrowed = within(std::move(scene.planned.plan), scope, scene.input());
  RC_LOG() << "-- whole\n" << canonical(narrowed) << "-- part\n" << canonical(part.plan);
  RC_ASSERT(canonical(part.plan) == canonical(narrowed));
}

}  // namespace
}  // namespace entsync::test
