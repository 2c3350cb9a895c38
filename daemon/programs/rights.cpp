#include "runtime/rights.hpp"

#include <boost/json.hpp>

#include "commands.hpp"
#include "control/client.hpp"
#include "rights_access.hpp"
#include "rights_rectify.hpp"
#include "rights_register.hpp"
#include "running_daemon.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

struct RightsArguments {
  RightsOrder order;
  std::string reason;
};

/// What the daemon answered: the lines as text.
int print_lines(const Result<json::value>& answer, const char* without) {
  if (!answer) {
    print(answer.error());
    return exit_failed;
  }
  const json::array& lines = answer->at("lines").as_array();
  for (const json::value& line : lines) std::fputs(line.at("text").as_string().c_str(), stdout);
  if (lines.empty()) std::printf("%s\n", without);
  return exit_done;
}

int show_rights(const std::string& config, const std::string& subject) {
  const char* without = subject.empty() ? "nobody is in the registers" : "in no register";
  const std::string target =
      "/v1/rights" + (subject.empty() ? "" : "?subject=" + control::percent_encoded(subject));
  if (const auto answer = ask_running(config, "GET", target)) return print_lines(*answer, without);
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto entries = read_rights(*context, subject);
  if (!entries) {
    print(entries.error());
    return exit_failed;
  }
  const std::string what = subject.empty() ? "registers of persons" : "registers about " + subject;
  if (!journal_reading(*context, "rights", what + " shown")) return exit_failed;
  for (const RegisterEntry& entry : *entries) std::fputs(render(entry).c_str(), stdout);
  if (entries->empty()) std::printf("%s\n", without);
  return exit_done;
}

int order_rights(const std::string& config, const RightsArguments& arguments) {
  const RightsOrder& order = arguments.order;
  const json::value body = json::object{
      {"subject", order.subject},   {"reason", arguments.reason},   {"date", order.date},
      {"evidence", order.evidence}, {"directive", order.directive}, {"register", order.which}};
  const std::string target = "/v1/rights/" + std::string(to_string(order.verb));
  if (const auto answer = ask_running(config, "POST", target, body)) {
    const int code = print_lines(*answer, "");
    if (code == exit_done) std::printf("the next run carries it out\n");
    return code;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  auto line = carry_out(*context, order, cause);
  if (!line) {
    print(line.error());
    return exit_failed;
  }
  std::fputs(render(*line).c_str(), stdout);
  std::printf("the next run carries it out\n");
  return exit_done;
}

struct RightsCommand {
  RightsVerb verb;
  const char* help;
};

constexpr RightsCommand commands[] = {
    {RightsVerb::restrict,
     "Freeze the person's entry (GDPR art. 18): no run changes or deletes it"},
    {RightsVerb::lift, "End a restriction, after the person was told"},
    {RightsVerb::object,
     "Register an objection (GDPR art. 21); the entry is frozen until it is decided"},
    {RightsVerb::accept, "Accept an objection: no account is made, and the one that is there ends"},
    {RightsVerb::refuse, "Refuse an objection; the reason is the motive"},
    {RightsVerb::withdraw, "Take back an objection, or a death that was a mistake"},
    {RightsVerb::death,
     "Register a death: the account is suspended, and deleted when two people confirm it"},
    {RightsVerb::confirm_deletion,
     "Confirm that the account of somebody who died is deleted; two different people"},
};

void add_command(CLI::App& rights, const RightsCommand& command,
                 const std::shared_ptr<RightsArguments>& arguments, const std::string& config,
                 Chosen& chosen) {
  CLI::App* one = rights.add_subcommand(std::string(to_string(command.verb)), command.help);
  RightsOrder& order = arguments->order;
  one->add_option("KEY", order.subject, "Key of the person, AC-X/Eleve/123")->required();
  if (command.verb == RightsVerb::lift)
    one->add_option("--notice-date", order.date, "Day on which the person was told")
        ->required()
        ->type_name("DATE");
  if (command.verb == RightsVerb::withdraw)
    one->add_option("--register", order.which, "objection or death")->required();
  if (command.verb == RightsVerb::death) {
    one->add_option("--date", order.date, "Day of the death")->required()->type_name("DATE");
    one->add_option("--evidence", order.evidence, "Where the proof is kept; no name")->required();
    one->add_option("--directive", order.directive,
                    "Of the person: aucune (default), effacer, conserver or communiquer");
  }
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->callback([=, &config, &chosen, verb = command.verb] {
    arguments->order.verb = verb;
    chosen = [=, &config] { return order_rights(config, *arguments); };
  });
}

}  // namespace

void add_rights(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<RightsArguments>();
  CLI::App* rights = app.add_subcommand(
      "rights", "Rights of persons: restriction, objection, death, rectification, and access");
  rights->require_subcommand(1);
  CLI::App* one = rights->add_subcommand("list", "Everybody in the registers");
  one->callback([&config, &chosen] { chosen = [&config] { return show_rights(config, {}); }; });
  one = rights->add_subcommand("show", "What the registers say of a key");
  one->add_option("KEY", arguments->order.subject, "Key of the person, AC-X/Eleve/123")->required();
  one->callback([=, &config, &chosen] {
    chosen = [=, &config] { return show_rights(config, arguments->order.subject); };
  });
  for (const RightsCommand& command : commands)
    add_command(*rights, command, arguments, config, chosen);
  add_access(*rights, config, chosen);
  add_rectify(*rights, config, chosen);
  add_register(*rights, config, chosen);
}

}  // namespace entsync::programs
