#pragma once
/// The kinds of objects of the AAF feed, the profiles of the directory, and the key of a person.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

/// What a key is of: the file categories of an AAF delivery (SDET; matière and MEF, 2D only, are
/// not read), and the staff of local authorities, who have requests instead.
enum class Category : std::uint8_t {
  etab_educ_nat,
  eleve,
  pers_rel_eleve,
  pers_educ_nat,
  pers_collectivite
};
inline constexpr std::size_t category_count = 5;
/// Those of an AAF delivery.
inline constexpr std::array all_categories{Category::etab_educ_nat, Category::eleve,
                                           Category::pers_rel_eleve, Category::pers_educ_nat};

/// The token of file names and operational attributes: "EtabEducNat", "Eleve"…
std::string_view to_string(Category category);
std::optional<Category> parse_category(std::string_view token);
/// The same of an AAF delivery, which describes no staff of local authorities.
std::optional<Category> parse_aaf_category(std::string_view token);

/// Profile of an account in the ENT. Order is the order of reports.
enum class Profil : std::uint8_t {
  eleve,
  responsable,
  enseignant,
  directeur,
  personnel,
  collectivite
};
inline constexpr std::array all_profils{Profil::eleve,      Profil::responsable,
                                        Profil::enseignant, Profil::directeur,
                                        Profil::personnel,  Profil::collectivite};
std::string_view to_string(Profil profil);
std::optional<Profil> parse_profil(std::string_view name);
/// The category whose records describe people of this profile.
Category category_of(Profil profil);

/// Order of AAF identifiers: decimal integers as text, so the shorter one is the smaller. For
/// choices that must not depend on the order of records.
inline bool precedes(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// The stable key of an object of the feed. Jointures are unique inside one académie only, and
/// nothing guarantees that categories share one number space (aaf-format §4.1).
struct Jointure {
  std::string academie;  ///< source name as the directory writes it, e.g. "AC-TOULOUSE"
  Category category = Category::eleve;
  std::string id;  ///< decimal integer as text

  bool operator==(const Jointure&) const = default;
  auto operator<=>(const Jointure&) const = default;

  /// `AC-TOULOUSE$1234567`, the value of ENTPersonJointure / ENTStructureJointure.
  [[nodiscard]] std::string directory_value() const { return academie + "$" + id; }
  /// `AC-TOULOUSE/Eleve/1234567`, for logs, plans and the journal.
  [[nodiscard]] std::string str() const;
};

}  // namespace entsync
