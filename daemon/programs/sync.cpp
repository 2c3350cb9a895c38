#include <unistd.h>

#include <boost/json.hpp>
#include <iostream>

#include "commands.hpp"
#include "core/render.hpp"
#include "running_daemon.hpp"
#include "runtime/instant.hpp"
#include "runtime/plan_file.hpp"
#include "runtime/scoped_run.hpp"
#include "runtime/synchronise.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

/// Rejected records that the text names; the report of a run lists all.
constexpr std::size_t rejected_named = 5;

struct SyncArguments {
  ScopeText scope;
  std::string reason;
  bool plan_only = false;
  bool yes = false;
  unsigned wait = 60;
};

/// What would be done, printed; nothing after the problems were.
std::optional<DryRun> show_plan(const std::string& config, const Scope& scope,
                                const std::string& reason, int& exit_code) {
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) {
    exit_code = exit_usage;
    return std::nullopt;
  }
  DryRun dry = run(*context, plan_only(*context, scope));
  exit_code = dry.exit_code;
  if (dry.problems.has_errors()) {
    report(*context, dry.problems);
    return std::nullopt;
  }
  if (!journal_reading(*context, reason, "plan of " + to_string(scope) + " shown")) {
    exit_code = exit_failed;
    return std::nullopt;
  }
  std::printf("scope: %s\n", to_string(scope).c_str());
  std::fputs((render(dry.plan) + render_pending(dry.pending) + render(dry.verdict) +
              render_rejected(dry.report, rejected_named))
                 .c_str(),
             stdout);
  context->log.info("RUN-006", last_line(dry.report));
  return dry;
}

bool agrees(std::size_t changes) {
  std::printf("apply %zu changes? [y/N] ", changes);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Whether whoever sits at the terminal agrees to these changes, once he has seen the plan.
bool wants_to_apply(const SyncArguments& arguments, std::size_t changes) {
  if (changes == 0 || arguments.plan_only) return false;
  if (::isatty(STDIN_FILENO) == 0) {
    std::printf("nothing was changed: nobody can be asked here; --yes applies without asking\n");
    return false;
  }
  if (agrees(changes)) return true;
  std::printf("nothing was changed\n");
  return false;
}

int apply_scope(const std::string& config, const SyncArguments& arguments, const Scope& scope,
                std::string agreed) {
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  const RunResult result =
      run(*context,
          synchronise_scope(
              *context, {scope, std::move(agreed), std::chrono::seconds(arguments.wait)}, cause));
  report(*context, result.problems);
  std::printf("%s\n", last_line(result.report).c_str());
  return result.exit_code;
}

/// Shows the plan and applies it when whoever sits at the terminal says so.
int ask_and_apply(const std::string& config, const SyncArguments& arguments, const Scope& scope) {
  int exit_code = exit_failed;
  const auto dry = show_plan(config, scope, arguments.reason, exit_code);
  if (!dry || !wants_to_apply(arguments, dry->verdict.go() ? dry->plan.changes.size() : 0))
    return exit_code;
  return apply_scope(config, arguments, scope, plan_digest(dry->plan));
}

namespace json = boost::json;

/// What the daemon is asked for.
json::object order_of(const SyncArguments& arguments) {
  const ScopeText& scope = arguments.scope;
  json::object order{{"reason", arguments.reason}, {"wait", arguments.wait}};
  const auto name = [&order](const char* key, const std::string& value) {
    if (!value.empty()) order[key] = value;
  };
  name("person", scope.person);
  name("class", scope.classe);
  name("school", scope.school);
  name("academie", scope.academie);
  name("profil", scope.profil);
  return order;
}

std::optional<Result<json::value>> order_part(const std::string& config, json::object order) {
  return ask_running(config, "POST", "/v1/sync", std::move(order), time_to_apply);
}

int print_plan(const json::value& plan) {
  std::printf("scope: %s\n", plan.at("scope").as_string().c_str());
  for (const char* part : {"plan", "verdict", "rejected"})
    std::fputs(plan.at(part).as_string().c_str(), stdout);
  std::fprintf(stderr, "%s\n", plan.at("summary").as_string().c_str());
  return plan.at("exit_code").to_number<int>();
}

/// The exit code, when a running daemon did it. It works beside a run that it has under way.
std::optional<int> sync_by_daemon(const std::string& config, const SyncArguments& arguments) {
  json::object order = order_of(arguments);
  if (!arguments.yes) {
    json::object look = order;
    look["plan_only"] = true;
    const auto plan = order_part(config, std::move(look));
    if (!plan) return std::nullopt;
    if (!*plan) {
      print(plan->error());
      return exit_failed;
    }
    const int exit_code = print_plan(**plan);
    const auto changes = (*plan)->at("changes").to_number<std::size_t>();
    if (!wants_to_apply(arguments, exit_code == exit_done ? changes : 0)) return exit_code;
    order["agreed"] = (*plan)->at("digest");
  }
  const auto done = order_part(config, std::move(order));
  if (!done) return std::nullopt;
  return print_result(*done);
}

int sync_command(const std::string& config, const SyncArguments& arguments) {
  const auto scope = parse_scope(arguments.scope);
  if (!scope) {
    print(scope.error());
    return exit_usage;
  }
  if (const auto code = sync_by_daemon(config, arguments)) return *code;
  if (arguments.yes) return apply_scope(config, arguments, *scope, {});
  return ask_and_apply(config, arguments, *scope);
}

}  // namespace

