// The times of a schedule, on ordinary nights and on the two odd ones of Europe/Paris.

#include "core/calendar_expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::test {
namespace {

/// "2026-11-24T12:00:00+01:00" and nothing else.
std::chrono::sys_seconds at(const std::string& text) {
  using namespace std::chrono;
  const auto part = [&](std::size_t begin, std::size_t size) {
    return std::stoi(text.substr(begin, size));
  };
  const sys_days day = year(part(0, 4)) / part(5, 2) / part(8, 2);
  const int offset = text.at(19) == 'Z' ? 0 : part(19, 3);
  return day + hours(part(11, 2) - offset) + minutes(part(14, 2)) + seconds(part(17, 2));
}

CalendarExpression expression(std::string_view text) {
  auto parsed = CalendarExpression::parse(text);
  if (!parsed) throw std::runtime_error(parsed.error().list.front().what);
  return std::move(*parsed);
}

struct Night {
  const char* expression;
  const char* after;
  const char* next;
};

class NextTime : public ::testing::TestWithParam<Night> {};

TEST_P(NextTime, IsTheFirstInstantAfterNow) {
  const TimeZone paris = TimeZone::named("Europe/Paris").value();
  const auto next = expression(GetParam().expression).next(at(GetParam().after), paris);
  EXPECT_EQ(next, at(GetParam().next)) << GetParam().expression << " after " << GetParam().after;
}

INSTANTIATE_TEST_SUITE_P(
    OrdinaryNights, NextTime,
    ::testing::Values(
        // 2026-11-24 is a Tuesday.
        Night{"Mon..Fri 02:30", "2026-11-24T12:00:00+01:00", "2026-11-25T02:30:00+01:00"},
        Night{"Mon..Fri 02:30", "2026-11-27T02:30:00+01:00", "2026-11-30T02:30:00+01:00"},
        Night{"Sat,Sun 22:00", "2026-11-24T12:00:00+01:00", "2026-11-28T22:00:00+01:00"},
        Night{"Fri..Mon 01:00", "2026-11-24T12:00:00+01:00", "2026-11-27T01:00:00+01:00"},
        Night{"Sun *-*-* 04:00:30", "2026-11-24T12:00:00Z", "2026-11-29T04:00:30+01:00"},
        Night{"*-*-1,15 04:00", "2026-11-24T12:00:00+01:00", "2026-12-01T04:00:00+01:00"},
        Night{"09-01", "2026-11-24T12:00:00+01:00", "2027-09-01T00:00:00+02:00"},
        Night{"2028-02-29 06:00", "2026-11-24T12:00:00+01:00", "2028-02-29T06:00:00+01:00"},
        Night{"Tue *-02-29", "2026-11-24T12:00:00+01:00", "2028-02-29T00:00:00+01:00"},
        Night{"Mon 02-29", "2026-11-24T12:00:00+01:00", "2044-02-29T00:00:00+01:00"},
        Night{"*:0/20", "2026-11-24T12:00:00+01:00", "2026-11-24T12:20:00+01:00"},
        Night{"6..8:15", "2026-11-24T12:00:00+01:00", "2026-11-25T06:15:00+01:00"},
        Night{"hourly", "2026-11-24T12:00:00+01:00", "2026-11-24T13:00:00+01:00"},
        Night{"Daily", "2026-11-24T12:00:00+01:00", "2026-11-25T00:00:00+01:00"},
        Night{"weekly", "2026-11-24T12:00:00+01:00", "2026-11-30T00:00:00+01:00"},
        Night{"monthly", "2026-11-24T12:00:00+01:00", "2026-12-01T00:00:00+01:00"}));

// On 2027-03-28 there is no 02:00 to 03:00; on 2026-10-25 that hour comes twice.
INSTANTIATE_TEST_SUITE_P(
    OddNights, NextTime,
    ::testing::Values(Night{"02:30", "2027-03-27T12:00:00+01:00", "2027-03-28T03:00:00+02:00"},
                      Night{"02:30", "2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"},
                      Night{"02:30", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"},
                      Night{"02:30", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
                      Night{"02:30", "2026-10-25T02:15:00+01:00", "2026-10-26T02:30:00+01:00"},
                      Night{"hourly", "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00"}));

TEST(CalendarExpression, WithoutAnyDayLeftHasNoNextTime) {
  const TimeZone paris = TimeZone::named("Europe/Paris").value();
  EXPECT_EQ(expression("2020-01-01 02:30").next(at("2026-11-24T12:00:00Z"), paris), std::nullopt);
  EXPECT_EQ(expression("02-30").next(at("2026-11-24T12:00:00Z"), paris), std::nullopt);
}

TEST(CalendarExpression, OfSeveralTheEarliestCounts) {
  const TimeZone paris = TimeZone::named("Europe/Paris").value();
  const std::vector<CalendarExpression> both{expression("Sat 02:30"), expression("Wed 04:00")};
  EXPECT_EQ(next_of(both, at("2026-11-24T12:00:00Z"), paris), at("2026-11-25T04:00:00+01:00"));
  EXPECT_EQ(next_of({}, at("2026-11-24T12:00:00Z"), paris), std::nullopt);
}

class WrongExpression : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(WrongExpression, SaysWhichPartIsWrong) {
  const auto [text, part] = GetParam();
  const auto parsed = CalendarExpression::parse(text);
  ASSERT_TRUE(parsed.has_error()) << text;
  EXPECT_THAT(parsed.error().list.front().what, ::testing::HasSubstr(part));
  EXPECT_NE(parsed.error().list.front().remedy, "");
}

INSTANTIATE_TEST_SUITE_P(
    Calendar, WrongExpression,
    ::testing::Values(std::pair("", "empty"), std::pair("  ", "empty"),
                      std::pair("Lun 02:30", "'Lun' is no weekday"),
                      std::pair("25:00", "'25' is no hour"),
                      std::pair("02:60", "'60' is no minute"),
                      std::pair("2:30:99", "'99' is no second"),
                      std::pair("13-01", "'13' is no month"), std::pair("*-*-0", "'0' is no day"),
                      std::pair("*-*~1", "is no day"), std::pair("*:*/0", "'*/0' is no minute"),
                      std::pair("5..3:00", "'5..3' is no hour"), std::pair("1..2..3:00", "no hour"),
                      std::pair("02:30 Europe/Paris", "one part too many"),
                      std::pair("2026", "is no date"), std::pair("-1:00", "no hour")));

TEST(TimeZone, AnUnknownNameIsNone) {
  EXPECT_FALSE(TimeZone::named("Europe/Paradis"));
  EXPECT_FALSE(TimeZone::named(""));
  EXPECT_TRUE(TimeZone::named("UTC"));
}

}  // namespace
}  // namespace entsync::test
