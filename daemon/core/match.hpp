#pragma once
/// Who is who: which entry of the directory is which school and person of the population. Matching
/// is by key – (académie, category, jointure) for persons, UAI for schools – so entries that were
/// there before us are adopted, and nobody is ever matched by name; a name only confirms a key
/// whose category the entry does not tell. A pupil whose key no entry carries keeps the account of
/// a key that no delivery has any more, when INE and birth date are the same. What is not certain
/// is ambiguous: it goes to the review list and is left alone until a person decides. Who objected
/// or died has no entry: the one that is there is matched by nobody.

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "person_registers.hpp"
#include "population.hpp"
#include "review_decision.hpp"
#include "snapshot.hpp"

namespace entsync {

/// What an entry of the directory is to this run.
enum class EntryStatus : std::uint8_t {
  foreign,    ///< without a key of one of the feeds: not ours
  matched,    ///< the entry of a person or school of the population
  unmatched,  ///< carries a key of a feed, and nobody of the population has it
  ambiguous,  ///< several claims; left alone
};

/// Key read from an entry: the feed and the id behind `AC-X$id`.
struct EntryKey {
  FeedIndex feed = 0;
  Category category = Category::eleve;
  std::string_view id;
};

/// Something that a person has to decide.
struct ReviewItem {
  std::string subject;                  ///< key, e.g. "AC-X/Eleve/123"
  std::vector<std::string> candidates;  ///< DNs
  std::string reason;
  std::vector<std::string> keys = {};  ///< of each candidate, as its entry has them
  bool decidable = false;              ///< by linking or separating record and entry
};

class Matched {
 public:
  static Matched make(const Population& population, const DirectorySnapshot& snapshot,
                      const Rules& rules, const ReviewDecisions& decisions = {},
                      const PersonRegisters& registers = {});

  /// Entry of a person; no_entry when he has none or it is ambiguous.
  [[nodiscard]] EntryIndex entry_of(PersonIndex person) const { return person_entry_[person]; }
  [[nodiscard]] EntryIndex entry_of_ecole(EcoleIndex ecole) const { return ecole_entry_[ecole]; }
  /// Left alone because it is not certain which entry is his. See also registered_person().
  [[nodiscard]] bool is_ambiguous(PersonIndex person) const { return person_ambiguous_[person]; }
  /// Why somebody has an entry that does not carry his key yet; empty for all others.
  [[nodiscard]] std::string_view arrival_of(PersonIndex person) const;
  [[nodiscard]] EntryStatus status(EntryIndex entry) const { return status_[entry]; }
  /// The person or school behind a matched entry, no_index otherwise.
  [[nodiscard]] std::uint32_t subject_of(EntryIndex entry) const { return subject_[entry]; }
  /// Key of an entry, the first one when it has several; nothing when its object classes speak for
  /// no category or for several.
  [[nodiscard]] std::optional<EntryKey> key_of(EntryIndex entry) const;
  /// All its keys of the feeds.
  [[nodiscard]] std::span<const std::pair<EntryIndex, EntryKey>> keys_of(EntryIndex entry) const;
  [[nodiscard]] const std::vector<ReviewItem>& review() const { return review_; }

  /// What the registers say of an entry, by any of its keys or by whom it is matched with; nullptr:
  /// nothing.
  [[nodiscard]] const RegisteredPerson* registered(EntryIndex entry) const;
  /// The same of a person of the deliveries.
  [[nodiscard]] const RegisteredPerson* registered_person(PersonIndex person) const;
  [[nodiscard]] bool is_restricted(EntryIndex entry) const;
  /// Somebody is restricted.
  [[nodiscard]] bool has_restrictions() const { return has_restrictions_; }
  /// Persons of the deliveries of whom the registers say something, in order.
  [[nodiscard]] std::vector<PersonIndex> registered_persons() const;

 private:
  friend class Matcher;
  Matched() = default;

  std::vector<EntryIndex> person_entry_;
  std::vector<bool> person_ambiguous_;
  std::vector<EntryIndex> ecole_entry_;
  std::vector<EntryStatus> status_;
  std::vector<std::uint32_t> subject_;
  std::vector<std::pair<EntryIndex, EntryKey>> keys_;  ///< of entries with a key, by entry
  boost::unordered_flat_map<PersonIndex, std::string> arrivals_;
  boost::unordered_flat_map<EntryIndex, RegisteredPerson> registered_entries_;
  boost::unordered_flat_map<PersonIndex, RegisteredPerson> registered_persons_;
  bool has_restrictions_ = false;
  std::vector<ReviewItem> review_;
};

/// Key of a person or structure for logs, plans and the journal.
std::string subject_key(const Population& population, const Person& person);
std::string subject_key(const Population& population, const EcoleNode& ecole);

}  // namespace entsync
