#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation.hpp"

namespace entsync::test {
namespace {

using testing::IsEmpty;

const std::string first_school = uai(310001);
const std::string second_school = uai(310002);

/// A night with something in every wave: a new school with its people, changes, a class that ends,
/// leavers.
World eventful_night() {
  Delivery delivery;
  delivery.records = {etab("8", first_school), personnel("301", "8"),
                      personnel("302", "8").with("ENTEnsFonctionDir", "8")};
  for (int i = 0; i < 6; ++i) {
    const std::string n = std::to_string(i);
    delivery.records.push_back(eleve("10" + n, "8", i < 4 ? "73196" : "73197")
                                   .with("ENTEleveAutoriteParentale", "20" + n + "$10"));
    delivery.records.push_back(responsable("20" + n));
  }
  World world = World::of(delivery);
  world.synchronise();

  world.registry = registry_of({first_school, second_school});
  auto& records = world.delivery().records;
  records.push_back(etab("9", second_school));
  for (int i = 0; i < 7; ++i) {
    const std::string n = std::to_string(i);
    records.push_back(
        eleve("40" + n, "9", "90001").with("ENTEleveAutoriteParentale", "50" + n + "$20"));
    records.push_back(responsable("50" + n));
  }
  records.push_back(personnel("601", "9").with("ENTEnsFonctionDir", "9"));
  for (const char* id : {"104", "105"})  // class 73197 ends
    world.delivery().find(Category::eleve, id).set("ENTPersonClasses", classe("8", "73196"));
  world.delivery()
      .find(Category::etab_educ_nat, "8")
      .set("ENTStructureNomCourant", "E.E.PU$NEUVE$V");
  world.delivery().find(Category::eleve, "101").set("ENTPersonNom", "AUTRE");
  world.delivery().remove(Category::eleve, "100");
  return world;
}

const World& night() {
  static const World world = eventful_night();
  return world;
}

/// What the directory has to hold in the end, whatever happens on the way.
const std::string& desired() {
  static const std::string text = [] {
    World world = night();
    world.synchronise();
    EXPECT_EQ(world.synchronise(), "");
    EXPECT_THAT(world.directory.broken_links(), IsEmpty());
    return world.directory.text();
  }();
  return text;
}

/// The first line in which two texts differ; empty when they do not.
std::string first_difference(std::string_view is, std::string_view should_be) {
  if (is == should_be) return {};
  const auto a = lines_of(is);
  const auto b = lines_of(should_be);
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  return "is '" + std::string(i < a.size() ? a[i] : "") + "', should be '" +
         std::string(i < b.size() ? b[i] : "") + "'";
}

ApplyOptions options_for(std::size_t step) {
  ApplyOptions options;
  options.window = std::array<std::size_t, 4>{1, 2, 4, 16}[step % 4];
  options.intent_batch = 5;
  return options;
}

/// One night with a fault, a restart, and a second run without one. Whether the fault came to
/// happen.
bool survive(Way way, std::size_t at, std::size_t rest_every = 0) {
  SCOPED_TRACE("step " + std::to_string(at));
  World world = night();
  MemoryJournal journal;
  Scene scene(world);
  Plan plan = std::move(scene.planned.plan);
  Simulation first(world.rules, world.directory, world.ledger, journal, plan, options_for(at),
                   {way, at}, static_cast<std::uint32_t>(at));
  first.rest_every(rest_every);
  first.run();
  const bool fired = first.fired();
  first.take_back_touches();

  journal.recover(world.directory, world.rules);
  for (const MemoryJournal::Intent& intent : journal.intents) {
    EXPECT_EQ(intent.outcomes.size(), 1U) << intent.change.dn;
    if (intent.outcomes.empty()) continue;
    EXPECT_EQ(intent.outcomes[0] == Outcome::applied, intent.really_applied) << intent.change.dn;
  }

  Scene again(world);
  EXPECT_THAT(check_plan(again.plan()).list, IsEmpty());
  Plan rest = std::move(again.planned.plan);
  Simulation second(world.rules, world.directory, world.ledger, journal, rest, options_for(at + 1),
                    {}, static_cast<std::uint32_t>(at + 7));
  second.rest_every(rest_every);
  second.run();
  EXPECT_TRUE(second.finish().completed);
  EXPECT_EQ(first_difference(world.directory.text(), desired()), "");
  return fired;
}

std::string name_of(Way way) {
  constexpr std::array names{"none",
                             "refuse",
                             "transient_busy",
                             "lost_before",
                             "lost_after",
                             "late_answer",
                             "stop",
                             "drain",
                             "stop_now",
                             "intents_fail",
                             "outcomes_fail",
                             "reconnect_fails",
                             "reconnect_never",
                             "other",
                             "assertion",
                             "crash",
                             "read_fails",
                             "read_never"};
  return names[static_cast<std::size_t>(way)];
}

TEST(EveryFault, TheNightHasFortyChangesOverAllWaves) {
  const Scene scene(night());
  EXPECT_GE(scene.plan().changes.size(), 40U);
  std::set<int> waves;
  for (const Change& change : scene.plan().changes) waves.insert(change.wave);
  EXPECT_EQ(waves.size(), 6U);
}

class EveryFault : public testing::TestWithParam<Way> {};

TEST_P(EveryFault, AtEveryStepIsSurvived) {
  const std::size_t changes = Scene(night()).plan().changes.size();
  std::size_t fired = 0;
  for (std::size_t at = 1; at <= changes && !HasFailure(); ++at)
    fired += survive(GetParam(), at) ? 1 : 0;
  EXPECT_GE(fired, changes / 5 - 1) << "the fault has to happen to be survived";
}

/// The same for whoever gives way to others all the time.
TEST_P(EveryFault, AtEveryStepWithRestsInBetweenIsSurvived) {
  const std::size_t changes = Scene(night()).plan().changes.size();
  for (std::size_t at = 1; at <= changes && !HasFailure(); ++at)
    survive(GetParam(), at, 1 + at % 3);
}

INSTANTIATE_TEST_SUITE_P(Machine, EveryFault,
                         testing::Values(Way::refuse, Way::transient_busy, Way::lost_before,
                                         Way::lost_after, Way::late_answer, Way::stop, Way::drain,
                                         Way::stop_now, Way::intents_fail, Way::outcomes_fail,
                                         Way::reconnect_fails, Way::reconnect_never, Way::other,
                                         Way::assertion, Way::read_fails, Way::read_never),
                         [](const auto& given) { return name_of(given.param); });

TEST(EveryFault, RestsChangeNothing) {
  World world = night();
  MemoryJournal journal;
  Scene scene(world);
  Plan plan = std::move(scene.planned.plan);
  Simulation only(world.rules, world.directory, world.ledger, journal, plan, options_for(0), {}, 1);
  only.rest_every(2);
  only.run();
  EXPECT_TRUE(only.finish().completed);
  EXPECT_GE(only.rests(), plan.changes.size() / options_for(0).intent_batch);
  EXPECT_EQ(first_difference(world.directory.text(), desired()), "");
}

class EveryCrash : public testing::TestWithParam<std::size_t> {};

/// More steps than changes, so in shares that ctest can run side by side.
TEST_P(EveryCrash, AtEveryActionIsSurvived) {
  std::size_t at = GetParam();
  while (!HasFailure() && survive(Way::crash, at)) at += 4;
  EXPECT_GT(at, 80U) << "two actions at least for each change";
}

INSTANTIATE_TEST_SUITE_P(Machine, EveryCrash, testing::Values(1, 2, 3, 4));

/// A pupil is created with links to responsables who are not there yet. Whatever the next delivery
/// brings after a crash, such a link leads to whom it was made for.
TEST(EveryFault, AnIdentifierInALinkIsNobodyElsesAfterACrash) {
  for (std::size_t at = 1; at < 80; at += 3) {
    SCOPED_TRACE("action " + std::to_string(at));
    World world = night();
    MemoryJournal journal;
    std::map<std::string, std::string, std::less<>> owners;
    {
      Scene scene(world);
      Plan plan = std::move(scene.planned.plan);
      Simulation first(world.rules, world.directory, world.ledger, journal, plan, options_for(at),
                       {Way::crash, at}, static_cast<std::uint32_t>(at));
      first.run();
      for (const Change& change : plan.changes)
        if (change.operation == Operation::create)
          owners.emplace(std::string(change.dn), std::string(change.subject));
    }
    world.delivery().records.push_back(
        eleve("399", "9", "90001").with("ENTEleveAutoriteParentale", "499$20"));
    world.delivery().records.push_back(responsable("499"));
    const Scene again(world);
    for (const Change& change : again.plan().changes) {
      if (change.operation != Operation::create) continue;
      const auto owner = owners.find(change.dn);
      if (owner == owners.end()) continue;
      EXPECT_EQ(owner->second, change.subject) << change.dn;
    }
  }
}

}  // namespace
}  // namespace entsync::test
