#pragma once
/// Turns the entries of one branch's search into entries of a snapshot, and keeps the reasons why
/// the branch cannot be trusted.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connectors/ldap/schema.hpp"
#include "connectors/ldap/search.hpp"
#include "core/snapshot.hpp"

namespace entsync::ldap {

/// Attribute of a name as the server spells it. Attributes with options (`cn;lang-fr`) are none of
/// the rules' and not found.
class AttributeIndex {
 public:
  AttributeIndex(const TargetVocabulary& vocabulary, const Aliases& aliases);
  [[nodiscard]] TargetAttribute find(std::string_view name);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  /// A name as the server has sent it, and what came after it the last time: servers send the
  /// attributes of like entries in like order, so that comparing one name mostly does.
  struct Spelling {
    std::string name;
    TargetAttribute attribute;
    std::size_t next = 0;
  };
  TargetAttribute look_up(std::string_view name) const;

  std::unordered_map<std::string, TargetAttribute, Hash, std::equal_to<>> by_lower_name_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_spelling_;
  std::vector<Spelling> spellings_;
  std::size_t last_ = 0;
};

/// Names to ask for: of these attributes – of the whole vocabulary when none is named – and
/// entryCSN.
std::vector<std::string> requested_attributes(const TargetVocabulary& vocabulary,
                                              std::span<const TargetAttribute> wanted = {});

class BranchReader {
 public:
  BranchReader(Branch branch, std::string base, AttributeIndex& attributes,
               SnapshotBuilder& builder);

  void take(EntryView& entry);

  /// Entries below the base.
  [[nodiscard]] std::uint64_t entries() const { return entries_; }
  /// What makes the branch unusable although every search ended in success.
  [[nodiscard]] Problems findings() const;

 private:
  enum class Position { base, below, elsewhere };
  [[nodiscard]] Position position(std::string_view dn);
  void read_values(EntryView& entry);

  Branch branch_;
  std::string base_;
  std::string base_normal_;
  std::string base_as_sent_;  ///< "," + the base entry's DN as the server writes it, once seen
  AttributeIndex& attributes_;
  TargetAttribute object_class_;
  SnapshotBuilder& builder_;
  std::vector<std::pair<TargetAttribute, std::string_view>> values_;
  std::string_view csn_;
  bool has_object_class_ = false;
  std::uint64_t entries_ = 0;
  std::uint64_t foreign_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t without_class_ = 0;
};

}  // namespace entsync::ldap
