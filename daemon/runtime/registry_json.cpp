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
                                          {"status", ecole.statut},
                                          {"controller", ecole.responsable_traitement},
                                          {"school_year", ecole.annee_scolaire},
                                          {"state", to_string(ecole.etat)},
                                          {"signed", day_or_null(ecole.signe_le)},
                                          {"from", day_or_null(ecole.effet_le)},
                                          {"to", day_or_null(ecole.fin_le)},
                                          {"term", to_string(registry.term_of(ecole, day))},
                                          {"grace_until", day_or_null(registry.grace_until(ecole))},
                                          {"in_scope", registry.in_scope(uai, day)}});
  }
  return {{"digest", registry.digest},
          {"amount_per_school", registry.montant_par_ecole.str()},
          {"grace_days", registry.grace_days},
          {"schools", std::move(schools)}};
}

}  // namespace entsync
