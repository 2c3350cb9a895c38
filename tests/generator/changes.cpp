#include "changes.hpp"

#include <algorithm>
#include <functional>

#include "arrivals.hpp"

namespace generator {
namespace {

/// Probability of each kind of change in one night; together about 1 % of the persons.
constexpr double departs = 0.0008;
constexpr double arrives = 0.0006;
constexpr double gets_sibling = 0.0004;
constexpr double changes_class = 0.0016;
constexpr double changes_school = 0.0010;
constexpr double changes_academie = 0.0001;
constexpr double changes_phone = 0.0045;
constexpr double changes_mail = 0.0030;
constexpr double changes_address = 0.0025;
constexpr double changes_name = 0.0006;
constexpr double staff_departs = 0.0010;
constexpr double staff_arrives = 0.0012;
constexpr double staff_moves = 0.0060;
constexpr double staff_renamed = 0.0008;

class Night {
 public:
  Night(World& world, Academie& academie, std::uint64_t event, Day date, const Names& names)
      : world_(world),
        academie_(academie),
        random_(mix({world.settings.seed, 0x4E49, event, academie.number})),
        arrivals_(academie, world.settings, names, date),
        date_(date) {}

  ChangeCounts run() {
    depart();
    move_classes();
    move_schools();
    arrive();
    change_responsables();
    change_staff();
    return counts_;
  }

  /// Pupils who leave for the other académie.
  std::vector<Eleve> leave_academie() {
    std::vector<Eleve> leaving;
    repeat(academie_.eleves.size(), changes_academie, [&] {
      Eleve& pupil = academie_.eleves[draw(academie_.eleves)];
      if (pupil.gone == 0) leaving.push_back(pupil);
      pupil.gone = 1;
    });
    return leaving;
  }

  void receive(const std::vector<Eleve>& pupils) {
    for (const Eleve& pupil : pupils) arrivals_.add_transferred(random_, pupil);
  }

 private:
  template <class T>
  Index draw(const std::vector<T>& table) {
    return random_.below(static_cast<std::uint32_t>(table.size()));
  }

  /// As many times as the rate says on average; in small sets a rare change comes every few nights.
  void repeat(std::size_t population, double rate, const std::function<void()>& change) {
    const double expected = static_cast<double>(population) * rate;
    auto times = static_cast<std::uint32_t>(expected);
    if (random_.chance(expected - times)) ++times;
    for (std::uint32_t i = 0; i < times; ++i) change();
  }

  void depart() {
    repeat(academie_.eleves.size(), departs, [&] {
      academie_.eleves[draw(academie_.eleves)].gone = 1;
      ++counts_.departures;
    });
  }

  void move_classes() {
    repeat(academie_.eleves.size(), changes_class, [&] {
      Eleve& pupil = academie_.eleves[draw(academie_.eleves)];
      const Index classe = arrivals_.classe_for(random_, pupil.ecole, pupil.niveau);
      if (classe == pupil.classe) {
        // The only class of the level: the pupil changes level instead, as some do in autumn.
        pupil.niveau = static_cast<std::uint8_t>(
            pupil.niveau == niveau_cm2 || pupil.niveau == 3 ? pupil.niveau - 1 : pupil.niveau + 1);
        const Ecole& ecole = academie_.ecoles[pupil.ecole];
        if ((ecole.niveaux >> pupil.niveau & 1U) == 0) --pupil.niveau;
        pupil.classe = arrivals_.classe_for(random_, pupil.ecole, pupil.niveau);
      } else {
        pupil.classe = classe;
      }
      pupil.entree = date_;
      ++counts_.moves;
    });
  }

  void move_schools() {
    repeat(academie_.eleves.size(), changes_school, [&] {
      Eleve& pupil = academie_.eleves[draw(academie_.eleves)];
      const Index ecole =
          arrivals_.ecole_for(random_, arrivals_.draw_commune(random_), pupil.niveau);
      if (ecole == none || ecole == pupil.ecole) return;
      pupil.ecole = ecole;
      pupil.second_classe = none;
      pupil.groupe = none;
      pupil.classe = arrivals_.classe_for(random_, ecole, pupil.niveau);
      pupil.entree = date_;
      ++counts_.moves;
    });
  }

  void arrive() {
    const auto before = academie_.eleves.size();
    repeat(before, arrives, [&] {
      arrivals_.add_family(random_, arrivals_.draw_commune(random_), random_.chance(0.2) ? 2 : 1,
                           random_.chance(0.8) ? 2 : 1, std::nullopt);
    });
    repeat(before, gets_sibling, [&] {
      const Index sibling = random_.below(static_cast<std::uint32_t>(before));
      if (academie_.eleves[sibling].gone == 0)
        arrivals_.add_sibling(random_, sibling, Arrivals::draw_niveau(random_));
    });
    for (auto i = before; i < academie_.eleves.size(); ++i) {
      Eleve& pupil = academie_.eleves[i];
      const Index classe = arrivals_.classe_for(random_, pupil.ecole, pupil.niveau);
      pupil.classe = classe;
      pupil.entree = date_;
      ++counts_.arrivals;
    }
  }

