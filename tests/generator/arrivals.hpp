#pragma once
/// New people of an académie: pupils with their family, classes for the pupils of a school, staff.
/// Used for the first state and for every later change.

#include <optional>

#include "random.hpp"
#include "world.hpp"

namespace generator {

class Arrivals {
 public:
  Arrivals(Academie& academie, const Settings& settings, const Names& names, Day date);

  /// A school of the commune (or of its RPI partner) that offers the level; none when there is
  /// none.
  [[nodiscard]] Index ecole_for(Random& random, Index commune, std::uint8_t niveau) const;
  /// A commune, drawn by the weight of its schools.
  [[nodiscard]] Index draw_commune(Random& random) const;
  [[nodiscard]] static std::uint8_t draw_niveau(Random& random);

  /// A family of the commune with `children` pupils and `adults` responsables (1–3); levels are
  /// drawn unless given.
  void add_family(Random& random, Index commune, unsigned children, unsigned adults,
                  std::optional<std::uint8_t> niveau);
  /// Brother or sister of a pupil, with the same responsables.
  void add_sibling(Random& random, Index sibling, std::uint8_t niveau);
  /// A pupil with the name and the birth date of another one, of another family.
  void add_double(Random& random, Index model);
  Index add_responsable(Random& random, Index commune);
  /// The same person's record in this académie: new id, new responsables of this place.
  void add_transferred(Random& random, const Eleve& pupil);

  enum class Role {
    enseignant,
    directeur,
    remplacant,
    personnel,
    sans_objet,
    service,
    sans_structure
  };
  Index add_personnel(Random& random, Role role, Index ecole);

  /// Puts the pupils `eleves` of a school into new classes by level, two or three levels together
  /// where few pupils are.
  void make_classes(Random& random, Index ecole, std::vector<Index>& eleves);
  /// A class of the school that has the level, or a new one. For single arrivals.
  Index classe_for(Random& random, Index ecole, std::uint8_t niveau);
  Index add_classe(Index ecole, std::uint16_t niveaux, bool regroupement);

 private:
  Index add_eleve(Random& random, std::uint16_t nom, std::uint16_t patronyme, Index ecole,
                  std::uint8_t niveau);
  void index_communes();
  void index_classes();

  Academie& academie_;
  const Settings& settings_;
  const Names& names_;
  Day date_;
  std::vector<std::vector<Index>> ecoles_of_commune_;
  std::vector<std::uint64_t> cumulated_weight_;
  std::vector<std::vector<Index>> classes_of_ecole_;
  std::vector<std::uint16_t> mail_numbers_;  ///< by (family name, first name, sex)
};

}  // namespace generator
