/// `entsync token new`: a bearer token for the control API over the network. The token is shown
/// once; the daemon only ever gets the line with its digest.

#include "control/tokens.hpp"
#include "core/text.hpp"
#include "core/uai.hpp"

#include "commands.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct TokenArguments {
  std::string name;
  std::string role;
  std::string last_day;
  std::vector<std::string> schools;
};

/// The token that was asked for, without its digest, or nothing when something of it is wrong.
std::optional<control::Token> wanted(const TokenArguments& arguments) {
  control::Token token;
  const auto role = control::parse_role(arguments.role);
  token.last_day = Date::from_iso(arguments.last_day);
  if (!is_plain_name(arguments.name) || !role) return std::nullopt;
  if (!arguments.last_day.empty() && !token.last_day) return std::nullopt;
  for (const std::string& school : arguments.schools) {
    const auto uai = Uai::parse(school);
    if (!uai) return std::nullopt;
    token.schools.insert(uai->str());
  }
  token.name = arguments.name;
  token.role = *role;
  return token;
}

int make_token(const TokenArguments& arguments) {
  const auto one = wanted(arguments);
  if (!one) {
    print(Problem{Severity::error,
                  "ADM-011",
                  {},
                  "this is no name, role, date or school of a token",
                  "a name of letters, digits and -_., a role (operator, auditor, viewer), a date "
                  "like 2027-08-31, and UAIs"});
    return exit_usage;
  }
  const auto secret = control::new_token();
  if (!secret) {
    print(secret.error());
    return exit_failed;
  }
  std::printf("%s\n%s\n", secret->c_str(), control::token_line(*secret, *one).c_str());
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
  one->add_option("--school", arguments->schools,
                  "UAI of a school that the role is for; several may be named (default: all)");
  one->callback([=, &chosen] { chosen = [=] { return make_token(*arguments); }; });
}

}  // namespace entsync::programs
