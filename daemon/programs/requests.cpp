/// `entsync requests`: the requests for accounts of local-authority staff and for links of staff,
/// checked before they come, and what holds of them.

#include <boost/json.hpp>

#include "commands.hpp"
#include "config/load_settings.hpp"
#include "core/agents.hpp"
#include "running_daemon.hpp"
#include "runtime/demande_files.hpp"
#include "runtime/instant.hpp"
#include "runtime/requests_json.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

int check_requests(const std::string& config, const std::string& file) {
  const auto configuration = config::load_configuration(config);
  if (!configuration) {
    print(configuration.error());
    return exit_usage;
  }
  const config::Settings& settings = configuration->settings;
  const auto read = read_demande_files_with(settings.requests.path, file);
  if (!read) {
    print(read.error());
    return exit_usage;
  }
  const auto followed = followed_before(settings);
  if (!followed) {
    print(followed.error());
    return exit_failed;
  }
  const Agents agents =
      Agents::of(with_remembered(read->demandes, followed->of_links), configuration->registry,
                 followed->taken, settings.requests.rules, settings.absence, today());
  const std::string name = fs::path(file).filename().string();
  Problems refused;
  for (const Problems* problems : {&read->refused, &agents.refused()})
    for (const Problem& problem : problems->list)
      if (problem.where.file == name) refused.add(problem);
  print(refused);
  std::uint64_t requests = 0;
  for (const DemandeFileRead& one : read->files)
    if (one.name == name) requests = one.requests;
  std::printf("%s: %zu requests are right in their form, %zu refusals\n", file.c_str(),
              static_cast<std::size_t>(requests), refused.list.size());
  return refused.empty() ? exit_done : exit_usage;
}

int print_accounts(const json::object& shown, bool as_json) {
  if (as_json) {
    std::printf("%s\n", json::serialize(shown).c_str());
    return exit_done;
  }
  const json::array& accounts = shown.at("accounts").as_array();
  for (const json::value& one : accounts) {
    const auto text = [&](std::string_view key) { return one.at(key).as_string().c_str(); };
    std::printf("%s  %-9s  %s - %s  %s  %-14s  %zu schools%s%s\n", text("subject"), text("state"),
                text("from"), text("ends"), text("siret"), text("role"),
                one.at("schools").as_array().size(), one.at("why").as_string().empty() ? "" : ": ",
                text("why"));
  }
  const json::array& links = shown.at("links").as_array();
  for (const json::value& one : links) {
    const auto text = [&](std::string_view key) { return one.at(key).as_string().c_str(); };
    std::printf("%s  %-9s  %s - %s  linked to %s%s%s\n", text("person"), text("state"),
                text("from"), text("ends"), text("school"),
                one.at("why").as_string().empty() ? "" : ": ", text("why"));
  }
  std::printf("%zu accounts, %zu links, %lld requests refused\n", accounts.size(), links.size(),
              static_cast<long long>(shown.at("refused").to_number<std::int64_t>()));
  return exit_done;
}

int list_requests(const std::string& config, bool as_json) {
  if (const auto answer = ask_running(config, "GET", "/v1/requests")) {
    if (*answer) return print_accounts((*answer)->as_object(), as_json);
    print(answer->error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const auto shown = requests_json(context->config, today());
  if (!shown) {
    print(shown.error());
    return exit_failed;
  }
  if (!journal_reading(*context, "requests", "accounts of requests shown")) return exit_failed;
  return print_accounts(*shown, as_json);
}

}  // namespace

void add_requests(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto file = std::make_shared<std::string>();
  CLI::App* requests = app.add_subcommand(
      "requests", "Requests for accounts of local-authority staff and for links");
  requests->require_subcommand(1);
  CLI::App* one = requests->add_subcommand(
      "check", "Check a request file by every rule; exit 2 and all that is refused, with its line");
  one->add_option("FILE", *file, "The request file to check")->required()->type_name("FILE");
  one->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return check_requests(config, *file); }; });

  auto as_json = std::make_shared<bool>(false);
  one = requests->add_subcommand("list",
                                 "Every account and link that is asked for: state, days, schools; "
                                 "of the daemon while it runs");
  one->add_flag("--json", *as_json, "As the control API says it");
  one->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return list_requests(config, *as_json); }; });
}

}  // namespace entsync::programs
