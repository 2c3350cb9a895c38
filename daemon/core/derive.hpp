#pragma once
/// What each entry should hold: the mapping rules applied to one person, school or group of the
/// population. The only place that knows how templates become values. Entries are derived one at a
/// time into a reused DesiredEntry, so the desired state of a million persons never stands in
/// memory.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arena.hpp"
#include "identity.hpp"
#include "match.hpp"
#include "population.hpp"
#include "rules.hpp"
#include "tree.hpp"

namespace entsync {

struct DesiredValue {
  std::string_view text;
  SourcePosition position;
};

/// Values wanted for one attribute, and by which rule.
struct DesiredAttribute {
  TargetAttribute attribute = 0;
  Owner owner = Owner::source;
  std::uint32_t first = 0;  ///< in DesiredEntry::values
  std::uint32_t count = 0;
  /// A value of the source could not be read: there may be more than these, so no present value is
  /// known to be wrong.
  bool incomplete = false;
};

/// One entry as it should be. Valid until the next derivation into it.
struct DesiredEntry {
  EntryKind kind = EntryKind::person;
  const EntryRules* rules = nullptr;
  std::vector<DesiredAttribute> attributes;
  std::vector<DesiredValue> values;
  Arena scratch;

  [[nodiscard]] std::span<const DesiredValue> values_of(const DesiredAttribute& a) const {
    return {values.data() + a.first, a.count};
  }
  void clear() {
    attributes.clear();
    values.clear();
    scratch.clear();
  }
};

/// A group that the rules make for a school, class or regroupement.
struct GroupSubject {
  const GroupRules* rules = nullptr;
  EcoleIndex ecole = 0;
  ClasseIndex classe = no_index;  ///< no_index for groups of a school
};

/// A value that the server's schema would refuse; left out of the entry.
struct InvalidValue {
  TargetAttribute attribute;
  SourcePosition position;
};

class Deriver {
 public:
  /// What is derived of an entry.
  enum class Extent : std::uint8_t {
    all,       ///< what a new one gets
    enforced,  ///< what an existing one is held to: the values of the source
  };

  Deriver(const Population& population, const Matched& matched, const DirectorySnapshot& snapshot,
          const Rules& rules, const Tree& tree, const Identities& identities);
  /// Another one for the same entries, to be used by another thread at the same time; the DNs are
  /// shared. `on_invalid` is not taken over.
  [[nodiscard]] Deriver another() const;

  /// DN of a person's entry: the present one, or the one it will get; empty when he is left alone.
  [[nodiscard]] std::string_view dn_of(PersonIndex person) const { return dns_->persons[person]; }
  [[nodiscard]] std::string_view dn_of_ecole(EcoleIndex ecole) const { return dns_->ecoles[ecole]; }
  /// DN of a group, made from its naming template.
  [[nodiscard]] std::string dn_of(const GroupSubject& group);

  void derive(PersonIndex person, DesiredEntry& out, Extent extent = Extent::all);
  void derive_ecole(EcoleIndex ecole, DesiredEntry& out);
  void derive(const GroupSubject& group, DesiredEntry& out);
  /// The persons whom a group gathers, each once; those left alone excepted.
  void members_of(const GroupSubject& group, std::vector<PersonIndex>& out) const;
  /// Every group that the rules make, in a stable order.
  [[nodiscard]] std::vector<GroupSubject> groups() const;

  /// Called for each value that is left out because the server would refuse it.
  std::function<void(FeedIndex feed, const InvalidValue&)> on_invalid;

 private:
  /// Whether a school has somebody for his own sake: a responsable is of the schools of his pupils,
  /// and not of that of one who is in doubt.
  [[nodiscard]] bool is_there(PersonIndex p, EcoleIndex ecole) const;

  /// DNs of persons and schools; filled by the constructor, unchanged after.
  struct Dns {
    Arena texts;
    std::vector<std::string_view> persons;
    std::vector<std::string_view> ecoles;
  };
  Deriver(const Population& population, const Rules& rules, const Tree& tree,
          const Identities& identities, std::shared_ptr<const Dns> dns);

  struct Item {
    std::string_view dn, uai, ecole, id, label, lien, code;
    std::span<const std::string_view> parts;
    SourcePosition position;
  };
  struct Subject {
    const FeedRecord* record = nullptr;
    FeedIndex feed = 0;
    PersonIndex person = no_index;
    EcoleIndex ecole = no_index;
    ClasseIndex classe = no_index;
  };

  void derive_attributes(const EntryRules& rules, const Subject& subject, DesiredEntry& out,
                         Extent extent = Extent::all);
  void derive_attribute(const AttributeRule& rule, const Subject& subject, DesiredEntry& out);
  void add_value(const AttributeRule& rule, const Subject& subject, const Item& item,
                 DesiredEntry& out);
  std::optional<std::string_view> evaluate(const Template& value, const Subject& subject,
                                           const Item& item, SourcePosition& position,
                                           Arena& scratch);
  std::string_view field_text(const Field& field, const Subject& subject, const Item& item,
                              SourcePosition& position, Arena& scratch) const;
  std::string_view scalar(Scalar scalar, const Subject& subject, Arena& scratch) const;
  [[nodiscard]] Subject subject_of(const GroupSubject& group) const;
  Item ecole_item(EcoleIndex ecole) const;
  void profils_of(const Subject& subject, std::vector<std::string_view>& out);
  std::string person_dn(PersonIndex person);
  std::string structure_dn(EcoleIndex ecole);

  const Population& population_;
  const Rules& rules_;
  const Tree& tree_;
  const Identities& identities_;
  std::shared_ptr<const Dns> dns_;
  Arena scratch_;  ///< of one DN while it is made
  std::vector<std::string_view> parts_;
  std::vector<std::string_view> codes_;
  std::string buffer_;
  bool incomplete_ = false;  ///< of the attribute being derived
};

}  // namespace entsync
