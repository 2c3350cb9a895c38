#include "part_closure.hpp"

#include <algorithm>

#include "dn.hpp"
#include "ownership.hpp"
#include "text.hpp"

namespace entsync {
namespace {

constexpr std::array person_categories{Category::eleve, Category::pers_rel_eleve,
                                       Category::pers_educ_nat};

/// `AC-X`, `8` of `AC-X$8$73196`, and whether something follows.
struct GroupKey {
  std::string_view academie;
  std::string_view structure;
  std::string_view classe;
};
GroupKey parse_key(std::string_view jointure) {
  GroupKey key;
  const std::size_t first = jointure.find('$');
  if (first == std::string_view::npos) return key;
  key.academie = jointure.substr(0, first);
  const std::size_t second = jointure.find('$', first + 1);
  key.structure = jointure.substr(first + 1, second - first - 1);
  if (second != std::string_view::npos) key.classe = jointure.substr(second + 1);
  return key;
}

}  // namespace

PartClosure::PartClosure(const Scope& scope, std::span<const CompletIndex* const> indexes,
                         const Rules& rules, const Tree& tree, std::span<const WorkLink> links)
    : scope_(scope), indexes_(indexes), rules_(rules), tree_(tree), links_(links) {
  records_.resize(indexes.size());
  uai_of_structure_.resize(indexes.size());
}

bool PartClosure::covers(const Scope& scope) {
  if (scope.person && scope.person->category == Category::pers_collectivite) return false;
  return scope.person || scope.classe || scope.school;
}

std::vector<EntryQuery> PartClosure::ask() {
  if (!begun_) begin();
  begun_ = true;
  while (!new_records_.empty()) {
    const auto [feed, key] = std::move(new_records_.front());
    new_records_.pop_front();
    follow(feed, key);
  }
  return std::exchange(to_ask_, {});
}

/// All structures, of both sides: they are few, and everything about a person asks for them.
void PartClosure::begin() {
  for (FeedIndex f = 0; f < indexes_.size(); ++f)
    for (CompletIndex::Structure& one : indexes_[f]->structures()) {
      records_[f].insert({Category::etab_educ_nat, one.id});
      uai_of_structure_[f].emplace(std::move(one.id), std::move(one.uai));
    }
  need({EntryQuery::Kind::branch, Branch::structures, 0, {}});
  if (scope_.school) complete(scope_.school->str(), true);
  if (scope_.classe) {
    complete(scope_.classe->school.str(), true);
    for (FeedIndex f = 0; f < indexes_.size(); ++f)
      for (const auto& [id, uai] : uai_of_structure_[f])
        if (uai == scope_.classe->school.str())
          need_equal(Branch::groups, rules_.names.group_jointure,
                     indexes_[f]->academie() + "$" + id + "$" + scope_.classe->id);
  }
  if (!scope_.person) return;
  for (FeedIndex f = 0; f < indexes_.size(); ++f) {
    if (!equals_ignoring_case(indexes_[f]->academie(), scope_.person->academie)) continue;
    add_id(f, scope_.person->id);
    if (scope_.person->category == Category::eleve)
      complete_schools_of(f, {Category::eleve, scope_.person->id});
    need_equal(Branch::people, rules_.names.person_jointure,
               indexes_[f]->academie() + "$" + scope_.person->id);
  }
}

// Schools ----------------------------------------------------------------------------------------

void PartClosure::complete(const std::string& uai, bool in_directory) {
  SchoolPart& part = schools_[uai];
  const bool was_in_deliveries = std::exchange(part.in_deliveries, true);
  const bool was_in_directory = std::exchange(part.in_directory, part.in_directory || in_directory);
  for (FeedIndex f = 0; f < indexes_.size(); ++f)
    for (const auto& [id, of] : uai_of_structure_[f]) {
      if (of != uai) continue;
      if (!was_in_deliveries || (in_directory && !was_in_directory))
        for (RecordKey& key : indexes_[f]->persons_of(id)) {
          if (in_directory && key.category == Category::eleve) complete_schools_of(f, key);
          add_record(f, std::move(key));
        }
      if (was_in_directory || !in_directory) continue;
      need_equal(Branch::groups, rules_.names.group_jointure, indexes_[f]->academie() + "$" + id);
    }
  if (!was_in_deliveries) add_linked(uai);
  if (was_in_directory || !in_directory) return;
  for (const CompletIndex* index : indexes_)  // also of a school that no delivery has any more
    for (const std::string& dn : index->bound_to(uai)) need_dn(dn);
}

/// A pupil in scope brings the lists and labels of his classes into it, and these are made from all
/// pupils of a school.
void PartClosure::complete_schools_of(FeedIndex feed, const RecordKey& person) {
  for (const std::string& structure : indexes_[feed]->structures_of(person))
    if (const auto known = uai_of_structure_[feed].find(structure);
        known != uai_of_structure_[feed].end() && !known->second.empty() &&
        !schools_.contains(known->second))
      complete(known->second, false);
}

/// Whom requests link to a school, or did, although no delivery places him there.
void PartClosure::add_linked(std::string_view uai) {
  for (const WorkLink& link : links_) {
    if (link.uai.str() != uai) continue;
    for (FeedIndex f = 0; f < indexes_.size(); ++f)
      if (equals_ignoring_case(indexes_[f]->academie(), link.person.academie))
        add_id(f, link.person.id);
  }
}

bool PartClosure::is_part_of_directory(const std::string& uai) const {
  const auto known = schools_.find(uai);
  return known != schools_.end() && known->second.in_directory;
}

const std::string& PartClosure::base_of(Branch branch) const {
  if (branch == Branch::structures) return tree_.structures;
  return branch == Branch::groups ? tree_.groups : tree_.people;
}

std::string PartClosure::uai_of(std::string_view jointure) const {
  const GroupKey key = parse_key(jointure);
  for (FeedIndex f = 0; f < indexes_.size(); ++f)
    if (equals_ignoring_case(indexes_[f]->academie(), key.academie))
      if (const auto known = uai_of_structure_[f].find(key.structure);
          known != uai_of_structure_[f].end())
        return known->second;
  return {};
}

// Records ----------------------------------------------------------------------------------------

void PartClosure::add_record(FeedIndex feed, RecordKey key) {
  if (records_[feed].insert(key).second) new_records_.emplace_back(feed, std::move(key));
}

/// A responsable without a record may be named all the same.
void PartClosure::add_id(FeedIndex feed, std::string_view id) {
  for (const Category category : person_categories)
    if (RecordKey key{category, std::string(id)}; indexes_[feed]->has(key))
      add_record(feed, std::move(key));
  for (std::string& pupil : indexes_[feed]->pupils_of(id))
    add_record(feed, {Category::eleve, std::move(pupil)});
}

void PartClosure::follow(FeedIndex feed, const RecordKey& key) {
  need_equal(Branch::people, rules_.names.person_jointure,
             indexes_[feed]->academie() + "$" + key.id);
  if (key.category == Category::eleve)
    for (std::string& id : indexes_[feed]->responsables_of(key.id))
      if (RecordKey named{Category::pers_rel_eleve, std::move(id)}; indexes_[feed]->has(named))
        add_record(feed, std::move(named));
  if (key.category == Category::pers_rel_eleve)
    for (std::string& pupil : indexes_[feed]->pupils_of(key.id))
      add_record(feed, {Category::eleve, std::move(pupil)});
}

// Entries ----------------------------------------------------------------------------------------

/// The base of a branch is none of its entries.
void PartClosure::take(FoundEntry entry) {
  if (dn::is_under(base_of(entry.branch), entry.dn)) return;
  const auto [known, is_new] = entries_.try_emplace(dn::normalise(entry.dn), std::move(entry));
  if (is_new) follow(known->second);
}

void PartClosure::follow(const FoundEntry& entry) {
  switch (entry.branch) {
    case Branch::people:
      return follow_person(entry);
    case Branch::structures:
      return follow_structure(entry);
    case Branch::groups:
      return follow_group(entry);
  }
}

void PartClosure::follow_person(const FoundEntry& entry) {
  for (const auto& [attribute, value] : entry.values) {
    if (attribute != rules_.names.person_jointure) continue;
    const GroupKey key = parse_key(value);
    for (FeedIndex f = 0; f < indexes_.size(); ++f)
      if (equals_ignoring_case(indexes_[f]->academie(), key.academie)) {
        const std::string_view id = std::string_view(value).substr(key.academie.size() + 1);
        add_id(f, id);
        need_equal(Branch::people, rules_.names.person_jointure,
                   indexes_[f]->academie() + "$" + std::string(id));
      }
  }
  follow_links(entry, tree_.people);
  need_equal(Branch::people, rules_.names.responsable_pupils, entry.dn);
  need_equal(Branch::groups, rules_.names.member, entry.dn);
}

void PartClosure::follow_structure(const FoundEntry& entry) {
  for (const auto& [attribute, value] : entry.values)
    if (attribute == rules_.names.uai && is_part_of_directory(value)) {
      need_equal(Branch::people, rules_.names.person_structure, entry.dn);
      follow_links(entry, tree_.people);
      return;
    }
}

/// Only of a school whose groups are in scope with everybody in them.
void PartClosure::follow_group(const FoundEntry& entry) {
  for (const auto& [attribute, value] : entry.values)
    if (attribute == rules_.names.group_jointure && is_part_of_directory(uai_of(value))) {
      follow_links(entry, tree_.people);
      return;
    }
}

void PartClosure::follow_links(const FoundEntry& entry, std::string_view branch) {
  for (const auto& [attribute, value] : entry.values) {
    const Matching matching = rules_.target.info(attribute).matching;
    if (matching != Matching::dn && matching != Matching::case_ignore) continue;
    const std::string_view dn = target_dn(matching, value);
    if (!dn.empty() && dn::is_under(dn, branch)) need_dn(dn);
  }
}

// Questions --------------------------------------------------------------------------------------

void PartClosure::need(EntryQuery query) {
  if (asked_.insert(query).second) to_ask_.push_back(std::move(query));
}

void PartClosure::need_equal(Branch branch, TargetAttribute attribute, std::string value) {
  need({EntryQuery::Kind::equal, branch, attribute, std::move(value)});
}

void PartClosure::need_dn(std::string_view dn) {
  std::string normal = dn::normalise(dn);
  if (entries_.contains(normal)) return;
  const Branch branch = dn::is_under(dn, tree_.groups)       ? Branch::groups
                        : dn::is_under(dn, tree_.structures) ? Branch::structures
                                                             : Branch::people;
  if (branch == Branch::people && !dn::is_under(dn, tree_.people)) return;
  need({EntryQuery::Kind::dn, branch, 0, std::move(normal)});
}

// What the model shows ---------------------------------------------------------------------------

bool PartClosure::needs_more(const PlannerInput& model, const Plan& narrowed) {
  need_groups(model);
  need_identities(model);
  need_likely_entries(model);
  need_classes(model);
  need_schools(model, narrowed);
  need_rollover(model);
  need_links(narrowed);
  return !to_ask_.empty() || !new_records_.empty();
}

/// Groups that are not found by a member: of a school that is in scope, or that somebody is to
/// enter.
void PartClosure::need_groups(const PlannerInput& model) {
  Deriver deriver(model.population, model.matched, model.snapshot, model.rules, model.tree,
                  model.identities);
  std::vector<PersonIndex> members;
  for (const GroupSubject& group : deriver.groups()) {
    deriver.members_of(group, members);
    const bool is_whole = is_part_of_directory(model.population.ecoles()[group.ecole].uai.str());
    if (members.empty() && !is_whole) continue;
    const std::string dn = deriver.dn_of(group);
    need_dn(dn);
    // It may carry another key than that of its school.
    if (const auto known = entries_.find(dn::normalise(dn)); is_whole && known != entries_.end())
      follow_links(known->second, tree_.people);
  }
}

/// Identifiers and logins that somebody new would get may be those of anybody in the directory; and
/// whose entry was removed by hand may still be named by others.
void PartClosure::need_identities(const PlannerInput& model) {
  const Deriver deriver(model.population, model.matched, model.snapshot, model.rules, model.tree,
                        model.identities);
  for (PersonIndex p = 0; p < model.identities.of_person.size(); ++p) {
    const auto& identity = model.identities.of_person[p];
    if (!identity) continue;
    if (const std::string_view dn = deriver.dn_of(p); !dn.empty()) {
      need_equal(Branch::people, rules_.names.responsable_pupils, std::string(dn));
      need_equal(Branch::groups, rules_.names.member, std::string(dn));
    }
    need_equal(Branch::people, rules_.names.identifiant, identity->identifiant);
    if (!identity->login.empty()) need_equal(Branch::people, rules_.names.login, identity->login);
  }
}

/// A pupil whose key no entry carries may have an account under another one.
void PartClosure::need_likely_entries(const PlannerInput& model) {
  const FeedNames& names = rules_.feed;
  const TargetAttribute ine =
      names.ine ? rules_.kept_in(Profil::eleve, *names.ine) : TargetVocabulary::npos;
  const TargetAttribute birth = rules_.kept_in(Profil::eleve, names.date_naissance);
  const TargetAttribute nom = rules_.kept_in(Profil::eleve, names.nom);
  for (PersonIndex p = 0; p < model.population.persons().size(); ++p) {
    const FeedRecord& record = model.population.persons()[p].record;
    if (record.category() != Category::eleve || model.matched.entry_of(p) != no_entry) continue;
    if (ine != TargetVocabulary::npos && !record.first(*names.ine).empty())
      need_equal(Branch::people, ine, std::string(record.first(*names.ine)));
    const std::string_view born = record.first(names.date_naissance);
    const std::string_view called = record.first(names.nom);
    if (birth == TargetVocabulary::npos || nom == TargetVocabulary::npos || born.empty() ||
        called.empty())
      continue;
    need({EntryQuery::Kind::equal, Branch::people, birth, std::string(born), nom,
          std::string(called)});
  }
}

/// A group is left over when nobody at all is in its class.
void PartClosure::need_classes(const PlannerInput& model) {
  for (EntryIndex e = 0; e < model.snapshot.size(); ++e) {
    const SnapshotEntry entry = model.snapshot.entry(e);
    if (entry.branch() != Branch::groups) continue;
    const std::string_view jointure = entry.first(rules_.names.group_jointure);
    const std::string uai = uai_of(jointure);
    if (parse_key(jointure).classe.empty() || uai.empty()) continue;
    const auto known = Uai::parse(uai);
    const EcoleIndex ecole = known ? model.population.ecole_with(*known) : no_index;
    if (ecole == no_index) continue;
    const auto classes = model.population.classes_of(ecole);
    const bool is_named = std::ranges::any_of(classes, [&](ClasseIndex c) {
      return model.population.classes()[c].id == parse_key(jointure).classe;
    });
    if (is_named) continue;
    if (!schools_.contains(uai)) complete(uai, false);
    follow_links(entries_.at(dn::normalise(entry.dn())), tree_.people);  // who stays in it
  }
}

/// A school or group that has to be made is made with all that it has.
void PartClosure::need_schools(const PlannerInput& model, const Plan& narrowed) {
  for (const Change& change : narrowed.changes) {
    if (change.kind == EntryKind::person || change.operation != Operation::create) continue;
    for (const std::string_view uai : change.schools)
      if (!schools_.contains(uai) && model.population.ecole_with(*Uai::parse(uai)) != no_index)
        complete(std::string(uai), false);
  }
}

/// A school waits for the roll-over when not one of all its pupils is in a class.
void PartClosure::need_rollover(const PlannerInput& model) {
  for (const EcoleIndex ecole : model.absences.waiting_schools()) {
    const std::string uai = model.population.ecoles()[ecole].uai.str();
    if (!schools_.contains(uai)) complete(uai, false);
  }
}

/// No link is taken away before it was looked where it leads.
void PartClosure::need_links(const Plan& narrowed) {
  for (const Change& change : narrowed.changes)
    for (const AttributeChange& attribute : change.attributes) {
      const TargetAttribute known = rules_.target.find(attribute.attribute);
      if (known == TargetVocabulary::npos) continue;
      for (const std::string_view value : attribute.removed)
        if (const auto dn = target_dn(rules_.target.info(known).matching, value);
            !dn.empty() && dn::is_under(dn, tree_.people))
          need_dn(dn);
    }
}

// The part ---------------------------------------------------------------------------------------

std::size_t PartClosure::size() const {
  std::size_t size = entries_.size();
  for (const auto& records : records_) size += records.size();
  return size;
}

Result<DirectorySnapshot> PartClosure::snapshot() const {
  SnapshotBuilder builder;
  std::vector<std::pair<TargetAttribute, std::string_view>> values;
  for (const auto& [normal, entry] : entries_) {
    values.assign(entry.values.begin(), entry.values.end());
    builder.add_entry(entry.branch, entry.dn, entry.csn, values);
  }
  for (const Branch branch : {Branch::people, Branch::structures, Branch::groups})
    builder.search_ended({branch, {}, 0, entries_.size()});
  return SnapshotBuilder::finish(std::move(builder));
}

}  // namespace entsync
