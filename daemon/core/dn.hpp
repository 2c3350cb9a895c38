#pragma once
/// Distinguished names (RFC 4514) as far as a synchroniser needs them: quoting a value into an RDN,
/// comparing two DNs, finding a parent. The normal form lower-cases attribute types, case-folds
/// values and removes optional spaces, so equal normal forms mean the same entry for the caseIgnore
/// naming attributes that directories of schools use.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace entsync::dn {

struct Rdn {
  std::string type;   ///< as written, e.g. "uid"
  std::string value;  ///< unescaped UTF-8
  bool operator==(const Rdn&) const = default;
};

/// The RDNs of `text`, first one first; nothing when it is not a DN. Multi-valued RDNs keep their
/// `+` parts in written order inside one Rdn list element each.
std::optional<std::vector<std::vector<Rdn>>> parse(std::string_view text);

/// `value` escaped for use in a DN (RFC 4514 §2.4).
std::string escape(std::string_view value);

/// The normal form, or the lower-cased input when it is not a DN.
std::string normalise(std::string_view text);

/// The part after the first RDN, empty when there is none.
std::string_view parent(std::string_view text);

/// Whether `text` is `base` or below it.
bool is_under(std::string_view text, std::string_view base);

/// Cheap test for text that is a DN in normal form already: then it parses, and normalise(text) ==
/// text.
bool is_plain(std::string_view text);

}  // namespace entsync::dn
