#include "category.hpp"

namespace entsync {

std::string_view to_string(Category category) {
  switch (category) {
    case Category::etab_educ_nat:
      return "EtabEducNat";
    case Category::eleve:
      return "Eleve";
    case Category::pers_rel_eleve:
      return "PersRelEleve";
    case Category::pers_educ_nat:
      return "PersEducNat";
    case Category::pers_collectivite:
      return "PersCollectivite";
  }
  return "?";
}

std::optional<Category> parse_category(std::string_view token) {
  if (token == to_string(Category::pers_collectivite)) return Category::pers_collectivite;
  return parse_aaf_category(token);
}

std::optional<Category> parse_aaf_category(std::string_view token) {
  for (const Category category : all_categories)
    if (to_string(category) == token) return category;
  return std::nullopt;
}

std::string_view to_string(Profil profil) {
  switch (profil) {
    case Profil::eleve:
      return "eleve";
    case Profil::responsable:
      return "responsable";
    case Profil::enseignant:
      return "enseignant";
    case Profil::directeur:
      return "directeur";
    case Profil::personnel:
      return "personnel";
    case Profil::collectivite:
      return "collectivite";
  }
  return "?";
}

std::optional<Profil> parse_profil(std::string_view name) {
  for (const Profil profil : all_profils)
    if (to_string(profil) == name) return profil;
  return std::nullopt;
}

Category category_of(Profil profil) {
  switch (profil) {
    case Profil::eleve:
      return Category::eleve;
    case Profil::responsable:
      return Category::pers_rel_eleve;
    case Profil::enseignant:
    case Profil::directeur:
    case Profil::personnel:
      return Category::pers_educ_nat;
    case Profil::collectivite:
      return Category::pers_collectivite;
  }
  return Category::pers_educ_nat;
}

std::string Jointure::str() const {
  return academie + "/" + std::string(to_string(category)) + "/" + id;
}

}  // namespace entsync
