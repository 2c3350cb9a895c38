#include "school_bindings.hpp"

#include <algorithm>
#include <vector>

#include "absence.hpp"
#include "text.hpp"

namespace entsync {
namespace {

class Bindings {
 public:
  using Visit = std::function<void(std::string_view, std::string_view)>;

  Bindings(const Population& population, const Matched& matched, const DirectorySnapshot& snapshot,
           const Rules& rules, const Visit& visit)
      : population_(population),
        matched_(matched),
        snapshot_(snapshot),
        rules_(rules),
        visit_(visit) {}

  void run() {
    for (EntryIndex e = 0; e < snapshot_.size(); ++e) {
      const SnapshotEntry entry = snapshot_.entry(e);
      if (entry.branch() == Branch::groups) bind_group(entry);
      if (entry.branch() != Branch::people) continue;
      bind_person(e, entry);
      entry.values_of(rules_.names.responsable_pupils, pupils_);
      for (const std::string_view dn : pupils_)
        if (const EntryIndex pupil = snapshot_.find(dn); pupil != no_entry)
          bind_person(e, snapshot_.entry(pupil));
    }
  }

 private:
  void bind_group(const SnapshotEntry& group) {
    split_composite(group.first(rules_.names.group_jointure), parts_);
    if (parts_.size() < 2) return;
    for (FeedIndex f = 0; f < population_.feed_count(); ++f)
      if (equals_ignoring_case(population_.feed(f).academie(), parts_[0]))
        if (const EcoleIndex ecole = population_.ecole_of(f, parts_[1]); ecole != no_index)
          visit_(population_.ecoles()[ecole].uai.str(), group.dn());
  }

  /// `e` to the schools of `through`: himself or one of his pupils.
  void bind_person(EntryIndex e, const SnapshotEntry& through) {
    schools_of_entry(through, snapshot_, rules_, schools_);
    for (const EntryIndex school : schools_) {
      const auto uai = Uai::parse(snapshot_.entry(school).first(rules_.names.uai));
      if (uai && !is_placed(e, *uai)) visit_(uai->str(), snapshot_.entry(e).dn());
    }
  }

  [[nodiscard]] bool is_placed(EntryIndex e, const Uai& uai) const {
    if (matched_.status(e) != EntryStatus::matched) return false;
    const Person& person = population_.persons()[matched_.subject_of(e)];
    return std::ranges::any_of(population_.ecoles_of(person), [&](EcoleIndex ecole) {
      return population_.ecoles()[ecole].uai == uai;
    });
  }

  const Population& population_;
  const Matched& matched_;
  const DirectorySnapshot& snapshot_;
  const Rules& rules_;
  const Visit& visit_;
  std::vector<EntryIndex> schools_;
  std::vector<std::string_view> pupils_;
  std::vector<std::string_view> parts_;
};

}  // namespace

void each_binding(const Population& population, const Matched& matched,
                  const DirectorySnapshot& snapshot, const Rules& rules,
                  const std::function<void(std::string_view uai, std::string_view dn)>& visit) {
  Bindings(population, matched, snapshot, rules, visit).run();
}

}  // namespace entsync
