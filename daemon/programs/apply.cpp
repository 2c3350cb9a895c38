#include "commands.hpp"
#include "core/render.hpp"
#include "runtime/instant.hpp"
#include "runtime/planning.hpp"
#include "runtime/synchronise.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct ApplyArguments {
  std::string file;
  std::string reason;
};

int apply_command(const std::string& config, const ApplyArguments& arguments) {
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  auto file = load_plan(arguments.file);
  if (!file) {
    print(file.error());
    return exit_failed;
  }
  if (Problems bugs = check_plan(file->plan); bugs.has_errors()) {
    print(bugs);
    return exit_failed;
  }
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  const RunResult result = run(*context, apply_saved(*context, std::move(*file), cause));
  context->log.problems(result.problems);
  std::printf("%s\n", last_line(result.report).c_str());
  return result.exit_code;
}

}  // namespace

void add_apply(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<ApplyArguments>();
  CLI::App* command = app.add_subcommand(
      "apply", "Apply exactly a plan saved with `entsync plan --out`; refused when it is stale");
  command->add_option("PLAN", arguments->file, "The saved plan")->required()->type_name("FILE");
  command->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  command->footer(
      "A plan is stale when a newer delivery was applied, the rules or the registry changed, or "
      "one of\n"
      "the entries it touches is no longer as the plan found it. Whoever applies a saved plan has "
      "judged\n"
      "it: limits are not checked again.");
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return apply_command(config, *arguments); };
  });
}

}  // namespace entsync::programs
