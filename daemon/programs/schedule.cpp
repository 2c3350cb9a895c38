#include <boost/json.hpp>

#include "commands.hpp"
#include "core/calendar_expression.hpp"
#include "running_daemon.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

/// What the running daemon goes by, which may be older than the file.
int schedule_of_daemon(const boost::json::value& answer) {
  const boost::json::array& run = answer.at("run").as_array();
  for (const boost::json::value& expression : run)
    std::printf("run  %s  (%s)\n", expression.as_string().c_str(),
                answer.at("time_zone").as_string().c_str());
  if (run.empty()) std::puts("nothing is scheduled: [schedule] run is empty");
  for (const boost::json::value& time : answer.at("next").as_array())
    std::printf("     %s\n", time.as_string().c_str());
  return exit_done;
}

int schedule(const std::string& config_path, int count) {
  if (const auto answer =
          ask_running(config_path, "GET", "/v1/schedule?count=" + std::to_string(count))) {
    if (*answer) return schedule_of_daemon(**answer);
    print(answer->error());
    return exit_failed;
  }
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
