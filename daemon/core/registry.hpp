#pragma once
/// The registry of schools enrolled by convention: the allow-list of the program. A school that is
/// not here does not exist for it.

#include <map>
#include <optional>
#include <string>

#include "date.hpp"
#include "uai.hpp"

namespace entsync {

/// States of an agreement. What they change in the life of accounts comes with the registry's
/// dates; a school is in scope unless its agreement was ended by somebody.
enum class EtatConvention : std::uint8_t {
  inscrite,
  a_renouveler,
  mise_en_demeure,
  resiliee,
  retiree,
};
std::string_view to_string(EtatConvention etat);
std::optional<EtatConvention> parse_etat_convention(std::string_view name);

struct Ecole {
  Uai uai;
  std::string label;
  std::string commune;
  std::string departement;
  std::string siret_collectivite;
  std::string statut;  ///< "public" or "prive"
  std::string annee_scolaire;
  std::optional<Date> effet_le;
  std::optional<Date> fin_le;
  EtatConvention etat = EtatConvention::inscrite;
};

class Registry {
 public:
  /// False when the UAI is enrolled already.
  bool add(Ecole ecole);
  [[nodiscard]] const Ecole* find(const Uai& uai) const;
  /// Enrolled and not ended: accounts are kept up to date.
  [[nodiscard]] bool in_scope(const Uai& uai) const;
  [[nodiscard]] const std::map<Uai, Ecole>& ecoles() const { return ecoles_; }
  std::string digest;  ///< SHA-256 of the registry file

 private:
  std::map<Uai, Ecole> ecoles_;
};

}  // namespace entsync
