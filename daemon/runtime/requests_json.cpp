#include "requests_json.hpp"

#include <boost/json/array.hpp>

#include "demande_files.hpp"
#include "inputs.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

/// What the account is by its dates; the directory is brought there by the next run.
std::string_view state_of(const Agent& agent, Date deleted, Date today) {
  switch (agent.standing) {
    case AgentStanding::awaited:
      return "awaited";
    case AgentStanding::active:
      return "active";
    case AgentStanding::doubtful:
      return "doubtful";
    case AgentStanding::ended:
      break;
  }
  return today < deleted ? "suspended" : "deleted";
}

json::object account_json(const Agent& agent, const config::Configuration& configuration,
                          Date today) {
  const Date deleted =
      end_of_account(agent.end, Profil::collectivite, configuration.settings.absence);
  json::array schools;
  for (const Uai& uai : agent.ecoles) schools.emplace_back(uai.str());
  return {{"subject",
           Jointure{configuration.settings.requests.source, Category::pers_collectivite, agent.id}
               .str()},
          {"state", state_of(agent, deleted, today)},
          {"from", agent.debut.iso()},
          {"ends", agent.end.iso()},
          {"deleted", deleted.iso()},
          {"siret", agent.siret},
          {"role", to_string(agent.role)},
          {"schools", std::move(schools)},
          {"last_request", agent.last.id},
          {"why", agent.why}};
}

json::object link_json(const WorkLink& link) {
  return {{"person", link.person.str()},
          {"school", link.uai.str()},
          {"state", to_string(link.standing)},
          {"from", link.debut.iso()},
          {"ends", link.end.iso()},
          {"last_request", link.last.id},
          {"why", link.why}};
}

}  // namespace

Result<FollowedRequests> followed_before(const config::Settings& settings) {
  std::error_code error;
  if (!std::filesystem::exists(settings.state_directory / "state.db", error))
    return FollowedRequests();
  auto ledger = open_ledger(settings);
  if (!ledger) return ledger.error();
  auto taken = (*ledger)->taken_demandes();
  if (!taken) return taken.error();
  auto of_links = (*ledger)->link_requests();
  if (!of_links) return of_links.error();
  return FollowedRequests{std::move(*taken), std::move(*of_links)};
}

Result<json::object> requests_json(const config::Configuration& configuration, Date today) {
  const config::Settings& settings = configuration.settings;
  DemandeFiles files;
  if (!settings.requests.path.empty()) {
    auto read = read_demande_files(settings.requests.path);
    if (!read) return read.error();
    files = std::move(*read);
  }
  const auto followed = followed_before(settings);
  if (!followed) return followed.error();
  const Agents agents = Agents::of(with_remembered(std::move(files.demandes), followed->of_links),
                                   configuration.registry, followed->taken, settings.requests.rules,
                                   settings.absence, today);
  json::array accounts;
  for (const Agent& agent : agents.list())
    accounts.push_back(account_json(agent, configuration, today));
  json::array links;
  for (const WorkLink& link : agents.links()) links.push_back(link_json(link));
  return json::object{{"accounts", std::move(accounts)},
                      {"links", std::move(links)},
                      {"refused", files.refused.list.size() + agents.refused().list.size()}};
}

}  // namespace entsync
