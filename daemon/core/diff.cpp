#include "diff.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

/// Whether `attribute=value` is part of the entry's RDN: such a value cannot be taken off by a
/// modify (RFC 4511 §4.6, notAllowedOnRDN).
bool is_naming_value(std::string_view dn, std::string_view attribute, std::string_view value) {
  const auto rdns = dn::parse(dn);
  if (!rdns || rdns->empty()) return false;
  return std::ranges::any_of(rdns->front(), [&](const dn::Rdn& part) {
    return equals_ignoring_case(part.type, attribute) && case_fold(part.value) == case_fold(value);
  });
}

bool same_bytes(std::span<const DesiredValue> desired,
                const std::vector<std::string_view>& actual) {
  if (desired.size() != actual.size()) return false;
  for (std::size_t i = 0; i < actual.size(); ++i)
    if (desired[i].text != actual[i]) return false;
  return true;
}

/// Whether a list of object classes holds `name`.
template <class List>
bool names(const List& list, std::string_view name) {
  return std::ranges::any_of(list,
                             [&](std::string_view x) { return equals_ignoring_case(x, name); });
}

bool contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

AttributeDiff& EntryDiff::add(TargetAttribute attribute) {
  if (used_ == list_.size()) list_.emplace_back();
  AttributeDiff& diff = list_[used_++];
  diff.attribute = attribute;
  diff.source = {};
  diff.removed.clear();
  diff.added.clear();
  diff.replace = false;
  diff.source_feed.reset();
  diff.ordered.clear();
  return diff;
}

AttributeDiff& EntryDiff::of(TargetAttribute attribute) {
  for (std::size_t i = 0; i < used_; ++i)
    if (list_[i].attribute == attribute) return list_[i];
  return add(attribute);
}

Differ::Differ(const Rules& rules, const Ownership& ownership)
    : rules_(rules), ownership_(ownership) {}

void Differ::create(const DesiredEntry& desired, EntryDiff& out) const {
  AttributeDiff& classes = out.add(rules_.names.object_class);
  for (const std::string& name : desired.rules->object_classes) classes.added.emplace_back(name);
  for (const DesiredAttribute& attribute : desired.attributes) {
    if (attribute.count == 0) continue;
    const Matching matching = rules_.target.info(attribute.attribute).matching;
    AttributeDiff& diff = out.add(attribute.attribute);
    std::vector<std::string> keys;
    for (const DesiredValue& value : desired.values_of(attribute)) {
      if (attribute.count > 1) {  // equal values in one attribute are refused by the server
        std::string key = normalise(matching, value.text);
        if (contains(keys, key)) continue;
        keys.push_back(std::move(key));
      }
      if (ownership_.leads_to_restricted(attribute.attribute, value.text)) continue;
      if (diff.added.empty()) diff.source = value.position;
      diff.added.push_back(value.text);
    }
    if (diff.added.empty()) out.drop_last();
  }
}

void Differ::diff(const DesiredEntry& desired, const SnapshotEntry& actual, EntryDiff& out) {
  for (const DesiredAttribute& attribute : desired.attributes)
    if (attribute.owner == Owner::source)
      diff_values(attribute, desired.values_of(attribute), actual, out);
  for (const TargetAttribute attribute : desired.rules->relinquished)
    diff_values({attribute, Owner::source, 0, 0, false}, {}, actual, out);
  diff_object_classes(desired, actual, out);
}

void Differ::diff_values(const DesiredAttribute& wanted, std::span<const DesiredValue> desired,
                         const SnapshotEntry& actual, EntryDiff& out) {
  const TargetAttribute attribute = wanted.attribute;
  actual.values_of(attribute, actual_);
  if (same_bytes(desired, actual_)) return;
  if (ownership_.has_restrictions()) desired = without_waiting(attribute, desired);
  const TargetAttributeInfo& info = rules_.target.info(attribute);
  if (wanted.incomplete && info.single_valued && !actual_.empty()) return;

  wanted_keys_.clear();
  for (const DesiredValue& value : desired)
    wanted_keys_.push_back(normalise(info.matching, value.text));
  actual_keys_.clear();
  for (const std::string_view value : actual_)
    actual_keys_.push_back(normalise(info.matching, value));

  AttributeDiff& diff = out.add(attribute);
  for (std::size_t i = 0; i < desired.size(); ++i) {
    const bool twice = std::find(wanted_keys_.begin(), wanted_keys_.begin() + static_cast<long>(i),
                                 wanted_keys_[i]) != wanted_keys_.begin() + static_cast<long>(i);
    if (twice || contains(actual_keys_, wanted_keys_[i])) continue;
    if (diff.added.empty()) diff.source = desired[i].position;
    diff.added.push_back(desired[i].text);
  }
  const bool replaced = info.single_valued && !diff.added.empty();
  for (std::size_t i = 0; i < actual_.size() && !wanted.incomplete; ++i)
    if (!contains(wanted_keys_, actual_keys_[i]))
      note_removal(attribute, actual_[i], replaced, actual, diff);

  if (replaced && diff.removed.size() < actual_.size()) {
    // The present value cannot be taken off (it names the entry): it stays.
    diff.added.clear();
    diff.removed.clear();
  }
  if (diff.added.empty() && diff.removed.empty()) {
    out.drop_last();
  } else if (info.matching == Matching::none) {
    replace_all(desired, diff);
  }
}

