#include "directory_needs.hpp"

#include <algorithm>
#include <initializer_list>

namespace entsync {
namespace {

void add(std::vector<TargetAttribute>& list, TargetAttribute attribute) {
  if (attribute == TargetVocabulary::npos) return;
  if (std::ranges::find(list, attribute) == list.end()) list.push_back(attribute);
}

EntryShape shape_of(const EntryRules& entry, std::initializer_list<TargetAttribute> besides,
                    const Rules& rules) {
  std::vector<TargetAttribute> written;
  for (const AttributeRule& rule : entry.attributes)
    if (rule.owner != Owner::ent) add(written, rule.attribute);
  for (const TargetAttribute attribute : besides) add(written, attribute);
  EntryShape shape{entry.id, entry.object_classes, {}};
  for (const TargetAttribute attribute : written)
    if (attribute != rules.names.object_class)
      shape.attributes.push_back(rules.target.name(attribute));
  return shape;
}

void add_several(std::vector<TargetAttribute>& list, const EntryRules& entry) {
  for (const AttributeRule& rule : entry.attributes)
    if (rule.owner != Owner::ent && rule.each != Each::once) add(list, rule.attribute);
}

}  // namespace

DirectoryNeeds directory_needs(const Rules& rules) {
  const TargetNames& names = rules.names;
  DirectoryNeeds needs;
  // account_lock is operational: no object class has to allow it.
  for (const Profil profil : all_profils) {
    const EntryRules& person = rules.person(profil);
    // Rules may leave out the staff of local authorities.
    if (rules.role_classes[static_cast<std::size_t>(category_of(profil))].empty()) continue;
    needs.shapes.push_back(shape_of(
        person, {names.absent_since, names.deletion_date, names.account_state, names.restriction},
        rules));
    add_several(needs.several, person);
  }
  needs.shapes.push_back(shape_of(rules.structure, {}, rules));
  add_several(needs.several, rules.structure);
  for (const GroupRules& group : rules.groups) {
    needs.shapes.push_back(shape_of(group.entry, {names.group_name, names.member}, rules));
    add_several(needs.several, group.entry);
  }
  add(needs.several, names.member);
  for (const TargetAttribute attribute :
       {names.person_jointure, names.identifiant, names.login, names.person_structure,
        names.responsable_pupils, names.member, names.group_jointure})
    add(needs.searched, attribute);
  // Pupils whose key no entry carries are looked for by what else is known of them.
  if (rules.feed.ine) add(needs.searched, rules.kept_in(Profil::eleve, *rules.feed.ine));
  add(needs.searched, rules.kept_in(Profil::eleve, rules.feed.date_naissance));
  return needs;
}

}  // namespace entsync
