#pragma once
/// The mapping rules of one target profile (config/rules/*.toml) as compiled values: which AAF
/// attribute feeds which part of the model, how profiles are told apart, what each kind of entry
/// looks like, and who owns each attribute. Whatever the rules do not name is not ours: it is
/// neither read nor written.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "category.hpp"
#include "matching.hpp"
#include "plan.hpp"
#include "template.hpp"
#include "value_policy.hpp"

namespace entsync {

/// Who owns an attribute's values.
enum class Owner : std::uint8_t {
  source,   ///< the feed: enforced every night
  initial,  ///< set when the entry is created, never again
  ent,      ///< the ENT: read for explanations, never written
};
std::string_view to_string(Owner owner);

/// What a template is evaluated for; one value each.
enum class Each : std::uint8_t {
  once,
  feed_values,   ///< values of one AAF attribute, split on `$`
  classes,       ///< classes of a pupil or of a school
  groupes,       ///< groups (regroupements) of a pupil or of a school
  responsables,  ///< responsables of a pupil
  eleves,        ///< pupils of a responsable
  ecoles,        ///< schools in scope of a person
  fonctions,   ///< function values of staff in schools in scope: parts {1}…{4} and school fields
  directions,  ///< schools that a director heads
  directeurs,  ///< directors of a school
  profils,     ///< national profile codes of a person
};

struct AttributeRule {
  TargetAttribute attribute = 0;
  Owner owner = Owner::source;
  Each each = Each::once;
  FeedAttribute each_attribute = 0;  ///< for feed_values
  Template value;
  /// The directory demands a value of whoever has this shape: it stays with a suspended account.
  bool mandatory = false;
};

/// Shape of one kind of entry.
struct EntryRules {
  std::string id;  ///< "sdet-1d:eleve"; followed by ".sn" it is the rule of one attribute
  std::vector<std::string> object_classes;
  std::vector<AttributeRule> attributes;
  /// Source-owned by another profile of the same category and not named here: emptied when somebody
  /// changes profile (a director who becomes a teacher).
  std::vector<TargetAttribute> relinquished;
  /// Object classes of roles of the same category: taken off when no longer meant.
  std::vector<std::string> role_classes;
};

/// Whom a group gathers.
enum class Members : std::uint8_t {
  none,
  eleves,
  responsables,
  enseignants,
  directeurs,
  personnels,
  tous
};

/// A group made for each school, class or regroupement.
struct GroupRules {
  enum class Per : std::uint8_t { ecole, classe, regroupement } per = Per::ecole;
  EntryKind kind = EntryKind::profil;
  Members members = Members::none;
  Template name;  ///< value of the naming attribute
  EntryRules entry;
};

/// AAF attributes with a meaning for the model; the degrees name them differently.
struct FeedNames {
  FeedAttribute nom = 0;
  FeedAttribute prenom = 0;
  FeedAttribute date_naissance = 0;
  FeedAttribute structure = 0;  ///< attachment of persons
  FeedAttribute classes = 0;    ///< `etab$type$libelle$id$libelle`
  FeedAttribute groupes = 0;
  FeedAttribute responsables = 0;          ///< `id$lien`
  FeedAttribute fonctions = 0;             ///< `etab$code$libelle$discipline$libelle`
  FeedAttribute direction = 0;             ///< structure ids
  FeedAttribute categorie_enseignant = 0;  ///< O/N
  FeedAttribute uai = 0;
  FeedAttribute structure_nom = 0;
  FeedAttribute academie = 0;        ///< label of the académie of a structure
  std::optional<FeedAttribute> ine;  ///< national number of a pupil; rules may have none
};

/// Directory attributes with a meaning for the program.
struct TargetNames {
  TargetAttribute object_class = 0;
  TargetAttribute identifiant = 0;  ///< identifier of persons, also their RDN
  TargetAttribute login = 0;
  TargetAttribute person_jointure = 0;
  TargetAttribute structure_jointure = 0;
  TargetAttribute uai = 0;
  TargetAttribute person_structure = 0;    ///< DN of the school of attachment
  TargetAttribute pupil_responsables = 0;  ///< composite starting with the responsable's DN
  TargetAttribute responsable_pupils = 0;  ///< DN, inverse of the above
  TargetAttribute mail = 0;
  TargetAttribute group_name = 0;  ///< RDN of groups
  TargetAttribute member = 0;
  TargetAttribute explicit_member = 0;  ///< members added by hand
  TargetAttribute group_jointure = 0;   ///< key of groups made from the feed
  TargetAttribute absent_since = 0;     ///< GeneralizedTime of the loss of entitlement
  TargetAttribute deletion_date = 0;    ///< GeneralizedTime of the end that was fixed then
  TargetAttribute account_state = 0;
  /// Locks the account where the server takes it (pwdAccountLockedTime); npos: none.
  TargetAttribute account_lock = TargetVocabulary::npos;
  /// Marks entries that are restricted (GDPR art. 18); npos: none.
  TargetAttribute restriction = TargetVocabulary::npos;
};

struct Rules {
  std::string name;    ///< "sdet-1d"
  std::string digest;  ///< SHA-256 of the rule file
  Vocabulary vocabulary;
  TargetVocabulary target;
  std::vector<ValueTable> tables;
  FeedNames feed;
  TargetNames names;
  /// Attributes without which a record is rejected, per category.
  std::array<std::vector<FeedAttribute>, 4> required;
  /// Function codes that make a teacher when the category attribute is empty.
  std::vector<std::string> teacher_functions;
  /// National profile code by function code; by profile when no function says more.
  std::vector<std::pair<std::string, std::string>> profil_by_function;
  /// National profile code of each profile.
  std::array<std::string, all_profils.size()> profil_code;
  std::array<EntryRules, all_profils.size()> persons;
  EntryRules structure;
  std::vector<GroupRules> groups;
  std::string suspended_value;   ///< of account_state
  std::string restricted_value;  ///< of restriction
  /// Object classes that tell the category of a person's entry, per category; see Matched.
  std::array<std::vector<std::string>, category_count> role_classes;
  ValuePolicy policy;              ///< which values the journal may hold as they are
  std::string empty_group_member;  ///< placeholder, groupOfNames demands one; may be the empty DN

  [[nodiscard]] const EntryRules& person(Profil profil) const {
    return persons[static_cast<std::size_t>(profil)];
  }
  /// The directory attribute that holds just this value of the feed for a profile; npos when none
  /// does.
  [[nodiscard]] TargetAttribute kept_in(Profil profil, FeedAttribute attribute) const;
};

/// Whether the attribute holds just this value of the feed.
bool keeps(const AttributeRule& rule, FeedAttribute attribute);

}  // namespace entsync
