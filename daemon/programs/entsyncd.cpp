/// entsyncd: the daemon, or one synchronisation in the foreground.

#include "runtime/instant.hpp"
#include "runtime/run_lock.hpp"
#include "runtime/service.hpp"
#include "runtime/synchronise.hpp"
#include "session.hpp"

namespace {

using namespace entsync;

asio::awaitable<RunResult> synchronise_and_tell(Context& context, Cause cause) {
  RunResult result = co_await synchronise(context, std::move(cause));
  std::vector<Alert> alerts = alerts_of(result);
  for (Alert& alert : alerts) co_await raise_alert(context, std::move(alert));
  co_return result;
}

int run_once(const std::string& config, const std::string& actor, const std::string& reason) {
  auto context = programs::open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), actor, reason};
  const RunResult result = programs::run(*context, synchronise_and_tell(*context, cause));
  programs::report(*context, closing_problems(result));
  const std::string line = log_last_line(*context, result);
  if (!context->config.settings.log.file.empty()) std::printf("%s\n", line.c_str());
  return result.exit_code;
}

bool starts_by_itself(const config::Settings& settings) {
  return !settings.schedule.run.empty() ||
         (settings.inbox.start_on_arrival && !settings.inbox.directory.empty());
}

int run_service(const std::string& config) {
  auto context = programs::open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  if (!starts_by_itself(context->config.settings)) {
    programs::report(
        *context,
        Problem{Severity::error,
                "RUN-040",
                {config, 0, "schedule.run"},
                "nothing is scheduled and no inbox starts runs, so the daemon would do nothing",
                "say when to run, e.g. run = [\"Mon..Sat 02:30\"], or run once "
                "with --once"});
    return exit_usage;
  }
  auto lock = RunLock::take_for_daemon(context->config.settings.state_directory);
  if (!lock) {
    programs::report(*context, lock.error());
    return exit_failed;
  }
  const ServiceNotifier notifier;
  while (true) {
    ServiceEnd end = programs::run(*context, serve(*context, notifier));
    if (!end.reload) return exit_done;
    std::signal(SIGHUP, SIG_IGN);  // between two configurations there is nobody to hear it
    context.reset();               // its log file is closed before the next one opens it
    context = programs::open_context(std::move(*end.reload), Progress::Form::none);
    if (!context) return exit_usage;
    context->log.info("RUN-044", "the new configuration is in force");
  }
}

}  // namespace

int main(int argc, char** argv) {
  programs::keep_private();
  CLI::App app(
      "Keeps the LDAP directory of a digital workspace (ENT) true to the national source.\n\n"
      "Runs until it is told to stop, and synchronises at the times of [schedule]: the deliveries "
      "that\n"
      "the configuration names are read and checked whole, compared with the directory, planned, "
      "judged,\n"
      "and applied; every change is journaled before it is sent. What surprises is held for a "
      "human\n"
      "(see: entsync hold). With --once it synchronises now, in the foreground, and ends.",
      "entsyncd");
  std::string config;
  std::string actor = programs::calling_user();
  std::string reason = "scheduled synchronisation";
  bool once = false;
  programs::add_config_option(app, config);
  CLI::Option* flag = app.add_flag("--once", once, "Run one synchronisation and end");
  app.add_option("--actor", actor, "Who answers for the run, as the journal names it")
      ->capture_default_str()
      ->needs(flag);
  app.add_option("--reason", reason, "Why, as the journal says it")
      ->capture_default_str()
      ->needs(flag);
  app.footer(
      "Exit codes: 0 done or nothing to do; 1 failed; 2 usage or configuration; 4 something is "
      "held\n"
      "(--once).\n"
      "TERM or INT: stops in the way of [service], by default when changes in flight are finished "
      "and\n"
      "journaled; a second one stops at once, and the next start settles what was open. HUP: the\n"
      "configuration is read again and taken when all of it is right.\n"
      "Files: the state directory holds journal.db, state.db, holds/ and reports/.");
  if (const auto code = programs::parse(app, argc, argv)) return *code;
  try {
    return once ? run_once(config, actor, reason) : run_service(config);
  } catch (const Stopped&) {
    return exit_failed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "entsyncd: defect or lack of resources: %s\n", error.what());
    return exit_failed;
  }
}
