#pragma once
/// Value templates of the rules: text with fields in braces. Parsed once when the rules are loaded,
/// evaluated for each person.
///
///   {ENTPersonNom}      first value of an AAF attribute of the record
///   {0} {1} …           part of the composite value that `each` iterates over (split on `$`)
///   {.dn} {.uai} …      field of the model item that `each` iterates over, see ItemField
///   {@login} …          computed by the program for the subject, see Scalar
///   {…|upper}           filters, left to right: upper, lower, part:N, table:NAME, ascii
///   {…?}                may be empty; a template whose other fields are empty gives no value

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feed.hpp"
#include "problem.hpp"

namespace entsync {

/// Fields of the items that `each = "@…"` iterates over.
enum class ItemField : std::uint8_t {
  dn,     ///< DN of the item's entry (person, structure, class group)
  uai,    ///< UAI of the item's school
  ecole,  ///< DN of the item's school
  id,     ///< AAF id of a class or group
  label,  ///< its label
  lien,   ///< code of the link pupil–responsable
  code,   ///< code of a national profile
};

/// Values that the program computes for the subject of an entry.
enum class Scalar : std::uint8_t {
  identifiant,  ///< opaque identifier, given once
  login,        ///< given once
  jointure,     ///< `AC-X$123`
  ecole,        ///< DN of the school of attachment, when it is in scope
  uai,          ///< UAI of the structure, or of the school of attachment
  nom,          ///< label of a class, group or school, for group entries
  id,           ///< AAF id of a class or group, for group entries
};

/// A table of the rules that replaces one text by another; unknown input gives the empty text.
struct ValueTable {
  std::string name;
  std::vector<std::pair<std::string, std::string>> rows;
};

struct Filter {
  enum class Kind : std::uint8_t { upper, lower, ascii, part, table } kind = Kind::upper;
  std::uint16_t argument = 0;  ///< part number or table index
};

struct Field {
  enum class Kind : std::uint8_t {
    literal,
    feed_attribute,
    part,
    item,
    scalar
  } kind = Kind::literal;
  std::string literal;
  FeedAttribute attribute = 0;
  std::uint16_t part = 0;
  ItemField item = ItemField::dn;
  Scalar scalar = Scalar::identifiant;
  bool optional = false;
  std::vector<Filter> filters;
};

struct Template {
  std::string text;  ///< as written, for explanations
  std::vector<Field> fields;
};

/// Parses `text`; AAF attribute names are added to `vocabulary`. The problem names what is wrong;
/// its place is for the caller to fill.
Result<Template> parse_template(std::string_view text, Vocabulary& vocabulary,
                                const std::vector<ValueTable>& tables);

/// The text after all filters.
std::string apply_filters(const Field& field, std::string_view value,
                          const std::vector<ValueTable>& tables);

}  // namespace entsync
