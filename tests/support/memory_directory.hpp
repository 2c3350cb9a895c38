#pragma once
/// A directory in memory that takes and refuses changes like a server: per value, by matching rule,
/// with schema, and with the result codes of RFC 4511. Links are not checked, as a server without
/// overlay does not; `broken_links` tells them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plan.hpp"
#include "core/rules.hpp"
#include "core/snapshot.hpp"
#include "core/tree.hpp"
#include "support/memory_schema.hpp"

namespace entsync::test {

enum ResultCode : int {
  success = 0,
  no_such_attribute = 16,
  undefined_attribute_type = 17,
  inappropriate_matching = 18,
  constraint_violation = 19,
  attribute_or_value_exists = 20,
  invalid_attribute_syntax = 21,
  no_such_object = 32,
  busy = 51,
  unwilling_to_perform = 53,
  naming_violation = 64,
  object_class_violation = 65,
  not_allowed_on_rdn = 67,
  entry_already_exists = 68,
  assertion_failed = 122,
};

struct MemoryEntry {
  std::string dn;
  std::string csn;
  std::map<std::string, std::vector<std::string>> attributes;  ///< by lower-case name

  [[nodiscard]] std::vector<std::string> values(std::string_view attribute) const;
  /// The only value; fails the test when there is none or there are several.
  [[nodiscard]] std::string value(std::string_view attribute) const;
  bool operator==(const MemoryEntry&) const = default;
};

class MemoryDirectory {
 public:
  explicit MemoryDirectory(Tree tree) : tree_(std::move(tree)) {}

  /// Adds entries from text: `dn: …` and `attribute: value` lines, entries parted by a blank line.
  /// The schema is not asked, so that a directory may be as badly kept as real ones are.
  void load(std::string_view text);
  /// The same, as somebody in the ENT would by hand.
  void put(std::string_view dn, std::string_view attribute, std::string_view value);
  void take(std::string_view dn, std::string_view attribute, std::string_view value);
  void clear(std::string_view dn, std::string_view attribute);
  void remove(std::string_view dn);

  /// One change as one request; the result code. With `assertion`, entryCSN must be the change's.
  int apply(const Change& change, bool assertion = true);
  /// Applies all changes in order; the codes that are not success, by DN.
  std::vector<std::pair<std::string, int>> apply(const Plan& plan);

  [[nodiscard]] const MemoryEntry* find(std::string_view dn) const;
  [[nodiscard]] const MemoryEntry& at(std::string_view dn) const;
  /// The only entry with this value; fails the test when there is none or there are several.
  [[nodiscard]] const MemoryEntry& with(std::string_view attribute, std::string_view value) const;
  [[nodiscard]] const std::map<std::string, MemoryEntry>& entries() const { return entries_; }
  [[nodiscard]] const Tree& tree() const { return tree_; }

  /// What a run would read: entries of the three branches with the attributes that the rules name.
  [[nodiscard]] DirectorySnapshot snapshot(const Rules& rules) const;
  /// Present values for read_back(); nothing when there is no such entry.
  [[nodiscard]] std::optional<std::vector<std::pair<TargetAttribute, std::string>>> read(
      std::string_view dn, const Rules& rules) const;

  /// `dn attribute value` of every DN-valued attribute that leads to no entry.
  [[nodiscard]] std::vector<std::string> broken_links() const;
  /// Canonical text: sorted entries, attributes and values, without revisions.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] int check(const MemoryEntry& entry) const;
  int create(const Change& change);
  int modify(const Change& change, bool assertion);
  int modify_attribute(MemoryEntry& entry, const AttributeChange& attribute) const;
  MemoryEntry& entry(std::string_view dn);
  void store(MemoryEntry entry);

  Tree tree_;
  std::map<std::string, MemoryEntry> entries_;  ///< by normal form of the DN
  std::uint64_t revision_ = 0;
};

}  // namespace entsync::test
