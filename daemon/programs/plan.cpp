#include <boost/json.hpp>

#include "commands.hpp"
#include "core/render.hpp"
#include "daemon_address.hpp"
#include "runtime/plan_file.hpp"
#include "runtime/synchronise.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

/// Rejected records that the text names; the report of a run lists all.
constexpr std::size_t rejected_shown = 5;

struct PlanArguments {
  bool check = false;
  bool summary = false;
  bool json = false;
  std::string out;
  std::string reason = "plan";
  DaemonAddress address{};

  [[nodiscard]] bool shows_persons() const { return !check && !summary; }
};

/// By a daemon on the network, which has the delivery and the directory; it journals the reading.
int plan_far_away(const std::string& config, const PlanArguments& arguments) {
  const bool counts_only = !arguments.shows_persons() && !arguments.json;
  const boost::json::object order{{"reason", arguments.reason},
                                  {"summary", counts_only},
                                  {"form", arguments.json ? "json" : "text"}};
  const auto reply =
      ask_daemon(config, arguments.address, "POST", "/v1/plan", order, time_to_apply);
  if (!reply) return exit_failed;
  const boost::json::value plan = boost::json::parse(reply->body);
  const auto show = [&plan](const char* part) {
    std::fputs(plan.at(part).as_string().c_str(), stdout);
  };
  show(counts_only ? "counts" : "plan");
  if (!arguments.json) {
    show("verdict");
    show("rejected");
  }
  std::fprintf(stderr, "%s\n", plan.at("summary").as_string().c_str());
  if (arguments.check)
    return plan.at("changes").to_number<std::uint64_t>() == 0 ? exit_done : exit_out_of_sync;
  return plan.at("exit_code").to_number<int>();
}

int plan(const std::string& config, const PlanArguments& arguments) {
  if (!arguments.address.url.empty()) return plan_far_away(config, arguments);
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const DryRun dry = run(*context, plan_only(*context));
  if (dry.problems.has_errors()) {
    report(*context, dry.problems);
    return dry.exit_code;
  }
  const bool shows_persons = arguments.shows_persons() || !arguments.out.empty();
  if (shows_persons && !journal_reading(*context, arguments.reason, "plan of everything shown"))
    return exit_failed;
  if (!arguments.out.empty()) {
    if (auto saved = save_plan(arguments.out, dry.plan, dry.verdict.holds, dry.after); !saved) {
      print(saved.error());
      return exit_failed;
    }
  }
  if (arguments.json)
    std::fputs(plan_json(dry.plan, dry.verdict.holds, dry.after).c_str(), stdout);
  else if (!arguments.shows_persons())
    std::fputs(render(dry.plan.counts()).c_str(), stdout);
  else
    std::fputs((render(dry.plan) + render_pending(dry.pending)).c_str(), stdout);
  if (arguments.json)
    context->log.problems(rejected_problems(dry.report));
  else
    std::fputs((render(dry.verdict) + render_rejected(dry.report, rejected_shown)).c_str(), stdout);
  context->log.info("RUN-006", last_line(dry.report));
  if (arguments.check) return dry.plan.changes.empty() ? exit_done : exit_out_of_sync;
  return dry.exit_code;
}

}  // namespace

void add_plan(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command = app.add_subcommand(
      "plan", "Show what a run would change, with the reason of each change; changes nothing");
  command->add_flag("--check", arguments->check,
                    "Print counts only; exit 0 when in sync, 3 when something is to be done");
  command->add_flag("--summary", arguments->summary, "Print counts only");
  command->add_flag("--json", arguments->json, "Print the plan as JSON");
  command->add_option("--out", arguments->out, "Save the plan for `entsync apply` (mode 0600)")
      ->type_name("FILE");
  command->add_option("--reason", arguments->reason, "Why you read; journaled with your name")
      ->capture_default_str()
      ->type_name("TEXT");
  add_address_options(*command, arguments->address);
  command->get_option("--out")->excludes(command->get_option("--url"));
  command->footer(
      "The text and the saved plan hold personal data (old and new values): that you read it is\n"
      "journaled before it is shown. Counts are nobody's and leave no trace.\n"
      "Exit codes: 0 planned; 1 failed; 2 usage or configuration; 3 out of sync (--check);\n"
      "4 the judge would hold some of it.");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return plan(config, *arguments); }; });
}

}  // namespace entsync::programs
