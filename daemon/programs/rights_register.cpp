#include "rights_register.hpp"

#include "config/load_processing_register.hpp"
#include "runtime/instant.hpp"
#include "runtime/processing_activities.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct RegisterForm {
  bool as_json = false;
  bool as_csv = false;
};

int print_register(const std::string& config, const RegisterForm& form) {
  const auto configuration = config::load_configuration(config);
  if (!configuration) {
    print(configuration.error());
    return exit_usage;
  }
  const auto processing = config::load_processing_register(
      config::processing_register_of(configuration->settings.rules_file));
  const Problems problems =
      processing ? compare(*processing, configuration->rules) : processing.error();
  print(problems);
  if (problems.has_errors()) return exit_usage;
  const ActivityForms forms = render(processing_activities(*configuration, *processing),
                                     configuration->settings.controller, today());
  const std::string& shown = form.as_json ? forms.json : form.as_csv ? forms.csv : forms.text;
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  return exit_done;
}

}  // namespace

void add_register(CLI::App& rights, const std::string& config, Chosen& chosen) {
  auto form = std::make_shared<RegisterForm>();
  CLI::App* command = rights.add_subcommand(
      "register", "The register of processing activities (GDPR art. 30) of this configuration");
  CLI::Option* json = command->add_flag("--json", form->as_json, "As one JSON object");
  command->add_flag("--csv", form->as_csv, "For a spreadsheet")->excludes(json);
  command->footer(
      "In French, of the configuration alone; nothing personal is read. Refused when a mapped\n"
      "attribute has no line in the register beside the rules.\n"
      "Exit codes: 0 done; 2 usage or configuration.");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return print_register(config, *form); }; });
}

}  // namespace entsync::programs
