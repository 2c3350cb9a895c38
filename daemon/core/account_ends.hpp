#pragma once
/// The accounts of a directory that are on the clock of their end (account_clock.hpp): what is due
/// for each today, and where other entries lead to those that are to be deleted.

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account_clock.hpp"

namespace entsync {

/// GeneralizedTime of a day (RFC 4517 §3.3.13).
std::string generalized_time(Date date);

/// Profile of somebody whom the feed no longer describes, by his object classes.
Profil profil_of(const SnapshotEntry& entry, Category category, const Rules& rules);

/// Whether an account state was set by the suspension; any other is not ours.
bool is_suspension(std::string_view state, const Rules& rules);

/// What an entry says of its own end.
AccountMarks marks_of(const SnapshotEntry& entry, const Rules& rules);

/// What is due for an entry whose marks are these, on its day of `today`; of a restricted one it
/// waits.
std::optional<AccountDue> due_of(EntryIndex e, const Absences& absences, const AccountMarks& marks,
                                 const Population& population, const Matched& matched,
                                 const DirectorySnapshot& snapshot, const Rules& rules,
                                 const AbsenceSettings& settings, std::span<const Date> today);

/// For each feed, whether its académie is frozen on its day of `today`.
std::vector<bool> frozen_feeds(const Population& population, const AbsenceSettings& settings,
                               std::span<const Date> today);

class AccountEnds {
 public:
  /// `today` holds a day for each feed of the population.
  static AccountEnds decide(const Population& population, const Matched& matched,
                            const Absences& absences, const DirectorySnapshot& snapshot,
                            const Rules& rules, const AbsenceSettings& settings,
                            std::span<const Date> today);

  /// What would be due for entries that are restricted, in order: it waits.
  [[nodiscard]] const std::vector<std::pair<EntryIndex, AccountDue>>& waiting() const {
    return waiting_;
  }
  /// What is due for an entry; nullptr when it is not on the clock.
  [[nodiscard]] const AccountDue* of(EntryIndex entry) const;
  /// Suspended or to be deleted: links of source origin lead to him no more.
  [[nodiscard]] bool is_cut(EntryIndex entry) const;
  [[nodiscard]] bool is_erased(EntryIndex entry) const;
  /// Somebody is to be deleted: what leads to him may stand anywhere in the directory.
  [[nodiscard]] bool erases() const { return erases_; }
  /// Entries on the clock, in order.
  [[nodiscard]] const std::vector<EntryIndex>& entries() const { return entries_; }

  /// A value of an entry that leads to one that is to be deleted.
  struct Reference {
    EntryIndex entry;
    TargetAttribute attribute;
    std::string_view value;
    EntryIndex leads_to;
  };
  /// Of all entries that stay, by entry.
  [[nodiscard]] std::span<const Reference> references() const { return references_; }
  [[nodiscard]] std::span<const Reference> references_of(EntryIndex entry) const;

 private:
  void find_references(const DirectorySnapshot& snapshot, const Rules& rules);

  boost::unordered_flat_map<EntryIndex, AccountDue> due_;
  std::vector<std::pair<EntryIndex, AccountDue>> waiting_;
  std::vector<EntryIndex> entries_;
  bool erases_ = false;
  std::vector<Reference> references_;
};

}  // namespace entsync
