#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "config/load_processing_register.hpp"
#include "runtime/incident_report.hpp"
#include "runtime/instant.hpp"
#include "runtime/journal_place.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct IncidentArguments {
  JournalQuery query;
  std::string known_since;
  std::string reason;
  std::string ticket;
  bool as_json = false;
};

int report_incident(const std::string& config, const IncidentArguments& arguments) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const config::Settings& settings = context->config.settings;
  const auto processing =
      config::load_processing_register(config::processing_register_of(settings.rules_file));
  if (!processing) {
    print(processing.error());
    return exit_usage;
  }
  auto journal = open_journal(journal_place(settings), Journal::Mode::read);
  auto report =
      journal ? make_incident_report(
                    **journal, arguments.query,
                    arguments.known_since.empty() ? now_rfc3339() : arguments.known_since, settings)
              : Result<IncidentReport>(journal.error());
  if (!report) {
    print(report.error());
    return exit_failed;
  }
  if (!journal_reading(*context, arguments.reason,
                       "incident report: " + report->question + "; " +
                           std::to_string(report->counts.records) + " records of " +
                           std::to_string(report->counts.persons) + " subjects" +
                           (arguments.ticket.empty() ? "" : "; ticket " + arguments.ticket)))
    return exit_failed;
  const std::string text =
      arguments.as_json ? incident_json(*report, *processing) : incident_text(*report, *processing);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return report->chain.good ? exit_done : exit_failed;
}

}  // namespace

void add_incident(CLI::App& app, const std::string& config, Chosen& chosen) {
  CLI::App* incident = app.add_subcommand("incident", "What a personal data breach concerns");
  incident->require_subcommand(1);
  auto arguments = std::make_shared<IncidentArguments>();
  CLI::App* command = incident->add_subcommand(
      "report", "Numbers for the notification within 72 hours (GDPR art. 33), from the journal");
  JournalQuery& query = arguments->query;
  command->add_option("--from", query.from, "Not before (RFC 3339)")->required()->type_name("TIME");
  command->add_option("--to", query.to, "Before (RFC 3339); everything since, by default")
      ->type_name("TIME");
  command->add_option("--actor", query.actor, "Only of this actor: user:NAME, system:nightly");
  command->add_option("--school", query.school, "Only what concerns this school (UAI)");
  command->add_option("--attribute", query.attribute, "Only changes of this attribute");
  command->add_option("--run", query.run, "Only of this run");
  command
      ->add_option("--known-since", arguments->known_since,
                   "When the breach became known: the 72 hours begin (RFC 3339; now)")
      ->type_name("TIME");
  command->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  command->add_option("--ticket", arguments->ticket, "Of the incident; journaled");
  command->add_flag("--json", arguments->as_json, "As one JSON object");
  command->footer(
      "Names nobody. Also verifies the whole journal: what it says is worth no more than it.\n"
      "Exit codes: 0 done; 1 failed, or the journal is not whole; 2 usage or configuration.");
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return report_incident(config, *arguments); };
  });
}

}  // namespace entsync::programs
