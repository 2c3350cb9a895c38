#include "runtime/administration/endpoints.hpp"
#include "runtime/instant.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

json::value day(const std::optional<Date>& date) {
  return date ? json::value(date->iso()) : json::value();
}

Answer registry(Desk& desk, const Request& request) {
  const Registry& registry = desk.context.config.registry;
  const Date now = today();
  json::array schools;
  for (const auto& [uai, ecole] : registry.ecoles()) {
    if (request.schools && !request.schools->contains(uai.str())) continue;
    schools.push_back(json::object{{"uai", uai.str()},
                                   {"label", ecole.label},
                                   {"commune", ecole.commune},
                                   {"siret", ecole.siret_collectivite},
                                   {"state", to_string(ecole.etat)},
                                   {"from", day(ecole.effet_le)},
                                   {"to", day(ecole.fin_le)},
                                   {"in_scope", registry.in_scope(uai, now)}});
  }
  return Answer::json(json::object{{"digest", registry.digest}, {"schools", schools}});
}

}  // namespace

void add_registry(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints
      .add_ready("GET", "/v1/registry", Role::viewer,
                 [desk](const Request& request) { return registry(*desk, request); })
      .by_school = true;
}

}  // namespace entsync