/// What is desired, but for links that the entry has not got and that lead to somebody whose entry
/// is restricted.
std::span<const DesiredValue> Differ::without_waiting(TargetAttribute attribute,
                                                      std::span<const DesiredValue> desired) {
  const Matching matching = rules_.target.info(attribute).matching;
  const auto may_go = [&](const DesiredValue& value) {
    if (!ownership_.leads_to_restricted(attribute, value.text)) return true;
    return std::ranges::any_of(
        actual_, [&](std::string_view held) { return equal(matching, held, value.text); });
  };
  if (std::ranges::all_of(desired, may_go)) return desired;
  allowed_.clear();
  std::ranges::copy_if(desired, std::back_inserter(allowed_), may_go);
  return allowed_;
}

/// Without an equality rule values cannot be deleted one by one: the whole set is replaced, by what
/// is desired and what is not ours to take off.
void Differ::replace_all(std::span<const DesiredValue> desired, AttributeDiff& out) const {
  std::vector<std::string_view> whole;
  const auto add = [&](std::string_view value) {
    if (std::ranges::find(whole, value) == whole.end()) whole.push_back(value);
  };
  for (const DesiredValue& value : desired) add(value.text);
  for (const std::string_view value : actual_)
    if (std::ranges::find(out.removed, value) == out.removed.end()) add(value);
  out.replace = true;
  out.added = std::move(whole);
  out.removed.assign(actual_.begin(), actual_.end());
}

void Differ::note_removal(TargetAttribute attribute, std::string_view value, bool replaced,
                          const SnapshotEntry& actual, AttributeDiff& out) {
  if (!replaced && ownership_.fate_of(attribute, value) == Fate::keep) return;
  if (is_naming_value(actual.dn(), rules_.target.name(attribute), value)) return;
  out.removed.push_back(value);
}

void Differ::diff_object_classes(const DesiredEntry& desired, const SnapshotEntry& actual,
                                 EntryDiff& out) {
  const TargetAttribute attribute = rules_.names.object_class;
  const auto& wanted = desired.rules->object_classes;
  std::vector<std::string_view>& present = present_classes_;
  actual.values_of(attribute, present);
  if (right_for_ == desired.rules && present == right_classes_) return;
  std::vector<std::string_view> removed;
  bool any_needed = false;
  for (const std::string_view name : present)
    if (names(desired.rules->role_classes, name) && !names(wanted, name)) {
      if (is_needed(name, desired, actual, out))
        any_needed = true;
      else
        removed.push_back(name);
    }
  AttributeDiff& diff = out.add(attribute);
  diff.removed = std::move(removed);
  for (const std::string& name : wanted)
    if (!names(present, name)) diff.added.emplace_back(name);
  if (!diff.added.empty() || !diff.removed.empty()) return;
  out.drop_last();
  if (any_needed) return;
  right_for_ = desired.rules;
  right_classes_ = present;
}

/// Whether the entry keeps values of attributes that come with a role: hand-made links, links to
/// others. A server refuses to take the role's class off while they are there
/// (objectClassViolation).
bool Differ::is_needed(std::string_view role_class, const DesiredEntry& desired,
                       const SnapshotEntry& actual, const EntryDiff& changes) {
  const auto stays = [&](TargetAttribute attribute) {
    actual.values_of(attribute, actual_);
    std::size_t count = actual_.size();
    for (const AttributeDiff& diff : changes.attributes())
      if (diff.attribute == attribute) count = count + diff.added.size() - diff.removed.size();
    return count != 0;
  };
  for (const EntryRules& other : rules_.persons) {
    if (!names(other.role_classes, role_class) || !names(other.object_classes, role_class))
      continue;
    for (const AttributeRule& rule : other.attributes) {
      const bool shared =
          std::ranges::find(desired.rules->attributes, rule.attribute, &AttributeRule::attribute) !=
          desired.rules->attributes.end();
      if (!shared && stays(rule.attribute)) return true;
    }
  }
  return false;
}

}  // namespace entsync
