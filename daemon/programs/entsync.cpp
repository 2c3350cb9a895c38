/// entsync: the command line that people type.

#include "commands.hpp"
#include "session.hpp"

int main(int argc, char** argv) {
  using namespace entsync;
  programs::keep_private();
  CLI::App app(
      "Plans, reviews and explains the synchronisation of a digital workspace's directory.\n\n"
      "Every change of the directory is planned, judged and journaled. `plan` shows what would be "
      "done,\n"
      "`apply` does exactly a saved plan, `sync` synchronises one person or school now, `hold` "
      "decides on\n"
      "what the judge held, `review` on whose entry it is, `explain` says why a value is there, "
      "`audit` lists what was changed, "
      "by "
      "whom and\n"
      "because of which record.",
      "entsync");
  app.require_subcommand(1);
  std::string config;
  programs::Chosen chosen;
  programs::add_config_option(app, config);
  app.fallthrough();
  programs::add_plan(app, config, chosen);
  programs::add_apply(app, config, chosen);
  programs::add_sync(app, config, chosen);
  programs::add_hold(app, config, chosen);
  programs::add_review(app, config, chosen);
  programs::add_rights(app, config, chosen);
  programs::add_explain(app, config, chosen);
  programs::add_why(app, config, chosen);
  programs::add_audit(app, config, chosen);
  programs::add_incident(app, config, chosen);
  programs::add_retention(app, config, chosen);
  programs::add_vault(app, config, chosen);
  programs::add_daemon(app, config, chosen);
  programs::add_schedule(app, config, chosen);
  programs::add_year(app, config, chosen);
  programs::add_registry(app, config, chosen);
  programs::add_requests(app, config, chosen);
  programs::add_token(app, chosen);
  programs::add_check_config(app, config, chosen);
  app.footer(
      "Exit codes: 0 done or in sync; 1 failed; 2 usage or configuration; 3 out of sync (plan "
      "--check);\n"
      "4 something is held.");
  if (const auto code = programs::parse(app, argc, argv)) return *code;
  try {
    return chosen();
  } catch (const Stopped&) {
    return exit_failed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "entsync: defect or lack of resources: %s\n", error.what());
    return exit_failed;
  }
}
