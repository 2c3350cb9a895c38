#pragma once
/// What is told to somebody who asks for the data about one person (GDPR art. 15): every value of
/// the directory entry with where it comes from, whose it is, when it last changed and how long it
/// is kept, and the changes that are still retained. What belongs to others is withheld here,
/// before anything is rendered (art. 15(4)): other people appear by their role alone, and whatever
/// holds a contact of another responsable of a pupil does not appear at all. Pure values; who asks,
/// and that he may, is decided by whoever calls.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit_record.hpp"
#include "explain.hpp"
#include "planner.hpp"

namespace entsync {

/// The day on which a request that arrived on `received` has to be answered at the latest: one
/// month later (GDPR art. 12(3)).
Date answer_due(Date received);
/// The same when the answer was put off, for a reason that was told within the first month.
Date answer_due_put_off(Date received);

/// What stands in the place of a value that is not told; `nothing`: it is told.
enum class Withheld : std::uint8_t {
  nothing,
  eleve,         ///< it leads to another person, of whom the role is told
  responsable,   ///<
  enseignant,    ///<
  directeur,     ///<
  personnel,     ///<
  collectivite,  ///<
  person,        ///< of somebody whose role is not known any more
  contact,       ///< it holds a contact, an identifier or the name of another responsable
  secret,        ///< a password or the like
  digest,        ///< only a digest is kept
  erased,        ///< it was kept in the vault and is not any more
};

struct ToldValue {
  std::string text;  ///< empty when withheld
  Withheld withheld = Withheld::nothing;
  ExplainedSource source{};
  bool is_requester = false;  ///< it leads to the responsable who asks
};

/// Whose an attribute is: those of the rules, and what the program itself writes.
enum class ToldOwner : std::uint8_t { source, initial, ent, program };
std::string_view to_string(ToldOwner owner);

struct ToldAttribute {
  std::string name;
  ToldOwner owner = ToldOwner::ent;
  std::string rule;  ///< "sdet-1d:eleve.sn"; empty when no rule maps it
  std::vector<ToldValue> values;
  std::string last_change;  ///< RFC 3339; empty: none that the journal still has
};

/// One attribute of one change that was applied.
struct ToldChange {
  std::string time;  ///< RFC 3339 UTC
  Operation operation = Operation::modify;
  std::string attribute;  ///< empty when the change names none
  std::vector<ToldValue> removed;
  std::vector<ToldValue> added;
  ExplainedSource source;
  std::string rule;
  std::string run;
  bool by_program = false;         ///< in a run of its own; else at the word of a person
  std::optional<Date> told_until;  ///< the day on which the record reaches its term
};

struct AccessPackage {
  std::string subject;  ///< "AC-X/Eleve/123"
  std::string dn;       ///< empty when the directory has no entry
  Profil profil = Profil::eleve;
  std::vector<std::string> schools;
  std::string delivery;  ///< file of the record in the delivery, empty when there is none
  std::optional<Date> delivered;
  bool restricted = false;
  std::optional<Date> account_end;  ///< fixed: the person has left
  unsigned delete_after_days = 0;   ///< otherwise: so long after the person will have left
  std::vector<ToldAttribute> attributes;
  std::vector<std::string> groups;  ///< names of the groups of the directory with the person
  std::vector<ToldChange> changes;  ///< oldest first
  std::uint64_t withheld = 0;       ///< values that belong to others
};

/// Object classes of people by the normal form of their DN: of those whom a part of the directory
/// does not hold, so that their role can be told.
using OtherPeople = std::map<std::string, std::vector<std::string>>;

/// What of others must not be told to whoever asks about the entry `subject`.
class Discretion {
 public:
  /// `requester` is the entry of the responsable who asks about a pupil; no_entry: the person
  /// himself, or somebody whom the directory does not know as a responsable of his.
  Discretion(const PlannerInput& input, EntryIndex subject, EntryIndex requester,
             const OtherPeople& others = {});

  [[nodiscard]] Withheld of(std::string_view attribute, std::string_view value) const;

 private:
  /// A text as it is compared; of what is protected only one form is there.
  struct Forms {
    std::string folded;
    std::string words;   ///< in ASCII: names are written with and without accents
    std::string digits;  ///< phone numbers are written in many ways
  };
  static Forms forms_of(std::string_view value);
  static bool tells_of(const Forms& value, const Forms& text);

  void learn_own(EntryIndex subject, Profil profil);
  [[nodiscard]] std::set<EntryIndex> responsables_of(EntryIndex pupil) const;
  void protect(EntryIndex responsable);
  void protect_name(const SnapshotEntry& entry);
  void protect(const Forms& text);
  [[nodiscard]] Withheld role_of(std::string_view dn) const;
  [[nodiscard]] Withheld role_of(const std::vector<std::string>& object_classes) const;

  const PlannerInput in_;
  OtherPeople others_;
  std::string people_;          ///< the branch, in normal form
  std::set<std::string> told_;  ///< DNs in normal form
  std::vector<Forms> own_;      ///< what the rules give the person
  std::vector<Forms> protected_;
};

/// The entry of the person with this key ("AC-X/Eleve/123"), whether a delivery still describes him
/// or not; no_entry when there is none, or it is not certain which.
EntryIndex entry_of_key(const PlannerInput& input, const std::string& key);

/// Whether the pupil's entry leads to this responsable's.
bool is_responsable_of(const PlannerInput& input, EntryIndex responsable, EntryIndex pupil);

/// All keys of the feeds that an entry carries: a pupil who moved may have several.
std::vector<std::string> keys_of_entry(const PlannerInput& input, EntryIndex entry);

/// What the package is made of.
struct AccessSources {
  Explanation explanation;
  EntryIndex entry = no_entry;      ///< of the person
  EntryIndex requester = no_entry;  ///< see Discretion
  /// Everything that the directory holds of the entry.
  std::vector<std::pair<std::string, std::string>> values;
  /// Changes of the person that were applied, with their values, oldest first.
  std::vector<AuditRecord> changes;
  int values_days = 0;  ///< how long values are kept in the journal
  OtherPeople others{};
};

/// DNs of people to whom values lead and whom the snapshot does not hold.
std::set<std::string> unread_people(const PlannerInput& input, const AccessSources& sources);

AccessPackage make_access_package(const PlannerInput& input, const AccessSources& sources);

}  // namespace entsync
