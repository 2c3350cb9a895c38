#include "registry.hpp"

#include <array>

namespace entsync {
namespace {

constexpr std::array states{EtatConvention::inscrite, EtatConvention::a_renouveler,
                            EtatConvention::mise_en_demeure, EtatConvention::resiliee,
                            EtatConvention::retiree};

}  // namespace

std::string_view to_string(EtatConvention etat) {
  switch (etat) {
    case EtatConvention::inscrite:
      return "inscrite";
    case EtatConvention::a_renouveler:
      return "a_renouveler";
    case EtatConvention::mise_en_demeure:
      return "mise_en_demeure";
    case EtatConvention::resiliee:
      return "resiliee";
    case EtatConvention::retiree:
      return "retiree";
  }
  return "?";
}

std::optional<EtatConvention> parse_etat_convention(std::string_view name) {
  for (const EtatConvention etat : states)
    if (to_string(etat) == name) return etat;
  return std::nullopt;
}

std::string_view to_string(Term term) {
  switch (term) {
    case Term::open:
      return "open";
    case Term::running:
      return "running";
    case Term::grace:
      return "grace";
    case Term::overdue:
      return "overdue";
    case Term::ended:
      return "ended";
  }
  return "?";
}

bool Registry::add(Ecole ecole) {
  Uai uai = ecole.uai;
  return ecoles_.emplace(std::move(uai), std::move(ecole)).second;
}

const Ecole* Registry::find(const Uai& uai) const {
  const auto found = ecoles_.find(uai);
  return found == ecoles_.end() ? nullptr : &found->second;
}

bool Registry::in_scope(const Uai& uai, Date day) const {
  return find(uai) != nullptr && !has_ended(uai, day);
}

bool Registry::has_ended(const Uai& uai, Date day) const {
  const Ecole* ecole = find(uai);
  if (ecole == nullptr) return false;
  const bool is_ended =
      ecole->etat == EtatConvention::resiliee || ecole->etat == EtatConvention::retiree;
  return is_ended && (!ecole->etat_le || *ecole->etat_le <= day);
}

std::optional<Date> Registry::grace_until(const Ecole& ecole) const {
  if (!ecole.fin_le) return std::nullopt;
  return ecole.fin_le->plus_days(static_cast<long>(grace_days));
}

Term Registry::term_of(const Ecole& ecole, Date day) const {
  if (has_ended(ecole.uai, day)) return Term::ended;
  if (!ecole.fin_le) return Term::open;
  if (day <= *ecole.fin_le) return Term::running;
  return day <= *grace_until(ecole) ? Term::grace : Term::overdue;
}

}  // namespace entsync
