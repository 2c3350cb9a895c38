#include "commands.hpp"
#include "journal/journal.hpp"
#include "runtime/explaining.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct ExplainArguments {
  std::string what;
  std::string attribute;
};

/// The journaled change behind the present values, when the journal has one.
void print_causes(Journal& journal, const Explanation& explanation) {
  for (const ExplainedAttribute& attribute : explanation.attributes) {
    auto cause = journal.last_cause(explanation.subject, attribute.name);
    if (!cause) {
      print(cause.error());
      return;
    }
    if (!*cause) continue;
    const AuditRecord& record = **cause;
    for (const AttributeTrace& trace : record.attributes) {
      if (trace.attribute != attribute.name) continue;
      std::printf("  %s was last written %s by %s, run %s%s%s, rule %s.%s\n",
                  attribute.name.c_str(), record.time.c_str(), record.actor.c_str(),
                  record.run.c_str(), trace.file.empty() ? "" : ", because of ",
                  trace.file.empty() ? "" : (trace.file + ":" + std::to_string(trace.line)).c_str(),
                  record.rule.c_str(), attribute.name.c_str());
    }
  }
}

int explain_command(const std::string& config, const ExplainArguments& arguments) {
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  auto explanations = run(*context, explain_now(*context, arguments.what, arguments.attribute));
  if (!explanations) {
    report(*context, explanations.error());
    return exit_code_of(explanations.error());
  }
  if (explanations->empty()) {
    print(Problem{
        Severity::error,
        "EXPL-001",
        {{}, 0, arguments.what},
        "neither the deliveries nor the directory know this key or DN",
        "give a key (AC-X/Eleve/123), a jointure (AC-X$123), the UAI of a school, or a DN"});
    return exit_failed;
  }
  auto journal = Journal::open(context->config.settings.state_directory, Journal::Mode::read);
  for (const Explanation& explanation : *explanations) {
    std::fputs(render(explanation).c_str(), stdout);
    if (journal) print_causes(**journal, explanation);
  }
  return exit_done;
}

}  // namespace

void add_explain(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand(
      "explain", "Why an entry is as it is: record, file and line, rule, owner, run");
  command
      ->add_option("WHAT", arguments->what, "Key (AC-X/Eleve/123), jointure (AC-X$123), UAI, or DN")
      ->required();
  command->add_option("ATTRIBUTE", arguments->attribute, "Only this attribute");
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return explain_command(config, *arguments); };
  });
}

}  // namespace entsync::programs
