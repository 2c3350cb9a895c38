#pragma once
/// How the directory compares values: the equality rule of each attribute as the server's schema
/// says it, and equality under that rule. Comparing by bytes would plan changes that the server
/// refuses (attributeOrValueExists) or that consumers see as noise.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "problem.hpp"

namespace entsync {

/// Families of equality rules (RFC 4517 §4.2).
enum class Matching : std::uint8_t {
  case_ignore,  ///< caseIgnoreMatch, caseIgnoreIA5Match, caseIgnoreListMatch, objectIdentifierMatch
  case_exact,   ///< caseExactMatch and relatives: inner spaces folded
  octets,       ///< octetStringMatch and everything unknown: byte by byte
  dn,           ///< distinguishedNameMatch
  telephone,    ///< telephoneNumberMatch: spaces and hyphens have no meaning
  numeric,      ///< numericStringMatch, integerMatch
  boolean,
  time,  ///< generalizedTimeMatch
  none,  ///< no equality rule: values cannot be deleted one by one, only replaced
};

std::string_view to_string(Matching matching);
/// The family of an equality rule by its name or OID.
Matching matching_by_rule(std::string_view rule_name_or_oid);

/// The form in which equal values are equal byte by byte. Composite values that start with a DN
/// (`uid=x,ou=y$10`) are compared as case_ignore text, as the server does.
std::string normalise(Matching matching, std::string_view value);

/// Equality under the rule, with a fast path for equal bytes.
bool equal(Matching matching, std::string_view a, std::string_view b);

/// Families of attribute syntaxes (RFC 4517 §3.3), as far as they restrict what may be written.
enum class Syntax : std::uint8_t {
  directory_string,  ///< any non-empty UTF-8
  ia5,               ///< ASCII
  printable,  ///< PrintableString and telephone numbers: letters, digits and '()+,-./:? and space
  numeric,    ///< digits and spaces
  integer,
  dn,
  boolean,  ///< TRUE or FALSE
  time,     ///< GeneralizedTime
  octets,   ///< anything
};
std::string_view to_string(Syntax syntax);
/// The family of a syntax by its OID; octets when unknown.
Syntax syntax_by_oid(std::string_view oid);

/// Position of a directory attribute that the rules own or read in the TargetVocabulary.
using TargetAttribute = std::uint16_t;

/// What is known of a directory attribute.
struct TargetAttributeInfo {
  std::string name;  ///< as the rules write it
  Matching matching = Matching::case_ignore;
  Syntax syntax = Syntax::directory_string;
  std::size_t max_length = 0;  ///< of the syntax's {n}, in characters; 0: no limit
  bool single_valued = false;
  bool known_to_server = false;
};

/// Whether a server would take `value` for the attribute: its syntax and length, nothing else.
bool is_valid(const TargetAttributeInfo& info, std::string_view value);

/// The directory attributes that the rules name, numbered; nothing else is ever requested or
/// written. Starts with safe assumptions, refined from the server's subschema at the start of a
/// run.
class TargetVocabulary {
 public:
  TargetAttribute add(std::string_view name);
  /// Case-insensitive (RFC 4512 §2.5); npos when unknown.
  [[nodiscard]] TargetAttribute find(std::string_view name) const;
  static constexpr TargetAttribute npos = 0xFFFF;

  [[nodiscard]] const TargetAttributeInfo& info(TargetAttribute attribute) const {
    return infos_[attribute];
  }
  [[nodiscard]] TargetAttributeInfo& info(TargetAttribute attribute) { return infos_[attribute]; }
  [[nodiscard]] const std::string& name(TargetAttribute attribute) const {
    return infos_[attribute].name;
  }
  [[nodiscard]] std::size_t size() const { return infos_.size(); }

 private:
  std::vector<TargetAttributeInfo> infos_;
};

}  // namespace entsync
