#include "records.hpp"

#include <array>

#include "identifiers.hpp"

namespace generator {
namespace {

using namespace std::string_view_literals;

struct Niveau {
  std::string_view code;
  std::string_view label;
  std::string_view cycle;
};
constexpr std::array<Niveau, niveau_count> niveaux{{{"1110", "TPS", "1$CYCLE I"},
                                                    {"1111", "PS", "1$CYCLE I"},
                                                    {"1112", "MS", "1$CYCLE I"},
                                                    {"1113", "GS", "1$CYCLE I"},
                                                    {"1121", "CP", "2$CYCLE II"},
                                                    {"1122", "CE1", "2$CYCLE II"},
                                                    {"1123", "CE2", "2$CYCLE II"},
                                                    {"1124", "CM1", "3$CYCLE III"},
                                                    {"1125", "CM2", "3$CYCLE III"}}};

struct CodeLabel {
  std::string_view code;
  std::string_view label;
};
/// In the order of FonctionCode.
constexpr std::array<CodeLabel, 12> fonctions{{{"ENS", "ENSEIGNEMENT"},
                                               {"-", "SANS OBJET"},
                                               {"ACS", "ACCOMPAGNANT DU SERVICE"},
                                               {"EDU", "EDUCATION"},
                                               {"AED", "ASSISTANT D'EDUCATION"},
                                               {"AES", "ACCOMPAGNANT DES ELEVES"},
                                               {"ADM", "ADMINISTRATION"},
                                               {"PSY", "PSYCHOLOGUE"},
                                               {"ASH", "ADAPTATION & HANDICAP"},
                                               {"CPD", "CONSEILLER PEDAGOGIQUE"},
                                               {"INS", "INSPECTION"},
                                               {"RPL", "REMPLACEMENT"}}};
/// In the order of Specialite.
constexpr std::array<CodeLabel, 7> specialites{{{"G0000", "SANS SPECIALITE"},
                                                {"D0000", "DIRECTION"},
                                                {"G0135", "OPTION E"},
                                                {"G0176", "ULIS"},
                                                {"G0400", "LANGUE VIVANTE ETRANGERE"},
                                                {"G0163", "ACCUEIL PRIMO ARRIVANTS"},
                                                {"G0191", "CLASSE D'APPLICATION"}}};
constexpr std::array services{"ENTEleveRestaurantScolaire"sv, "ENTEleveTransport"sv,
                              "ENTEleveGarderieMatin"sv, "ENTEleveGarderieSoir"sv,
                              "ENTEleveEtudesSurveillees"sv};
constexpr std::array mail_domains{"courriel.example"sv, "poste.example"sv, "messagerie.example"sv};

std::string join(std::initializer_list<std::string_view> parts) {
  std::string result;
  bool first = true;
  for (const std::string_view part : parts) {
    if (!first) result += '$';
    result += part;
    first = false;
  }
  return result;
}

std::string digits(std::uint32_t number, int width) {
  std::string text = std::to_string(number);
  if (static_cast<int>(text.size()) < width)
    text.insert(0, static_cast<std::size_t>(width) - text.size(), '0');
  return text;
}

std::string departement3(const Commune& commune) {
  return digits(commune.departement, 3);
}
std::string commune_code(const Commune& commune) {
  return digits(commune.departement, 2) + digits(commune.code, 3);
}
/// Codes end in 0 in small places.
std::string postal_code(const Commune& commune) {
  return digits(commune.departement, 2) + digits(commune.code * 10U % 1000, 3);
}

const CodeLabel& of(FonctionCode code) {
  return fonctions[static_cast<std::size_t>(code)];
}
const CodeLabel& of(Specialite s) {
  return specialites[static_cast<std::size_t>(s)];
}

}  // namespace

struct Records::StructureText {
  std::uint32_t id;
  std::uint32_t uai;
  const Commune& commune;
  std::string_view sigle;
  std::string_view name;
  std::string_view type;
  std::string_view secteur;
  std::uint32_t circonscription;  ///< 0: none
  bool rpi;
};

Records::Records(const World& world, const Academie& academie, const Names& names)
    : world_(world),
      academie_(academie),
      names_(names),
      domain_("@ac-" + ascii(academie_label(academie.number)) + ".example") {
  invert_liens();
}

void Records::invert_liens() {
  first_pupil_.assign(academie_.responsables.size() + 1, 0);
  for (const Eleve& pupil : academie_.eleves)
    for (unsigned i = 0; i < pupil.lien_count; ++i) ++first_pupil_[pupil.liens[i].responsable + 1];
  for (std::size_t r = 1; r < first_pupil_.size(); ++r) first_pupil_[r] += first_pupil_[r - 1];
  pupils_.resize(first_pupil_.back());
  std::vector<std::uint32_t> next(first_pupil_.begin(), first_pupil_.end() - 1);
  for (const Eleve& pupil : academie_.eleves)
    for (unsigned i = 0; i < pupil.lien_count; ++i)
      pupils_[next[pupil.liens[i].responsable]++] = pupil.id;
}

void Records::write(const Ecole& ecole, std::string& out) {
  const bool maternelle = ecole.type == EcoleType::maternelle;
  write_structure(
      {ecole.id, ecole.uai, academie_.communes[ecole.commune],
       ecole.prive != 0                       ? (maternelle ? "E.M.PR" : "E.P.PR")
       : maternelle                           ? "E.M.PU"
       : ecole.type == EcoleType::elementaire ? "E.E.PU"
                                              : "E.P.PU",
       Names::school(ecole.name), maternelle ? "ECOLE MATERNELLE" : "ECOLE DE NIVEAU ELEMENTAIRE",
       ecole.prive != 0 ? "PR" : "PU", ecole.circonscription, ecole.rpi != 0},
      out);
}

void Records::write(const Service& service, std::string& out) {
  struct Shape {
    std::string_view sigle;
    std::string_view type;
  };
  constexpr std::array<Shape, 4> shapes{{{"IEN", "CIRCONSCRIPTIONS INSPECTION EDUC NAT"},
                                         {"D.S.D.E.N.", "INSPECTIONS ACADEMIQUES"},
                                         {"RECTORAT", "RECTORAT"},
                                         {"I.M.E.", "INSTITUT MEDICO-EDUCATIF"}}};
  const Shape& shape = shapes[static_cast<std::size_t>(service.type)];
  write_structure({service.id, service.uai, academie_.communes[service.commune], shape.sigle, "",
                   shape.type, "PU", 0, false},
                  out);
}

void Records::write_structure(const StructureText& s, std::string& out) {
  const std::string id = std::to_string(s.id);
  const std::string uai = uai_text(s.uai);
  const std::string commune = names_.commune(s.commune.number);
  RecordWriter record(out);
  record.begin("categorieStructure", "EtabEducNat", id);
  record.attribute("ENTStructureJointure", id);
  record.attribute("ENTStructureUAI", uai);
  record.attribute("ENTStructureSIREN", siret_of_ecole(s.uai));
  record.attribute("ENTStructureNomCourant", join({s.sigle, s.name, commune}));
  record.attribute("ENTStructureTypeStruct", s.type);
  record.attribute("ENTEcoleMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE");
  record.attribute("ENTEcoleSecteur", s.secteur);
  record.attribute("ENTEcoleCirconscription",
                   s.circonscription == 0 ? std::string{} : std::to_string(s.circonscription));
  record.attribute("ENTEcoleCommune",
                   join({commune_code(s.commune), commune, departement3(s.commune)}));
  record.attribute("ENTEcoleRPI", s.rpi ? join({digits(s.commune.code, 4), "RPI " + commune,
                                                departement3(s.commune)})
                                        : std::string{});
  record.attribute("ENTServAcAcademie", academie_label(academie_.number));
  record.attribute("ENTStructureAdresse", "1 " + Names::street(s.uai));
  record.attribute("ENTStructureBoitePostale", "");
  record.attribute("ENTStructureCodePostal", postal_code(s.commune));
  record.attribute("ENTStructureVille", commune);
  record.attribute("ENTStructureTelephone",
                   "+33 5 36 49 " + digits(s.uai / 100 % 100, 2) + " " + digits(s.uai % 100, 2));
  record.attribute("ENTStructureFax", "");
  record.attribute("ENTStructureMailSI", "ce." + uai + domain_);
  record.end();
}

std::string Records::classe_label(const Classe& classe) const {
  const std::uint64_t style = mix({world_.settings.seed, classe.id, academie_.number});
  const std::string letter(1, static_cast<char>('A' + style / 16 % 4));
  if (classe.regroupement != 0)
    return (style % 2 == 0 ? "UPE2A Mme " : "GROUPE DE SOUTIEN M. ") +
           names_.family(static_cast<std::uint16_t>(style / 64 % Names::family_count));
  std::string levels;
  const std::string_view between = style % 8 == 0 ? " & " : style % 8 < 4 ? " " : "-";
  for (unsigned n = 0; n < niveau_count; ++n)
    if ((classe.niveaux >> n & 1U) != 0)
      levels +=
          (levels.empty() ? std::string{} : std::string(between)) + std::string(niveaux[n].label);
  switch (style % 5) {
    case 0:
      return "Classe " + std::to_string(1 + style / 64 % 12) + " " + levels;
    case 1:
      return levels + " " +
             capitalised(
                 names_.family(static_cast<std::uint16_t>(style / 64 % Names::family_count)));
    case 2:
      return levels;
    default:
      return levels + " " + letter;
  }
}

std::string Records::classe_value(Index index) const {
  const Classe& classe = academie_.classes[index];
  return join({std::to_string(academie_.ecoles[classe.ecole].id),
               classe.regroupement != 0 ? "40$REGROUPEMENT" : "11$ORDINAIRE",
               std::to_string(classe.id), classe_label(classe)});
}

/// A pupil's `quirk`: 1 the family name in small letters, 2 a double space, 3 decomposed accents,
/// 4 the old civilité.
void Records::write(const Eleve& eleve, std::string& out) {
  const std::string id = std::to_string(eleve.id);
  const Niveau& niveau = niveaux[eleve.niveau];
  RecordWriter record(out);
  record.begin("categoriePersonne", "Eleve", id);
  record.attribute("ENTPersonJointure", id);
  record.attribute("ENTEleveINE", ine_text(eleve.ine));
  record.attribute("ENTPersonDateNaissance", slashed(eleve.naissance));
  record.attribute("ENTPersonCivilite", eleve.sexe == Sexe::masculin ? "M."
                                        : eleve.quirk == 4           ? "Mlle"
                                                                     : "Mme");
  record.attribute("ENTPersonStructRattach", std::to_string(academie_.ecoles[eleve.ecole].id));
  record.open("ENTEleveAutoriteParentale");
  for (unsigned i = 0; i < eleve.lien_count; ++i)
    record.value(std::to_string(academie_.responsables[eleve.liens[i].responsable].id) + "$" +
                 std::to_string(eleve.liens[i].code));
  record.close();
  for (std::size_t s = 0; s < services.size(); ++s)
    record.attribute(services[s], (eleve.services >> s & 1U) != 0 ? "O" : "N");
  record.attribute("ENTEleveNiveau", join({niveau.code, niveau.label}));
  record.attribute("ENTEleveCycle", niveau.cycle);
  record.attribute("ENTEleveTypeClasse", "11$ORDINAIRE");
  record.attribute(
      "ENTEleveDateEntreeClasses",
      eleve.classe == none
          ? std::string{}
          : join({std::to_string(academie_.ecoles[eleve.ecole].id), slashed(eleve.entree),
                  std::to_string(academie_.classes[eleve.classe].id)}));
  record.attribute("ENTEleveDateSortieClasses", "");
  record.open("ENTPersonClasses");
  for (const Index classe : {eleve.classe, eleve.second_classe})
    if (classe != none) record.value(classe_value(classe));
  record.close();
  record.attribute("ENTPersonGroupes",
                   eleve.groupe == none ? std::string{} : classe_value(eleve.groupe));
  std::string nom = names_.family(eleve.nom);
  if (eleve.quirk == 1) nom = capitalised(nom);
  if (eleve.quirk == 2) nom += "  BIS";
  if (eleve.quirk == 3) nom = decomposed(nom);
  write_names(record, names_.family(eleve.patronyme), nom, names_.first(eleve.sexe, eleve.prenom));
  record.end();
}

void Records::write_names(RecordWriter& record, std::string_view patronyme, std::string_view nom,
                          std::string_view prenom) {
  record.attribute("ENTPersonNomPatro", patronyme);
  record.attribute("ENTPersonNom", nom);
  record.attribute("ENTPersonPrenom", prenom);
  record.attribute("ENTPersonAutresPrenoms", prenom);
}

void Records::write_address(RecordWriter& record, const Responsable& r) {
  const Commune& commune = academie_.communes[r.commune];
  // §9: the postal code is missing in 3 % of the records, the town in 4 %.
  const std::uint64_t hash = mix({world_.settings.seed, 0xADD, r.id});
  record.attribute("ENTPersonAdresse",
                   std::to_string(r.house) + " " + Names::street(r.street) + "$$$");
  record.attribute("ENTPersonCodePostal", hash % 100 < 3 ? std::string{} : postal_code(commune));
  record.attribute("ENTPersonVille",
                   hash % 100 < 4 ? std::string{} : names_.commune(commune.number));
  record.attribute("ENTPersonPays", hash % 500 == 7 ? "ESPAGNE" : "FRANCE");
  record.attribute("ENTPersonAdresseDiffusion", r.diffusion != 0 ? "O" : "N");
}

void Records::write_contact(RecordWriter& record, const Responsable& r) {
  record.attribute("ENTPersonTelPerso", r.fixe == 0 ? std::string{} : fixe_text(r.fixe));
  record.attribute("ENTPersRelEleveTelMobile",
                   r.mobile == 0 ? std::string{} : mobile_text(r.mobile));
  std::string mail;
  if (r.mail != 0) {
    mail = ascii(names_.first(r.sexe, r.prenom)) + "." + std::to_string(r.mail);
    if (r.mail % 300 == 1) mail += "é";  // not an IA5String: the directory cannot hold it
    if (r.mail % 300 != 2) mail += "@";
    mail += mail_domains[r.mail % mail_domains.size()];
  }
  record.attribute("ENTPersonMail", mail);
  record.attribute("ENTPersRelEleveTelPro", r.travail == 0 ? std::string{} : fixe_text(r.travail));
}

void Records::write_responsable(Index index, std::string& out) {
  const Responsable& r = academie_.responsables[index];
  const std::string id = std::to_string(r.id);
  RecordWriter record(out);
  record.begin("categoriePersonne", "PersRelEleve", id);
  record.attribute("ENTPersonJointure", id);
  const auto civilite = [&] {
    const bool missing = r.morale != 0 || mix({world_.settings.seed, 0xC1, r.id}) % 1000 < 3;
    record.attribute("ENTPersonCivilite", missing ? "" : r.sexe == Sexe::masculin ? "M." : "Mme");
  };
  const auto pupils = [&] {
    record.open("ENTPersRelEleveEleve");
    for (std::uint32_t i = first_pupil_[index]; i < first_pupil_[index + 1]; ++i)
      record.value(std::to_string(pupils_[i]));
    record.close();
  };
  const auto names = [&] {
    if (r.morale != 0)
      write_names(record, "", Names::organisation(r.id), "");
    else
      write_names(record, names_.family(r.patronyme), names_.family(r.nom),
                  names_.first(r.sexe, r.prenom));
  };
  switch (r.order) {  // three attribute orders occur in one delivery
    case 0:
      civilite(), pupils(), write_address(record, r), write_contact(record, r), names();
      break;
    case 1:
      names(), civilite(), write_contact(record, r), write_address(record, r), pupils();
      break;
    default:
      civilite(), names(), write_address(record, r), pupils(), write_contact(record, r);
  }
  record.end();
}

void Records::write(const Personnel& p, std::string& out) {
  const std::string id = std::to_string(p.id);
  const std::string_view prenom = names_.first(p.sexe, p.prenom);
  RecordWriter record(out);
  record.begin("categoriePersonne", "PersEducNat", id);
  record.attribute("ENTPersonJointure", id);
  record.attribute("ENTPersonDateNaissance", slashed(p.naissance));
  record.attribute("ENTPersonCivilite", p.sexe == Sexe::masculin ? "M." : "Mme");
  record.attribute("ENTPersonStructRattach",
                   p.rattachement == 0 ? std::string{} : std::to_string(p.rattachement));
  record.open("ENTPersonFonctions");
  for (unsigned i = 0; i < p.fonction_count; ++i) {
    const Fonction& f = p.fonctions[i];
    record.value(join({std::to_string(f.structure), of(f.code).code, of(f.code).label,
                       of(f.specialite).code, of(f.specialite).label}));
  }
  record.close();
  record.attribute("ENTPersonCategorieEnseignant",
                   p.categorie == ' ' ? std::string{} : std::string(1, p.categorie));
  record.open("ENTEnsFonctionDir");
  for (const std::uint32_t direction : p.directions)
    if (direction != 0) record.value(std::to_string(direction));
  record.close();
  record.open("ENTEnsSpecialites");
  for (unsigned i = 0; i < p.fonction_count; ++i)
    record.value(join({of(p.fonctions[i].specialite).code, of(p.fonctions[i].specialite).label}));
  record.close();
  record.attribute("ENTPersonNomPatro", names_.family(p.mail_nom));
  record.attribute("ENTPersonNom", names_.family(p.nom));
  record.attribute("ENTPersonPrenom", prenom);
  // §9: this attribute is there twice in every record, empty the first time.
  record.attribute("ENTPersonAutresPrenoms", "");
  record.attribute("ENTPersonAutresPrenoms", prenom);
  const bool shouting = p.id % 20 == 3;
  std::string mail = ascii(prenom) + "." + ascii(names_.family(p.mail_nom));
  if (p.mail_number > 0) mail += std::to_string(p.mail_number);
  if (shouting) mail = "Prof." + mail;
  record.attribute("ENTPersonMail", mail + domain_);
  record.end();
}

}  // namespace generator
