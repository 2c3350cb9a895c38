#include "commands.hpp"
#include "core/text.hpp"
#include "runtime/inputs.hpp"
#include "runtime/instant.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

asio::awaitable<Result<ldap::ServerInfo>> connect_once(Context& context) {
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  co_return link->server;
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
  if (!with_directory) return exit_done;
  auto server = run(*context, connect_once(*context));
  if (!server) {
    print(server.error());
    return exit_code_of(server.error());
  }
  std::printf("directory %s: connected; paged results %s, assertion control %s\n",
              c.settings.ldap.uri.c_str(), server->paged_results ? "yes" : "no",
              server->assertion ? "yes" : "no");
  return exit_done;
}

}  // namespace

void add_check_config(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto with_directory = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "check-config", "Check configuration, rules, registry, and the files they name");
  command->add_flag("--directory", *with_directory,
                    "Also connect, and compare the rules with the server's schema");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return check(config, *with_directory); }; });
}

}  // namespace entsync::programs
