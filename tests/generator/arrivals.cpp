#include "arrivals.hpp"

#include <algorithm>
#include <limits>

#include "identifiers.hpp"

namespace generator {
namespace {

constexpr std::uint32_t lien_mere = 10;
constexpr std::uint32_t lien_pere = 20;

/// Links of a third responsable: guardian, grandparent, other family, social welfare, carer, other.
constexpr std::array<std::uint32_t, 6> other_liens{50, 38, 39, 37, 42, 90};

std::size_t mail_key(std::uint16_t nom, std::uint16_t prenom, Sexe sexe) {
  return (std::size_t{nom} * 64 + prenom) * 2 + (sexe == Sexe::feminin ? 1 : 0);
}

}  // namespace

Arrivals::Arrivals(Academie& academie, const Settings& settings, const Names& names, Day date)
    : academie_(academie), settings_(settings), names_(names), date_(date) {
  index_communes();
  index_classes();
  mail_numbers_.assign(std::size_t{Names::family_count} * 128, 0);
  for (const Personnel& p : academie.personnels) {
    std::uint16_t& next = mail_numbers_[mail_key(p.mail_nom, p.prenom, p.sexe)];
    next = std::max<std::uint16_t>(next, static_cast<std::uint16_t>(p.mail_number + 1));
  }
}

void Arrivals::index_communes() {
  ecoles_of_commune_.assign(academie_.communes.size(), {});
  for (Index e = 0; e < academie_.ecoles.size(); ++e)
    ecoles_of_commune_[academie_.ecoles[e].commune].push_back(e);
  std::uint64_t sum = 0;
  cumulated_weight_.clear();
  for (const auto& ecoles : ecoles_of_commune_) {
    for (const Index e : ecoles) sum += academie_.ecoles[e].weight;
    cumulated_weight_.push_back(sum);
  }
}

void Arrivals::index_classes() {
  classes_of_ecole_.assign(academie_.ecoles.size(), {});
  for (Index c = 0; c < academie_.classes.size(); ++c)
    if (academie_.classes[c].regroupement == 0)
      classes_of_ecole_[academie_.classes[c].ecole].push_back(c);
}

Index Arrivals::draw_commune(Random& random) const {
  const std::uint64_t at = random.next() % cumulated_weight_.back();
  return static_cast<Index>(std::ranges::upper_bound(cumulated_weight_, at) -
                            cumulated_weight_.begin());
}

std::uint8_t Arrivals::draw_niveau(Random& random) {
  if (random.chance(0.02)) return 0;  // TPS: few schools take children of two
  return static_cast<std::uint8_t>(random.between(1, niveau_count - 1));
}

Index Arrivals::ecole_for(Random& random, Index commune, std::uint8_t niveau) const {
  std::uint64_t sum = 0;
  Index chosen = none;
  const auto consider = [&](Index place) {
    for (const Index e : ecoles_of_commune_[place]) {
      const Ecole& ecole = academie_.ecoles[e];
      if ((ecole.niveaux >> niveau & 1U) == 0) continue;
      sum += ecole.weight;
      if (random.next() % sum < ecole.weight) chosen = e;
    }
  };
  consider(commune);
  const Index partner = academie_.communes[commune].partner;
  if (partner != none) consider(partner);
  return chosen;
}

Index Arrivals::add_eleve(Random& random, std::uint16_t nom, std::uint16_t patronyme, Index ecole,
                          std::uint8_t niveau) {
  Eleve eleve{};
  const std::uint32_t serial = academie_.eleve_serial++;
  eleve.id = eleve_id(settings_.seed, serial);
  eleve.ine = random.chance(0.005) ? 0 : ine_number(academie_.number, serial, random.below(100));
  eleve.ecole = ecole;
  eleve.classe = eleve.second_classe = eleve.groupe = none;
  // TPS is the level of the children of two; one in thirty repeats or is ahead.
  const int age = 2 + niveau + (random.chance(0.03) ? 1 : 0);
  eleve.naissance = day_of(school_year(date_) - age, 1, 1) + static_cast<Day>(random.below(365));
  eleve.entree = day_of(school_year(date_), 9, 1);
  eleve.nom = nom;
  eleve.patronyme = patronyme;
  eleve.niveau = niveau;
  eleve.sexe = random.chance(0.5) ? Sexe::feminin : Sexe::masculin;
  eleve.prenom = Names::draw_first(random, eleve.sexe);
  eleve.services = static_cast<std::uint8_t>(random.below(32));
  eleve.quirk = static_cast<std::uint8_t>(random.chance(0.002) ? random.between(1, 4) : 0);
  academie_.eleves.push_back(eleve);
  return static_cast<Index>(academie_.eleves.size() - 1);
}

Index Arrivals::add_responsable(Random& random, Index commune) {
  Responsable r{};
  r.id = responsable_id(settings_.seed, academie_.responsable_serial++);
  r.commune = commune;
  r.street = random.below(72);
  r.house = static_cast<std::uint16_t>(random.between(1, 180));
  const auto number = [&](double share) {
    const std::uint32_t drawn = random.between(1, 400'000'000);
    return random.chance(share) ? drawn : 0U;
  };
  r.mobile = number(0.76);
  r.fixe = number(0.13);
  r.travail = number(0.09);
  r.mail = number(0.32);
  r.nom = r.patronyme = Names::draw_family(random);
  r.sexe = random.chance(0.5) ? Sexe::feminin : Sexe::masculin;
  r.prenom = Names::draw_first(random, r.sexe);
  r.diffusion = random.chance(0.6) ? 1 : 0;
  r.order = static_cast<std::uint8_t>(random.below(3));
  academie_.responsables.push_back(r);
  return static_cast<Index>(academie_.responsables.size() - 1);
}

void Arrivals::add_family(Random& random, Index commune, unsigned children, unsigned adults,
                          std::optional<std::uint8_t> niveau) {
  std::array<Lien, 3> liens{};
  for (unsigned a = 0; a < adults; ++a) {
    liens[a].responsable = add_responsable(random, commune);
    Responsable& r = academie_.responsables.back();
    const Responsable& head = academie_.responsables[liens[0].responsable];
    if (a == 0) {
      r.sexe = random.chance(0.75) ? Sexe::feminin : Sexe::masculin;
      liens[a].code = r.sexe == Sexe::feminin ? lien_mere : lien_pere;
    } else if (a == 1) {
      // One couple in a hundred has two mothers or two fathers.
      const bool same = random.chance(0.01);
      r.sexe = same == (head.sexe == Sexe::feminin) ? Sexe::feminin : Sexe::masculin;
      liens[a].code = r.sexe == Sexe::feminin ? lien_mere : lien_pere;
    } else {
      liens[a].code = other_liens[random.below(other_liens.size())];
      if (random.chance(0.02)) {
        r.morale = 1;
        liens[a].code = 51;
      }
    }
    r.prenom = Names::draw_first(random, r.sexe);
    if (a == 1 && random.chance(0.7)) {  // one household; the others are separated: two addresses
      r.street = head.street;
      r.house = head.house;
      if (random.chance(0.6)) r.nom = head.nom;
    } else if (a > 0 && random.chance(0.4)) {
      r.commune = draw_commune(random);
    }
  }
  const std::uint16_t nom = academie_.responsables[liens[adults - 1 > 0 ? 1 : 0].responsable].nom;
  for (unsigned c = 0; c < children; ++c) {
    const std::uint8_t level = c == 0 && niveau ? *niveau : draw_niveau(random);
    // A few go to school elsewhere: where the other parent lives, or at the place of work.
    const Index home = random.chance(0.04) ? draw_commune(random) : commune;
    Index ecole = ecole_for(random, home, level);
    if (ecole == none) ecole = ecole_for(random, commune, level);
    const std::uint16_t patronyme =
        random.chance(0.03) ? academie_.responsables[liens[0].responsable].patronyme : nom;
    Eleve& eleve = academie_.eleves[add_eleve(random, nom, patronyme, ecole, level)];
    // Half-brothers and half-sisters: the second adult is only a parent of the first child.
    const bool half = c > 0 && adults > 1 && random.chance(0.05);
    eleve.lien_count = static_cast<std::uint8_t>(half ? 1 : adults);
    std::copy_n(liens.begin(), eleve.lien_count, eleve.liens.begin());
  }
}

void Arrivals::add_sibling(Random& random, Index sibling, std::uint8_t niveau) {
  const Eleve model = academie_.eleves[sibling];
  const Index commune = academie_.ecoles[model.ecole].commune;
  Index ecole = ecole_for(random, commune, niveau);
  if (ecole == none) ecole = model.ecole;
  Eleve& eleve = academie_.eleves[add_eleve(random, model.nom, model.patronyme, ecole, niveau)];
  eleve.liens = model.liens;
  eleve.lien_count = model.lien_count;
}

void Arrivals::add_double(Random& random, Index model) {
  const Eleve twin = academie_.eleves[model];
  add_family(random, draw_commune(random), 1, 2, twin.niveau);
  Eleve& eleve = academie_.eleves.back();
  eleve.nom = twin.nom;
  eleve.prenom = twin.prenom;
  eleve.sexe = twin.sexe;
  eleve.naissance = twin.naissance;
}

void Arrivals::add_transferred(Random& random, const Eleve& pupil) {
  add_family(random, draw_commune(random), 1, pupil.lien_count, pupil.niveau);
  Eleve& eleve = academie_.eleves.back();
  eleve.ine = pupil.ine;
  eleve.nom = pupil.nom;
  eleve.patronyme = pupil.patronyme;
  eleve.prenom = pupil.prenom;
  eleve.sexe = pupil.sexe;
  eleve.naissance = pupil.naissance;
  eleve.classe = classe_for(random, eleve.ecole, eleve.niveau);
  eleve.entree = date_;
}

Index Arrivals::add_personnel(Random& random, Role role, Index e) {
  Personnel p{};
  p.id = personnel_id(settings_.seed, academie_.personnel_serial++);
  p.sexe = random.chance(0.82) ? Sexe::feminin : Sexe::masculin;
  p.nom = p.mail_nom = Names::draw_family(random);
  p.prenom = Names::draw_first(random, p.sexe);
  p.mail_number = mail_numbers_[mail_key(p.mail_nom, p.prenom, p.sexe)]++;
  p.naissance = day_of(school_year(date_) - 62, 1, 1) + static_cast<Day>(random.below(38 * 365));
  p.categorie = random.chance(0.04) ? ' ' : 'O';
  const auto add = [&](std::uint32_t structure, FonctionCode code, Specialite specialite) {
    p.fonctions[p.fonction_count++] = {structure, code, specialite};
  };
  const auto service = [&](ServiceType type) {
    std::uint32_t found = academie_.services.front().id;
    std::uint32_t seen = 0;
    for (const Service& s : academie_.services)
      if (s.type == type && random.below(++seen) == 0) found = s.id;
    return found;
  };
  const std::uint32_t id = e == none ? 0 : academie_.ecoles[e].id;
  // §9: nine of ten staff have an attachment, always one of the structures of their functions.
  if (role != Role::sans_structure && random.chance(0.9)) p.rattachement = id;
  switch (role) {
    case Role::enseignant:
      add(id, FonctionCode::ens,
          random.chance(0.9) ? Specialite::sans : static_cast<Specialite>(random.between(2, 6)));
      break;
    case Role::directeur:
      add(id, FonctionCode::ens, Specialite::direction);
      p.directions[0] = id;
      break;
    case Role::remplacant: {
      const std::uint32_t circonscription = academie_.ecoles[e].circonscription;
      add(circonscription, random.chance(0.2) ? FonctionCode::rpl : FonctionCode::ens,
          Specialite::sans);
      p.rattachement = circonscription;
      const std::uint32_t places = random.between(1, 3);
      for (std::uint32_t i = 0; i < places; ++i) {
        const Ecole& other =
            academie_.ecoles[(e + i) % static_cast<Index>(academie_.ecoles.size())];
        if (i > 0 && other.id == id) break;
        add(other.id, FonctionCode::ens, Specialite::sans);
      }
      break;
    }
    case Role::personnel: {
      constexpr std::array codes{FonctionCode::acs, FonctionCode::edu, FonctionCode::aed,
                                 FonctionCode::aes, FonctionCode::adm, FonctionCode::psy,
                                 FonctionCode::ash};
      add(id, codes[random.below(codes.size())], Specialite::sans);
      p.categorie = random.chance(0.1) ? ' ' : 'N';
      break;
    }
    case Role::sans_objet:
      add(id, FonctionCode::tiret, Specialite::sans);
      break;
    case Role::service: {
      const bool inspection = random.chance(0.5);
      const std::uint32_t place = service(random.chance(0.6)   ? ServiceType::circonscription
                                          : random.chance(0.7) ? ServiceType::dsden
                                                               : ServiceType::rectorat);
      p.rattachement = place;
      add(place, inspection ? FonctionCode::ins : FonctionCode::cpd, Specialite::sans);
      p.categorie = 'N';
      break;
    }
    case Role::sans_structure:
      p.rattachement = 0;
      break;
  }
  academie_.personnels.push_back(p);
  return static_cast<Index>(academie_.personnels.size() - 1);
}

Index Arrivals::add_classe(Index ecole, std::uint16_t niveaux, bool regroupement) {
  academie_.classes.push_back({classe_id(settings_.seed, academie_.classe_serial++), ecole, niveaux,
                               static_cast<std::uint16_t>(regroupement ? 1 : 0)});
  const auto classe = static_cast<Index>(academie_.classes.size() - 1);
  if (!regroupement) classes_of_ecole_[ecole].push_back(classe);
  return classe;
}

Index Arrivals::classe_for(Random& random, Index ecole, std::uint8_t niveau) {
  Index chosen = none;
  std::uint32_t seen = 0;
  for (const Index c : classes_of_ecole_[ecole])
    if ((academie_.classes[c].niveaux >> niveau & 1U) != 0 && random.below(++seen) == 0) chosen = c;
  return chosen != none ? chosen
                        : add_classe(ecole, static_cast<std::uint16_t>(1U << niveau), false);
}

void Arrivals::make_classes(Random& random, Index ecole, std::vector<Index>& eleves) {
  constexpr std::size_t full = 24;
  constexpr std::size_t enough = 17;
  std::ranges::stable_sort(eleves, {}, [&](Index i) { return academie_.eleves[i].niveau; });
  const auto place = [&](std::size_t first, std::size_t last) {
    std::uint16_t niveaux = 0;
    for (std::size_t i = first; i < last; ++i)
      niveaux = static_cast<std::uint16_t>(niveaux | 1U << academie_.eleves[eleves[i]].niveau);
    const std::size_t classes = std::max<std::size_t>(1, (last - first + full / 2) / full);
    std::vector<Index> made;
    for (std::size_t c = 0; c < classes; ++c) made.push_back(add_classe(ecole, niveaux, false));
    for (std::size_t i = first; i < last; ++i)
      academie_.eleves[eleves[i]].classe = made[(i - first) % classes];
  };
  std::size_t first = 0;
  unsigned levels = 0;
  for (std::size_t i = 0; i < eleves.size(); ++i) {
    const bool last_of_level = i + 1 == eleves.size() || academie_.eleves[eleves[i + 1]].niveau !=
                                                             academie_.eleves[eleves[i]].niveau;
    if (!last_of_level) continue;
    ++levels;
    if (i + 1 - first < enough && levels < 3 && i + 1 < eleves.size()) continue;
    place(first, i + 1);
    first = i + 1;
    levels = 0;
  }
  if (random.chance(0.25) && eleves.size() > 8) {
    const Index groupe = add_classe(ecole, 0, true);
    for (unsigned i = 0; i < 7; ++i)
      academie_.eleves[eleves[random.below(static_cast<std::uint32_t>(eleves.size()))]].groupe =
          groupe;
  }
}

}  // namespace generator
