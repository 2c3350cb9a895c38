#pragma once
/// What must change in an entry so that it holds what is desired: value by value, compared by the
/// server's matching rules, so that case, spacing and order of values are no differences.

#include <optional>
#include <string_view>
#include <vector>

#include "derive.hpp"
#include "ownership.hpp"

namespace entsync {

/// Changes of one attribute while a plan is made; views into feed, snapshot or DesiredEntry.
struct AttributeDiff {
  TargetAttribute attribute = 0;
  SourcePosition source;
  std::vector<std::string_view> removed;
  std::vector<std::string_view> added;
  bool replace = false;  ///< `added` is the whole new value set, see AttributeChange::replace
  /// That `source` is of, when it is not the entry's own.
  std::optional<FeedIndex> source_feed{};
  std::vector<std::string_view> ordered{};  ///< see AttributeChange::ordered
};

/// Differences of one entry; reused from entry to entry.
class EntryDiff {
 public:
  void clear() { used_ = 0; }
  [[nodiscard]] bool empty() const { return used_ == 0; }
  [[nodiscard]] std::span<const AttributeDiff> attributes() const { return {list_.data(), used_}; }
  AttributeDiff& add(TargetAttribute attribute);
  /// The difference of an attribute, made when there is none yet.
  AttributeDiff& of(TargetAttribute attribute);
  [[nodiscard]] AttributeDiff& last() { return list_[used_ - 1]; }
  /// Takes back the last attribute added.
  void drop_last() { --used_; }

 private:
  std::vector<AttributeDiff> list_;
  std::size_t used_ = 0;
};

class Differ {
 public:
  Differ(const Rules& rules, const Ownership& ownership);

  /// Appends the differences between `desired` and the entry: source-owned attributes only, object
  /// classes of roles, attributes given up by a change of profile.
  void diff(const DesiredEntry& desired, const SnapshotEntry& actual, EntryDiff& out);

  /// All values of a new entry.
  void create(const DesiredEntry& desired, EntryDiff& out) const;

 private:
  void diff_values(const DesiredAttribute& wanted, std::span<const DesiredValue> desired,
                   const SnapshotEntry& actual, EntryDiff& out);
  std::span<const DesiredValue> without_waiting(TargetAttribute attribute,
                                                std::span<const DesiredValue> desired);
  void diff_object_classes(const DesiredEntry& desired, const SnapshotEntry& actual,
                           EntryDiff& out);
  [[nodiscard]] bool is_needed(std::string_view role_class, const DesiredEntry& desired,
                               const SnapshotEntry& actual, const EntryDiff& changes);
  void replace_all(std::span<const DesiredValue> desired, AttributeDiff& out) const;
  void note_removal(TargetAttribute attribute, std::string_view value, bool replaced,
                    const SnapshotEntry& actual, AttributeDiff& out);

  const Rules& rules_;
  const Ownership& ownership_;
  std::vector<std::string_view> actual_;
  std::vector<std::string_view> present_classes_;
  /// Classes of the last entry that needed no change, and the rules that it was judged by: the next
  /// one mostly has the same, and the snapshot holds equal values once.
  std::vector<std::string_view> right_classes_;
  const EntryRules* right_for_ = nullptr;
  std::vector<DesiredValue> allowed_;
  std::vector<std::string> wanted_keys_;
  std::vector<std::string> actual_keys_;
};

}  // namespace entsync
