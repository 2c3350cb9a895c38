#include "core/person_registers.hpp"

#include <gtest/gtest.h>

#include "support/scene.hpp"

namespace entsync::test {
namespace {

const Date first_day = Date::from_iso("2026-09-01").value();
constexpr const char* subject_101 = "AC-TEST/Eleve/101";

PersonRegisters with_digests() {
  PersonRegisters registers;
  registers.digest = [](std::string_view text) { return "<" + std::string(text) + ">"; };
  return registers;
}

TEST(PersonRegisters, FindsNobodyWhenEmpty) {
  EXPECT_TRUE(PersonRegisters().empty());
  EXPECT_EQ(PersonRegisters().find(subject_101, "1A", "01/02/2018"), nullptr);
}

TEST(PersonRegisters, FindsAKeyWhateverTheCaseOfItsAcademie) {
  PersonRegisters registers;
  registers.add_restriction("ac-Test/Eleve/101", first_day);
  ASSERT_NE(registers.find(subject_101, {}, {}), nullptr);
  EXPECT_EQ(registers.find(subject_101, {}, {})->standing, Standing::restricted);
  EXPECT_EQ(registers.find("AC-TEST/PersRelEleve/101", {}, {}), nullptr);
  EXPECT_EQ(registers.find("AC-TEST/Eleve/1011", {}, {}), nullptr);
}

TEST(PersonRegisters, ARestrictionComesBeforeADeathBeforeAnObjection) {
  PersonRegisters registers = with_digests();
  registers.add_objection(registers.digest(objection_text(subject_101)), {}, first_day, false);
  EXPECT_EQ(registers.find(subject_101, {}, {})->standing, Standing::objected);
  registers.add_death(subject_101, first_day, Deletion::unconfirmed);
  EXPECT_EQ(registers.find(subject_101, {}, {})->standing, Standing::died);
  EXPECT_EQ(registers.find(subject_101, {}, {})->deletion, Deletion::unconfirmed);
  registers.add_restriction(subject_101, first_day);
  EXPECT_EQ(registers.find(subject_101, {}, {})->standing, Standing::restricted);
  registers.add_death(subject_101, first_day, Deletion::confirmed);
  EXPECT_EQ(registers.find(subject_101, {}, {})->standing, Standing::restricted);
}

TEST(PersonRegisters, AnObjectionIsFoundByKeyOrByIneAndBirthDateTogether) {
  PersonRegisters registers = with_digests();
  registers.add_objection(registers.digest(objection_text(subject_101)),
                          registers.digest(objection_text("1000000001A", "01/02/2018")), first_day,
                          false);
  EXPECT_NE(registers.find(subject_101, {}, {}), nullptr);
  EXPECT_NE(registers.find("AC-B/Eleve/7", " 1000000001a", "01/02/2018 "), nullptr);
  EXPECT_EQ(registers.find("AC-B/Eleve/7", "1000000001A", "02/02/2018"), nullptr);
  EXPECT_EQ(registers.find("AC-B/Eleve/7", "1000000001A", {}), nullptr);
}

TEST(PersonRegisters, AnObjectionThatIsExaminedRestricts) {
  PersonRegisters registers = with_digests();
  registers.add_objection(registers.digest(objection_text(subject_101)), {}, first_day, true);
  EXPECT_EQ(registers.find(subject_101, {}, {})->standing, Standing::restricted);
}

TEST(PersonRegisters, TextsOfKeysAndPersonsNeverMeet) {
  EXPECT_NE(objection_text("ine\n1\n2"), objection_text("1", "2"));
  EXPECT_EQ(objection_text("", "01/02/2018"), "");
  EXPECT_EQ(objection_text("1A", " "), "");
}

TEST(EndByDeath, SuspendsAtOnceAndDeletesOnlyWhenConfirmed) {
  AbsenceSettings settings;
  settings.delays.suspend_after_days = 30;
  const Date later = first_day.plus_days(100);
  const auto due_on = [&](const AccountMarks& marks, Date today, Deletion deletion) {
    AccountDue due = *due_for(Presence::absent, marks, Profil::eleve, first_day, today, settings);
    end_by_death(due, marks, deletion);
    return due;
  };
  const AccountDue first = due_on({}, first_day, Deletion::unconfirmed);
  EXPECT_TRUE(first.suspend);
  EXPECT_TRUE(first.cut);
  EXPECT_TRUE(first.write_end);
  EXPECT_FALSE(due_on({}, first_day, Deletion::kept).write_end);
  const AccountMarks dated{first_day, first_day.plus_days(90), true};
  EXPECT_FALSE(due_on(dated, later, Deletion::unconfirmed).erase);
  EXPECT_TRUE(due_on(dated, later, Deletion::unconfirmed).unconfirmed);
  EXPECT_FALSE(due_on(dated, later, Deletion::kept).erase);
  EXPECT_FALSE(due_on(dated, later, Deletion::kept).unconfirmed);
  EXPECT_TRUE(due_on(dated, later, Deletion::confirmed).erase);
  EXPECT_FALSE(
      due_on({first_day, first_day.plus_days(90), false}, later, Deletion::confirmed).erase)
      << "not in the night in which it is suspended";
}

}  // namespace
}  // namespace entsync::test
