#include "core/rectification.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

Date on(const char* iso) {
  return *Date::from_iso(iso);
}

Rectification a_ticket() {
  Rectification ticket;
  ticket.number = 3;
  ticket.subject = "AC-X/Eleve/1";
  ticket.attribute = "sn";
  ticket.school = "0310001H";
  ticket.contested = "digest of the wrong name";
  ticket.received = on("2026-09-01");
  ticket.opened = on("2026-09-03");
  ticket.since = on("2026-09-03");
  ticket.source = {"Eleve_0001.xml", 12, on("2026-09-02")};
  return ticket;
}

RectificationSight sight(std::vector<std::string> delivered) {
  RectificationSight seen;
  seen.number = 3;
  seen.is_delivered = true;
  seen.delivered = std::move(delivered);
  seen.place = {"Eleve_0002.xml", 99, on("2026-09-20")};
  return seen;
}

Rectification a_corrected_one() {
  return corrected(a_ticket(), sight({"digest of the right name"}), on("2026-09-20"), "run-1");
}

TEST(Rectification, WaitsWhileTheDeliveriesCarryTheContestedValue) {
  EXPECT_EQ(RectificationStep::none, step_of(a_ticket(), sight({"digest of the wrong name"})));
  EXPECT_EQ(RectificationStep::none,
            step_of(a_ticket(), sight({"another value", "digest of the wrong name"})));
}

TEST(Rectification, IsCorrectedByAnyOtherValueAndByNone) {
  EXPECT_EQ(RectificationStep::corrects, step_of(a_ticket(), sight({"digest of the right name"})));
  EXPECT_EQ(RectificationStep::corrects, step_of(a_ticket(), sight({})));
}

TEST(Rectification, OfAMissingValueIsCorrectedByAnyValue) {
  Rectification ticket = a_ticket();
  ticket.contested.clear();
  EXPECT_EQ(RectificationStep::none, step_of(ticket, sight({})));
  EXPECT_EQ(RectificationStep::corrects, step_of(ticket, sight({"a value"})));
}

TEST(Rectification, NothingFollowsFromARecordThatIsNotThere) {
  RectificationSight nothing = sight({});
  nothing.is_delivered = false;
  EXPECT_EQ(RectificationStep::none, step_of(a_ticket(), nothing));
  EXPECT_EQ(RectificationStep::none, step_of(a_corrected_one(), nothing));
}

TEST(Rectification, KeepsWhereTheOtherValueCameFrom) {
  const Rectification ticket = a_corrected_one();
  EXPECT_EQ(RectificationState::corrected, ticket.state);
  EXPECT_EQ(on("2026-09-20"), ticket.since);
  EXPECT_EQ("Eleve_0002.xml:99", ticket.correction.str());
  EXPECT_EQ("Eleve_0001.xml:12", ticket.source.str());
  EXPECT_EQ("run-1", ticket.corrected_run);
}

TEST(Rectification, OpensAgainWhenTheContestedValueComesBackAndAgesFromThatDay) {
  const Rectification before = a_corrected_one();
  EXPECT_EQ(RectificationStep::none, step_of(before, sight({"digest of the right name"})));
  EXPECT_EQ(RectificationStep::reopens, step_of(before, sight({"digest of the wrong name"})));
  const Rectification again =
      reopened(before, sight({"digest of the wrong name"}), on("2026-10-01"));
  EXPECT_EQ(RectificationState::reopened, again.state);
  EXPECT_EQ(on("2026-10-01"), aged_from(again));
  EXPECT_EQ("Eleve_0002.xml:99", again.source.str());
  EXPECT_EQ("", again.correction.str());
  EXPECT_EQ("", again.corrected_run);
  EXPECT_EQ(RectificationStep::corrects, step_of(again, sight({"digest of the right name"})));
}

TEST(Rectification, FollowsThePersonToAnotherSchoolAndKeepsItsAge) {
  Rectification ticket = a_ticket();
  ticket.reminded = Ageing::first_reminder;
  RectificationSight seen = sight({"digest of the wrong name"});
  EXPECT_FALSE(is_elsewhere(ticket, seen)) << "no school is told";
  seen.schools = {"0310002J", "0310001H"};
  EXPECT_FALSE(is_elsewhere(ticket, seen)) << "one of several";
  seen.schools = {"0310002J"};
  EXPECT_TRUE(is_elsewhere(ticket, seen));
  const Rectification there = handed_over(ticket, seen);
  EXPECT_EQ("0310002J", there.school);
  EXPECT_EQ(aged_from(ticket), aged_from(there));
  EXPECT_EQ(Ageing::fresh, there.reminded);
  EXPECT_EQ("0310002J", reopened(a_corrected_one(), seen, on("2026-10-01")).school);
  seen.is_delivered = false;
  EXPECT_FALSE(is_elsewhere(ticket, seen));
}

