#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/centimes.hpp"
#include "core/registry.hpp"
#include "core/school_year.hpp"

namespace entsync::test {
namespace {

Date day_of(const char* iso) {
  return Date::from_iso(iso).value();
}

TEST(Centimes, AreReadAndWrittenExactly) {
  for (const auto& [text, value, written] :
       {std::tuple{"45.00", 4500U, "45.00"}, std::tuple{"0.07", 7U, "0.07"},
        std::tuple{"45", 4500U, "45.00"}, std::tuple{"999999.99", 99999999U, "999999.99"}}) {
    const auto amount = Centimes::parse(text);
    ASSERT_TRUE(amount) << text;
    EXPECT_EQ(amount->value(), value);
    EXPECT_EQ(amount->str(), written);
  }
  for (const char* text : {"", ".50", "45.", "45.5", "45,00", "45.000", "-1.00", "1e2",
                           "1000000.00", " 45.00", "45.0O", "4.5.0"})
    EXPECT_FALSE(Centimes::parse(text)) << text;
}

TEST(Centimes, OfManySchoolsLoseNothing) {
  // 0.10 three times is not 0.30 in floating point.
  EXPECT_EQ(Centimes::parse("0.10")->times(3), *Centimes::parse("0.30"));
  EXPECT_EQ(Centimes(45'00).times(50'000).str(), "2250000.00");
}

TEST(SchoolYear, BeginsInSeptember) {
  EXPECT_EQ(SchoolYear::of(day_of("2026-09-01")).str(), "2026-2027");
  EXPECT_EQ(SchoolYear::of(day_of("2027-08-31")).str(), "2026-2027");
  EXPECT_EQ(SchoolYear::of(day_of("2026-08-31")).str(), "2025-2026");
  const auto year = SchoolYear::parse("2026-2027");
  ASSERT_TRUE(year);
  EXPECT_EQ(year->first_day().iso(), "2026-09-01");
  EXPECT_EQ(year->last_day().iso(), "2027-08-31");
  for (const char* text :
       {"", "2026", "2026-2026", "2026-2028", "2026/2027", "202a-2027", "0000-0001"})
    EXPECT_FALSE(SchoolYear::parse(text)) << text;
}

TEST(Agreement, PassesFromItsTermIntoGraceAndIsThenOverdue) {
  Registry registry;
  Ecole ecole{*Uai::parse("0660713S"), {}, {}, {}, {}, "public", {}, {}, day_of("2027-09-01")};
  registry.grace_days = 120;
  registry.add(ecole);
  EXPECT_EQ(registry.term_of(ecole, day_of("2027-09-01")), Term::running);
  EXPECT_EQ(registry.term_of(ecole, day_of("2027-09-02")), Term::grace);
  EXPECT_EQ(registry.grace_until(ecole)->iso(), "2027-12-30");
  EXPECT_EQ(registry.term_of(ecole, day_of("2027-12-30")), Term::grace);
  EXPECT_EQ(registry.term_of(ecole, day_of("2027-12-31")), Term::overdue);
  // Neither ends anything.
  EXPECT_TRUE(registry.in_scope(ecole.uai, day_of("2030-01-01")));
  registry.grace_days = 0;
  EXPECT_EQ(registry.term_of(ecole, day_of("2027-09-02")), Term::overdue);
}

TEST(Agreement, HasNoTermWithoutADayAndNoneThatCountsOnceItIsEnded) {
  Registry registry;
  const Ecole open{*Uai::parse("0660713S"), {}, {}, {}, {}, "public", {}, {}, {}};
  Ecole ended{*Uai::parse("0400740M"),
              {},
              {},
              {},
              {},
              "public",
              {},
              {},
              day_of("2026-09-01"),
              EtatConvention::resiliee,
              day_of("2026-10-01")};
  registry.add(open);
  registry.add(ended);
  EXPECT_EQ(registry.term_of(open, day_of("2099-01-01")), Term::open);
  EXPECT_FALSE(registry.grace_until(open));
  EXPECT_EQ(registry.term_of(ended, day_of("2026-09-30")), Term::grace);
  EXPECT_EQ(registry.term_of(ended, day_of("2026-10-01")), Term::ended);
}

}  // namespace
}  // namespace entsync::test
