#include "build.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "arrivals.hpp"

namespace generator {
namespace {

constexpr std::uint16_t bits(unsigned first, unsigned last) {
  return static_cast<std::uint16_t>(((1U << (last + 1)) - 1) & ~((1U << first) - 1));
}

/// Hands out UAI numbers of a département, services and schools apart, each once.
class UaiNumbers {
 public:
  std::optional<std::uint32_t> next(std::uint16_t departement) {
    // Real numbers of Occitanie begin low; these begin in the middle, to hit as few as possible.
    std::uint32_t& given = given_[departement];
    if (given == 9000) return std::nullopt;
    return departement * 10000U + 1 + (4999 + given++) % 9000;
  }

 private:
  std::map<std::uint16_t, std::uint32_t> given_;
};

class AcademieBuilder {
 public:
  AcademieBuilder(World& world, Academie& academie, const Names& names, std::uint32_t persons)
      : world_(world),
        academie_(academie),
        names_(names),
        persons_(persons),
        random_(mix({world.settings.seed, 0xACADE, academie.number})) {}

  void build() {
    const auto pupils = static_cast<std::uint32_t>(persons_ * 0.35);
    add_services(pupils);
    add_schools(std::max<std::uint32_t>(1, (pupils + 50) / 100));
    Arrivals arrivals(academie_, world_.settings, names_, world_.date);
    add_families(arrivals, pupils);
    form_classes(arrivals);
    add_staff(arrivals);
  }

 private:
  std::uint16_t draw_departement() {
    const auto departements = academie_departements(academie_.number);
    // The first of the list holds the big town: two fifths of the pupils.
    return random_.chance(0.4)
               ? departements.front()
               : departements[random_.below(static_cast<std::uint32_t>(departements.size()))];
  }

  Index add_commune(std::uint16_t departement) {
    const auto code = static_cast<std::uint16_t>(1 + communes_of_[departement]++ % 998);
    const auto number =
        static_cast<std::uint32_t>(academie_.communes.size() * 2 + academie_.number);
    academie_.communes.push_back({number, none, departement, code});
    return static_cast<Index>(academie_.communes.size() - 1);
  }

  std::uint32_t uai(std::uint16_t departement) {
    const auto number = uais_.next(departement);
    if (!number)
      throw std::invalid_argument("too many schools for the UAI numbers of département " +
                                  std::to_string(departement) +
                                  ": ask for fewer persons or for two académies");
    return *number;
  }

  void add_services(std::uint32_t pupils) {
    const auto add = [&](ServiceType type, Index commune) {
      academie_.services.push_back(
          {next_structure(), uai(academie_.communes[commune].departement), commune, type});
    };
    const auto departements = academie_departements(academie_.number);
    add(ServiceType::rectorat, add_commune(departements.front()));
    const std::uint32_t circonscriptions = 1 + pupils / 4000;  // about forty schools each
    for (const std::uint16_t departement : departements) {
      const Index commune = add_commune(departement);
      add(ServiceType::dsden, commune);
      add(ServiceType::ime, commune);
    }
    for (std::uint32_t i = 0;
         i <
         std::max<std::uint32_t>(circonscriptions, static_cast<std::uint32_t>(departements.size()));
         ++i) {
      const Index commune = add_commune(departements[i % departements.size()]);
      add(ServiceType::circonscription, commune);
    }
  }

  /// Small numbers with gaps, as the jointures of structures are.
  std::uint32_t next_structure() {
    ++structures_;
    return structures_ * 2 + (structures_ % 5 == 0 ? 1 : 0);
  }

  void add_ecole(Index commune, EcoleType type, std::uint16_t niveaux, double size) {
    const std::uint16_t departement = academie_.communes[commune].departement;
    Ecole ecole{};
    ecole.id = next_structure();
    ecole.uai = uai(departement);
    ecole.commune = commune;
    ecole.circonscription = circonscription_of(departement);
    ecole.name = random_.below(12);
    ecole.niveaux = niveaux;
    ecole.weight = static_cast<std::uint16_t>(100 * size * (0.4 + 1.2 * random_.unit()));
    ecole.type = type;
    ecole.enrolment = Enrolment::inscrite;
    if (random_.chance(0.03)) ecole.enrolment = Enrolment::a_renouveler;
    if (random_.chance(0.01)) ecole.enrolment = Enrolment::mise_en_demeure;
    academie_.ecoles.push_back(ecole);
  }

