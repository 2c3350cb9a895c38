#include "rights_rectify.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include "config/load_processing_register.hpp"
#include "runtime/access_files.hpp"
#include "runtime/instant.hpp"
#include "runtime/rectification_rendering.hpp"
#include "runtime/rectifying.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct RectifyArguments {
  RectificationRequest request;
  std::string contested;
  bool has_contested = false;
  std::string claimed;
  bool has_claimed = false;
  std::uint64_t number = 0;
  std::string out;
  std::string reason;
  std::string school;
  bool all = false;
  bool as_json = false;
  bool as_csv = false;
};

using Shared = std::shared_ptr<RectifyArguments>;

Result<ProcessingRegister> register_of_rules(const Context& context) {
  return config::load_processing_register(
      config::processing_register_of(context.config.settings.rules_file));
}

RectificationNotice notice_of(const Context& context, ContestedValue contested,
                              const ProcessingRegister& processing,
                              std::optional<std::string> claimed) {
  const RegisterLine* line = processing.line_of(contested.ticket.attribute);
  RectificationNotice notice;
  notice.label = line == nullptr ? contested.ticket.attribute : line->label;
  notice.contested = std::move(contested);
  notice.claimed = std::move(claimed);
  notice.controller = context.config.settings.controller;
  notice.made = today();
  return notice;
}

Result<void> write_letters(const std::string& folder, const RectificationLetters& letters) {
  const std::array<NamedText, 2> files{
      {{"avis-ecole.txt", letters.school}, {"lettre-famille.txt", letters.family}}};
  return write_private_folder(folder, files);
}

/// "-" stands for a line of standard input: a command line is seen by others and kept by shells.
std::string value_of(const std::string& argument) {
  std::string value = argument;
  if (value == "-") std::getline(std::cin, value);
  return value;
}

int open_ticket(const std::string& config, const RectifyArguments& arguments) {
  RectificationRequest request = arguments.request;
  request.claimed = value_of(arguments.claimed);
  if (arguments.has_contested) request.contested = value_of(arguments.contested);
  if (const Problems wrong = check(request); wrong.has_errors()) {
    print(wrong);
    return exit_usage;
  }
  if (const auto free = check_free(arguments.out); !free) {
    print(free.error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const auto processing = register_of_rules(*context);
  if (!processing) {
    print(processing.error());
    return exit_usage;
  }
  auto contested = run(*context, gather_contested(*context, request));
  if (!contested) {
    report(*context, contested.error());
    return exit_code_of(contested.error());
  }
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  auto ticket = open_rectification(*context, contested->ticket, cause);
  if (!ticket) {
    report(*context, ticket.error());
    return exit_failed;
  }
  contested->ticket = *ticket;
  const RectificationLetters letters =
      render(notice_of(*context, std::move(*contested), *processing, request.claimed));
  std::printf("rectification %llu is open: school %s corrects it by %s, the answer is due by %s\n",
              static_cast<unsigned long long>(ticket->number), ticket->school.c_str(),
              correction_due(*ticket).iso().c_str(), answer_due(ticket->received).iso().c_str());
  if (const auto written = write_letters(arguments.out, letters); !written) {
    print(written.error());
    return exit_failed;
  }
  return exit_done;
}

int make_notice(const std::string& config, const RectifyArguments& arguments) {
  if (const auto free = check_free(arguments.out); !free) {
    print(free.error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const auto processing = register_of_rules(*context);
  if (!processing) {
    print(processing.error());
    return exit_usage;
  }
  const auto ticket = read_rectification(*context, arguments.number);
  if (!ticket) {
    print(ticket.error());
    return exit_failed;
  }
  auto contested = run(*context, gather_ticket(*context, *ticket));
  if (!contested) {
    report(*context, contested.error());
    return exit_code_of(contested.error());
  }
  if (!journal_reading(*context, arguments.reason,
                       "notice of rectification " + std::to_string(arguments.number) + " made"))
    return exit_failed;
  std::optional<std::string> claimed;
  if (arguments.has_claimed) claimed = value_of(arguments.claimed);
  const RectificationLetters letters =
      render(notice_of(*context, std::move(*contested), *processing, std::move(claimed)));
  if (const auto written = write_letters(arguments.out, letters); !written) {
    print(written.error());
    return exit_failed;
  }
  return exit_done;
}

int list_tickets(const std::string& config, const RectifyArguments& arguments) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto tickets = read_rectifications(*context);
  if (!tickets) {
    print(tickets.error());
    return exit_failed;
  }
  std::erase_if(*tickets, [&](const Rectification& ticket) {
    return (!arguments.all && is_finished(ticket)) ||
           (!arguments.school.empty() && ticket.school != arguments.school);
  });
  if (!journal_reading(*context, "rectifications",
                       "list of rectifications" +
                           (arguments.school.empty() ? "" : " of school " + arguments.school) +
                           " shown"))
    return exit_failed;
  const RectificationLists lists = render(std::move(*tickets), today());
  const std::string& shown = arguments.as_json  ? lists.json
                             : arguments.as_csv ? lists.csv
                                                : lists.text;
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  return exit_done;
}

int show_ticket(const std::string& config, const RectifyArguments& arguments) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const auto processing = register_of_rules(*context);
  if (!processing) {
    print(processing.error());
    return exit_usage;
  }
  const auto ticket = read_rectification(*context, arguments.number);
  if (!ticket) {
    print(ticket.error());
    return exit_failed;
  }
  if (!journal_reading(*context, "rectifications",
                       "rectification " + std::to_string(arguments.number) + " shown"))
    return exit_failed;
  std::fputs(render(*ticket, *processing, context->config.settings.controller, today()).c_str(),
             stdout);
  return exit_done;
}

int close_ticket(const std::string& config, const RectifyArguments& arguments) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  const auto ticket = close_rectification(*context, arguments.number, cause);
  if (!ticket) {
    print(ticket.error());
    return exit_failed;
  }
  std::printf("rectification %llu is closed\n", static_cast<unsigned long long>(ticket->number));
  return exit_done;
}

void choose(CLI::App* command, const Shared& arguments, const std::string& config, Chosen& chosen,
            int (*work)(const std::string&, const RectifyArguments&)) {
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return work(config, *arguments); }; });
}