TEST(Rectification, ThatAPersonClosedStaysClosed) {
  Rectification ticket = a_ticket();
  ticket.state = RectificationState::closed;
  EXPECT_EQ(RectificationStep::none, step_of(ticket, sight({"digest of the wrong name"})));
  EXPECT_EQ(RectificationStep::none, step_of(ticket, sight({"digest of the right name"})));
  EXPECT_TRUE(is_finished(ticket));
}

TEST(Rectification, AgesFromTheDayOfTheRequest) {
  const Rectification ticket = a_ticket();
  EXPECT_EQ(Ageing::fresh, ageing_of(ticket, on("2026-09-07")));
  EXPECT_EQ(Ageing::first_reminder, ageing_of(ticket, on("2026-09-08")));
  EXPECT_EQ(Ageing::first_reminder, ageing_of(ticket, on("2026-09-21")));
  EXPECT_EQ(Ageing::second_reminder, ageing_of(ticket, on("2026-09-22")));
  EXPECT_EQ(Ageing::second_reminder, ageing_of(ticket, on("2026-09-30")));
  EXPECT_EQ(Ageing::overdue, ageing_of(ticket, on("2026-10-01")));
  EXPECT_EQ(on("2026-09-30"), correction_due(ticket));
  EXPECT_EQ(0, age_of(ticket, on("2026-08-01")));
}

TEST(Rectification, DoesNotAgeWhenNoSchoolIsWaitedFor) {
  EXPECT_EQ(0, age_of(a_corrected_one(), on("2027-01-01")));
  EXPECT_EQ(Ageing::fresh, ageing_of(a_corrected_one(), on("2027-01-01")));
}

TEST(Rectification, IsReflectedWhenTheDirectoryIsSeenWithoutTheContestedValue) {
  RectificationSight seen = sight({"digest of the right name"});
  seen.is_held = true;
  seen.held = {"digest of the wrong name"};
  EXPECT_TRUE(is_unreflected(a_corrected_one()));
  EXPECT_FALSE(is_finished(a_corrected_one()));
  EXPECT_FALSE(is_reflected_in(a_corrected_one(), seen));
  seen.held = {"digest of the right name"};
  EXPECT_TRUE(is_reflected_in(a_corrected_one(), seen));
  EXPECT_FALSE(is_reflected_in(a_ticket(), seen)) << "the deliveries come first";
  seen.is_held = false;
  EXPECT_FALSE(is_reflected_in(a_corrected_one(), seen)) << "no entry was seen";
  Rectification taken = a_corrected_one();
  taken.reflected_at = "2026-09-20T02:30:00.000Z";
  EXPECT_TRUE(is_finished(taken));
  EXPECT_FALSE(is_reflected_in(taken, seen));
}

TEST(Rectification, IsCountedForItsSchoolWhileSomethingIsToBeDone) {
  Rectification old = a_ticket();
  Rectification reminded = a_ticket();
  reminded.received = on("2026-09-20");
  Rectification elsewhere = a_ticket();
  elsewhere.school = "0310002J";
  elsewhere.state = RectificationState::corrected;
  Rectification over = a_ticket();
  over.school = "0310003K";
  over.state = RectificationState::closed;
  const std::vector<RectificationsOfSchool> rows =
      by_school({elsewhere, old, over, reminded}, on("2026-10-01"));
  ASSERT_EQ(2U, rows.size());
  EXPECT_EQ((RectificationsOfSchool{"0310001H", 2, 1, 0, 1, 30, 0}), rows[0]);
  EXPECT_EQ((RectificationsOfSchool{"0310002J", 0, 0, 0, 0, 0, 1}), rows[1]);
}

TEST(Rectification, WordsOfTheLedgerAreReadAgain) {
  for (const RectificationState state : {RectificationState::open, RectificationState::corrected,
                                         RectificationState::reopened, RectificationState::closed})
    EXPECT_EQ(state, parse_rectification_state(to_string(state)));
  for (const Ageing ageing :
       {Ageing::fresh, Ageing::first_reminder, Ageing::second_reminder, Ageing::overdue})
    EXPECT_EQ(ageing, parse_ageing(to_string(ageing)));
  EXPECT_EQ(std::nullopt, parse_rectification_state("?"));
  EXPECT_EQ(std::nullopt, parse_ageing("?"));
}

}  // namespace
}  // namespace entsync