  std::uint32_t circonscription_of(std::uint16_t departement) {
    std::uint32_t found = 0;
    std::uint32_t seen = 0;
    for (const Service& s : academie_.services)
      if (s.type == ServiceType::circonscription &&
          academie_.communes[s.commune].departement == departement && random_.below(++seen) == 0)
        found = s.id;
    return found;
  }

  /// Every commune, with its RPI partner if it has one, offers all levels from PS to CM2.
  void add_schools(std::uint32_t wanted) {
    while (academie_.ecoles.size() < wanted) {
      const auto left = wanted - academie_.ecoles.size();
      const Index commune = add_commune(draw_departement());
      const double kind = random_.unit();
      if (left >= 4 && kind < 0.12) {
        for (unsigned i = 0; i < 2; ++i) {
          add_ecole(commune, EcoleType::maternelle, bits(0, 3), 1.1);
          add_ecole(commune, EcoleType::elementaire, bits(4, 8), 1.7);
        }
      } else if (left >= 2 && kind < 0.45) {
        add_ecole(commune, EcoleType::maternelle, bits(0, 3), 0.8);
        add_ecole(commune, EcoleType::elementaire, bits(4, 8), 1.2);
      } else if (left >= 2 && kind < 0.55) {
        add_rpi(commune);
      } else {
        add_ecole(commune, EcoleType::primaire, bits(0, 8), 0.7);
      }
    }
    leave_some_outside();
  }

  /// Regroupement pédagogique: two communes share the levels between their schools.
  void add_rpi(Index commune) {
    const Index partner = add_commune(academie_.communes[commune].departement);
    academie_.communes[commune].partner = partner;
    academie_.communes[partner].partner = commune;
    add_ecole(commune, EcoleType::primaire, bits(0, 4), 0.5);
    add_ecole(partner, EcoleType::elementaire, bits(5, 8), 0.5);
    academie_.ecoles[academie_.ecoles.size() - 1].rpi = 1;
    academie_.ecoles[academie_.ecoles.size() - 2].rpi = 1;
  }

  void leave_some_outside() {
    const auto outside = static_cast<std::size_t>(
        (academie_.ecoles.size() * world_.settings.outside_percent + 99) / 100);
    // Spread over the list, never the same académie-wide pattern: by a draw without repetition.
    std::vector<Index> order(academie_.ecoles.size());
    for (Index e = 0; e < order.size(); ++e) order[e] = e;
    for (std::size_t i = 0; i < std::min(outside, order.size()); ++i) {
      const auto j = i + random_.below(static_cast<std::uint32_t>(order.size() - i));
      std::swap(order[i], order[j]);
      Ecole& ecole = academie_.ecoles[order[i]];
      const double kind = random_.unit();
      ecole.enrolment = kind < 0.6   ? Enrolment::absente
                        : kind < 0.8 ? Enrolment::resiliee
                                     : Enrolment::retiree;
      ecole.prive = ecole.enrolment == Enrolment::absente && random_.chance(0.5) ? 1 : 0;
    }
  }

  /// 60 responsables for 35 pupils, pupils alone 81 %, two responsables 72 %: steered so that the
  /// shares come out in small sets too.
  void add_families(Arrivals& arrivals, std::uint32_t pupils) {
    const double ratio = 60.0 / 35.0;
    academie_.eleves.reserve(pupils);
    academie_.responsables.reserve(static_cast<std::size_t>(pupils * ratio) + 8);
    while (academie_.eleves.size() < pupils) {
      if (academie_.eleves.size() > 20 && random_.chance(0.002)) {
        arrivals.add_double(random_,
                            random_.below(static_cast<std::uint32_t>(academie_.eleves.size())));
        continue;
      }
      const double size = random_.unit();
      unsigned children = size < 0.805 ? 1 : size < 0.97 ? 2 : size < 0.995 ? 3 : 4;
      children =
          std::min<unsigned>(children, static_cast<unsigned>(pupils - academie_.eleves.size()));
      const double missing = static_cast<double>(academie_.eleves.size()) * ratio -
                             static_cast<double>(academie_.responsables.size());
      const double lean = std::clamp(missing / 200, -0.15, 0.15);
      const double kind = random_.unit() + lean;
      const unsigned adults = kind < 0.09 ? 1 : kind < 0.81 ? 2 : 3;
      arrivals.add_family(random_, arrivals.draw_commune(random_), children, adults, std::nullopt);
    }
  }

