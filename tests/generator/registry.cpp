#include "registry.hpp"

#include "identifiers.hpp"
#include "sink.hpp"

namespace generator {
namespace {

std::string_view etat(Enrolment enrolment) {
  switch (enrolment) {
    case Enrolment::inscrite:
      return "inscrite";
    case Enrolment::a_renouveler:
      return "a_renouveler";
    case Enrolment::mise_en_demeure:
      return "mise_en_demeure";
    case Enrolment::resiliee:
      return "resiliee";
    case Enrolment::retiree:
      return "retiree";
    case Enrolment::absente:
      break;
  }
  return {};
}

std::string label(const Ecole& ecole) {
  std::string text = ecole.type == EcoleType::maternelle    ? "ECOLE MATERNELLE"
                     : ecole.type == EcoleType::elementaire ? "ECOLE ELEMENTAIRE"
                                                            : "ECOLE PRIMAIRE";
  text += ecole.prive != 0 ? " PRIVEE" : " PUBLIQUE";
  if (const std::string_view name = Names::school(ecole.name); !name.empty())
    text += " " + std::string(name);
  return text;
}

}  // namespace

void write_registry(const World& world, const std::filesystem::path& file, const Names& names) {
  const int year = school_year(world.date);
  std::string toml = "# Schools enrolled by convention.\nformat = 1\n";
  const auto put = [&](std::string_view key, std::string_view value) {
    toml += std::string(key) + " = \"" + std::string(value) + "\"\n";
  };
  for (const Academie& academie : world.academies) {
    for (const Ecole& ecole : academie.ecoles) {
      if (ecole.enrolment == Enrolment::absente) continue;
      const Commune& commune = academie.communes[ecole.commune];
      const std::string departement = std::to_string(1000 + commune.departement).substr(1);
      toml += "\n[[ecole]]\n";
      put("uai", uai_text(ecole.uai));
      put("label", label(ecole));
      put("commune", names.commune(commune.number));
      put("departement", departement);
      put("siret_collectivite", siret_of_commune(commune));
      put("statut", ecole.prive != 0 ? "prive" : "public");
      put("annee_scolaire", std::to_string(year) + "-" + std::to_string(year + 1));
      put("effet_le", iso(day_of(year, 9, 1)));
      put("fin_le", iso(day_of(year + 1, 9, 1)));
      put("etat", etat(ecole.enrolment));
    }
  }
  write_file(file, toml);
}

}  // namespace generator
