#include <algorithm>

#include "arrivals.hpp"
#include "changes.hpp"

namespace generator {
namespace {

class Rentree {
 public:
  Rentree(World& world, Academie& academie, Day date, const Names& names)
      : academie_(academie),
        random_(mix({world.settings.seed, 0x5245, static_cast<std::uint64_t>(school_year(date)),
                     academie.number})),
        arrivals_(academie, world.settings, names, date),
        date_(date) {}

  ChangeCounts run() {
    const auto before = academie_.eleves.size();
    move_up();
    take_in(before);
    renew_classes();
    move_staff();
    return counts_;
  }

 private:
  void move_up() {
    for (Eleve& pupil : academie_.eleves) {
      pupil.second_classe = none;
      pupil.groupe = none;
      if (random_.chance(0.02)) continue;  // repeats the year
      if (pupil.niveau == niveau_cm2) {
        pupil.gone = 1;
        ++counts_.departures;
        continue;
      }
      ++pupil.niveau;
      ++counts_.moves;
      const Ecole& ecole = academie_.ecoles[pupil.ecole];
      if ((ecole.niveaux >> pupil.niveau & 1U) != 0) continue;
      // From the nursery school to the elementary school of the commune, or on inside the RPI.
      const Index next = arrivals_.ecole_for(random_, ecole.commune, pupil.niveau);
      if (next != none) pupil.ecole = next;
    }
  }

  /// As many small ones arrive as CM2 leave; a third of them has a brother or a sister here.
  void take_in(std::size_t before) {
    for (std::uint32_t left = counts_.departures; left > 0; --left) {
      const Index sibling = random_.below(static_cast<std::uint32_t>(before));
      if (random_.chance(0.33) && academie_.eleves[sibling].gone == 0) {
        arrivals_.add_sibling(random_, sibling, niveau_ps);
      } else {
        arrivals_.add_family(random_, arrivals_.draw_commune(random_), 1,
                             random_.chance(0.85) ? 2 : 1, niveau_ps);
      }
      ++counts_.arrivals;
    }
  }

  void renew_classes() {
    std::vector<std::vector<Index>> by_ecole(academie_.ecoles.size());
    for (Index i = 0; i < academie_.eleves.size(); ++i) {
      if (academie_.eleves[i].gone != 0) continue;
      by_ecole[academie_.eleves[i].ecole].push_back(i);
      academie_.eleves[i].entree = date_;
    }
    for (Index e = 0; e < by_ecole.size(); ++e) arrivals_.make_classes(random_, e, by_ecole[e]);
  }

  /// One in twelve teachers changes school, one director in twenty hands over.
  void move_staff() {
    const auto schools = static_cast<Index>(academie_.ecoles.size());
    for (Personnel& p : academie_.personnels) {
      if (p.fonction_count == 0 || !random_.chance(0.08)) continue;
      ++counts_.personnels;
      if (random_.chance(0.25)) {
        p.gone = 1;
        continue;
      }
      const std::uint32_t old = p.fonctions[0].structure;
      const std::uint32_t place = academie_.ecoles[random_.below(schools)].id;
      p.fonctions[0].structure = place;
      if (p.rattachement == old) p.rattachement = place;
      p.directions = {};
      if (p.fonctions[0].specialite == Specialite::direction)
        p.fonctions[0].specialite = Specialite::sans;
    }
    const auto leaving = static_cast<std::uint32_t>(std::ranges::count_if(
        academie_.personnels, [](const Personnel& p) { return p.gone != 0; }));
    for (std::uint32_t i = 0; i < leaving; ++i)
      arrivals_.add_personnel(
          random_, random_.chance(0.1) ? Arrivals::Role::directeur : Arrivals::Role::enseignant,
          random_.below(schools));
  }

  Academie& academie_;
  Random random_;
  Arrivals arrivals_;
  Day date_;
  ChangeCounts counts_;
};

/// Last year's classes are gone; without this the table would grow from year to year.
void drop_unused_classes(Academie& academie) {
  std::vector<Index> renumbered(academie.classes.size(), none);
  for (const Eleve& pupil : academie.eleves)
    for (const Index c : {pupil.classe, pupil.second_classe, pupil.groupe})
      if (c != none) renumbered[c] = 0;
  Index next = 0;
  for (Index c = 0; c < renumbered.size(); ++c) {
    if (renumbered[c] == none) continue;
    academie.classes[next] = academie.classes[c];
    renumbered[c] = next++;
  }
  academie.classes.resize(next);
  for (Eleve& pupil : academie.eleves)
    for (Index* c : {&pupil.classe, &pupil.second_classe, &pupil.groupe})
      if (*c != none) *c = renumbered[*c];
}

}  // namespace

ChangeCounts pass_rentree(World& world, Day date, const Names& names) {
  ChangeCounts counts;
  for (Academie& academie : world.academies) {
    const ChangeCounts part = Rentree(world, academie, date, names).run();
    counts.arrivals += part.arrivals;
    counts.departures += part.departures;
    counts.moves += part.moves;
    counts.personnels += part.personnels;
    remove_gone(academie);
    drop_unused_classes(academie);
  }
  world.date = date;
  return counts;
}

}  // namespace generator
