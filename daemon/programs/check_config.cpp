#include <algorithm>
#include <cstdio>
#include <vector>

#include "commands.hpp"
#include "config/load_processing_register.hpp"
#include "core/directory_needs.hpp"
#include "core/text.hpp"
#include "runtime/inputs.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

asio::awaitable<Result<ldap::ServerReport>> look_at_server(Context& context) {
  const config::Settings& settings = context.config.settings;
  auto executor = co_await asio::this_coro::executor;
  auto directory = co_await ldap::connect(executor, context.workers,
                                          connect_options(settings.ldap, context.log));
  if (!directory) co_return directory.error();
  const Tree& tree = settings.tree;
  Rules& rules = context.config.rules;
  const std::vector<TargetAttribute> classes{rules.names.object_class};
  ldap::ServerCheck what{directory_needs(rules),
                         tree.base,
                         {{Branch::people, tree.people, classes},
                          {Branch::structures, tree.structures, classes},
                          {Branch::groups, tree.groups, classes}},
                         rules.target,
                         settings.ldap.page_size,
                         settings.ldap.assertions};
  co_return co_await (*directory)->check(std::move(what));
}

std::size_t count_of(const Problems& problems, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count(problems.list, severity, &Problem::severity));
}

/// Everything that the server lacks, whatever was found first.
int check_directory(Context& context) {
  const auto report = run(context, look_at_server(context));
  if (!report) {
    print(report.error());
    return exit_code_of(report.error());
  }
  const ldap::ServerReport& found = *report;
  print(found.problems);
  std::printf("directory %s: %llu entries read; paged results %s, assertion control %s\n",
              context.config.settings.ldap.uri.c_str(),
              static_cast<unsigned long long>(found.entries),
              found.server.paged_results ? "yes" : "no", found.server.assertion ? "yes" : "no");
  std::printf("directory %s: %zu errors, %zu warnings\n", context.config.settings.ldap.uri.c_str(),
              count_of(found.problems, Severity::error),
              count_of(found.problems, Severity::warning));
  return exit_code_of(found.problems);
}

/// Every attribute that is mapped has its line there; a run does not need it.
bool check_register(const config::Configuration& c) {
  const auto processing =
      config::load_processing_register(config::processing_register_of(c.settings.rules_file));
  const Problems problems = processing ? compare(*processing, c.rules) : processing.error();
  print(problems);
  if (processing && !problems.has_errors())
    std::printf("register of processing %s: %zu attributes\n", processing->file.c_str(),
                processing->lines.size());
  return !problems.has_errors();
}

int check(const std::string& config, bool with_directory) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  if (const Problems problems = check_offline(*context); problems.has_errors()) {
    print(problems);
    return exit_code_of(problems);
  }
  const config::Configuration& c = context->config;
  std::printf("%s: no errors\n", c.settings.source.c_str());
  std::printf(
      "rules %s (%s), %zu groups, %zu AAF attributes read, %zu directory attributes owned or "
      "read\n",
      c.rules.name.c_str(), c.settings.rules_file.c_str(), c.rules.groups.size(),
      c.rules.vocabulary.size(), c.rules.target.size());
  std::size_t in_scope = 0;
  for (const auto& [uai, ecole] : c.registry.ecoles())
    in_scope += c.registry.in_scope(uai, today()) ? 1 : 0;
  std::printf("registry %s: %zu schools, %zu in scope\n", c.settings.registry_file.c_str(),
              c.registry.ecoles().size(), in_scope);
  for (const config::Academie& academie : c.settings.academies)
    std::printf("académie %s: deliveries in %s\n", academie.code.c_str(),
                academie.delivery.c_str());
  for (const LimitSeason& season : c.settings.seasons)
    std::printf("limits of the season %s%s\n", printable(season.str()).c_str(),
                season.days.contains(today()) ? ": those of today" : "");
  const bool is_registered = check_register(c);
  const int code = with_directory ? check_directory(*context) : exit_done;
  return code == exit_done && !is_registered ? exit_usage : code;
}

}  // namespace

void add_check_config(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto with_directory = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "check-config", "Check configuration, rules, registry, and the files they name");
  command->add_flag(
      "--connect,--directory", *with_directory,
      "Also connect, and list what the server lacks: schema, controls, limits, indexes");
  command->footer(
      "With --connect every branch is read to its end (object classes only) and nothing is "
      "changed.\n"
      "Exit codes: 0 nothing but warnings; 1 the directory cannot be reached or read; 2 usage,\n"
      "configuration, or rules that the server's schema does not fit.");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return check(config, *with_directory); }; });
}

}  // namespace entsync::programs