void add_number(CLI::App* command, const Shared& arguments) {
  command->add_option("NUMBER", arguments->number, "Number of the ticket")->required();
}

void add_reason(CLI::App* command, const Shared& arguments) {
  command->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
}

void add_out(CLI::App* command, const Shared& arguments) {
  command
      ->add_option("--out", arguments->out,
                   "Folder that is made for the notice and the letter (mode 0700)")
      ->required()
      ->type_name("FOLDER");
}

void add_open(CLI::App& rectify, const Shared& arguments, const std::string& config,
              Chosen& chosen) {
  CLI::App* open = rectify.add_subcommand(
      "open", "Open a ticket, and write the notice to the school and the letter to the family");
  RectificationRequest& request = arguments->request;
  open->add_option("KEY", request.subject, "Key of the person, AC-X/Eleve/123")->required();
  open->add_option("ATTRIBUTE", request.attribute, "Of the directory, e.g. sn")->required();
  open->add_option("--claimed", arguments->claimed,
                   "What it should be, - to read it from standard input; empty: that there is none")
      ->required()
      ->type_name("VALUE");
  open->add_option_function<std::string>(
          "--contested",
          [arguments](const std::string& value) {
            arguments->contested = value;
            arguments->has_contested = true;
          },
          "Which one, when the deliveries carry several values; - as for --claimed")
      ->type_name("VALUE");
  open->add_option("--received", request.received, "Day on which the request arrived")
      ->required()
      ->type_name("DATE");
  open->add_option("--school", request.school,
                   "School that corrects it, when the person has several; else the first")
      ->type_name("UAI");
  add_out(open, arguments);
  add_reason(open, arguments);
  open->add_option("--ticket", request.ticket, "Request that is answered; journaled");
  open->footer(
      "Two files in French: avis-ecole.txt, for the head of the school, who corrects ONDE, and\n"
      "lettre-famille.txt. The claimed value is kept nowhere but in them. Nothing is written to\n"
      "the directory: the ticket closes when a delivery brings another value, and opens again\n"
      "when the contested one comes back.\n"
      "Exit codes: 0 done; 1 failed or refused; 2 usage or configuration.");
  choose(open, arguments, config, chosen, open_ticket);
}

void add_list(CLI::App& rectify, const Shared& arguments, const std::string& config,
              Chosen& chosen) {
  CLI::App* list = rectify.add_subcommand(
      "list", "What schools are waited for and for how long, and what the directory lacks");
  list->add_option("--school", arguments->school, "Of this school alone")->type_name("UAI");
  list->add_flag("--all", arguments->all, "Finished tickets too");
  CLI::Option* json = list->add_flag("--json", arguments->as_json, "As one JSON object");
  list->add_flag("--csv", arguments->as_csv, "For a spreadsheet")->excludes(json);
  choose(list, arguments, config, chosen, list_tickets);
}

}  // namespace

void add_rectify(CLI::App& rights, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<RectifyArguments>();
  CLI::App* rectify = rights.add_subcommand(
      "rectify", "Tickets of rectification (GDPR art. 16): a school corrects what it owns");
  rectify->require_subcommand(1);
  add_open(*rectify, arguments, config, chosen);
  add_list(*rectify, arguments, config, chosen);

  CLI::App* one =
      rectify->add_subcommand("show", "A ticket, and who has taken its correction (GDPR art. 19)");
  add_number(one, arguments);
  choose(one, arguments, config, chosen, show_ticket);

  one = rectify->add_subcommand("notice", "Write notice and letter again, as things are now");
  add_number(one, arguments);
  one->add_option_function<std::string>(
         "--claimed",
         [arguments](const std::string& value) {
           arguments->claimed = value;
           arguments->has_claimed = true;
         },
         "What it should be; without it the notice refers to the request")
      ->type_name("VALUE");
  add_out(one, arguments);
  add_reason(one, arguments);
  choose(one, arguments, config, chosen, make_notice);

  one = rectify->add_subcommand(
      "close", "End a ticket by hand: the value is right, or the request was taken back");
  add_number(one, arguments);
  add_reason(one, arguments);
  choose(one, arguments, config, chosen, close_ticket);
}

}  // namespace entsync::programs
