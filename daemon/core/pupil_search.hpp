#pragma once
/// Entries that may be those of pupils whose key no entry carries: of a pupil who came from another
/// académie, whose record was made anew, or who was there before us. The INE is a hint and never a
/// key: it may be missing, late or wrong, and tells only together with the birth date. Nobody is
/// asked about pupils who have an entry by their key, so a night without newcomers costs nothing.

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "population.hpp"
#include "snapshot.hpp"

namespace entsync {

/// Why an entry may be a pupil's, strongest first.
enum class Likeness : std::uint8_t {
  ine_and_birth,  ///< same INE, same birth date
  ine,            ///< same INE, and another birth date or none
  name_and_birth  ///< same names and birth date, and one of the two has no INE
};

struct LikelyEntry {
  EntryIndex entry = 0;
  Likeness likeness = Likeness::name_and_birth;
};

class PupilSearch {
 public:
  PupilSearch(const Population& population, const Rules& rules);

  void look_for(PersonIndex pupil);
  /// Those who are looked for, in order of feed and id, whatever the order of records.
  [[nodiscard]] const std::vector<PersonIndex>& pupils() const { return pupils_; }
  /// Reads every person's entry once.
  void run(const DirectorySnapshot& snapshot);
  /// Strongest first.
  [[nodiscard]] std::vector<LikelyEntry> entries_of(PersonIndex pupil) const;
  /// The first of those who are looked for with the same INE; `pupil` when he is the first.
  [[nodiscard]] PersonIndex first_with_ine_of(PersonIndex pupil) const;

  /// Whether two records say that they are of one pupil: same INE, same birth date.
  [[nodiscard]] bool are_one_pupil(PersonIndex a, PersonIndex b) const;

 private:
  using Pupils = boost::unordered_flat_map<std::string, std::vector<PersonIndex>>;

  [[nodiscard]] std::string_view of_record(PersonIndex pupil, FeedAttribute attribute) const;
  [[nodiscard]] std::string ine_of(PersonIndex pupil) const;

  const Population& population_;
  const Rules& rules_;
  std::vector<PersonIndex> pupils_;
  Pupils by_ine_;
  Pupils by_name_;
  boost::unordered_flat_set<std::string_view> births_;      ///< spares comparing most names
  std::vector<std::pair<PersonIndex, LikelyEntry>> found_;  ///< by pupil
};

}  // namespace entsync
