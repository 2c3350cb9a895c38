#pragma once
/// What the directory holds, as far as the rules read it. A DirectorySnapshot can only be built from
/// searches that ended in success on every page (SearchEnded carries the result), so a size limit, a
/// lost connection or a refused page can never look like missing people.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "arena.hpp"
#include "matching.hpp"
#include "problem.hpp"

namespace entsync {

/// The branches that are read, in the words of the rules.
enum class Branch : std::uint8_t { people, structures, groups };
std::string_view to_string(Branch branch);

/// Index of an entry in its snapshot.
using EntryIndex = std::uint32_t;
inline constexpr EntryIndex no_entry = 0xFFFFFFFF;

/// One entry of a snapshot: DN, revision and the values of known attributes. Cheap to copy; valid as
/// long as its snapshot.
class SnapshotEntry {
 public:
  struct ValueHeader {
    const char* text;
    std::uint32_t length;
    TargetAttribute attribute;
  };
  struct Header {
    const char* dn;
    std::uint32_t dn_length;
    std::uint32_t csn_length;  ///< the CSN follows the DN
    std::uint32_t values;
    Branch branch;
  };

  [[nodiscard]] std::string_view dn() const { return {header_->dn, header_->dn_length}; }
  /// entryCSN, empty when the server has none.
  [[nodiscard]] std::string_view csn() const {
    return {header_->dn + header_->dn_length, header_->csn_length};
  }
  [[nodiscard]] Branch branch() const { return header_->branch; }
  [[nodiscard]] std::size_t value_count() const { return header_->values; }
  [[nodiscard]] TargetAttribute attribute(std::size_t i) const { return values()[i].attribute; }
  [[nodiscard]] std::string_view text(std::size_t i) const {
    return {values()[i].text, values()[i].length};
  }
  /// First value of the attribute, empty when there is none.
  [[nodiscard]] std::string_view first(TargetAttribute attribute) const;
  /// All values of the attribute, appended to `out` after clearing it.
  void values_of(TargetAttribute attribute, std::vector<std::string_view>& out) const;

  explicit SnapshotEntry(const Header* header) : header_(header) {}

 private:
  [[nodiscard]] const ValueHeader* values() const {
    return reinterpret_cast<const ValueHeader*>(header_ + 1);
  }
  const Header* header_;
};

/// How the search of one branch ended. Only result_code 0 on the last page is success.
struct SearchEnded {
  Branch branch = Branch::people;
  std::string base;
  int result_code = -1;
  std::uint64_t entries = 0;
};

class DirectorySnapshot;

/// Collects entries while pages arrive.
class SnapshotBuilder {
 public:
  /// `attributes` holds (attribute, value) in the order received; views may die after the call.
  void add_entry(Branch branch, std::string_view dn, std::string_view csn,
                 std::span<const std::pair<TargetAttribute, std::string_view>> attributes);
  void search_ended(SearchEnded ended) { ended_.push_back(std::move(ended)); }
  [[nodiscard]] std::size_t entries() const { return entries_.size(); }

  /// The snapshot, when every branch was searched and ended in success; otherwise the reasons.
  static Result<DirectorySnapshot> finish(SnapshotBuilder&& builder);

 private:
  friend class DirectorySnapshot;
  Arena arena_;
  std::vector<SnapshotEntry> entries_;
  std::vector<SearchEnded> ended_;
};

class DirectorySnapshot {
 public:
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] SnapshotEntry entry(EntryIndex index) const { return entries_[index]; }

  /// The entry with this DN, whatever its case and spacing; no_entry when there is none.
  [[nodiscard]] EntryIndex find(std::string_view dn) const;

  [[nodiscard]] std::size_t bytes() const { return arena_.bytes(); }

 private:
  friend class SnapshotBuilder;
  DirectorySnapshot() = default;
  void index();

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };

  Arena arena_;
  std::vector<SnapshotEntry> entries_;
  /// Keys are normal forms; those of plain DNs point into the arena.
  std::unordered_map<std::string_view, EntryIndex, Hash, std::equal_to<>> by_dn_;
};

}  // namespace entsync
