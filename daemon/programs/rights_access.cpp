#include "rights_access.hpp"

#include "config/load_processing_register.hpp"
#include "runtime/access_files.hpp"
#include "runtime/access_request.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct AccessArguments {
  AccessRequest request;
  std::string out;
  std::string reason;
};

int give_access(const std::string& config, const AccessArguments& arguments) {
  if (const Problems wrong = check(arguments.request); wrong.has_errors()) {
    print(wrong);
    return exit_usage;
  }
  if (const auto free = check_free(arguments.out); !free) {
    print(free.error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const auto processing = config::load_processing_register(
      config::processing_register_of(context->config.settings.rules_file));
  if (!processing) {
    print(processing.error());
    return exit_usage;
  }
  const auto gathered = run(*context, gather_access(*context, arguments.request, *processing));
  if (!gathered) {
    report(*context, gathered.error());
    return exit_code_of(gathered.error());
  }
  if (!journal_reading(*context, arguments.reason, describe(arguments.request, *gathered)))
    return exit_failed;
  if (const auto written = write_access_files(arguments.out, render(gathered->answer)); !written) {
    print(written.error());
    return exit_failed;
  }
  const AccessPackage& package = gathered->answer.package;
  std::printf(
      "%s: %zu attributes, %zu retained changes, %llu values of others withheld; to be answered by "
      "%s\n",
      arguments.out.c_str(), package.attributes.size(), package.changes.size(),
      static_cast<unsigned long long>(package.withheld),
      answer_due(gathered->answer.received).iso().c_str());
  return exit_done;
}

}  // namespace

void add_access(CLI::App& rights, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<AccessArguments>();
  CLI::App* command = rights.add_subcommand(
      "access", "Make the package that answers a request of access (GDPR art. 15), in French");
  AccessRequest& request = arguments->request;
  command->add_option("KEY", request.subject, "Key of the person, AC-X/Eleve/123")->required();
  command
      ->add_option(
          "--out", arguments->out,
          "Folder that is made for it (mode 0700), or an archive that ends with .zip (0600)")
      ->required()
      ->type_name("FOLDER|ZIP");
  command
      ->add_option("--requester", request.requester,
                   "Key of who asks: KEY itself, or a responsable of the pupil")
      ->type_name("KEY");
  command->add_option("--proof", request.proof,
                      "Instead: where the proof is kept that somebody else may ask; no name");
  command->add_option("--received", request.received, "Day on which the request arrived")
      ->required()
      ->type_name("DATE");
  command->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  command->add_option("--ticket", request.ticket, "Request that is answered; journaled");
  command->footer(
      "Four files: donnees.json, donnees.html, historique.csv, LISEZMOI.txt. Other people appear "
      "by\n"
      "their role, nothing of another responsable of a pupil is in them. That it is made is "
      "journaled\n"
      "before anything is written.\n"
      "Exit codes: 0 done; 1 failed or refused; 2 usage or configuration.");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return give_access(config, *arguments); }; });
}

}  // namespace entsync::programs
