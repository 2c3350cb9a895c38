#pragma once
/// The registry of schools enrolled by convention: the allow-list of the program. A school that is
/// not here does not exist for it. Amounts are informative: nothing here handles money.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "centimes.hpp"
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

/// How the agreement of a school stands to its term on a day. A term that has passed ends nothing:
/// first comes a time of grace, in which the next agreement is on its way – they are signed months
/// after the school year has begun – and then somebody has to decide.
enum class Term : std::uint8_t {
  open,     ///< no term is written
  running,  ///< the term is not over
  grace,    ///< over for no more than the grace
  overdue,  ///< over for longer: kept up to date all the same
  ended,    ///< somebody ended the agreement
};
std::string_view to_string(Term term);

struct Ecole {
  Uai uai;
  std::string label;
  std::string commune;
  std::string departement;
  std::string siret_collectivite;
  std::string statut;  ///< "public" or "prive"
  std::string annee_scolaire;
  std::optional<Date> effet_le;  ///< that of the signature when none is written
  std::optional<Date> fin_le;    ///< the last day
  EtatConvention etat = EtatConvention::inscrite;
  std::optional<Date> etat_le{};  ///< day from which resiliee or retiree holds; none: always
  std::optional<Date> signe_le{};
  /// Controller of the data, where it is another one than that of the public schools.
  std::string responsable_traitement{};
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
  [[nodiscard]] Term term_of(const Ecole& ecole, Date day) const;
  /// The last day of the grace; nothing without a term.
  [[nodiscard]] std::optional<Date> grace_until(const Ecole& ecole) const;
  [[nodiscard]] const std::map<Uai, Ecole>& ecoles() const { return ecoles_; }

  std::string digest;                 ///< SHA-256 of the registry file
  Centimes montant_par_ecole{45'00};  ///< for one school year
  unsigned grace_days = 120;          ///< after the term of an agreement

 private:
  std::map<Uai, Ecole> ecoles_;
};

}  // namespace entsync
