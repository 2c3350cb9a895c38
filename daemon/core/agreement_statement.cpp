#include "agreement_statement.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>

#include "absence.hpp"
#include "account_ends.hpp"
#include "text.hpp"

namespace entsync {
namespace {

/// A school of the statement by its place there.
struct Seat {
  std::size_t collectivite = 0;
  std::size_t school = 0;
};

class Counting {
 public:
  Counting(AgreementStatement& statement, const DirectorySnapshot& snapshot, const Rules& rules)
      : statement_(statement), snapshot_(snapshot), rules_(rules) {
    for (std::size_t c = 0; c < statement_.collectivites.size(); ++c)
      for (std::size_t s = 0; s < statement_.collectivites[c].schools.size(); ++s)
        seats_.emplace(statement_.collectivites[c].schools[s].ecole.uai.str(), Seat{c, s});
  }

  void run() {
    for (EntryIndex e = 0; e < snapshot_.size(); ++e) {
      const SnapshotEntry entry = snapshot_.entry(e);
      if (entry.branch() == Branch::structures) note_school(entry);
      if (entry.branch() == Branch::people && is_active(entry)) count(entry);
    }
  }

 private:
  void note_school(const SnapshotEntry& entry) {
    const auto uai = Uai::parse(entry.first(rules_.names.uai));
    if (!uai) return;
    const auto seat = seats_.find(uai->str());
    if (seat != seats_.end()) school_at(seat->second).in_directory = true;
  }

  [[nodiscard]] bool is_active(const SnapshotEntry& entry) const {
    if (is_suspension(entry.first(rules_.names.account_state), rules_)) return false;
    if (rules_.names.restriction == TargetVocabulary::npos) return true;
    return !equals_ignoring_case(entry.first(rules_.names.restriction), rules_.restricted_value);
  }

  /// By its object classes; nothing for whoever has none of the roles of the rules.
  [[nodiscard]] std::optional<Profil> profil(const SnapshotEntry& entry) {
    entry.values_of(rules_.names.object_class, values_);
    for (const Category category : person_categories)
      for (const std::string& role : rules_.role_classes[static_cast<std::size_t>(category)])
        for (const std::string_view object_class : values_)
          if (equals_ignoring_case(object_class, role)) return profil_of(entry, category, rules_);
    return std::nullopt;
  }

  /// For each of his schools, and once for each of their collectivités. A responsable is of the
  /// schools of his pupils.
  void count(const SnapshotEntry& entry) {
    mine_.clear();
    add_schools(entry);
    entry.values_of(rules_.names.responsable_pupils, pupils_);
    for (const std::string_view dn : pupils_)
      if (const EntryIndex pupil = snapshot_.find(dn); pupil != no_entry)
        add_schools(snapshot_.entry(pupil));
    if (mine_.empty()) return;
    const auto who = profil(entry);
    if (!who) return;
    const auto at = static_cast<std::size_t>(*who);
    ++statement_.accounts[at];
    std::vector<std::size_t> collectivites;
    for (const Seat& seat : mine_) {
      ++school_at(seat).accounts[at];
      if (std::ranges::find(collectivites, seat.collectivite) != collectivites.end()) continue;
      collectivites.push_back(seat.collectivite);
      ++statement_.collectivites[seat.collectivite].accounts[at];
    }
  }

  void add_schools(const SnapshotEntry& entry) {
    schools_of_entry(entry, snapshot_, rules_, schools_);
    for (const EntryIndex school : schools_) {
      const auto uai = Uai::parse(snapshot_.entry(school).first(rules_.names.uai));
      const auto found = uai ? seats_.find(uai->str()) : seats_.end();
      if (found == seats_.end()) continue;
      const Seat& seat = found->second;
      const bool is_known = std::ranges::any_of(mine_, [&seat](const Seat& other) {
        return other.collectivite == seat.collectivite && other.school == seat.school;
      });
      if (!is_known) mine_.push_back(seat);
    }
  }

  SchoolStatement& school_at(const Seat& seat) {
    return statement_.collectivites[seat.collectivite].schools[seat.school];
  }

  static constexpr std::array person_categories{Category::eleve, Category::pers_rel_eleve,
                                                Category::pers_educ_nat,
                                                Category::pers_collectivite};

  AgreementStatement& statement_;
  const DirectorySnapshot& snapshot_;
  const Rules& rules_;
  std::map<std::string, Seat, std::less<>> seats_;  ///< by UAI
  // Of the entry being counted.
  std::vector<Seat> mine_;
  std::vector<EntryIndex> schools_;
  std::vector<std::string_view> pupils_;
  std::vector<std::string_view> values_;
};

}  // namespace

std::uint64_t total_of(const AccountCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

bool is_of_year(const Ecole& ecole, SchoolYear year) {
  const bool is_ended =
      ecole.etat == EtatConvention::resiliee || ecole.etat == EtatConvention::retiree;
  if (is_ended && (!ecole.etat_le || *ecole.etat_le <= year.first_day())) return false;
  if (!ecole.annee_scolaire.empty()) return ecole.annee_scolaire == year.str();
  // The usual term is the first day of the next year.
  return (!ecole.effet_le || *ecole.effet_le <= year.last_day()) &&
         (!ecole.fin_le || *ecole.fin_le > year.first_day());
}

std::vector<TargetAttribute> statement_attributes(const Rules& rules, Branch branch) {
  const TargetNames& names = rules.names;
  if (branch == Branch::groups) return {names.object_class};
  if (branch == Branch::structures) return {names.object_class, names.uai};
  std::vector<TargetAttribute> list{names.object_class, names.account_state, names.person_structure,
                                    names.responsable_pupils};
  const auto add = [&list](TargetAttribute attribute) {
    if (std::ranges::find(list, attribute) == list.end()) list.push_back(attribute);
  };
  if (names.restriction != TargetVocabulary::npos) add(names.restriction);
  for (const EntryRules& person : rules.persons)
    for (const AttributeRule& rule : person.attributes)
      if (rule.each == Each::ecoles || rule.each == Each::fonctions ||
          rule.each == Each::directions || rule.each == Each::classes || rule.each == Each::groupes)
        add(rule.attribute);
  return list;
}

AgreementStatement agreement_statement(const Registry& registry, const DirectorySnapshot& snapshot,
                                       const Rules& rules, SchoolYear year) {
  std::map<std::string, CollectiviteStatement> by_siret;
  for (const auto& [uai, ecole] : registry.ecoles()) {
    if (!is_of_year(ecole, year)) continue;
    CollectiviteStatement& collectivite = by_siret[ecole.siret_collectivite];
    collectivite.siret = ecole.siret_collectivite;
    collectivite.schools.push_back({ecole});
  }
  AgreementStatement statement{year, registry.montant_par_ecole, {}, 0, {}, {}};
  for (auto& [siret, collectivite] : by_siret) {
    collectivite.amount = registry.montant_par_ecole.times(collectivite.schools.size());
    statement.schools += collectivite.schools.size();
    statement.collectivites.push_back(std::move(collectivite));
  }
  statement.amount = registry.montant_par_ecole.times(statement.schools);
  Counting(statement, snapshot, rules).run();
  return statement;
}

}  // namespace entsync
