/// entsyncd: one synchronisation in the foreground.

#include "runtime/instant.hpp"
#include "runtime/synchronise.hpp"
#include "session.hpp"

namespace {

using namespace entsync;

int run_once(const std::string& config, const std::string& actor, const std::string& reason) {
  auto context = programs::open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), actor, reason};
  const RunResult result = programs::run(*context, synchronise(*context, cause));
  programs::report(*context, result.problems);
  if (result.exit_code == exit_held)
    programs::report(*context, Problem{Severity::error,
                                       "HOLD-011",
                                       {},
                                       "plan " + result.report.hold_id + " waits for a decision",
                                       "entsync hold show " + result.report.hold_id});
  const std::string line = last_line(result.report);
  context->log.info("RUN-004", line);
  if (!context->config.settings.log.file.empty()) std::printf("%s\n", line.c_str());
  return result.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  programs::keep_private();
  CLI::App app(
      "Keeps the LDAP directory of a digital workspace (ENT) true to the national source.\n\n"
      "With --once, one synchronisation in the foreground: the deliveries that the configuration "
      "names\n"
      "are read and checked whole, compared with the directory, planned, judged, and applied; "
      "every\n"
      "change is journaled before it is sent. What surprises is held for a human (see: entsync "
      "hold).",
      "entsyncd");
  std::string config;
  std::string actor = programs::calling_user();
  std::string reason = "scheduled synchronisation";
  bool once = false;
  programs::add_config_option(app, config);
  app.add_flag("--once", once, "Run one synchronisation and end")->required();
  app.add_option("--actor", actor, "Who answers for the run, as the journal names it")
      ->capture_default_str();
  app.add_option("--reason", reason, "Why, as the journal says it")->capture_default_str();
  app.footer(
      "Exit codes: 0 done or nothing to do; 1 failed; 2 usage or configuration; 4 something is "
      "held.\n"
      "TERM or INT: changes in flight are finished and journaled, then the run stops; a second one "
      "stops\n"
      "at once, and the next start settles what was open.\n"
      "Files: the state directory holds journal.db, state.db, holds/ and reports/.");
  if (const auto code = programs::parse(app, argc, argv)) return *code;
  try {
    return run_once(config, actor, reason);
  } catch (const Stopped&) {
    return exit_failed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "entsyncd: defect or lack of resources: %s\n", error.what());
    return exit_failed;
  }
}
