#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "core/dn.hpp"
#include "worlds.hpp"

namespace entsync::test {
namespace {

constexpr const char* mark = "ENTCompteLimitation";

/// Some of the persons whom the directory holds, by their keys.
std::vector<std::string> any_keys(const Scene& scene) {
  std::set<std::string> keys;
  for (EntryIndex e = 0; e < scene.snapshot.size(); ++e)
    if (scene.snapshot.entry(e).branch() == Branch::people)
      if (const auto key = scene.matched.key_of(e))
        keys.insert(Jointure{scene.population.feed(key->feed).academie(), key->category,
                             std::string(key->id)}
                        .str());
  std::vector<std::string> some;
  for (const std::string& key : keys)
    if (*rc::gen::inRange(0, 3) == 0) some.push_back(key);
  return some;
}

std::string dn_in(std::string_view value) {
  return dn::normalise(value.substr(0, value.find('$')));
}

RC_GTEST_PROP(Restriction, NothingOfAPlanTouchesARestrictedEntryOrALinkToIt, ()) {
  World world = any_night();
  const Date since = world.delivery().complet(world.rules).feed().date();
  {
    const Scene scene(world);
    for (const std::string& key : any_keys(scene)) world.registers.add_restriction(key, since);
  }
  const Scene scene(world);
  std::set<std::string> restricted;
  for (EntryIndex e = 0; e < scene.snapshot.size(); ++e)
    if (scene.matched.is_restricted(e))
      restricted.insert(dn::normalise(scene.snapshot.entry(e).dn()));
  RC_CLASSIFY(!restricted.empty(), "somebody is restricted");
  RC_CLASSIFY(!scene.planned.pending.changes.empty(), "something waits");
  for (const Change& change : scene.plan().changes) {
    if (restricted.contains(dn::normalise(change.dn))) {
      RC_ASSERT(change.operation == Operation::modify);
      RC_ASSERT(change.attributes.size() == 1U);
      RC_ASSERT(change.attributes.front().attribute == mark);
      continue;
    }
    for (const AttributeChange& attribute : change.attributes) {
      if (attribute.replace) continue;
      for (const auto* values : {&attribute.removed, &attribute.added})
        for (const std::string_view value : *values) RC_ASSERT(!restricted.contains(dn_in(value)));
    }
  }
}

RC_GTEST_PROP(Restriction, AppliedNeedsNoSecondPlanAndLiftedGivesWhatWouldHaveBeen, ()) {
  World world = any_night();
  World free = world;
  const Date since = world.delivery().complet(world.rules).feed().date();
  {
    const Scene scene(world);
    for (const std::string& key : any_keys(scene)) world.registers.add_restriction(key, since);
  }
  world.synchronise();
  RC_ASSERT(world.synchronise() == "");
  world.registers = {};
  world.synchronise();
  RC_ASSERT(world.synchronise() == "");
  free.synchronise();
  RC_ASSERT(world.directory.text() == free.directory.text());
}

}  // namespace
}  // namespace entsync::test
