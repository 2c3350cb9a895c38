#include "registry_json.hpp"

#include <boost/json/array.hpp>

namespace entsync {
namespace {

boost::json::value day_or_null(const std::optional<Date>& date) {
  return date ? boost::json::value(date->iso()) : boost::json::value();
}

}  // namespace

boost::json::object registry_json(const Registry& registry, Date day,
                                  const std::optional<control::Schools>& only) {
  boost::json::array schools;
  for (const auto& [uai, ecole] : registry.ecoles()) {
    if (only && !only->contains(uai.str())) continue;
    schools.push_back(boost::json::object{{"uai", uai.str()},
                                          {"label", ecole.label},
                                          {"commune", ecole.commune},
                                          {"siret", ecole.siret_collectivite},
                                          {"state", to_string(ecole.etat)},
                                          {"from", day_or_null(ecole.effet_le)},
                                          {"to", day_or_null(ecole.fin_le)},
                                          {"in_scope", registry.in_scope(uai, day)}});
  }
  return {{"digest", registry.digest}, {"schools", std::move(schools)}};
}

}  // namespace entsync
