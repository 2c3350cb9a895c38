#include "read_back.hpp"

#include <algorithm>
#include <set>

namespace entsync {
namespace {

using Values = std::vector<std::pair<TargetAttribute, std::string>>;

/// How one attribute stands: as the change found it, as it would leave it.
struct Found {
  bool before = true;
  bool after = true;
};

std::set<std::string> keys(Matching matching, std::span<const std::string_view> values) {
  std::set<std::string> result;
  for (const std::string_view value : values) result.insert(normalise(matching, value));
  return result;
}

Found standing(const AttributeChange& change, const TargetVocabulary& vocabulary,
               const Values& values) {
  const TargetAttribute attribute = vocabulary.find(change.attribute);
  if (attribute == TargetVocabulary::npos) return {false, false};
  const Matching matching = vocabulary.info(attribute).matching;
  std::set<std::string> present;
  for (const auto& [a, value] : values)
    if (a == attribute) present.insert(normalise(matching, value));
  const std::set<std::string> removed = keys(matching, change.removed);
  const std::set<std::string> added = keys(matching, change.added);
  if (change.replace) return {present == removed, present == added};
  const auto has = [&](const std::string& key) { return present.contains(key); };
  const auto in_both = [&](const std::string& key) { return removed.contains(key); };
  Found result;
  result.after =
      std::ranges::all_of(added, has) && std::ranges::none_of(removed, [&](const std::string& key) {
        return has(key) && !added.contains(key);
      });
  result.before = std::ranges::all_of(removed, has) &&
                  std::ranges::none_of(
                      added, [&](const std::string& key) { return has(key) && !in_both(key); });
  return result;
}

}  // namespace

ReadBack read_back(const Change& change, const TargetVocabulary& vocabulary, const Values* values) {
  if (values == nullptr) {
    switch (change.operation) {
      case Operation::create:
        return ReadBack::as_before;
      case Operation::remove:
        return ReadBack::as_after;
      default:
        return ReadBack::other;
    }
  }
  Found whole;
  for (const AttributeChange& attribute : change.attributes) {
    const Found one = standing(attribute, vocabulary, *values);
    whole.before = whole.before && one.before;
    whole.after = whole.after && one.after;
  }
  if (change.operation == Operation::create)
    return whole.after ? ReadBack::as_after : ReadBack::other;
  if (change.operation == Operation::remove)
    return whole.before ? ReadBack::as_before : ReadBack::other;
  if (whole.after) return ReadBack::as_after;
  return whole.before ? ReadBack::as_before : ReadBack::other;
}

}  // namespace entsync
