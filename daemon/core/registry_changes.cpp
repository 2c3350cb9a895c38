#include "registry_changes.hpp"

#include <algorithm>
#include <optional>

#include "text.hpp"

namespace entsync {
namespace {

std::string iso(const std::optional<Date>& date) {
  return date ? date->iso() : std::string();
}

void add_difference(std::vector<std::string>& list, const char* key, std::string_view was,
                    std::string_view is) {
  if (was == is) return;
  const auto shown = [](std::string_view value) {
    return value.empty() ? std::string("nothing") : std::string(value);
  };
  list.push_back(std::string(key) + ": " + shown(was) + " -> " + shown(is));
}

std::vector<std::string> differences(const Ecole& before, const Ecole& after) {
  std::vector<std::string> list;
  const auto compare = [&list](const char* key, std::string_view was, std::string_view is) {
    add_difference(list, key, was, is);
  };
  compare("label", before.label, after.label);
  compare("commune", before.commune, after.commune);
  compare("departement", before.departement, after.departement);
  compare("siret_collectivite", before.siret_collectivite, after.siret_collectivite);
  compare("statut", before.statut, after.statut);
  compare("responsable_traitement", before.responsable_traitement, after.responsable_traitement);
  compare("annee_scolaire", before.annee_scolaire, after.annee_scolaire);
  compare("signe_le", iso(before.signe_le), iso(after.signe_le));
  compare("effet_le", iso(before.effet_le), iso(after.effet_le));
  compare("fin_le", iso(before.fin_le), iso(after.fin_le));
  compare("etat", to_string(before.etat), to_string(after.etat));
  compare("etat_le", iso(before.etat_le), iso(after.etat_le));
  return list;
}

/// Ended on `day`, or by a date that is written already.
bool ends(const Ecole& ecole) {
  return ecole.etat == EtatConvention::resiliee || ecole.etat == EtatConvention::retiree;
}

}  // namespace

std::string_view to_string(RegistryChange::Kind kind) {
  switch (kind) {
    case RegistryChange::Kind::added:
      return "added";
    case RegistryChange::Kind::changed:
      return "changed";
    case RegistryChange::Kind::removed:
      return "removed";
  }
  return "?";
}

std::size_t RegistryChanges::count(RegistryChange::Kind kind) const {
  return static_cast<std::size_t>(std::ranges::count(list, kind, &RegistryChange::kind));
}

std::size_t RegistryChanges::leaving() const {
  return static_cast<std::size_t>(std::ranges::count(list, true, &RegistryChange::leaves));
}

RegistryChanges changes_between(const Registry& present, const Registry& next, Date day) {
  using Kind = RegistryChange::Kind;
  RegistryChanges changes;
  add_difference(changes.terms, "montant_par_ecole", present.montant_par_ecole.str(),
                 next.montant_par_ecole.str());
  add_difference(changes.terms, "grace_days", std::to_string(present.grace_days),
                 std::to_string(next.grace_days));
  for (const auto& [uai, before] : present.ecoles()) {
    const Ecole* after = next.find(uai);
    const bool is_served = present.in_scope(uai, day);
    if (after == nullptr) {
      changes.list.push_back({Kind::removed, uai.str(), before.label, {}, is_served});
      continue;
    }
    auto what = differences(before, *after);
    if (what.empty()) continue;
    const bool leaves = is_served && ends(*after) && !ends(before);
    changes.list.push_back({Kind::changed, uai.str(), after->label, std::move(what), leaves});
  }
  for (const auto& [uai, after] : next.ecoles())
    if (present.find(uai) == nullptr)
      changes.list.push_back({Kind::added, uai.str(), after.label, {}, false});
  std::ranges::sort(changes.list, {}, &RegistryChange::uai);
  return changes;
}

std::string summary(const RegistryChanges& changes) {
  using Kind = RegistryChange::Kind;
  std::string text;
  for (const Kind kind : {Kind::added, Kind::changed, Kind::removed})
    text += std::to_string(changes.count(kind)) + " " + std::string(to_string(kind)) + ", ";
  text += std::to_string(changes.leaving()) + " leaving the scope";
  for (const std::string& term : changes.terms) text += ", " + term;
  return text;
}

std::string render(const RegistryChanges& changes) {
  std::string text;
  for (const std::string& term : changes.terms) text += "all agreements  " + term + "\n";
  for (const RegistryChange& change : changes.list) {
    text +=
        std::string(to_string(change.kind)) + "  " + change.uai + "  " + printable(change.label);
    if (change.leaves) text += "  (leaves the scope)";
    text += "\n";
    for (const std::string& what : change.what) text += "    " + printable(what) + "\n";
    // Whoever takes a line out may mean to end the agreement, and that is not what it does.
    if (change.kind == RegistryChange::Kind::removed)
      text +=
          "    its accounts stay as they are; to end them keep the school, with etat = "
          "\"resiliee\"\n";
  }
  return text + "schools: " + summary(changes) + "\n";
}

}  // namespace entsync
