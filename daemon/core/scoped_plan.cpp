#include "scoped_plan.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "dn.hpp"
#include "ownership.hpp"
#include "text.hpp"

namespace entsync {
namespace {

/// How much of a change a narrowed plan holds.
enum class Reach : std::uint8_t {
  values,   ///< the values that lead to somebody in scope
  obliged,  ///< all but what leads to entries that are left for later
  whole,
};

using ValueList = std::vector<std::string_view>;

/// The id before the first `$`: of a school's list of classes.
std::string_view id_of(std::string_view value) {
  return value.substr(0, value.find('$'));
}

/// The class id of `AC-X$8$73196`, empty for the groups of a school.
std::string_view class_of_jointure(std::string_view jointure) {
  const std::size_t first = jointure.find('$');
  const std::size_t second =
      first == std::string_view::npos ? first : jointure.find('$', first + 1);
  return second == std::string_view::npos ? std::string_view{} : jointure.substr(second + 1);
}

/// Who is in a scope, by what the deliveries and the directory say.
class Membership {
 public:
  Membership(const Scope& scope, const PlannerInput& input)
      : scope_(scope), in_(input), key_(scope.person ? scope.person->str() : std::string{}) {
    for (const AttributeRule& rule : input.rules.person(Profil::eleve).attributes)
      if (rule.each == Each::classes || rule.each == Each::groupes)
        class_attributes_.push_back(rule.attribute);
  }

  [[nodiscard]] bool has(PersonIndex p) const {
    const Person& person = in_.population.persons()[p];
    return is_academie(in_.population.feed(person.feed).academie()) && is_profil(person.profil) &&
           (!scope_.person || is_person(person)) && (!scope_.school || goes_to_school(person)) &&
           (!scope_.classe || is_in_class(person));
  }

  /// Of a person's change; his schools are those of both sides.
  [[nodiscard]] bool has_person(const Change& change) const {
    const EntryIndex entry = in_.snapshot.find(change.dn);
    return is_academie(change.academie) && is_profil(change.profil) &&
           (key_.empty() || equals_ignoring_case(key_, change.subject)) && is_school_of(change) &&
           (!scope_.classe || (entry != no_entry && is_in_class(entry)));
  }

  /// Of the change of a school or group: they are in a scope that is not of persons.
  [[nodiscard]] bool has_other(const Change& change) const {
    if (scope_.person || scope_.profil || !is_academie(change.academie) || !is_school_of(change))
      return false;
    if (!scope_.classe) return true;
    return change.kind != EntryKind::structure && is_of_class_school(change) &&
           class_of_jointure(jointure_of(change)) == scope_.classe->id;
  }

  /// Whether a class of this id, of the school that is changed, is the one in scope.
  [[nodiscard]] bool is_class(const Change& structure, std::string_view id) const {
    return scope_.classe && scope_.classe->id == id && is_of_class_school(structure);
  }

 private:
  [[nodiscard]] bool is_academie(std::string_view academie) const {
    return scope_.academie.empty() || equals_ignoring_case(scope_.academie, academie);
  }
  [[nodiscard]] bool is_profil(std::optional<Profil> profil) const {
    return !scope_.profil || scope_.profil == profil;
  }
  [[nodiscard]] bool is_school_of(const Change& change) const {
    return !scope_.school ||
           std::ranges::find(change.schools, scope_.school->str()) != change.schools.end();
  }
  [[nodiscard]] bool is_of_class_school(const Change& change) const {
    return std::ranges::find(change.schools, scope_.classe->school.str()) != change.schools.end();
  }
  [[nodiscard]] bool is_person(const Person& person) const {
    return person.record.id() == scope_.person->id &&
           equals_ignoring_case(key_, subject_key(in_.population, person));
  }
  [[nodiscard]] bool goes_to_school(const Person& person) const {
    return std::ranges::any_of(in_.population.ecoles_of(person), [&](EcoleIndex e) {
      return in_.population.ecoles()[e].uai == *scope_.school;
    });
  }
  [[nodiscard]] bool is_in_class(const Person& person) const {
    if (person.profil != Profil::eleve) return false;
    return std::ranges::any_of(in_.population.classes_of(person), [&](ClasseIndex c) {
      const ClasseNode& classe = in_.population.classes()[c];
      return classe.id == scope_.classe->id &&
             in_.population.ecoles()[classe.ecole].uai == scope_.classe->school;
    });
  }
  [[nodiscard]] bool is_in_class(EntryIndex pupil) const {
    const SnapshotEntry entry = in_.snapshot.entry(pupil);
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      if (std::ranges::find(class_attributes_, entry.attribute(i)) == class_attributes_.end())
        continue;
      const std::string_view value = entry.text(i);
      const std::size_t dollar = value.find('$');
      if (dollar == std::string_view::npos || value.substr(dollar + 1) != scope_.classe->id)
        continue;
      const EntryIndex school = in_.snapshot.find(value.substr(0, dollar));
      if (school != no_entry &&
          in_.snapshot.entry(school).first(in_.rules.names.uai) == scope_.classe->school.str())
        return true;
    }
    return false;
  }

