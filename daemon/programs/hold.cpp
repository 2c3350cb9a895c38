#include <boost/json.hpp>

#include "commands.hpp"
#include "control/client.hpp"
#include "core/render.hpp"
#include "running_daemon.hpp"
#include "runtime/apply_saved.hpp"
#include "runtime/holds.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct HoldArguments {
  std::string id;
  std::string reason;
  bool summary = false;
  std::vector<std::string> schools;
};

void print_approval(const char* actor, const char* at) {
  std::printf("    approved by %s at %s; a second person has to approve\n", actor, at);
}

int list_of_daemon(const boost::json::value& answer) {
  const boost::json::array& held = answer.at("holds").as_array();
  for (const boost::json::value& one : held) {
    const boost::json::object& plan = one.as_object();
    if (!plan.contains("run")) {
      std::printf("%s  cannot be read\n", plan.at("id").as_string().c_str());
      continue;
    }
    std::printf("%s  run %s  %zu changes\n", plan.at("id").as_string().c_str(),
                plan.at("run").as_string().c_str(), plan.at("changes").to_number<std::size_t>());
    for (const boost::json::value& reason : plan.at("reasons").as_array())
      std::printf("    %s\n", reason.as_string().c_str());
    for (const boost::json::value& approval : plan.at("approvals").as_array())
      print_approval(approval.at("actor").as_string().c_str(),
                     approval.at("at").as_string().c_str());
  }
  if (held.empty()) std::printf("nothing waits\n");
  return held.empty() ? exit_done : exit_held;
}

int list(const std::string& config) {
  if (const auto answer = ask_running(config, "GET", "/v1/holds")) {
    if (*answer) return list_of_daemon(**answer);
    print(answer->error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Holds holds(context->config.settings.state_directory);
  auto held = holds.list();
  if (!held) {
    print(held.error());
    return exit_failed;
  }
  for (const HeldPlan& one : *held) {
    auto file = load_plan(one.path);
    if (!file) {
      print(file.error());
      continue;
    }
    std::printf("%s  run %s  %zu changes\n", one.id.c_str(), file->plan.id.c_str(),
                file->plan.changes.size());
    for (const Hold& hold : file->holds) std::printf("    %s\n", to_string(hold).c_str());
    auto approvals = holds.approvals(one);
    if (!approvals) {
      print(approvals.error());
      return exit_failed;
    }
    for (const Approval& approval : *approvals)
      print_approval(approval.actor.c_str(), approval.at.c_str());
  }
  if (held->empty()) std::printf("nothing waits\n");
  return held->empty() ? exit_done : exit_held;
}

/// The held plan with this id, or nothing after the problem was printed.
std::optional<std::pair<HeldPlan, PlanFile>> find(Context& context, const std::string& id) {
  auto held = Holds(context.config.settings.state_directory).find(id);
  if (!held) {
    print(held.error());
    return std::nullopt;
  }
  auto file = load_plan(held->path);
  if (!file) {
    print(file.error());
    return std::nullopt;
  }
  return std::pair(std::move(*held), std::move(*file));
}

/// The exit code, when a running daemon gave the answer.
std::optional<int> show_by_daemon(const std::string& config, const HoldArguments& arguments) {
  const auto answer =
      ask_running(config, "GET", "/v1/holds/" + control::percent_encoded(arguments.id));
  if (!answer) return std::nullopt;
  if (!*answer) {
    print(answer->error());
    return exit_failed;
  }
  for (const boost::json::value& reason : (*answer)->at("reasons").as_array())
    std::printf("held %s\n", reason.as_string().c_str());
  std::fputs((*answer)->at(arguments.summary ? "summary" : "plan").as_string().c_str(), stdout);
  return exit_done;
}

int show(const std::string& config, const HoldArguments& arguments) {
  if (const auto code = show_by_daemon(config, arguments)) return *code;
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto found = find(*context, arguments.id);
  if (!found || !journal_reading(*context, "review", "held plan " + found->first.id + " shown"))
    return exit_failed;
  for (const Hold& hold : found->second.holds) std::printf("held %s\n", to_string(hold).c_str());
  std::fputs(arguments.summary ? render(found->second.plan.counts()).c_str()
                               : render(found->second.plan).c_str(),
             stdout);
  return exit_done;
}

std::string target_of(const HoldArguments& arguments, const char* decision) {
  return "/v1/holds/" + control::percent_encoded(arguments.id) + "/" + decision;
}

int approve(const std::string& config, const HoldArguments& arguments) {
  boost::json::object order{{"reason", arguments.reason}};
  if (!arguments.schools.empty())
    order["schools"] = boost::json::array(arguments.schools.begin(), arguments.schools.end());
  if (const auto answer =
          ask_running(config, "POST", target_of(arguments, "approve"), order, time_to_apply))
    return print_result(*answer);
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  auto held = Holds(context->config.settings.state_directory).find(arguments.id);
  if (!held) {
    print(held.error());
    return exit_failed;
  }
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  const RunResult result =
      run(*context, approve_held(*context, std::move(*held), arguments.schools, cause));
  report(*context, result.problems);
  std::printf("%s\n", last_line(result.report).c_str());
  return result.exit_code;
}

int reject(const std::string& config, const HoldArguments& arguments) {
  const boost::json::object order{{"reason", arguments.reason}};
  if (const auto answer = ask_running(config, "POST", target_of(arguments, "reject"), order)) {
    if (*answer) return exit_done;
    print(answer->error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  auto rejected = reject_held(*context, arguments.id, cause);
  if (rejected) return exit_done;
  print(rejected.error());
  return exit_failed;
}

}  // namespace

void add_hold(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<HoldArguments>();
  CLI::App* hold = app.add_subcommand("hold", "Review and decide on plans that wait for a human");
  hold->require_subcommand(1);
  CLI::App* one = hold->add_subcommand("list", "What waits, and why; exit 4 when something does");
  one->callback([=, &config, &chosen] { chosen = [&config] { return list(config); }; });

  one = hold->add_subcommand("show", "Every change of a held plan, with old and new values");
  one->add_option("ID", arguments->id, "Id, or the beginning of one")->required();
  one->add_flag("--summary", arguments->summary, "Counts only");
  one->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return show(config, *arguments); }; });

  one = hold->add_subcommand("approve", "Apply exactly this held plan; refused when it is stale");
  one->add_option("ID", arguments->id, "Id, or the beginning of one")->required();
  one->add_option("--school", arguments->schools,
                  "Only what is of these schools alone (UAI, repeatable); the rest waits on");
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return approve(config, *arguments); }; });

  one = hold->add_subcommand("reject", "Drop a held plan; the next run will judge anew");
  one->add_option("ID", arguments->id, "Id, or the beginning of one")->required();
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return reject(config, *arguments); }; });
}

}  // namespace entsync::programs