  void form_classes(Arrivals& arrivals) {
    std::vector<std::vector<Index>> by_ecole(academie_.ecoles.size());
    for (Index i = 0; i < academie_.eleves.size(); ++i)
      by_ecole[academie_.eleves[i].ecole].push_back(i);
    for (Index e = 0; e < by_ecole.size(); ++e) arrivals.make_classes(random_, e, by_ecole[e]);
    for (Eleve& eleve : academie_.eleves) {
      if (random_.chance(0.002)) eleve.classe = none;
      if (eleve.classe != none && random_.chance(0.001)) {
        const Index other = random_.below(static_cast<std::uint32_t>(academie_.ecoles.size()));
        if (other != eleve.ecole)
          eleve.second_classe = arrivals.classe_for(random_, other, eleve.niveau);
      }
    }
  }

  void add_staff(Arrivals& arrivals) {
    const std::uint32_t given =
        static_cast<std::uint32_t>(academie_.eleves.size() + academie_.responsables.size());
    const std::uint32_t wanted = persons_ > given ? persons_ - given : 1;
    const auto full = [&] { return academie_.personnels.size() >= wanted; };
    const auto schools = static_cast<Index>(academie_.ecoles.size());
    using Role = Arrivals::Role;
    for (Index e = 0; e < schools && !full(); ++e) {
      if (random_.chance(0.05)) continue;  // 8 of 161 schools had no director in 2020
      const Index director = arrivals.add_personnel(random_, Role::directeur, e);
      if (random_.chance(0.02) && !full()) arrivals.add_personnel(random_, Role::directeur, e);
      if (random_.chance(0.01) && e + 1 < schools) {
        Personnel& p = academie_.personnels[director];
        p.directions[1] = academie_.ecoles[e + 1].id;
        p.fonctions[p.fonction_count++] = {p.directions[1], FonctionCode::ens,
                                           Specialite::direction};
      }
    }
    while (!full()) {
      const double kind = random_.unit();
      const Role role = kind < 0.76   ? Role::enseignant
                        : kind < 0.82 ? Role::remplacant
                        : kind < 0.89 ? Role::personnel
                        : kind < 0.97 ? Role::sans_objet
                        : kind < 0.99 ? Role::service
                                      : Role::sans_structure;
      const bool in_school = role != Role::service && role != Role::sans_structure;
      arrivals.add_personnel(random_, role, in_school ? random_.below(schools) : none);
    }
  }

  World& world_;
  Academie& academie_;
  const Names& names_;
  std::uint32_t persons_;
  Random random_;
  UaiNumbers uais_;
  std::uint32_t structures_ = 3;
  std::map<std::uint16_t, std::uint32_t> communes_of_;
};

}  // namespace

std::string_view academie_label(std::uint32_t number) {
  return number == 0 ? "TOULOUSE" : "MONTPELLIER";
}

std::span<const std::uint16_t> academie_departements(std::uint32_t number) {
  static constexpr std::array<std::uint16_t, 8> toulouse{31, 81, 12, 82, 65, 32, 46, 9};
  static constexpr std::array<std::uint16_t, 5> montpellier{34, 30, 66, 11, 48};
  if (number == 0) return toulouse;
  return montpellier;
}

World build_region(const Settings& settings, Day date, const Names& names) {
  World world;
  world.settings = settings;
  world.date = date;
  world.academies.resize(settings.academies);
  for (std::uint32_t a = 0; a < settings.academies; ++a) {
    world.academies[a].number = a;
    const std::uint32_t share = settings.persons / settings.academies +
                                (a == 0 ? settings.persons % settings.academies : 0);
    AcademieBuilder(world, world.academies[a], names, share).build();
  }
  return world;
}

}  // namespace generator