  [[nodiscard]] std::string_view jointure_of(const Change& group) const {
    const std::string& name = in_.rules.target.name(in_.rules.names.group_jointure);
    for (const AttributeChange& attribute : group.attributes)
      if (attribute.attribute == name && !attribute.added.empty()) return attribute.added.front();
    const EntryIndex entry = in_.snapshot.find(group.dn);
    return entry == no_entry ? std::string_view{}
                             : in_.snapshot.entry(entry).first(in_.rules.names.group_jointure);
  }

  const Scope& scope_;
  const PlannerInput& in_;
  std::string key_;
  std::vector<TargetAttribute> class_attributes_;
};

class Narrowing {
 public:
  Narrowing(Plan&& plan, const Scope& scope, const PlannerInput& input)
      : in_(input), members_(scope, in_), plan_(std::move(plan)) {
    reach_.resize(plan_.changes.size(), Reach::values);
    for (std::size_t i = 0; i < plan_.changes.size(); ++i)
      if (plan_.changes[i].operation == Operation::create)
        creates_.emplace(dn::normalise(plan_.changes[i].dn), i);
  }

  Plan run() {
    find_people();
    find_whole();
    follow();
    while (find_obliged()) follow();
    std::vector<Change> all;
    all.swap(plan_.changes);
    for (std::size_t i = 0; i < all.size(); ++i) keep(all[i], reach_[i]);
    order(plan_);
    return std::move(plan_);
  }

 private:
  // Who and what is in scope
  // -----------------------------------------------------------------------

  void find_people() {
    needed_classes_.resize(in_.population.classes().size(), false);
    std::unordered_set<std::string> newcomers;
    for (PersonIndex p = 0; p < in_.population.persons().size(); ++p) {
      if (!members_.has(p)) continue;
      const Person& person = in_.population.persons()[p];
      if (const EntryIndex e = in_.matched.entry_of(p); e != no_entry)
        people_.insert(dn::normalise(in_.snapshot.entry(e).dn()));
      else
        newcomers.insert(subject_key(in_.population, person));
      if (person.profil == Profil::eleve)
        for (const ClasseIndex c : in_.population.classes_of(person)) needed_classes_[c] = true;
    }
    for (const Change& change : plan_.changes)
      if (change.kind == EntryKind::person &&
          (newcomers.contains(std::string(change.subject)) || members_.has_person(change)))
        people_.insert(dn::normalise(change.dn));
  }

  void find_whole() {
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      const Change& change = plan_.changes[i];
      const bool is_in = change.kind == EntryKind::person
                             ? people_.contains(dn::normalise(change.dn))
                             : members_.has_other(change);
      if (is_in) reach(i, Reach::whole);
    }
  }

  // What links oblige
  // ------------------------------------------------------------------------------

  void reach(std::size_t i, Reach reach) {
    reach_[i] = reach;
    if (plan_.changes[i].kind == EntryKind::person)
      people_.insert(dn::normalise(plan_.changes[i].dn));
    to_follow_.push_back(i);
  }

  /// Entries that do not exist yet and that what is reached leads to. Who comes only because of
  /// somebody in scope brings his school along, but nobody more: his own links to others who are
  /// still to come wait for them.
  void follow() {
    while (!to_follow_.empty()) {
      const std::size_t i = to_follow_.back();
      to_follow_.pop_back();
      const bool whole = reach_[i] == Reach::whole;
      for (const AttributeChange& attribute : plan_.changes[i].attributes)
        for (const std::string_view value : attribute.added)
          if (const auto next = created_by(attribute, value);
              next && reach_[*next] == Reach::values &&
              (whole || plan_.changes[*next].kind == EntryKind::structure))
            reach(*next, Reach::obliged);
    }
  }

