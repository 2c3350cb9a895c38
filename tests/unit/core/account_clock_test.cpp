#include "core/account_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::test {
namespace {

Date day(std::string_view iso) {
  return *Date::from_iso(iso);
}

/// A pupil whom the Complet of 3 September no longer has.
struct Pupil {
  AccountMarks marks;
  AbsenceSettings settings;
  Presence presence = Presence::absent;

  [[nodiscard]] std::optional<AccountDue> on(std::string_view today) const {
    return due_for(presence, marks, Profil::eleve, day("2026-09-03"), day(today), settings);
  }
};

Pupil dated() {
  Pupil pupil;
  pupil.marks = {day("2026-09-03"), day("2026-12-02"), true};
  return pupil;
}

TEST(AccountClock, StartsAtTheLossOfEntitlementAndFixesTheEnd) {
  const auto due = Pupil().on("2026-09-05");
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->since, day("2026-09-03"));
  EXPECT_EQ(due->end, day("2026-12-02"));
  EXPECT_TRUE(due->write_since && due->write_end && due->suspend && due->cut);
  EXPECT_FALSE(due->erase);
}

TEST(AccountClock, DoesNotRunForWhoIsThereOrWasNeverCertain) {
  for (const Presence presence : {Presence::present, Presence::unknown, Presence::outside}) {
    Pupil pupil;
    pupil.presence = presence;
    EXPECT_FALSE(pupil.on("2027-09-03").has_value());
  }
}

TEST(AccountClock, TheEndIsNeverPastThreeMonths) {
  Pupil pupil;  // 90 days after 1 December are 1 March; three months too, but not after 1 February
  const auto end = [&](std::string_view loss) {
    return due_for(Presence::absent, {}, Profil::eleve, day(loss), day(loss), pupil.settings)->end;
  };
  EXPECT_EQ(end("2026-12-01"), day("2027-03-01"));
  EXPECT_EQ(end("2027-02-01"), day("2027-05-01"));
  EXPECT_EQ(end("2026-11-30"), day("2027-02-28"));
  pupil.settings.justification = "ordered";
  pupil.settings.delays.delete_after_days = 180;
  EXPECT_EQ(end("2027-02-01"), day("2027-07-31"));
}

TEST(AccountClock, ADelayOfTheProfileGoesFirst) {
  Pupil pupil;
  pupil.settings.delays_of_profil[Profil::eleve] = {10, 30};
  EXPECT_EQ(pupil.on("2026-09-03")->end, day("2026-10-03"));
  EXPECT_FALSE(pupil.on("2026-09-12")->suspend);
  EXPECT_TRUE(pupil.on("2026-09-13")->suspend);
}

TEST(AccountClock, TheEndOnTheEntryStaysWhenTheDelaysChange) {
  Pupil pupil = dated();
  pupil.settings.delays.delete_after_days = 10;
  EXPECT_EQ(pupil.on("2026-10-01")->end, day("2026-12-02"));
  EXPECT_FALSE(pupil.on("2026-12-01")->erase);
  EXPECT_TRUE(pupil.on("2026-12-02")->erase);
}

TEST(AccountClock, AHandDoesNotMoveTheEndPastWhatIsAllowed) {
  Pupil pupil = dated();
  pupil.marks.end = day("2028-01-01");
  EXPECT_EQ(pupil.on("2026-10-01")->end, day("2026-12-03"));
  pupil.settings.justification = "ordered";
  EXPECT_EQ(pupil.on("2026-10-01")->end, day("2028-01-01"));
}

TEST(AccountClock, NoAccountIsDatedSuspendedAndDeletedInOneNight) {
  Pupil pupil;
  const auto first = pupil.on("2028-01-01");
  EXPECT_TRUE(first->write_since && first->write_end && first->suspend);
  EXPECT_FALSE(first->erase);
  pupil = dated();
  pupil.marks.has_state = false;
  EXPECT_TRUE(pupil.on("2028-01-01")->suspend);
  EXPECT_FALSE(pupil.on("2028-01-01")->erase);
  pupil = dated();
  pupil.marks.end.reset();
  EXPECT_FALSE(pupil.on("2028-01-01")->erase) << "no run has announced the end on the entry";
}

TEST(AccountClock, WithoutSuspensionTheEndIsTheSame) {
  Pupil pupil = dated();
  pupil.marks.has_state = false;
  pupil.settings.suspend = false;
  EXPECT_FALSE(pupil.on("2026-12-01")->cut);
  EXPECT_TRUE(pupil.on("2026-12-02")->erase);
}

TEST(AccountClock, DoubtStopsTheAccountButNotTheDate) {
  for (const Presence presence : {Presence::unknown, Presence::outside}) {
    Pupil pupil = dated();
    pupil.presence = presence;
    const auto before = pupil.on("2026-12-01");
    EXPECT_TRUE(before->in_doubt);
    EXPECT_FALSE(before->overdue || before->erase || before->cut || before->suspend);
    const auto after = pupil.on("2026-12-02");
    EXPECT_TRUE(after->overdue);
    EXPECT_FALSE(after->erase);
    pupil.presence = Presence::absent;
    EXPECT_TRUE(pupil.on("2026-12-09")->erase) << "the end did not move";
  }
}

TEST(AccountClock, NobodyIsDeletedWhereTheSiteKeepsAccounts) {
  Pupil pupil = dated();
  pupil.settings.erase = false;
  EXPECT_FALSE(pupil.on("2028-01-01")->erase);
  pupil.marks = {};
  EXPECT_FALSE(pupil.on("2028-01-01")->write_end);
}

TEST(Date, MonthsEndWhereTheyEnd) {
  EXPECT_EQ(day("2026-11-30").plus_months(3), day("2027-02-28"));
  EXPECT_EQ(day("2027-11-30").plus_months(3), day("2028-02-29"));
  EXPECT_EQ(day("2026-10-31").plus_months(3), day("2027-01-31"));
  EXPECT_EQ(day("2026-12-31").plus_days(1), day("2027-01-01"));
}

}  // namespace
}  // namespace entsync::test
