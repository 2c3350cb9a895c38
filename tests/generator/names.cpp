#include "names.hpp"

#include <array>

namespace generator {
namespace {

using namespace std::string_view_literals;

constexpr std::array onsets{
    "BAR"sv, "BRÉ"sv, "CAS"sv, "CLO"sv, "COR"sv,  "DEL"sv, "DRU"sv, "FAU"sv, "FER"sv, "GAL"sv,
    "GAR"sv, "GUÉ"sv, "JAU"sv, "LAV"sv, "LOU"sv,  "MAL"sv, "MIR"sv, "MON"sv, "NAU"sv, "NOG"sv,
    "PEY"sv, "PLA"sv, "PUJ"sv, "RAV"sv, "ROU"sv,  "SAL"sv, "SAU"sv, "SER"sv, "TAU"sv, "TOR"sv,
    "TRÉ"sv, "VAL"sv, "VER"sv, "VIL"sv, "BŒU"sv,  "CŒR"sv, "ÉTI"sv, "ZAM"sv, "KER"sv, "OUL"sv,
    "ABE"sv, "IRI"sv, "YBA"sv, "HAU"sv, "NGUI"sv, "DIA"sv, "BEN"sv, "MOU"sv, "SZA"sv, "WEI"sv};
constexpr std::array middles{"BI"sv, "CA"sv,  "DO"sv, "GUE"sv, "LA"sv, "LAN"sv, "MI"sv, "NE"sv,
                             "RA"sv, "SAN"sv, "TI"sv, "VI"sv,  "ZÉ"sv, "ÇO"sv,  ""sv,   ""sv};
constexpr std::array ends{"BRAC"sv, "DOL"sv,  "GNOUX"sv, "LHAC"sv,  "LVÈS"sv, "MBERT"sv, "NADE"sv,
                          "NIER"sv, "NOU"sv,  "QUEL"sv,  "RGUES"sv, "RIEU"sv, "SSAC"sv,  "TTE"sv,
                          "VERT"sv, "ZAÏ"sv,  "ÑON"sv,   "RÈZE"sv,  "DÎNE"sv, "ŸS"sv,    "GOË"sv,
                          "CHER"sv, "PLÂS"sv, "DRIC"sv,  "RAN"sv,   "WSKA"sv, "MANE"sv,  "TÔT"sv};

constexpr std::array girls{
    "Léa"sv,       "Emma"sv,     "Chloé"sv,     "Inès"sv,      "Manon"sv,       "Zoé"sv,
    "Jade"sv,      "Louise"sv,   "Alice"sv,     "Lina"sv,      "Mila"sv,        "Rose"sv,
    "Anna"sv,      "Julia"sv,    "Ambre"sv,     "Agathe"sv,    "Juliette"sv,    "Nina"sv,
    "Camille"sv,   "Sarah"sv,    "Léonie"sv,    "Noémie"sv,    "Anaïs"sv,       "Maëlys"sv,
    "Héloïse"sv,   "Aïcha"sv,    "Fatou"sv,     "Yasmine"sv,   "Lætitia"sv,     "Mœva"sv,
    "Clémence"sv,  "Élise"sv,    "Eléa"sv,      "Océane"sv,    "Romane"sv,      "Victoria"sv,
    "Margaux"sv,   "Capucine"sv, "Apolline"sv,  "Salomé"sv,    "Marie"sv,       "Sophie"sv,
    "Nathalie"sv,  "Isabelle"sv, "Céline"sv,    "Sandrine"sv,  "Aurélie"sv,     "Émilie"sv,
    "Virginie"sv,  "Hélène"sv,   "Françoise"sv, "Stéphanie"sv, "Marie-Laure"sv, "Anne-Lise"sv,
    "Marie Ange"sv};
constexpr std::array boys{"Gabriel"sv,  "Léo"sv,       "Raphaël"sv,   "Louis"sv,       "Jules"sv,
                          "Adam"sv,     "Hugo"sv,      "Lucas"sv,     "Arthur"sv,      "Noé"sv,
                          "Liam"sv,     "Sacha"sv,     "Gabin"sv,     "Maël"sv,        "Nathan"sv,
                          "Ethan"sv,    "Aaron"sv,     "Naël"sv,      "Théo"sv,        "Tom"sv,
                          "Timéo"sv,    "Loïc"sv,      "Mathéo"sv,    "Rayan"sv,       "Amine"sv,
                          "Ibrahim"sv,  "Mamadou"sv,   "Yanis"sv,     "Enzo"sv,        "Clément"sv,
                          "Gaëtan"sv,   "Joël"sv,      "Ælfric"sv,    "Côme"sv,        "François"sv,
                          "Éloi"sv,     "Quentin"sv,   "Baptiste"sv,  "Maxence"sv,     "Augustin"sv,
                          "Pierre"sv,   "Nicolas"sv,   "Julien"sv,    "Sébastien"sv,   "Jérôme"sv,
                          "Frédéric"sv, "Stéphane"sv,  "Rémi"sv,      "Benoît"sv,      "Thierry"sv,
                          "Cédric"sv,   "Jean-Noël"sv, "Jean-Côme"sv, "Pierre-Éloi"sv, "N'Golo"sv};
constexpr std::array organisations{"AIDE SOCIALE A L'ENFANCE DU PAYS DE BRÉDOL"sv,
                                   "FOYER LES TILLEULS D'OC"sv, "ASSOCIATION L'ARBRE & LE NID"sv,
                                   "MAISON D'ENFANTS LA COLLINE"sv};
constexpr std::array commune_heads{"SAINT-"sv, "SAINTE-"sv, "CASTEL"sv, "MONT"sv,
                                   "VILLE"sv,  "ROQUE"sv,   "L'HAŸ-"sv, "PUY"sv,
                                   "BOURG-"sv, "LA "sv,     "LES "sv,   "MAS-"sv};
constexpr std::array commune_tails{""sv,          ""sv,           "-SUR-LAUZE"sv,  "-LE-VIEUX"sv,
                                   "-D'OC"sv,     "-LES-BŒUFS"sv, "-EN-RIEUTOR"sv, ""sv,
                                   "-LA-NEUVE"sv, "-SOUS-PEYRE"sv};
constexpr std::array ways{"RUE"sv, "CHEMIN"sv, "AVENUE"sv, "IMPASSE"sv, "PLACE"sv, "ALLÉE"sv};
constexpr std::array flowers{"DES GENÊTS"sv,  "DU LAVOIR"sv,       "DE L'ÉTANG"sv,
                             "DES CIGALES"sv, "DU FOUR À CHAUX"sv, "DES ŒILLETS"sv,
                             "DU PRÉ HAUT"sv, "DE LA GARE"sv,      "DES AMANDIERS"sv,
                             "DU CANAL"sv,    "DES DEUX VENTS"sv,  "DE L'ÉCOLE"sv};
constexpr std::array schools{"LES GENÊTS"sv,         "LE PETIT BOIS"sv,       "L'OISEAU BLEU"sv,
                             "DU PARC & DES PRÉS"sv, "LES CŒURS VAILLANTS"sv, "DU CENTRE"sv,
                             "LA RIVIÈRE"sv,         "LES 4 SAISONS"sv,       "JOLI MAI"sv,
                             "D'EN HAUT"sv,          "LES PLATANES"sv,        ""sv};

template <class Table>
std::string_view pick(const Table& table, std::uint64_t number) {
  return table[number % table.size()];
}

/// One family name. The shares of particles and double names are guesses, made to be met in a small
/// set.
std::string compose(Random& random) {
  const auto stem = [&] {
    std::string name(pick(onsets, random.next()));
    name += pick(middles, random.next());
    name += pick(ends, random.next());
    return name;
  };
  const std::uint32_t style = random.below(100);
  if (style < 4) return "DE " + stem();
  if (style < 6) return "D'" + stem();
  if (style < 8) return "L'" + stem();
  if (style < 10) return "LE " + stem();
  if (style < 11) return "DE LA " + stem();
  if (style < 18) {
    const std::string left = stem();
    return left + "-" + stem();
  }
  if (style < 20) {
    const std::string left = stem();
    return left + " " + stem();
  }
  return stem();
}

struct Letter {
  std::string_view upper;
  std::string_view lower;
  std::string_view plain;       ///< lower-case ASCII
  std::string_view decomposed;  ///< of the capital; empty when it has no decomposition
};
constexpr std::array letters{
    Letter{"À", "à", "a", "A\xCC\x80"}, Letter{"Â", "â", "a", "A\xCC\x82"},
    Letter{"Æ", "æ", "ae", ""},         Letter{"Ç", "ç", "c", "C\xCC\xA7"},
    Letter{"È", "è", "e", "E\xCC\x80"}, Letter{"É", "é", "e", "E\xCC\x81"},
    Letter{"Ê", "ê", "e", "E\xCC\x82"}, Letter{"Ë", "ë", "e", "E\xCC\x88"},
    Letter{"Î", "î", "i", "I\xCC\x82"}, Letter{"Ï", "ï", "i", "I\xCC\x88"},
    Letter{"Ñ", "ñ", "n", "N\xCC\x83"}, Letter{"Ô", "ô", "o", "O\xCC\x82"},
    Letter{"Œ", "œ", "oe", ""},         Letter{"Ù", "ù", "u", "U\xCC\x80"},
    Letter{"Û", "û", "u", "U\xCC\x82"}, Letter{"Ÿ", "ÿ", "y", "Y\xCC\x88"}};

/// The accented letter that `text` starts with at `at`; all of them take two bytes in UTF-8.
const Letter* letter_at(std::string_view text, std::size_t at) {
  for (const Letter& letter : letters) {
    const std::string_view two = text.substr(at, 2);
    if (two == letter.upper || two == letter.lower) return &letter;
  }
  return nullptr;
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

Names::Names(std::uint64_t seed) : seed_(seed) {
  families_.reserve(family_count);
  Random random(mix({seed, 0x6E6F6D}));
  for (unsigned i = 0; i < family_count; ++i) families_.push_back(compose(random));
}

std::string_view Names::first(Sexe sexe, std::uint16_t number) const {
  return sexe == Sexe::feminin ? pick(girls, number) : pick(boys, number);
}

std::uint16_t Names::first_count(Sexe sexe) {
  return static_cast<std::uint16_t>(sexe == Sexe::feminin ? girls.size() : boys.size());
}

std::string_view Names::organisation(std::uint32_t number) {
  return pick(organisations, number);
}

std::string Names::commune(std::uint32_t number) const {
  Random random(mix({seed_, 0x766974, number}));
  std::string name(pick(commune_heads, random.next()));
  name += pick(onsets, random.next());
  name += pick(ends, random.next());
  name += pick(commune_tails, random.next());
  return name;
}

std::string Names::street(std::uint32_t number) {
  std::string name(pick(ways, number));
  name += " ";
  name += pick(flowers, number / ways.size());
  return name;
}

std::string_view Names::school(std::uint32_t number) {
  return pick(schools, number);
}

std::uint16_t Names::draw_family(Random& random) {
  const double u = random.unit();
  return static_cast<std::uint16_t>(u * u * family_count);
}

std::uint16_t Names::draw_first(Random& random, Sexe sexe) {
  return static_cast<std::uint16_t>(random.below(first_count(sexe)));
}

std::string ascii(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (is_ascii(text[i])) {
      const char c = lower(text[i++]);
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) result += c;
    } else {
      if (const Letter* letter = letter_at(text, i)) result += letter->plain;
      i += 2;
    }
  }
  return result;
}

std::string decomposed(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const Letter* letter = is_ascii(text[i]) ? nullptr : letter_at(text, i);
    if (letter != nullptr && !letter->decomposed.empty() && text.substr(i, 2) == letter->upper) {
      result += letter->decomposed;
      i += 2;
    } else {
      result += text[i++];
    }
  }
  return result;
}

std::string capitalised(std::string_view text) {
  std::string result;
  bool first = true;
  for (std::size_t i = 0; i < text.size();) {
    if (is_ascii(text[i])) {
      const char c = text[i++];
      result += first ? c : lower(c);
      first = c == ' ' || c == '-' || c == '\'';
      continue;
    }
    const Letter* letter = letter_at(text, i);
    result += letter == nullptr ? text.substr(i, 2) : (first ? letter->upper : letter->lower);
    i += 2;
    first = false;
  }
  return result;
}

}  // namespace generator
