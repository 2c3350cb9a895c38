/// `entsync registry`: the enrolled schools as the program sees them, a check of a file before it
/// comes, and the import of one. The yearly statement is in registry_statement.cpp.

#include <unistd.h>

#include <boost/json.hpp>
#include <iostream>

#include "commands.hpp"
#include "config/load_registry.hpp"
#include "core/text.hpp"
#include "daemon_address.hpp"
#include "registry_statement.hpp"
#include "running_daemon.hpp"
#include "runtime/files.hpp"
#include "runtime/instant.hpp"
#include "runtime/registry_import.hpp"
#include "runtime/registry_json.hpp"
#include "runtime/workplace.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

struct RegistryArguments {
  DaemonAddress address{};
  std::string file;
  std::string reason;
  bool as_json = false;
  bool yes = false;
};

std::string day_text(const json::value& day) {
  return day.is_string() ? std::string(day.as_string()) : std::string("          ");
}

int print_schools(const json::object& registry, bool as_json) {
  if (as_json) {
    std::printf("%s\n", json::serialize(registry).c_str());
    return exit_done;
  }
  std::size_t in_scope = 0;
  std::size_t in_grace = 0;
  std::size_t overdue = 0;
  const json::array& schools = registry.at("schools").as_array();
  for (const json::value& school : schools) {
    const bool is_served = school.at("in_scope").as_bool();
    in_scope += is_served ? 1 : 0;
    const std::string_view term = school.at("term").as_string();
    std::string past;
    if (term == "grace")
      past = "  (past its term, grace until " + day_text(school.at("grace_until")) + ")";
    if (term == "overdue")
      past = "  (NO AGREEMENT: grace ended " + day_text(school.at("grace_until")) + ")";
    in_grace += term == "grace" ? 1 : 0;
    overdue += term == "overdue" ? 1 : 0;
    std::printf("%s  %-8s  %-15s  %s - %s  %s, %s%s\n", school.at("uai").as_string().c_str(),
                is_served ? "in scope" : "out", school.at("state").as_string().c_str(),
                day_text(school.at("from")).c_str(), day_text(school.at("to")).c_str(),
                printable(school.at("label").as_string()).c_str(),
                printable(school.at("commune").as_string()).c_str(), past.c_str());
  }
  std::printf(
      "%zu schools, %zu in scope, %zu past the term of their agreement, %zu past its grace\n",
      schools.size(), in_scope, in_grace + overdue, overdue);
  return exit_done;
}

int list_schools(const std::string& config, const RegistryArguments& arguments) {
  if (!arguments.address.url.empty()) {
    const auto reply = ask_daemon(config, arguments.address, "GET", "/v1/registry");
    if (!reply) return exit_failed;
    return print_schools(json::parse(reply->body).as_object(), arguments.as_json);
  }
  if (const auto answer = ask_running(config, "GET", "/v1/registry")) {
    if (*answer) return print_schools((*answer)->as_object(), arguments.as_json);
    print(answer->error());
    return exit_failed;
  }
  Problems warnings;
  const auto settings = config::load_settings(config, warnings);
  if (!settings) {
    print(settings.error());
    return exit_usage;
  }
  const auto registry = config::load_registry(settings->registry_file, warnings);
  if (!registry) {
    print(registry.error());
    return exit_usage;
  }
  return print_schools(registry_json(*registry, today()), arguments.as_json);
}

/// The registry of a file that is right, or nothing after everything that is wrong was printed.
std::optional<NewRegistry> read_checked(const std::string& file) {
  auto next = read_new_registry(file);
  if (!next) {
    print(next.error());
    return std::nullopt;
  }
  print(next->warnings);
  return std::move(*next);
}

int check_registry(const RegistryArguments& arguments) {
  const auto next = read_checked(arguments.file);
  if (!next) return exit_usage;
  std::size_t in_scope = 0;
  std::size_t past = 0;
  std::size_t overdue = 0;
  for (const auto& [uai, ecole] : next->values.ecoles()) {
    const Term term = next->values.term_of(ecole, today());
    in_scope += next->values.in_scope(uai, today()) ? 1 : 0;
    past += term == Term::grace || term == Term::overdue ? 1 : 0;
    overdue += term == Term::overdue ? 1 : 0;
  }
  std::printf(
      "%s: no errors; %zu schools, %zu in scope, %zu of them past fin_le, %zu past the grace\n",
      arguments.file.c_str(), next->values.ecoles().size(), in_scope, past, overdue);
  return exit_done;
}

