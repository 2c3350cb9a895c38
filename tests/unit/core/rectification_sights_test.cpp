#include "core/rectification_sights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A pupil whose name, as it was when the directory took it, is contested.
class Sights : public testing::Test {
 protected:
  Sights() {
    ticket_.number = 3;
    ticket_.subject = "AC-TEST/Eleve/101";
    ticket_.attribute = "sn";
    ticket_.contested = "digest of NOM101";
  }

  RectificationSight sight() {
    const Scene scene(world_);
    const PlannerInput input = scene.input();
    const Deriver deriver(input.population, input.matched, input.snapshot, input.rules, input.tree,
                          input.identities);
    const auto digest = [](const Rectification& ticket, std::string_view value) {
      EXPECT_EQ("AC-TEST/Eleve/101", ticket.subject);
      return "digest of " + std::string(value);
    };
    const auto sights = see_rectifications(input, deriver, {ticket_}, digest);
    EXPECT_EQ(1U, sights.size());
    return sights.at(0);
  }

  Record& pupil() { return world_.delivery().records.at(1); }

  World world_ = school_in_sync();
  Rectification ticket_;
};

TEST_F(Sights, TellWhereTheDeliveryCarriesTheContestedValueAndThatItIsHeld) {
  const RectificationSight seen = sight();
  EXPECT_EQ(3U, seen.number);
  EXPECT_TRUE(seen.is_delivered);
  EXPECT_THAT(seen.delivered, ElementsAre("digest of NOM101"));
  EXPECT_EQ("ENT_AC-TEST_Complet_20260902_Eleve_0000.xml:2", seen.place.str());
  EXPECT_EQ("2026-09-02", seen.place.delivered->iso());
  EXPECT_THAT(seen.schools, ElementsAre(school_uai));
  EXPECT_TRUE(seen.is_held);
  EXPECT_THAT(seen.held, ElementsAre("digest of NOM101"));
}

TEST_F(Sights, TellAnotherValueWhileTheDirectoryHoldsTheContestedOne) {
  pupil().set("ENTPersonNom", "AUTREMENT");
  const RectificationSight seen = sight();
  EXPECT_THAT(seen.delivered, ElementsAre("digest of AUTREMENT"));
  EXPECT_THAT(seen.held, ElementsAre("digest of NOM101"));
  EXPECT_EQ(RectificationStep::corrects, step_of(ticket_, seen));
}

TEST_F(Sights, TellTheDeliveriesOfWhoIsRestrictedToo) {
  world_.registers.add_restriction(ticket_.subject, *Date::from_iso("2026-09-01"));
  pupil().set("ENTPersonNom", "AUTREMENT");
  const RectificationSight seen = sight();
  EXPECT_TRUE(seen.is_delivered);
  EXPECT_THAT(seen.delivered, ElementsAre("digest of AUTREMENT"));
  EXPECT_THAT(seen.held, ElementsAre("digest of NOM101"));
}

TEST_F(Sights, TellNothingOfARecordThatIsNotThere) {
  world_.delivery().records.erase(world_.delivery().records.begin() + 1);
  EXPECT_FALSE(sight().is_delivered);
}

TEST_F(Sights, TellNothingOfWhatTheDeliveriesDoNotOwn) {
  for (const char* name : {"uid", "displayName", "ENTCharteAcceptee", "nothing"}) {
    ticket_.attribute = name;
    EXPECT_FALSE(sight().is_delivered) << name;
  }
}

TEST_F(Sights, FindWhoGoesOnUnderAnotherKey) {
  pupil().id = "999";
  world_.directory.put(person_dn(world_, "101"), "ENTPersonJointure", "AC-TEST$999");
  const RectificationSight seen = sight();
  EXPECT_TRUE(seen.is_delivered);
  EXPECT_THAT(seen.held, ElementsAre("digest of NOM101"));
}

TEST_F(Sights, AreNoneWithoutTickets) {
  const Scene scene(world_);
  const PlannerInput input = scene.input();
  const Deriver deriver(input.population, input.matched, input.snapshot, input.rules, input.tree,
                        input.identities);
  EXPECT_THAT(see_rectifications(input, deriver, {}, nullptr), IsEmpty());
}

}  // namespace
}  // namespace entsync::test
