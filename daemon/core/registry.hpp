#pragma once
/// The registry of schools enrolled by convention: the allow-list of the program. A school that is
/// not here does not exist for it.

#include <map>
#include <optional>
#include <string>

#include "date.hpp"
#include "uai.hpp"

namespace entsync {

/// States of an agreement. Only two of them end anything, and only because somebody wrote them: an
/// agreement whose term has passed is warned of, and its school is kept up to date.
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
  std::optional<Date> etat_le{};  ///< day from which resiliee or retiree holds; none: always
};

class Registry {
 public:
  /// False when the UAI is enrolled already.
  bool add(Ecole ecole);
  [[nodiscard]] const Ecole* find(const Uai& uai) const;
  /// Enrolled and not ended on that day: accounts are kept up to date.
  [[nodiscard]] bool in_scope(const Uai& uai, Date day) const;
  /// Enrolled once, and ended on that day: the clock of its accounts runs.
  [[nodiscard]] bool has_ended(const Uai& uai, Date day) const;
  [[nodiscard]] const std::map<Uai, Ecole>& ecoles() const { return ecoles_; }
  std::string digest;  ///< SHA-256 of the registry file

 private:
  std::map<Uai, Ecole> ecoles_;
};

}  // namespace entsync
