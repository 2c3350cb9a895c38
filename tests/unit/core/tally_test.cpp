#include "core/tally.hpp"

#include <gtest/gtest.h>

#include "support/scene.hpp"

namespace entsync::test {
namespace {

std::string text(const Tally& tally) {
  return std::to_string(tally.persons) + " persons, " + std::to_string(tally.groups) + " groups, " +
         std::to_string(tally.mails) + " mails, " + std::to_string(tally.members) + " members, " +
         std::to_string(tally.live) + " live";
}

std::string text(const std::map<std::string, Tally, std::less<>>& tallies) {
  std::string all;
  for (const auto& [name, tally] : tallies) all += name + ": " + text(tally) + "\n";
  return all;
}

/// Synchronises, and compares what is then counted with what was said before.
void expect_counted(World& world) {
  const Scene tonight(world);
  const Before said = after(tonight.planned.before, tonight.plan(), tonight.judged());
  world.synchronise();
  const Before counted = Scene(world).planned.before;
  EXPECT_EQ(text(said.run), text(counted.run));
  EXPECT_EQ(text(said.academies), text(counted.academies));
  EXPECT_EQ(text(said.profils), text(counted.profils));
  EXPECT_EQ(text(said.schools), text(counted.schools));
  EXPECT_EQ(text(said.school_profils), text(counted.school_profils));
}

TEST(Tally, AfterAPlanIsWhatIsThenCounted) {
  Delivery delivery;
  delivery.records = {etab("8", uai(310001)), eleve("100", "8"),     eleve("101", "8"),
                      responsable("200"),     personnel("300", "8"), personnel("301", "8")};
  delivery.find(Category::eleve, "100").with("ENTEleveAutoriteParentale", "200$10");
  delivery.find(Category::pers_rel_eleve, "200").with("ENTPersonMail", "a@exemple.test");
  World world = World::of(delivery);
  expect_counted(world);  // a first load

  world.delivery().date = "2026-09-10";
  const Record pupil = world.delivery().find(Category::eleve, "101");
  world.delivery().remove(Category::eleve, "101");
  world.delivery().find(Category::pers_rel_eleve, "200").without("ENTPersonMail");
  world.delivery().records.push_back(eleve("102", "8"));
  {
    const Scene tonight(world);
    const Before said = after(tonight.planned.before, tonight.plan(), tonight.judged());
    world.synchronise();
    const Before counted = Scene(world).planned.before;
    EXPECT_EQ(said.run.persons, counted.run.persons);
    EXPECT_EQ(said.run.mails, counted.run.mails);
    EXPECT_EQ(said.schools.at(uai(310001)).persons, counted.schools.at(uai(310001)).persons);
  }
  world.delivery().records.push_back(pupil);  // back again
  expect_counted(world);
}

}  // namespace
}  // namespace entsync::test
