#pragma once
/// Which records and which entries have to be known for a plan of a part to be the plan of the
/// whole inside its scope. A machine without I/O: it looks into the indexes of the deliveries
/// itself, says what the directory has to be asked, and is told the answers, until nothing is
/// missing.
///
/// Families are followed as far as they go, in the deliveries and in the directory: who is in the
/// part is there with all responsables, their pupils, and everybody who shares a key with them.
/// Schools are not followed: those in the scope, and those of its pupils, are complete, others hold
/// only who is in the part for another reason. What lies at that edge never survives within().

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "complet_index.hpp"
#include "planner.hpp"
#include "scope.hpp"
#include "snapshot.hpp"
#include "tree.hpp"
#include "work_links.hpp"

namespace entsync {

/// One question to the directory.
struct EntryQuery {
  enum class Kind : std::uint8_t {
    branch,  ///< every entry of the branch
    equal,   ///< entries of the branch with this value
    dn,      ///< the entry with the DN `value`, if there is one
  };
  Kind kind = Kind::equal;
  Branch branch = Branch::people;
  TargetAttribute attribute = 0;  ///< of `equal`
  std::string value;
  /// Of `equal`: that entries must hold too; none when the second is empty.
  TargetAttribute and_attribute = 0;
  std::string and_value = {};
  auto operator<=>(const EntryQuery&) const = default;
};

/// One entry of an answer; also of another branch's than was asked for.
struct FoundEntry {
  Branch branch = Branch::people;
  std::string dn;
  std::string csn;
  std::vector<std::pair<TargetAttribute, std::string>> values;
};

class PartClosure {
 public:
  /// The scope names a person, a class or a school; `links` are all of the requests, whether they
  /// hold or not. All must outlive this object.
  PartClosure(const Scope& scope, std::span<const CompletIndex* const> indexes, const Rules& rules,
              const Tree& tree, std::span<const WorkLink> links = {});

  /// Whether a scope can be a part at all: académies and profiles are read whole.
  static bool covers(const Scope& scope);

  /// What has to be asked next; empty when the part is closed. Nothing is asked twice.
  std::vector<EntryQuery> ask();
  void take(FoundEntry entry);
  /// What only the model of the part shows to be missing: groups that somebody is wanted in,
  /// identifiers that may be taken, schools whose classes matter. False when it lacks nothing;
  /// otherwise ask() goes on, and the model has to be made anew.
  bool needs_more(const PlannerInput& model, const Plan& narrowed);

  /// Keys of the records of the part, by delivery.
  [[nodiscard]] const std::set<RecordKey>& records(FeedIndex feed) const { return records_[feed]; }
  [[nodiscard]] std::size_t size() const;
  /// The entries of the part, once ask() has nothing more to ask.
  [[nodiscard]] Result<DirectorySnapshot> snapshot() const;

 private:
  struct SchoolPart {
    bool in_deliveries = false;  ///< all persons whom the deliveries place there
    bool in_directory = false;   ///< and all whom the directory binds to it
  };

  void begin();
  void complete(const std::string& uai, bool in_directory);
  void complete_schools_of(FeedIndex feed, const RecordKey& person);
  void add_linked(std::string_view uai);
  void add_record(FeedIndex feed, RecordKey key);
  /// Whoever has this id, whatever his category.
  void add_id(FeedIndex feed, std::string_view id);
  void follow(FeedIndex feed, const RecordKey& key);
  void follow(const FoundEntry& entry);
  void follow_person(const FoundEntry& entry);
  void follow_structure(const FoundEntry& entry);
  void follow_group(const FoundEntry& entry);
  void follow_links(const FoundEntry& entry, std::string_view branch);
  void need(EntryQuery query);
  void need_equal(Branch branch, TargetAttribute attribute, std::string value);
  void need_dn(std::string_view dn);
  [[nodiscard]] bool is_part_of_directory(const std::string& uai) const;
  [[nodiscard]] const std::string& base_of(Branch branch) const;
  /// The school behind a key `AC-X$8` or `AC-X$8$73196`; empty when the deliveries have none.
  [[nodiscard]] std::string uai_of(std::string_view jointure) const;
  void need_groups(const PlannerInput& model);
  void need_identities(const PlannerInput& model);
  void need_likely_entries(const PlannerInput& model);
  void need_classes(const PlannerInput& model);
  void need_schools(const PlannerInput& model, const Plan& narrowed);
  void need_rollover(const PlannerInput& model);
  void need_links(const Plan& narrowed);

  const Scope& scope_;
  std::span<const CompletIndex* const> indexes_;
  const Rules& rules_;
  const Tree& tree_;
  std::span<const WorkLink> links_;
  bool begun_ = false;
  std::vector<std::set<RecordKey>> records_;
  std::vector<std::map<std::string, std::string, std::less<>>> uai_of_structure_;
  std::map<std::string, SchoolPart, std::less<>> schools_;
  std::map<std::string, FoundEntry> entries_;  ///< by normal form of the DN
  std::set<EntryQuery> asked_;
  std::vector<EntryQuery> to_ask_;
  std::deque<std::pair<FeedIndex, RecordKey>> new_records_;
};

}  // namespace entsync
