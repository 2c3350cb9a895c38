#pragma once
/// Whose a value is that the directory holds and the rules do not ask for. A link belongs to the
/// source of what it points at: a value that leads to somebody of the feeds is enforced, a value
/// that leads to anybody else – local staff, a school outside the scope, a person who is absent and
/// not suspended yet, or uncertain – was made by somebody else or must wait, and stays. What leads
/// to an entry that is restricted stays as it is: it is neither taken off nor added. A value that
/// leads nowhere in our branches is cleaned.

#include <string_view>

#include "account_ends.hpp"
#include "match.hpp"
#include "rules.hpp"
#include "snapshot.hpp"
#include "tree.hpp"

namespace entsync {

/// The DN that a value points at: the value itself for DN attributes, the part before the first `$`
/// of composites that start with one; empty when it points at nothing.
std::string_view target_dn(Matching matching, std::string_view value);

enum class Fate : std::uint8_t {
  ours,      ///< not wanted and ours: removed
  keep,      ///< not ours, or not to be decided now
  dangling,  ///< leads to nothing: removed
};

class Ownership {
 public:
  Ownership(const Population& population, const Matched& matched, const DirectorySnapshot& snapshot,
            const Rules& rules, const Tree& tree, const AccountEnds& ends);

  /// What becomes of an actual value of a source-owned attribute that is not desired.
  [[nodiscard]] Fate fate_of(TargetAttribute attribute, std::string_view value) const;
  /// The same for a value that is a link to `dn`.
  [[nodiscard]] Fate fate_of_link(std::string_view dn) const;
  /// Whether a value of a suspended account is a link that its source made: it leads to a school or
  /// person of the feeds, or to nobody in our branches – who was deleted by hand is created anew
  /// under the same DN, and the link would lead to him again. What says whose he was stays to the
  /// end: his school of attachment, and the pupils of a responsable.
  [[nodiscard]] bool is_link_of_source(TargetAttribute attribute, std::string_view value) const;

  /// Somebody is restricted: links may have to wait.
  [[nodiscard]] bool has_restrictions() const { return matched_.has_restrictions(); }
  /// Whether a value leads to an entry that is restricted.
  [[nodiscard]] bool leads_to_restricted(TargetAttribute attribute, std::string_view value) const;

 private:
  [[nodiscard]] bool in_our_branches(std::string_view dn) const;

  const Population& population_;
  const Matched& matched_;
  const DirectorySnapshot& snapshot_;
  const Rules& rules_;
  const AccountEnds& ends_;
  std::string people_;
  std::string structures_;
  std::string groups_;
};

}  // namespace entsync
