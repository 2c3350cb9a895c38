/// Two hundred nights of one service, one after the other, with deliveries that arrive in the
/// inbox, across both changes of the clock: nothing grows but what should.

#include <gmock/gmock.h>
#include <malloc.h>

#include "core/calendar_expression.hpp"
#include "journal/journal.hpp"
#include "service_scene.hpp"

#if defined(__SANITIZE_ADDRESS__)
/// Of the runtime library of AddressSanitizer; GCC ships no header for it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace entsync::test {
namespace {

using std::chrono::days;
using testing::SizeIs;

constexpr int nights = 200;
/// Every fortieth delivery does not come.
constexpr int strike = 40;

/// Bytes of the heap that are in use: the exact figure, where resident memory depends on what the
/// allocator keeps.
std::size_t heap_in_use() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

struct Figures {
  std::size_t heap;
  std::size_t files;
};

TEST(Endurance, TwoHundredNightsLeakNothing) {
  const sys_seconds first = utc(2026, 9, 14, 20, 0);
  ServiceScene scene(first,
                     "run = [\"02:30\"]\nlatest_delivery = [\"01:30\"]\ntime_zone = "
                     "\"Europe/Paris\"\n");
  scene.start();
  const std::vector<CalendarExpression> nightly{*CalendarExpression::parse("02:30")};
  const TimeZone zone = TimeZone::named("Europe/Paris").value();
  std::vector<Figures> figures;
  for (int night = 0; night < nights; ++night) {
    const sys_seconds evening = first + days(night);
    scene.clock.set(evening);
    if (night % strike != strike - 1) scene.deliver(evening);
    const sys_seconds hour = *next_of(nightly, evening, zone);
    const sys_seconds next = *next_of(nightly, hour, zone);
    scene.run_at(hour);
    ASSERT_THAT(scene.runs(), SizeIs(night + 1)) << scene.log();
    scene.run_until([&] { return scene.clock.is_awaited(next); });
    figures.push_back({heap_in_use(), open_files()});
  }
  EXPECT_EQ(scene.said("RUN-045"), nights / strike) << "each strike is told of";
  EXPECT_EQ(scene.said("RUN-020"), 0);
  const Figures& warm = figures[nights / 4];
  const Figures& last = figures.back();
  EXPECT_EQ(last.files, warm.files);
  // People who left stay in the directory until they are deleted, so a little is more.
  EXPECT_LE(last.heap, warm.heap + warm.heap / 10 + (1U << 18))
      << "in use after night " << nights / 4 << ": " << warm.heap << ", at last: " << last.heap;
  RecordProperty("heap_warm", std::to_string(warm.heap));
  RecordProperty("heap_last", std::to_string(last.heap));
  scene.stop();

  auto journal = Journal::open(scene.state(), Journal::Mode::read);
  ASSERT_TRUE(journal);
  const auto report = (*journal)->verify({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->good);
  EXPECT_GT(report->records, 1000U);
  EXPECT_TRUE((*journal)->open_intents()->empty());
  const std::vector<std::string> ids = scene.runs();
  EXPECT_EQ(std::ranges::count_if(ids,
                                  [](const std::string& id) {
                                    return id.substr(9, 4) == "0030";  // summer time
                                  }),
            std::ranges::count_if(ids, [](const std::string& id) {
              return id.substr(0, 8) <= "20261025" || id.substr(0, 8) >= "20270329";
            }));
}

}  // namespace
}  // namespace entsync::test
