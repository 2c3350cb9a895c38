#include "snapshot_attributes.hpp"

#include <algorithm>
#include <initializer_list>

namespace entsync {
namespace {

/// Counts in how many kinds of entry each attribute stands.
class Occurrences {
 public:
  explicit Occurrences(const Rules& rules) : counts_(rules.target.size(), 0) {}

  void add(const EntryRules& entry) {
    std::vector<bool> seen(counts_.size(), false);
    for (const AttributeRule& rule : entry.attributes)
      if (!seen[rule.attribute]) {
        seen[rule.attribute] = true;
        ++counts_[rule.attribute];
      }
  }
  /// Attributes that are read whatever the rules of entries say of them.
  void add(std::initializer_list<TargetAttribute> attributes) {
    for (const TargetAttribute attribute : attributes) ++counts_[attribute];
  }
  void put_first(TargetAttribute attribute) { counts_[attribute] += 1'000; }

  [[nodiscard]] std::vector<TargetAttribute> most_frequent_first() const {
    std::vector<TargetAttribute> order;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if (counts_[i] > 0) order.push_back(static_cast<TargetAttribute>(i));
    std::ranges::stable_sort(
        order, [this](TargetAttribute a, TargetAttribute b) { return counts_[a] > counts_[b]; });
    return order;
  }

 private:
  std::vector<unsigned> counts_;
};

}  // namespace

std::vector<TargetAttribute> snapshot_attributes(const Rules& rules, Branch branch) {
  const TargetNames& names = rules.names;
  Occurrences occurrences(rules);
  switch (branch) {
    case Branch::people:
      for (const EntryRules& entry : rules.persons) occurrences.add(entry);
      occurrences.add({names.identifiant, names.login, names.person_jointure,
                       names.person_structure, names.pupil_responsables, names.responsable_pupils,
                       names.mail, names.absent_since, names.deletion_date, names.account_state});
      for (const TargetAttribute own : {names.account_lock, names.restriction})
        if (own != TargetVocabulary::npos) occurrences.add({own});
      break;
    case Branch::structures:
      occurrences.add(rules.structure);
      occurrences.add({names.structure_jointure, names.uai});
      break;
    case Branch::groups:
      for (const GroupRules& group : rules.groups) occurrences.add(group.entry);
      occurrences.add({names.group_name, names.member, names.explicit_member, names.group_jointure,
                       names.absent_since});
      break;
  }
  occurrences.put_first(names.object_class);
  return occurrences.most_frequent_first();
}

}  // namespace entsync
