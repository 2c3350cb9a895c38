#pragma once
/// A plan: every change that would make the directory true, in waves, each with its reason, and the
/// fingerprints of what it was computed from. A plan is a value: it can be printed, saved,
/// reviewed, approved, refused, and it is exactly what is applied. It owns all its text and needs
/// nothing else to be understood or applied.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arena.hpp"
#include "category.hpp"
#include "feed.hpp"
#include "problem.hpp"

namespace entsync {

/// What is done to an entry. The glyphs are those of plans and reports.
enum class Operation : std::uint8_t {
  create,   ///< + a new entry
  modify,   ///< ~ value-level changes of an entry
  absent,   ///< ! the loss of entitlement is dated, and the account suspended if configured so
  restore,  ///< ^ the person is back: the absence is taken off, with other changes if any
  remove,   ///< - an entry without meaning left (a class or group that nobody is in), or an account
            ///< at its end
};
inline constexpr std::array all_operations{Operation::create, Operation::modify, Operation::absent,
                                           Operation::restore, Operation::remove};
std::string_view to_string(Operation operation);
std::optional<Operation> parse_operation(std::string_view name);
char glyph(Operation operation);

enum class EntryKind : std::uint8_t { structure, person, classe, groupe, profil };
std::string_view to_string(EntryKind kind);
std::optional<EntryKind> parse_entry_kind(std::string_view name);

/// One attribute of one change. `removed` and `added` are exact values; in a create only `added` is
/// set.
struct AttributeChange {
  std::string_view attribute;
  SourcePosition source;  ///< where the (first) new value comes from; unknown for derived values
  std::span<const std::string_view> removed;
  std::span<const std::string_view> added;
  /// The attribute has no equality rule on this server: its values are replaced as a whole by
  /// `added`.
  bool replace = false;
  /// Of `removed`: those that requests let go, so that their loss is no surprise.
  std::span<const std::string_view> ordered{};
};

struct Change {
  Operation operation = Operation::modify;
  EntryKind kind = EntryKind::person;
  std::optional<Profil> profil;
  /// Changes of a lower wave are all answered before any of a higher one is sent.
  std::uint8_t wave = 0;
  std::string_view dn;
  /// Mapping rules that shaped the entry, e.g. "sdet-1d:eleve"; with the attribute's name appended
  /// it identifies the rule of one attribute.
  std::string_view rule;
  /// Stable key, `AC-X/Eleve/123` for persons, `AC-X/EtabEducNat/8` for structures, else the DN.
  std::string_view subject;
  std::string_view identifiant;  ///< identifier given by this create; empty otherwise
  std::string_view login;        ///< login given by this create; empty otherwise
  std::string_view academie;     ///< source name, e.g. "AC-TOULOUSE"
  std::string_view csn;  ///< entryCSN the change was computed from; empty when unknown or a create
  std::span<const std::string_view> schools;  ///< UAIs concerned, sorted
  std::span<const AttributeChange> attributes;
  /// Why, in one sentence without personal data.
  std::string_view note;
  /// Who approved the request that the change follows: the journal's actor. Empty for all others.
  std::string_view approver;
  /// A create that an earlier run was let through with and did not get to. Not part of a saved
  /// plan.
  bool released = false;
};

/// Number of changes by profile (or entry kind, for entries that are not persons) and operation.
using PlanCounts = std::map<std::string, std::map<Operation, std::uint64_t>>;

/// What a plan was computed from. Two equal fingerprints mean the same input.
struct Fingerprint {
  std::string deliveries;  ///< digest over the files of all feeds
  std::string rules;  ///< digest of the rule file, the registry and the settings that shape entries
  std::string directory;  ///< digest over the snapshot's entries
  bool operator==(const Fingerprint&) const = default;
};

struct Plan {
  std::string id;       ///< run id
  std::string created;  ///< RFC 3339 UTC
  Fingerprint fingerprint;
  std::vector<SourceFile> files;
  std::vector<Change> changes;  ///< ordered by wave, then by DN
  Arena text;

  Plan() = default;
  Plan(Plan&&) = default;
  Plan& operator=(Plan&&) = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  [[nodiscard]] PlanCounts counts() const;
  /// Number of attribute values added plus removed by a change.
  static std::uint64_t value_count(const Change& change);

  /// Copies into the plan's own storage.
  std::string_view store(std::string_view s) { return text.store(s); }
  /// The same for text that recurs (attribute names, rules, UAIs): stored once.
  std::string_view intern(std::string_view s);
  std::span<const std::string_view> store(std::span<const std::string_view> views);
  /// Copies the views only; what they show must be the plan's already.
  std::span<const std::string_view> store_views(std::span<const std::string_view> views);
  std::span<const AttributeChange> store(std::span<const AttributeChange> attributes);

 private:
  std::set<std::string_view> interned_;
};

/// Row label of a change in counts: the profile of persons, the kind of other entries.
std::string label(const Change& change);

/// Sorts into apply order: by wave, then by DN (stable for equal input).
void order(Plan& plan);

/// Findings here are our own bugs: two changes of one DN, a create with removals, a change without
/// effect, waves out of order.
Problems check_plan(const Plan& plan);

}  // namespace entsync
