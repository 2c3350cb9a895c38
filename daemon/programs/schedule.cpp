#include "commands.hpp"
#include "core/calendar_expression.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

int schedule(const std::string& config_path, int count) {
  auto configuration = config::load_configuration(config_path);
  if (!configuration) {
    print(configuration.error());
    return exit_usage;
  }
  const config::Schedule& schedule = configuration->settings.schedule;
  for (const CalendarExpression& expression : schedule.run)
    std::printf("run  %s  (%s)\n", expression.text().c_str(), schedule.time_zone.c_str());
  if (schedule.run.empty()) std::puts("nothing is scheduled: [schedule] run is empty");
  const TimeZone zone = TimeZone::named(schedule.time_zone).value();
  auto instant = present_second();
  for (int i = 0; i < count; ++i) {
    const auto next = next_of(schedule.run, instant, zone);
    if (!next) break;
    std::printf("     %s\n", zone.text(*next).c_str());
    instant = *next;
  }
  return exit_done;
}

}  // namespace

void add_schedule(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto count = std::make_shared<int>(5);
  CLI::App* command = app.add_subcommand("schedule", "Show when entsyncd runs by itself next");
  command->add_option("-n,--count", *count, "How many runs")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->callback([&config, &chosen, count] {
    chosen = [&config, count] { return schedule(config, *count); };
  });
}

}  // namespace entsync::programs
