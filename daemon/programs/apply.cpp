#include "commands.hpp"
#include "core/render.hpp"
#include "runtime/apply_saved.hpp"
#include "runtime/instant.hpp"
#include "runtime/planning.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct ApplyArguments {
  std::string file;
  std::string reason;
  bool release_holds = false;
};

int apply_command(const std::string& config, const ApplyArguments& arguments) {
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  auto file = load_checked_plan(arguments.file);
  if (!file) {
    print(file.error());
    return exit_failed;
  }
  if (!file->holds.empty() && !arguments.release_holds) {
    Problems held;
    for (const Hold& hold : file->holds)
      held.error("HOLD-020", {arguments.file, 0, {}},
                 "the judge holds this plan: " + to_string(hold));
    held.list.back().remedy = "look at the plan, then apply it with --release-holds";
    print(held);
    return exit_held;
  }
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  const RunResult result = run(*context, apply_saved(*context, std::move(*file), cause));
  report(*context, result.problems);
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
  command->add_flag("--release-holds", arguments->release_holds,
                    "Apply it although the judge holds some of it; journaled");
  command->footer(
      "A plan is stale when another delivery was applied and its own is not newer, the rules or "
      "the\n"
      "registry changed, or one of the entries it touches is no longer as the plan found it. What "
      "the\n"
      "judge held when the plan was made needs --release-holds; limits are not counted again. "
      "Plans that\n"
      "wait (entsync hold) are superseded.\n"
      "Exit codes: 0 applied; 1 failed; 2 usage or configuration; 4 the judge holds it.");
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return apply_command(config, *arguments); };
  });
}

}  // namespace entsync::programs