  /// New groups that somebody reached is in, and entries that cannot take a link to somebody
  /// reached before they have the object class that comes with it.
  bool find_obliged() {
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      const Change& change = plan_.changes[i];
      if (reach_[i] != Reach::values || change.kind == EntryKind::structure) continue;
      const bool is_new = change.operation == Operation::create;
      const bool may_have_to =
          change.kind == EntryKind::person ? !is_new && gains_object_class(change) : is_new;
      if (may_have_to && gains_link(change)) reach(i, Reach::obliged);
    }
    return !to_follow_.empty();
  }

  [[nodiscard]] bool gains_link(const Change& change) {
    return std::ranges::any_of(change.attributes, [&](const AttributeChange& attribute) {
      return std::ranges::any_of(attribute.added, [&](std::string_view value) {
        return leads_to_people(attribute, value);
      });
    });
  }
  [[nodiscard]] bool gains_object_class(const Change& change) const {
    const std::string& name = in_.rules.target.name(in_.rules.names.object_class);
    return std::ranges::any_of(change.attributes, [&](const AttributeChange& attribute) {
      return attribute.attribute == name && !attribute.added.empty();
    });
  }

  // Links
  // ------------------------------------------------------------------------------------------

  /// Attribute names are interned in a plan: few of them, asked for with every value.
  const TargetAttributeInfo* info(const AttributeChange& attribute) {
    const auto [known, is_new] = infos_.try_emplace(attribute.attribute, nullptr);
    if (is_new)
      if (const TargetAttribute a = in_.rules.target.find(attribute.attribute);
          a != TargetVocabulary::npos)
        known->second = &in_.rules.target.info(a);
    return known->second;
  }

  /// The DN that a value leads to in normal form, empty when it leads nowhere.
  std::string target(const AttributeChange& attribute, std::string_view value) {
    const TargetAttributeInfo* known = info(attribute);
    if (known == nullptr) return {};
    const std::string_view dn = target_dn(known->matching, value);
    return dn.empty() ? std::string{} : dn::normalise(dn);
  }

  bool leads_to_people(const AttributeChange& attribute, std::string_view value) {
    return people_.contains(target(attribute, value));
  }

  std::optional<std::size_t> created_by(const AttributeChange& attribute, std::string_view value) {
    const auto found = creates_.find(target(attribute, value));
    if (found == creates_.end()) return std::nullopt;
    return found->second;
  }

  /// Whether a value leads to an entry that only the nightly run creates.
  bool comes_later(const AttributeChange& attribute, std::string_view value) {
    const auto next = created_by(attribute, value);
    return next && reach_[*next] == Reach::values;
  }

  // What is kept
  // -----------------------------------------------------------------------------------

  void keep(const Change& change, Reach reach) {
    switch (reach) {
      case Reach::whole:
        plan_.changes.push_back(change);
        break;
      case Reach::obliged:
        keep_obliged(change);
        break;
      case Reach::values:
        keep_values(change);
        break;
    }
  }

  /// A group or school that is obliged gets those in scope, whoever else is in it later.
  bool waits_for_others(const Change& change, const AttributeChange& attribute,
                        std::string_view value) {
    if (comes_later(attribute, value)) return true;
    if (change.kind == EntryKind::person) return false;
    const std::string dn = target(attribute, value);
    return !dn.empty() && dn::is_under(dn, in_.tree.people) && !people_.contains(dn);
  }

  void keep_obliged(const Change& change) {
    kept_.clear();
    for (const AttributeChange& attribute : change.attributes) {
      added_.clear();
      for (const std::string_view value : attribute.added)
        if (!waits_for_others(change, attribute, value)) added_.push_back(value);
      removed_.assign(attribute.removed.begin(), attribute.removed.end());
      const bool is_cut = added_.size() != attribute.added.size();
      if (is_cut && (attribute.replace || is_single(attribute))) continue;
      if (added_.empty() && change.operation == Operation::create && is_member(attribute))
        added_.emplace_back(in_.rules.empty_group_member);
      keep_attribute(attribute);
    }
    emit(change);
  }

  /// Of an entry that is not in scope itself: what leads to somebody who is.
  void keep_values(const Change& change) {
    if (change.operation == Operation::create) return;
    kept_.clear();
    for (const AttributeChange& attribute : change.attributes) {
      if (change.operation == Operation::remove && !is_member(attribute)) continue;
      divide(change, attribute);
      if (is_member(attribute)) mind_the_placeholder(change);
      keep_attribute(attribute);
    }
    if (kept_.empty()) return;
    Change part = change;
    part.operation = Operation::modify;
    if (change.operation == Operation::remove) part.wave = wave::groups;
    emit(part);
  }

  void divide(const Change& change, const AttributeChange& attribute) {
    added_.clear();
    removed_.clear();
    const auto concerns = [&](std::string_view value) {
      return leads_to_people(attribute, value) || names_needed_class(change, attribute, value);
    };
    const auto is_among = [](const auto& values, std::string_view value) {
      return std::ranges::find(values, value) != values.end();
    };
    for (const std::string_view value : attribute.added)
      if (concerns(value)) added_.push_back(value);
    for (const std::string_view value : attribute.removed)
      if (concerns(value)) removed_.push_back(value);
    if (added_.empty() && removed_.empty()) return;
    if (is_single(attribute)) {
      added_.assign(attribute.added.begin(), attribute.added.end());
      removed_.assign(attribute.removed.begin(), attribute.removed.end());
      if (std::ranges::any_of(added_, [&](auto v) { return comes_later(attribute, v); })) {
        added_.clear();
        removed_.clear();
      }
    } else if (attribute.replace) {
      // Both are whole sets: what is there stays, but for what concerns somebody in scope.
      ValueList set;
      for (const std::string_view value : attribute.removed)
        if (is_among(attribute.added, value) || !concerns(value)) set.push_back(value);
      bool differs = set.size() != attribute.removed.size();
      for (const std::string_view value : added_)
        if (!is_among(attribute.removed, value)) {
          set.push_back(value);
          differs = true;
        }
      added_ = differs ? set : ValueList{};
      removed_.clear();
      if (differs) removed_.assign(attribute.removed.begin(), attribute.removed.end());
    }
  }

  /// A group needs a member: the placeholder stands in when the last one goes, and goes when the
  /// first one comes.
  void mind_the_placeholder(const Change& group) {
    if (added_.empty() && removed_.empty()) return;
    const EntryIndex entry = in_.snapshot.find(group.dn);
    if (entry == no_entry) return;
    ValueList present;
    in_.snapshot.entry(entry).values_of(in_.rules.names.member, present);
    const std::string_view placeholder = in_.rules.empty_group_member;
    const auto placeholders = static_cast<std::size_t>(
        std::ranges::count_if(present, [&](auto v) { return v.empty() || v == placeholder; }));
    const std::size_t left = present.size() - placeholders - removed_.size() + added_.size();
    if (left == 0 && placeholders == 0) added_.push_back(placeholder);
    if (left != 0 && placeholders != 0) removed_.push_back(placeholder);
  }

  bool names_needed_class(const Change& change, const AttributeChange& attribute,
                          std::string_view value) {
    if (change.kind != EntryKind::structure || change.schools.empty()) return false;
    const std::optional<Each> list = list_of(attribute);
    if (!list) return false;
    const std::string_view id = id_of(value);
    if (members_.is_class(change, id)) return true;
    const auto uai = Uai::parse(change.schools.front());
    const EcoleIndex ecole = uai ? in_.population.ecole_with(*uai) : no_index;
    return ecole != no_index &&
           std::ranges::any_of(in_.population.classes_of(ecole), [&](ClasseIndex c) {
             const ClasseNode& classe = in_.population.classes()[c];
             return needed_classes_[c] && classe.id == id &&
                    classe.regroupement == (*list == Each::groupes);
           });
  }

  /// Whether an attribute of a school lists its classes or its groups.
  [[nodiscard]] std::optional<Each> list_of(const AttributeChange& attribute) const {
    for (const AttributeRule& rule : in_.rules.structure.attributes)
      if ((rule.each == Each::classes || rule.each == Each::groupes) &&
          in_.rules.target.name(rule.attribute) == attribute.attribute)
        return rule.each;
    return std::nullopt;
  }

  bool is_single(const AttributeChange& attribute) {
    const TargetAttributeInfo* known = info(attribute);
    return known != nullptr && known->single_valued;
  }
  [[nodiscard]] bool is_member(const AttributeChange& attribute) const {
    return attribute.attribute == in_.rules.target.name(in_.rules.names.member);
  }

  void keep_attribute(const AttributeChange& attribute) {
    if (added_.empty() && removed_.empty()) return;
    AttributeChange part = attribute;
    part.added = plan_.store_views(added_);
    part.removed = plan_.store_views(removed_);
    kept_.push_back(part);
  }

  void emit(const Change& change) {
    if (kept_.empty()) return;
    Change part = change;
    part.attributes = plan_.store(std::span<const AttributeChange>(kept_));
    plan_.changes.push_back(part);
  }

  PlannerInput in_;
  Membership members_;
  Plan plan_;
  std::vector<Reach> reach_;  ///< of each change
  std::unordered_map<std::string, std::size_t> creates_;
  std::unordered_set<std::string> people_;  ///< DNs of who is in scope or obliged
  std::vector<bool> needed_classes_;        ///< of pupils in scope
  std::vector<std::size_t> to_follow_;
  std::unordered_map<std::string_view, const TargetAttributeInfo*> infos_;
  ValueList added_;  ///< of the attribute at hand
  ValueList removed_;
  std::vector<AttributeChange> kept_;  ///< of the change at hand
};

