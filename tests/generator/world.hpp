#pragma once
/// The model behind the deliveries: schools, classes, families and staff of one or two académies as
/// flat tables of numbers. Small on purpose (about 50 bytes a person), because 1.5 million persons
/// stand in memory while their records are written, and without padding, because the state file is
/// a dump.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "date.hpp"
#include "names.hpp"

namespace generator {

using Index = std::uint32_t;
inline constexpr Index none = 0xFFFFFFFF;

/// TPS, PS, MS, GS, CP, CE1, CE2, CM1, CM2.
inline constexpr std::uint8_t niveau_count = 9;
inline constexpr std::uint8_t niveau_ps = 1;
inline constexpr std::uint8_t niveau_cp = 4;
inline constexpr std::uint8_t niveau_cm2 = 8;

struct Commune {
  std::uint32_t number;       ///< of its name, unique over all académies
  std::uint32_t partner;      ///< commune of the same RPI, or none
  std::uint16_t departement;  ///< 31
  std::uint16_t code;         ///< three last digits of the commune's code
};

enum class EcoleType : std::uint8_t { maternelle, elementaire, primaire };
/// What the registry says of a school.
enum class Enrolment : std::uint8_t {
  inscrite,
  a_renouveler,
  mise_en_demeure,
  resiliee,
  retiree,
  absente
};

struct Ecole {
  std::uint32_t id;   ///< jointure
  std::uint32_t uai;  ///< the seven digits
  Index commune;
  std::uint32_t circonscription;  ///< jointure
  std::uint32_t name;
  std::uint16_t niveaux;  ///< bit n: offers level n
  std::uint16_t weight;   ///< share of the commune's pupils
  EcoleType type;
  Enrolment enrolment;
  std::uint8_t prive;
  std::uint8_t rpi;
};

enum class ServiceType : std::uint32_t { circonscription, dsden, rectorat, ime };
struct Service {
  std::uint32_t id;
  std::uint32_t uai;
  Index commune;
  ServiceType type;
};

/// A class or, with `regroupement`, a group of pupils.
struct Classe {
  std::uint32_t id;
  Index ecole;
  std::uint16_t niveaux;
  std::uint16_t regroupement;
};

struct Lien {
  Index responsable;
  std::uint32_t code;
};

struct Eleve {
  std::uint32_t id;
  std::uint32_t ine;
  Index ecole;
  Index classe;         ///< none: a virtual pupil
  Index second_classe;  ///< while a transfer is under way both schools may list him
  Index groupe;
  std::array<Lien, 3> liens;
  Day naissance;
  Day entree;  ///< in his class
  std::uint16_t nom;
  std::uint16_t patronyme;
  std::uint16_t prenom;
  std::uint8_t niveau;
  Sexe sexe;
  std::uint8_t lien_count;
  std::uint8_t services;  ///< five bits, canteen first
  std::uint8_t quirk;     ///< 0 normal, else an oddity of writing, see export.cpp
  std::uint8_t gone;
};

struct Responsable {
  std::uint32_t id;
  Index commune;
  std::uint32_t street;
  std::uint32_t mobile;  ///< number of the phone, 0: none
  std::uint32_t fixe;
  std::uint32_t travail;
  std::uint32_t mail;
  std::uint16_t nom;
  std::uint16_t patronyme;
  std::uint16_t prenom;
  std::uint16_t house;  ///< number in the street
  Sexe sexe;
  std::uint8_t morale;  ///< a personne morale, without first name
  std::uint8_t diffusion;
  std::uint8_t order;  ///< which of the three attribute orders
};

enum class FonctionCode : std::uint16_t {
  ens,
  tiret,
  acs,
  edu,
  aed,
  aes,
  adm,
  psy,
  ash,
  cpd,
  ins,
  rpl
};
enum class Specialite : std::uint16_t {
  sans,
  direction,
  option_e,
  ulis,
  langue,
  accueil,
  application
};
struct Fonction {
  std::uint32_t structure;  ///< jointure
  FonctionCode code;
  Specialite specialite;
};

struct Personnel {
  std::uint32_t id;
  std::uint32_t rattachement;  ///< jointure, 0: none
  std::array<Fonction, 4> fonctions;
  std::array<std::uint32_t, 2> directions;  ///< jointures, 0: none
  Day naissance;
  std::uint16_t nom;
  std::uint16_t mail_nom;  ///< name that the address was made of
  std::uint16_t prenom;
  std::uint16_t mail_number;  ///< 0: the first of this name
  Sexe sexe;
  std::uint8_t fonction_count;
  char categorie;  ///< 'O', 'N', or ' ' when empty
  std::uint8_t gone;
};

static_assert(std::has_unique_object_representations_v<Commune>);
static_assert(std::has_unique_object_representations_v<Ecole>);
static_assert(std::has_unique_object_representations_v<Service>);
static_assert(std::has_unique_object_representations_v<Classe>);
static_assert(std::has_unique_object_representations_v<Eleve>);
static_assert(std::has_unique_object_representations_v<Responsable>);
static_assert(std::has_unique_object_representations_v<Personnel>);

struct Academie {
  std::uint32_t number = 0;  ///< 0 Toulouse, 1 Montpellier
  std::vector<Commune> communes;
  std::vector<Ecole> ecoles;
  std::vector<Service> services;
  std::vector<Classe> classes;
  std::vector<Eleve> eleves;
  std::vector<Responsable> responsables;
  std::vector<Personnel> personnels;
  // Serial numbers given so far; both académies count from the same start, so that their ids
  // collide.
  std::uint32_t eleve_serial = 0;
  std::uint32_t responsable_serial = 0;
  std::uint32_t personnel_serial = 0;
  std::uint32_t classe_serial = 0;
};

/// Name of an académie as ENTServAcAcademie writes it, e.g. "TOULOUSE".
std::string_view academie_label(std::uint32_t number);
std::span<const std::uint16_t> academie_departements(std::uint32_t number);

enum class Encoding : std::uint32_t { utf8, latin1, latin9, windows1252 };
enum class Format : std::uint32_t { dir, tgz, zip };

/// What the next deliveries have in common with the first one.
struct Settings {
  std::uint64_t seed = 1;
  std::uint32_t persons = 0;
  std::uint32_t academies = 1;
  Encoding encoding = Encoding::utf8;
  Format format = Format::dir;
  std::uint32_t records_per_part = 3000;
  std::uint32_t outside_percent = 5;
};

struct World {
  Settings settings;
  Day date = 0;             ///< of the last delivery
  std::uint32_t night = 0;  ///< nights that have passed since the first delivery
  std::vector<Academie> academies;
};

}  // namespace generator