bool wants_to_replace(bool yes) {
  if (yes) return true;
  if (::isatty(STDIN_FILENO) == 0) {
    std::printf("nothing was changed: nobody can be asked here; --yes replaces without asking\n");
    return false;
  }
  std::printf("replace the registry? [y/N] ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return true;
  std::printf("nothing was changed\n");
  return false;
}

/// Journals the import, by the daemon while it runs; false after the problem was printed.
bool journal_import(Context& context, const std::string& digest, const std::string& what,
                    const std::string& reason) {
  const json::object note{{"digest", digest}, {"what", what}, {"reason", reason}};
  if (const auto answer = ask_running(context.config.settings.source.string(), "POST",
                                      "/v1/registry/imports", note)) {
    if (*answer) return true;
    print(answer->error());
    return false;
  }
  // The registry may come before the first run does.
  if (auto made = make_private_directory(context.config.settings.state_directory); !made) {
    print(made.error());
    return false;
  }
  const Cause cause{new_run_id(), calling_user(), reason};
  if (record(context, AuditType::order, cause, import_detail(digest, what))) return true;
  print(Problem{Severity::error,
                "REG-002",
                {},
                "the import cannot be journaled, so it is not done",
                "a run of another process may be at work: import again when it has ended"});
  return false;
}

/// Has the running daemon take the new file.
int tell_daemon(const std::string& config, const std::string& reason) {
  DaemonAddress here;
  const auto running = ask_running(config, "GET", "/v1/health");
  if (!running) return exit_done;
  const auto reply =
      reach_daemon(config, here, "POST", "/v1/reload", json::object{{"reason", reason}});
  if (reply && reply->status < 300) {
    std::printf("the daemon takes it between two runs\n");
    return exit_done;
  }
  if (reply) print(problems_of(*reply).value_or(control::problem_of(*reply)));
  print(Problem{Severity::error,
                "REG-003",
                {},
                "the file is replaced, but the daemon goes on with the registry that it has",
                "correct what is wrong, then: entsync reload"});
  return exit_failed;
}

int import_registry(const std::string& config, const RegistryArguments& arguments) {
  const auto next = read_checked(arguments.file);
  if (!next) return exit_usage;
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Registry& present = context->config.registry;
  if (present.digest == next->values.digest) {
    std::printf("nothing changes: this is the present registry\n");
    return exit_done;
  }
  const RegistryChanges changes = changes_between(present, next->values, today());
  std::fputs(render(changes).c_str(), stdout);
  if (changes.leaving() != 0)
    std::printf("who loses his account with that is decided by the next run: entsync plan\n");
  if (!wants_to_replace(arguments.yes)) return exit_done;
  const std::string what = summary(changes);
  const std::string& digest = next->values.digest;
  if (!journal_import(*context, digest, what, arguments.reason)) return exit_failed;
  const std::filesystem::path& file = context->config.settings.registry_file;
  if (auto replaced = replace_registry(file, present, *next); !replaced) {
    print(replaced.error());
    // The journal is not to say that it was done. It is said already why it was not.
    journal_import(*context, digest, "not done, the file could not be replaced", arguments.reason);
    return exit_failed;
  }
  std::printf("%s is replaced; the one before is %s.previous\n", file.c_str(), file.c_str());
  return tell_daemon(config, arguments.reason);
}

}  // namespace

void add_registry(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<RegistryArguments>();
  CLI::App* registry = app.add_subcommand("registry", "The schools enrolled by convention");
  registry->require_subcommand(1);
  CLI::App* one = registry->add_subcommand(
      "list", "Every school: in scope or not, state, window, name; of the daemon while it runs");
  add_address_options(*one, arguments->address);
  one->add_flag("--json", arguments->as_json, "As the control API says it");
  one->callback([=, &config, &chosen] {
    chosen = [=, &config] { return list_schools(config, *arguments); };
  });

  one = registry->add_subcommand(
      "check", "Check a registry file by every rule; exit 2 and all that is wrong, with its place");
  one->add_option("FILE", arguments->file, "The registry to check")->required()->type_name("FILE");
  one->callback([=, &chosen] { chosen = [=] { return check_registry(*arguments); }; });

  add_statement(*registry, config, chosen);

  one = registry->add_subcommand(
      "import", "Put a file in the place of the registry: checked, shown, journaled, then done");
  one->add_option("FILE", arguments->file, "The registry that comes")
      ->required()
      ->type_name("FILE");
  one->add_option("--reason", arguments->reason, "Why; journaled with your name")->required();
  one->add_flag("--yes", arguments->yes, "Replace without asking, for scripts");
  one->callback([=, &config, &chosen] {
    chosen = [=, &config] { return import_registry(config, *arguments); };
  });
}

}  // namespace entsync::programs