// Unknown subjects -------------------------------------------------------------------------------

bool knows_person(const Jointure& key, const PlannerInput& in) {
  const std::string text = key.str();
  for (const Person& person : in.population.persons())
    if (person.record.id() == key.id &&
        equals_ignoring_case(subject_key(in.population, person), text))
      return true;
  for (EntryIndex e = 0; e < in.snapshot.size(); ++e)
    for (const auto& [index, held] : in.matched.keys_of(e))
      if (held.id == key.id && held.category == key.category &&
          equals_ignoring_case(in.population.feed(held.feed).academie(), key.academie))
        return true;
  return false;
}

bool knows_school(const Uai& uai, const PlannerInput& in) {
  if (in.population.ecole_with(uai) != no_index) return true;
  for (EntryIndex e = 0; e < in.snapshot.size(); ++e)
    if (in.snapshot.entry(e).branch() == Branch::structures &&
        in.snapshot.entry(e).first(in.rules.names.uai) == uai.str())
      return true;
  return false;
}

/// A class that the delivery no longer names still has a group in the directory.
bool knows_class(const Scope::Classe& wanted, const PlannerInput& in) {
  for (const ClasseNode& classe : in.population.classes())
    if (classe.id == wanted.id && in.population.ecoles()[classe.ecole].uai == wanted.school)
      return true;
  for (EntryIndex e = 0; e < in.snapshot.size(); ++e) {
    if (in.snapshot.entry(e).branch() != Branch::groups) continue;
    const std::string_view jointure = in.snapshot.entry(e).first(in.rules.names.group_jointure);
    if (class_of_jointure(jointure) != wanted.id) continue;
    const std::string_view academie = id_of(jointure);
    const std::string_view structure = id_of(jointure.substr(academie.size() + 1));
    for (FeedIndex f = 0; f < in.population.feed_count(); ++f)
      if (const EcoleIndex ecole = in.population.ecole_of(f, structure);
          ecole != no_index && in.population.feed(f).academie() == academie &&
          in.population.ecoles()[ecole].uai == wanted.school)
        return true;
  }
  return false;
}

