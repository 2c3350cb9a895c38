#pragma once
/// What the directory holds, as far as the rules read it. A DirectorySnapshot can only be built
/// from searches that ended in success on every page (SearchEnded carries the result), so a size
/// limit, a lost connection or a refused page can never look like missing people.

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// One entry of a snapshot: DN, revision and the values of known attributes. Cheap to copy; valid
/// as long as its snapshot. An entry is one block: header, eight bytes a value, text; the values of
/// an attribute stand together. Values that many entries share (object classes, schools,
/// civilities) stand once in a table of the snapshot.
class SnapshotEntry {
 public:
  struct ValueHeader {
    std::uint32_t where;      ///< offset in the entry's text, or index of the shared value
    std::uint16_t length;     ///< of a value of its own
    std::uint16_t attribute;  ///< with shared_bit when the value is a shared one
  };
  struct Header {
    std::uint32_t values;
    std::uint32_t dn_length;
    std::uint32_t attributes;  ///< a bit for each attribute there is, modulo 32
    std::uint16_t csn_length;
    Branch branch;
  };
  static constexpr std::uint16_t shared_bit = 0x8000;

  [[nodiscard]] std::string_view dn() const { return {texts(), header_->dn_length}; }
  /// entryCSN, empty when the server has none.
  [[nodiscard]] std::string_view csn() const {
    return {texts() + header_->dn_length, header_->csn_length};
  }
  [[nodiscard]] Branch branch() const { return header_->branch; }
  [[nodiscard]] std::size_t value_count() const { return header_->values; }
  [[nodiscard]] TargetAttribute attribute(std::size_t i) const {
    return values()[i].attribute & static_cast<TargetAttribute>(~shared_bit);
  }
  [[nodiscard]] std::string_view text(std::size_t i) const {
    const ValueHeader& v = values()[i];
    if ((v.attribute & shared_bit) != 0) return shared_[v.where];
    return {texts() + v.where, v.length};
  }
  /// First value of the attribute, empty when there is none.
  [[nodiscard]] std::string_view first(TargetAttribute attribute) const;
  /// All values of the attribute, appended to `out` after clearing it.
  void values_of(TargetAttribute attribute, std::vector<std::string_view>& out) const;

  SnapshotEntry(const Header* header, const std::string_view* shared)
      : header_(header), shared_(shared) {}

 private:
  [[nodiscard]] const ValueHeader* values() const {
    return reinterpret_cast<const ValueHeader*>(header_ + 1);
  }
  /// DN, CSN, then the values.
  [[nodiscard]] const char* texts() const {
    return reinterpret_cast<const char*>(values() + header_->values);
  }
  /// Index of the first value of the attribute; value_count() when there is none. Most look-ups
  /// are for what an entry does not have: one bit says so without a look at its values.
  [[nodiscard]] std::size_t find(TargetAttribute attribute) const;
  const Header* header_;
  const std::string_view* shared_;
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
  /// Index of an equal shared value, or nothing when the value is better kept by its entry.
  std::optional<std::uint32_t> share(TargetAttribute attribute, std::string_view value);
  std::uint32_t find_shared(std::string_view value);
  /// Whether the values of each attribute follow each other, as RFC 4511 §4.5.2 has servers send
  /// them; notes the attributes of the entry being added.
  bool stand_together(std::span<const std::pair<TargetAttribute, std::string_view>> attributes,
                      std::uint32_t& mask);

  /// How often values of an attribute recurred: sharing stops where they hardly do.
  struct Recurrence {
    std::uint32_t seen = 0;
    std::uint32_t fresh = 0;
  };

  Arena arena_;
  std::vector<const SnapshotEntry::Header*> entries_;
  std::vector<std::string_view> shared_;
  boost::unordered_flat_map<std::string_view, std::uint32_t> shared_index_;
  /// What came after each shared value when it was last seen. Entries of a branch hold much the
  /// same values in the same order, so that this is mostly the one that comes now.
  std::vector<std::uint32_t> follower_;
  std::uint32_t previous_ = 0;
  std::vector<Recurrence> recurrence_;
  std::vector<SnapshotEntry::ValueHeader> headers_;  ///< of the entry being added
  std::vector<std::size_t> last_entry_;              ///< that had a value of each attribute
  std::vector<SearchEnded> ended_;
};

class DirectorySnapshot {
 public:
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] SnapshotEntry entry(EntryIndex index) const {
    return {entries_[index], shared_.data()};
  }

  /// The entry with this DN, whatever its case and spacing; no_entry when there is none.
  [[nodiscard]] EntryIndex find(std::string_view dn) const;

  [[nodiscard]] std::size_t bytes() const { return arena_.bytes(); }

 private:
  friend class SnapshotBuilder;
  DirectorySnapshot() = default;
  void index();

  Arena arena_;
  std::vector<const SnapshotEntry::Header*> entries_;
  std::vector<std::string_view> shared_;
  /// Keys are normal forms; those of plain DNs point into the arena.
  boost::unordered_flat_map<std::string_view, EntryIndex> by_dn_;
  /// Those that are not plain, as the server writes them: links mostly are written alike, and
  /// normal forms of them were a sixth of a rentrée's plan.
  boost::unordered_flat_map<std::string_view, EntryIndex> as_written_;
};

}  // namespace entsync
