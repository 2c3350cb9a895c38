#include <array>
#include <boost/json.hpp>
#include <cstdint>

#include "commands.hpp"
#include "runtime/instant.hpp"
#include "runtime/year_ahead.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

/// Three years: longer than any calendar that is configured.
constexpr long most_days = 1096;

struct YearArguments {
  std::string from;
  std::string to;
  bool json = false;
  bool summary = false;
  std::string reason = "year simulate";
};

using StepCounts = std::array<std::uint64_t, all_account_steps.size()>;

StepCounts counts_of(const YearDay& day) {
  StepCounts counts{};
  for (const DueAccount& account : day.accounts) ++counts[static_cast<std::size_t>(account.step)];
  return counts;
}

std::string text_of(const StepCounts& counts) {
  std::string text;
  for (const AccountStep step : all_account_steps)
    if (const auto count = counts[static_cast<std::size_t>(step)]; count != 0)
      text +=
          (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(to_string(step));
  return text.empty() ? "nobody" : text;
}

json::object json_of(const StepCounts& counts) {
  json::object object;
  for (const AccountStep step : all_account_steps)
    object[to_string(step)] = counts[static_cast<std::size_t>(step)];
  return object;
}

StepCounts total_of(const std::vector<YearDay>& days) {
  StepCounts total{};
  for (const YearDay& day : days) {
    const StepCounts counts = counts_of(day);
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += counts[i];
  }
  return total;
}

void print_text(const std::vector<YearDay>& days, bool summary) {
  for (const YearDay& day : days) {
    std::printf("%s  %s\n", day.date.iso().c_str(), text_of(counts_of(day)).c_str());
    for (const CalendarEvent& event : day.events)
      std::printf("  calendar   %s: %s\n", event.about.c_str(), event.what.c_str());
    if (summary) continue;
    for (const DueAccount& account : day.accounts) {
      std::string schools;
      for (const std::string& uai : account.schools) schools += (schools.empty() ? "" : " ") + uai;
      std::printf("  %-10s %s  %s  [%s]  absent since %s, end %s\n",
                  std::string(to_string(account.step)).c_str(), account.subject.c_str(),
                  std::string(to_string(account.profil)).c_str(), schools.c_str(),
                  account.since.iso().c_str(), account.end.iso().c_str());
    }
  }
  std::printf("in all: %s\n", text_of(total_of(days)).c_str());
}

json::object json_of(const YearDay& day, bool summary) {
  json::object object{{"date", day.date.iso()}, {"counts", json_of(counts_of(day))}};
  json::array events;
  for (const CalendarEvent& event : day.events)
    events.push_back(json::object{{"about", event.about}, {"what", event.what}});
  object["events"] = std::move(events);
  if (summary) return object;
  json::array accounts;
  for (const DueAccount& account : day.accounts) {
    json::array schools;
    for (const std::string& uai : account.schools) schools.emplace_back(uai);
    accounts.push_back(json::object{{"step", to_string(account.step)},
                                    {"subject", account.subject},
                                    {"profil", to_string(account.profil)},
                                    {"schools", std::move(schools)},
                                    {"absent_since", account.since.iso()},
                                    {"end", account.end.iso()}});
  }
  object["accounts"] = std::move(accounts);
  return object;
}

void print_json(const std::vector<YearDay>& days, Date from, Date to, bool summary) {
  json::array list;
  for (const YearDay& day : days) list.push_back(json_of(day, summary));
  const json::object answer{{"from", from.iso()},
                            {"to", to.iso()},
                            {"days", std::move(list)},
                            {"total", json_of(total_of(days))}};
  std::printf("%s\n", json::serialize(answer).c_str());
}

int simulate(const std::string& config, const YearArguments& arguments) {
  const auto from = arguments.from.empty() ? today() : Date::from_iso(arguments.from);
  const auto to = Date::from_iso(arguments.to);
  if (!from || !to || *to < *from || to->days_since(*from) > most_days) {
    std::fputs(
        "entsync: --from and --to are days, as 2027-07-04, in this order, and no more than "
        "three years apart\n",
        stderr);
    return exit_usage;
  }
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const auto days = run(*context, simulate_days(*context, *from, *to));
  if (!days) {
    report(*context, days.error());
    return exit_code_of(days.error());
  }
  const std::string what = "simulation from " + from->iso() + " to " + to->iso() + " shown";
  if (!arguments.summary && !journal_reading(*context, arguments.reason, what)) return exit_failed;
  if (arguments.json)
    print_json(*days, *from, *to, arguments.summary);
  else
    print_text(*days, arguments.summary);
  return exit_done;
}

}  // namespace

void add_year(CLI::App& app, const std::string& config, Chosen& chosen) {
  CLI::App* year = app.add_subcommand("year", "The school year: what the coming days bring");
  year->require_subcommand(1);
  auto arguments = std::make_shared<YearArguments>();
  CLI::App* command = year->add_subcommand(
      "simulate",
      "Run the coming days on paper: who would be told absent, suspended and deleted when; changes "
      "nothing");
  command->add_option("--from", arguments->from, "First day; today")->type_name("DATE");
  command->add_option("--to", arguments->to, "Last day")->required()->type_name("DATE");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->add_flag("--summary", arguments->summary, "Print counts only");
  command->add_option("--reason", arguments->reason, "Why you read; journaled with your name")
      ->capture_default_str()
      ->type_name("TEXT");
  command->footer(
      "From the present directory and deliveries, as if nothing new were delivered. Persons are\n"
      "named by their keys; that you read it is journaled before it is shown. Counts leave no "
      "trace.\n"
      "Exit codes: 0 done; 1 failed; 2 usage or configuration.");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return simulate(config, *arguments); }; });
}

}  // namespace entsync::programs