bool knows_academie(std::string_view academie, const PlannerInput& in) {
  for (FeedIndex f = 0; f < in.population.feed_count(); ++f)
    if (equals_ignoring_case(in.population.feed(f).academie(), academie)) return true;
  return false;
}

}  // namespace

Problems check_scope(const Scope& scope, const PlannerInput& input) {
  Problems problems;
  const auto unknown = [&](std::string item, const char* what) {
    problems.error("SCOPE-002", {{}, 0, std::move(item)},
                   std::string("neither the deliveries nor the directory know this ") + what,
                   "check the spelling, and that the registry enrols the school");
  };
  if (scope.person && !knows_person(*scope.person, input)) unknown(scope.person->str(), "person");
  if (scope.classe && !knows_class(*scope.classe, input))
    unknown(scope.classe->school.str() + "/" + scope.classe->id, "class");
  if (scope.school && !knows_school(*scope.school, input)) unknown(scope.school->str(), "school");
  if (!scope.academie.empty() && !knows_academie(scope.academie, input))
    unknown(scope.academie, "académie");
  return problems;
}

Plan within(Plan&& plan, const Scope& scope, const PlannerInput& input) {
  if (scope.is_everything()) return std::move(plan);
  return Narrowing(std::move(plan), scope, input).run();
}

}  // namespace entsync
