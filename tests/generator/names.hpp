#pragma once
/// Invented names. Family names and communes are composed of syllables, so that none is taken from
/// a list of real people or places; first names are common ones. A name is a number in the model
/// and becomes text when a record is written.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "random.hpp"

namespace generator {

enum class Sexe : std::uint8_t { masculin, feminin };

class Names {
 public:
  /// How many family names there are: few enough for homonyms, as in life.
  static constexpr std::uint16_t family_count = 24000;

  explicit Names(std::uint64_t seed);

  /// In capitals, as the administration writes it: accents, œ, ÿ, hyphens, apostrophes, particles.
  [[nodiscard]] const std::string& family(std::uint16_t number) const { return families_[number]; }
  [[nodiscard]] std::string_view first(Sexe sexe, std::uint16_t number) const;
  [[nodiscard]] static std::uint16_t first_count(Sexe sexe);
  /// Name of an organisation that stands in for a parent (a personne morale).
  [[nodiscard]] static std::string_view organisation(std::uint32_t number);
  /// Invented commune, in capitals.
  [[nodiscard]] std::string commune(std::uint32_t number) const;
  /// A street without its number.
  [[nodiscard]] static std::string street(std::uint32_t number);
  /// Name of a school, may be empty.
  [[nodiscard]] static std::string_view school(std::uint32_t number);

  /// Family names are not equally frequent: the square favours the low numbers.
  static std::uint16_t draw_family(Random& random);
  static std::uint16_t draw_first(Random& random, Sexe sexe);

 private:
  std::uint64_t seed_;
  std::vector<std::string> families_;
};

/// Lower-case ASCII letters and digits only: the local part of a mail address.
std::string ascii(std::string_view text);
/// The text with its accented capitals decomposed (Unicode NFD), as some sources deliver it.
std::string decomposed(std::string_view text);
/// First letters as they are, the others small: "BRÉ-DOL" → "Bré-Dol".
std::string capitalised(std::string_view text);

}  // namespace generator
