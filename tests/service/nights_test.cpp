/// The service under a clock that the test controls: it runs at its hour in every night of the
/// year, makes up what was missed, and tells of whoever is late.

#include <gmock/gmock.h>

#include "journal/journal.hpp"
#include "service_scene.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* nightly = "run = [\"02:30\"]\ntime_zone = \"Europe/Paris\"\n";

/// Every record of the journal carries the time of the clock, and the chain is whole.
void expect_journal(const ServiceScene& scene, const std::string& from, const std::string& to) {
  auto journal = Journal::open(scene.state(), Journal::Mode::read);
  ASSERT_TRUE(journal) << to_string(journal.error());
  const auto report = (*journal)->verify({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->good);
  std::size_t records = 0;
  const auto look = [&](const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
    ++records;
    EXPECT_GE(record.time, from);
    EXPECT_LT(record.time, to);
    if (outcome) {
      EXPECT_LT(outcome->time, to);
    }
  };
  EXPECT_TRUE((*journal)->query({}, look));
  EXPECT_GT(records, 200U);
}

TEST(Nights, InTheNightWithoutAnHourItRunsWhenTheHourWouldEnd) {
  ServiceScene scene(utc(2026, 3, 28, 20, 0), nightly);
  scene.start();
  scene.deliver(utc(2026, 3, 28, 0, 0));
  EXPECT_TRUE(scene.clock.is_awaited(utc(2026, 3, 29, 1, 0))) << scene.log();
  scene.clock.set(utc(2026, 3, 29, 0, 59, 59));
  scene.run_a_moment();
  EXPECT_THAT(scene.runs(), SizeIs(0));
  scene.run_at(utc(2026, 3, 29, 1, 0));
  EXPECT_THAT(scene.runs(), ElementsAre(StartsWith("20260329T010000Z-")));
  EXPECT_TRUE(scene.clock.is_awaited(utc(2026, 3, 30, 0, 30))) << "02:30 of summer time";
  scene.run_at(utc(2026, 3, 30, 0, 30));
  EXPECT_THAT(scene.runs(), SizeIs(2));
  scene.stop();
  expect_journal(scene, "2026-03-28", "2026-03-31");
}

TEST(Nights, InTheNightThatHasTheHourTwiceItRunsOnceTheFirstTime) {
  ServiceScene scene(utc(2026, 10, 24, 20, 0), nightly);
  scene.start();
  scene.deliver(utc(2026, 10, 24, 0, 0));
  EXPECT_TRUE(scene.clock.is_awaited(utc(2026, 10, 25, 0, 30))) << scene.log();
  scene.run_at(utc(2026, 10, 25, 0, 30));
  EXPECT_THAT(scene.runs(), ElementsAre(StartsWith("20261025T003000Z-")));
  scene.clock.set(utc(2026, 10, 25, 1, 30));
  scene.run_a_moment();
  EXPECT_THAT(scene.runs(), SizeIs(1)) << "02:30 comes a second time";
  EXPECT_TRUE(scene.clock.is_awaited(utc(2026, 10, 26, 1, 30)));
  scene.stop();
  expect_journal(scene, "2026-10-24", "2026-10-26");
}

TEST(Nights, WhatWasMissedWhileTheDaemonWasDownIsMadeUpOnce) {
  ServiceScene scene(utc(2026, 5, 4, 20, 0), nightly);
  scene.start();
  scene.deliver(utc(2026, 5, 4, 0, 0));
  scene.run_at(utc(2026, 5, 5, 0, 30));
  scene.stop();
  scene.clock.set(utc(2026, 5, 8, 9, 0));  // three nights went by
  scene.start();
  scene.run_until(
      [&] { return scene.runs().size() == 2 && scene.clock.is_awaited(utc(2026, 5, 9, 0, 30)); });
  EXPECT_THAT(scene.runs().back(), StartsWith("20260508T090000Z-"));
  EXPECT_EQ(scene.said("RUN-042"), 1);
  scene.run_a_moment();
  EXPECT_THAT(scene.runs(), SizeIs(2));
  scene.stop();
  scene.start();
  EXPECT_TRUE(scene.clock.is_awaited(utc(2026, 5, 9, 0, 30))) << "nothing is made up again";
}

TEST(Nights, ARunThatAStopCutOffIsMadeUpAtTheNextStart) {
  ServiceScene scene(utc(2026, 5, 4, 20, 0), nightly);
  scene.start();
  scene.deliver(utc(2026, 5, 4, 0, 0));
  scene.clock.set(utc(2026, 5, 5, 0, 30));
  scene.run_until([&] { return scene.said("RUN-003") == 1; });
  scene.stop();
  EXPECT_FALSE(std::filesystem::exists(scene.state() / "last-run")) << "it saw nothing to its end";
  EXPECT_TRUE(std::filesystem::exists(scene.state() / "last-start"));
  scene.clock.pass(std::chrono::hours(1));
  scene.start();
  scene.run_until(
      [&] { return scene.said("RUN-046") == 1 && scene.clock.is_awaited(utc(2026, 5, 6, 0, 30)); });
  EXPECT_THAT(scene.runs().back(), StartsWith("20260505T013000Z-"));
  EXPECT_TRUE(std::filesystem::exists(scene.state() / "last-run"));
  scene.stop();
  scene.start();
  scene.run_a_moment();
  EXPECT_EQ(scene.said("RUN-046"), 1) << "once";
}

TEST(Nights, WhoeverIsLateIsToldOfAndWhoeverIsNotIsNot) {
  ServiceScene scene(utc(2026, 5, 4, 20, 0),
                     std::string(nightly) + "latest_delivery = [\"01:30\"]\n");
  scene.start();
  scene.deliver(utc(2026, 5, 4, 0, 0));
  scene.clock.set(utc(2026, 5, 4, 23, 30));  // 01:30
  scene.run_until([&] { return scene.clock.is_awaited(utc(2026, 5, 5, 23, 30)); });
  scene.run_a_moment();
  EXPECT_EQ(scene.alerts(), "");
  scene.run_at(utc(2026, 5, 5, 0, 30));
  scene.clock.set(utc(2026, 5, 5, 23, 29, 59));
  scene.run_a_moment();
  EXPECT_EQ(scene.said("RUN-045"), 0);
  scene.clock.set(utc(2026, 5, 5, 23, 30));
  scene.run_until([&] { return !scene.alerts().empty(); });
  EXPECT_THAT(scene.alerts(), HasSubstr("\"kind\":\"late-delivery\""));
  EXPECT_THAT(scene.alerts(), HasSubstr(ServiceScene::code));
  EXPECT_EQ(scene.said("RUN-045"), 1);
}

TEST(Nights, WhatWasKeptLongEnoughIsShreddedByTheSameClock) {
  ServiceScene scene(utc(2026, 5, 4, 20, 0), nightly);
  scene.start();
  scene.deliver(utc(2026, 5, 4, 0, 0));
  scene.run_at(utc(2026, 5, 5, 0, 30));
  scene.clock.set(utc(2026, 5, 5, 20, 0));
  scene.deliver(utc(2026, 5, 5, 0, 0));
  const auto first = scene.accepted() / "AC-TOULOUSE.20260504";
  ASSERT_TRUE(std::filesystem::exists(first));
  scene.clock.set(utc(2026, 6, 3, 19, 0));
  scene.run_until([&] { return scene.runs().size() == 2; });  // a month in one
  scene.run_a_moment();
  EXPECT_TRUE(std::filesystem::exists(first)) << "not yet thirty days";
  scene.clock.set(utc(2026, 6, 4, 21, 0));
  scene.run_until([&] { return !std::filesystem::exists(first); });
  EXPECT_TRUE(std::filesystem::exists(scene.accepted() / "AC-TOULOUSE.20260505")) << "the newest";
}

}  // namespace
}  // namespace entsync::test