  void change_responsables() {
    const auto size = academie_.responsables.size();
    const auto change = [&](double rate, const std::function<void(Responsable&)>& apply) {
      repeat(size, rate, [&] {
        apply(academie_.responsables[random_.below(static_cast<std::uint32_t>(size))]);
        ++counts_.responsables;
      });
    };
    const auto number = [&] { return random_.between(1, 400'000'000); };
    change(changes_phone, [&](Responsable& r) {
      if (random_.chance(0.8)) {
        r.mobile = number();
      } else {
        r.fixe = random_.chance(0.5) ? 0 : number();
      }
    });
    change(changes_mail, [&](Responsable& r) { r.mail = random_.chance(0.25) ? 0 : number(); });
    change(changes_address, [&](Responsable& r) {
      r.street = random_.below(72);
      r.house = static_cast<std::uint16_t>(random_.between(1, 180));
      if (random_.chance(0.3)) r.commune = arrivals_.draw_commune(random_);
    });
    change(changes_name, [&](Responsable& r) { r.nom = Names::draw_family(random_); });
  }

  void change_staff() {
    const auto size = academie_.personnels.size();
    const auto change = [&](double rate, const std::function<void(Personnel&)>& apply) {
      repeat(size, rate, [&] {
        apply(academie_.personnels[random_.below(static_cast<std::uint32_t>(size))]);
        ++counts_.personnels;
      });
    };
    change(staff_departs, [](Personnel& p) { p.gone = 1; });
    change(staff_renamed, [&](Personnel& p) { p.nom = Names::draw_family(random_); });
    change(staff_moves, [&](Personnel& p) { move(p); });
    repeat(size, staff_arrives, [&] {
      arrivals_.add_personnel(random_, Arrivals::Role::enseignant, draw(academie_.ecoles));
      ++counts_.personnels;
    });
  }

  /// A new place: the first function goes to another school, a direction ends or begins.
  void move(Personnel& p) {
    if (p.fonction_count == 0) return;
    const std::uint32_t old = p.fonctions[0].structure;
    const std::uint32_t place = academie_.ecoles[draw(academie_.ecoles)].id;
    p.fonctions[0].structure = place;
    if (p.rattachement == old) p.rattachement = place;
    if (p.directions[0] == old && random_.chance(0.5)) {
      p.directions = {};
      p.fonctions[0].specialite = Specialite::sans;
    } else if (p.directions[0] == old) {
      p.directions[0] = place;
    }
  }

  World& world_;
  Academie& academie_;
  Random random_;
  Arrivals arrivals_;
  Day date_;
  ChangeCounts counts_;
};

void add(ChangeCounts& sum, const ChangeCounts& part) {
  sum.arrivals += part.arrivals;
  sum.departures += part.departures;
  sum.moves += part.moves;
  sum.transfers += part.transfers;
  sum.responsables += part.responsables;
  sum.personnels += part.personnels;
}

}  // namespace

void remove_gone(Academie& academie) {
  std::erase_if(academie.eleves, [](const Eleve& pupil) { return pupil.gone != 0; });
  std::erase_if(academie.personnels, [](const Personnel& p) { return p.gone != 0; });
  std::vector<Index> renumbered(academie.responsables.size(), none);
  for (const Eleve& pupil : academie.eleves)
    for (unsigned i = 0; i < pupil.lien_count; ++i) renumbered[pupil.liens[i].responsable] = 0;
  Index next = 0;
  for (Index r = 0; r < renumbered.size(); ++r) {
    if (renumbered[r] == none) continue;
    academie.responsables[next] = academie.responsables[r];
    renumbered[r] = next++;
  }
  academie.responsables.resize(next);
  for (Eleve& pupil : academie.eleves)
    for (unsigned i = 0; i < pupil.lien_count; ++i)
      pupil.liens[i].responsable = renumbered[pupil.liens[i].responsable];
}

ChangeCounts pass_night(World& world, std::uint32_t night, Day date, const Names& names) {
  ChangeCounts counts;
  std::vector<std::vector<Eleve>> leaving(world.academies.size());
  std::vector<Night> nights;
  nights.reserve(world.academies.size());
  for (Academie& academie : world.academies)
    nights.emplace_back(world, academie, night, date, names);
  for (std::size_t a = 0; a < nights.size(); ++a) {
    add(counts, nights[a].run());
    if (nights.size() > 1) leaving[a] = nights[a].leave_academie();
    counts.transfers += static_cast<std::uint32_t>(leaving[a].size());
  }
  for (std::size_t a = 0; a < nights.size(); ++a)
    nights[a].receive(leaving[(a + 1) % nights.size()]);
  for (Academie& academie : world.academies) remove_gone(academie);
  world.night = night;
  world.date = date;
  return counts;
}

}  // namespace generator
