/// `entsync token new`: a bearer token for the control API over the network. The token is shown
/// once; the daemon only ever gets the line with its digest.

#include "control/tokens.hpp"

#include "commands.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct TokenArguments {
  std::string name;
  std::string role;
  std::string last_day;
};

int make_token(const TokenArguments& arguments) {
  const auto role = control::parse_role(arguments.role);
  const auto last_day = Date::from_iso(arguments.last_day);
  const bool is_dated = arguments.last_day.empty() || last_day;
  if (!control::is_token_name(arguments.name) || !role || !is_dated) {
    print(Problem{Severity::error,
                  "ADM-011",
                  {},
                  "this is no name, role or date of a token",
                  "a name of letters, digits and -_., a role (operator, auditor, viewer), and a "
                  "date like 2027-08-31"});
    return exit_usage;
  }
  const auto token = control::new_token();
  if (!token) {
    print(token.error());
    return exit_failed;
  }
  std::printf("%s\n%s\n", token->c_str(),
              control::token_line(*token, arguments.name, *role, last_day).c_str());
  std::fprintf(stderr,
               "The first line is the token, for its holder alone: it is not shown again.\n"
               "The second line is for control.tcp.tokens_file; then reload the daemon.\n");
  return exit_done;
}

}  // namespace

void add_token(CLI::App& app, Chosen& chosen) {
  CLI::App* token = app.add_subcommand("token", "Tokens of clients that come over the network");
  token->require_subcommand(1);
  auto arguments = std::make_shared<TokenArguments>();
  CLI::App* one = token->add_subcommand(
      "new", "Make a token; prints it and its line for control.tcp.tokens_file");
  one->add_option("--name", arguments->name, "Who it is for, as the journal will name him")
      ->required();
  one->add_option("--role", arguments->role, "operator, auditor or viewer")->required();
  one->add_option("--expires", arguments->last_day, "Last day that it is valid, e.g. 2027-08-31");
  one->callback([=, &chosen] { chosen = [=] { return make_token(*arguments); }; });
}

}  // namespace entsync::programs