void add_sync(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<SyncArguments>();
  CLI::App* command =
      app.add_subcommand("sync", "Synchronise one person, class, school, académie or profile now");
  command->add_option("--person", arguments->scope.person, "One person: AC-X/Eleve/123")
      ->type_name("KEY");
  command->add_option("--class", arguments->scope.classe, "The pupils and groups of a class")
      ->type_name("UAI/ID");
  command->add_option("--school", arguments->scope.school, "A school with its people and groups")
      ->type_name("UAI");
  command->add_option("--academie", arguments->scope.academie, "All of an académie")
      ->type_name("AC-X");
  command
      ->add_option("--profile", arguments->scope.profil,
                   "Persons of one profile: eleve, responsable, enseignant, directeur, personnel")
      ->type_name("P");
  command->add_option("--reason", arguments->reason, "Why; journaled with your name")
      ->required()
      ->type_name("TEXT");
  CLI::Option* only =
      command->add_flag("--plan-only", arguments->plan_only, "Show the plan and change nothing");
  command->add_flag("--yes", arguments->yes, "Apply without showing the plan and asking")
      ->excludes(only);
  command->add_option("--wait", arguments->wait, "How long to wait until another run lets it begin")
      ->capture_default_str()
      ->type_name("SECONDS");
  command->footer(
      "Several options together mean what they have in common. Shows the plan and asks; where "
      "nobody can\n"
      "be asked and without --yes it only plans. Touches who is named and what their links oblige: "
      "new\n"
      "responsables and schools that they lead to, the other end of each link, their places in "
      "groups. All\n"
      "else is left for the nightly run. What the judge would hold is not applied. Of a "
      "person,\n"
      "class or school only the part is read when the delivery lies unpacked and is the one "
      "applied "
      "last;\n"
      "else everything, which takes as long as a run without changes. While the daemon runs the "
      "work "
      "is\n"
      "its own; where only the part is read it is done beside a run that is under way.\n\n"
      "  entsync sync --person AC-TOULOUSE/Eleve/1234567 --reason \"name corrected, ticket 812\"\n"
      "  entsync sync --class 0310001H/73196 --plan-only --reason \"look\"\n"
      "  entsync sync --school 0310001H --profile eleve --yes --reason \"asked by the school\"\n\n"
      "Exit codes: 0 done, planned or nothing to do; 1 failed, or somebody unknown is named; 2 "
      "usage or\n"
      "configuration; 4 the judge would hold some of it, nothing was changed.");
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return sync_command(config, *arguments); };
  });
}

}  // namespace entsync::programs
