#include <boost/json.hpp>

#include "commands.hpp"
#include "control/client.hpp"
#include "running_daemon.hpp"
#include "runtime/explaining.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

struct ExplainArguments {
  std::string what;
  std::string attribute;
};

void print_texts(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) std::fputs(text.c_str(), stdout);
}

/// The exit code, when a running daemon gave the answer.
std::optional<int> explain_by_daemon(const std::string& config, const ExplainArguments& arguments) {
  std::string target = "/v1/explain?subject=" + control::percent_encoded(arguments.what);
  if (!arguments.attribute.empty())
    target += "&attribute=" + control::percent_encoded(arguments.attribute);
  const auto answer = ask_running(config, "GET", target);
  if (!answer) return std::nullopt;
  if (!*answer) {
    print(answer->error());
    return exit_failed;
  }
  std::vector<std::string> texts;
  for (const boost::json::value& text : (*answer)->at("explanations").as_array())
    texts.emplace_back(text.as_string());
  print_texts(texts);
  return exit_done;
}

int explain_command(const std::string& config, const ExplainArguments& arguments) {
  if (const auto code = explain_by_daemon(config, arguments)) return *code;
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), "explain"};
  auto texts =
      run(*context, explain_journaled(*context, arguments.what, arguments.attribute, cause));
  if (!texts) {
    report(*context, texts.error());
    return exit_code_of(texts.error());
  }
  print_texts(*texts);
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

void add_why(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand(
      "why", "Why a value is there: record, file and line, rule, run, and who approved it");
  command->add_option("KEY", arguments->what, "As for `explain`")->required();
  command->add_option("ATTRIBUTE", arguments->attribute, "Attribute of the directory")->required();
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return explain_command(config, *arguments); };
  });
}

}  // namespace entsync::programs
