#include "access_rendering.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/base64.hpp"
#include "core/csv.hpp"
#include "core/dn.hpp"
#include "core/text.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

constexpr std::string_view not_configured = "non renseigné par l'exploitant de l'annuaire";

std::string_view in_french(Withheld withheld) {
  switch (withheld) {
    case Withheld::nothing:
      return "";
    case Withheld::eleve:
      return "un élève (autre personne, non communiqué)";
    case Withheld::responsable:
      return "un autre responsable légal (non communiqué)";
    case Withheld::enseignant:
      return "un enseignant";
    case Withheld::directeur:
      return "un directeur ou une directrice d'école";
    case Withheld::personnel:
      return "un membre du personnel";
    case Withheld::collectivite:
      return "un agent de la collectivité";
    case Withheld::person:
      return "une autre personne (non communiqué)";
    case Withheld::contact:
      return "information concernant une autre personne (non communiquée)";
    case Withheld::secret:
      return "donnée secrète (mot de passe), jamais communiquée";
    case Withheld::digest:
      return "seule une empreinte est conservée";
    case Withheld::erased:
      return "valeur effacée";
  }
  return "";
}

std::string_view in_french(ToldOwner owner) {
  switch (owner) {
    case ToldOwner::source:
      return "Reprise chaque nuit de la base de l'école (ONDE)";
    case ToldOwner::initial:
      return "Fixée à la création du compte";
    case ToldOwner::ent:
      return "Saisie ou tenue dans l'ENT";
    case ToldOwner::program:
      return "Calculée pour gérer le compte";
  }
  return "";
}

std::string_view in_french(Operation operation) {
  switch (operation) {
    case Operation::create:
      return "création du compte";
    case Operation::modify:
      return "modification";
    case Operation::absent:
      return "fin de droit constatée";
    case Operation::restore:
      return "retour de la personne";
    case Operation::remove:
      return "suppression du compte";
  }
  return "";
}

std::string_view in_french(Profil profil) {
  switch (profil) {
    case Profil::eleve:
      return "élève";
    case Profil::responsable:
      return "responsable d'élève";
    case Profil::enseignant:
      return "enseignant";
    case Profil::directeur:
      return "directeur d'école";
    case Profil::personnel:
      return "personnel de l'école";
    case Profil::collectivite:
      return "agent de la collectivité";
  }
  return "";
}

std::string_view in_french(Asker asker) {
  switch (asker) {
    case Asker::person:
      return "la personne elle-même";
    case Asker::responsable:
      return "un responsable légal de l'élève, d'après le lien inscrit dans l'annuaire";
    case Asker::proven:
      return "une personne dont le droit a été vérifié sur justificatif";
  }
  return "";
}

std::string_view in_french(Register which) {
  switch (which) {
    case Register::restriction:
      return "gel des données (limitation)";
    case Register::objection:
      return "opposition";
    case Register::death:
      return "décès";
  }
  return "";
}

std::string_view in_french(RegisterState state) {
  switch (state) {
    case RegisterState::active:
      return "en vigueur";
    case RegisterState::examined:
      return "en cours d'examen";
    case RegisterState::refused:
      return "refusée";
    case RegisterState::lifted:
      return "levé";
    case RegisterState::withdrawn:
      return "retirée";
  }
  return "";
}

std::string_view by_whom(const ToldChange& change) {
  return change.by_program ? "traitement automatique" : "intervention d'un administrateur";
}

std::string or_missing(const std::string& text) {
  return text.empty() ? std::string(not_configured) : text;
}

std::string french_day(std::string_view rfc3339) {
  const auto day = Date::from_iso(rfc3339.substr(0, 10));
  return day ? day->aaf() : std::string();
}

/// A value as a person reads it: of a DN what it names, composites as a list, days as days.
std::string plain(const std::string& value) {
  if (!is_valid_utf8(value))
    return "(image ou fichier, " + std::to_string(value.size()) + " octets)";
  std::vector<std::string_view> parts;
  split_composite(value, parts);
  const bool is_link = parts.front().find('=') != std::string_view::npos;
  const auto dn = is_link ? dn::parse(parts.front()) : std::nullopt;
  std::string text = dn && !dn->empty() ? dn->front().front().value : std::string(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (!parts[i].empty()) text += ", " + std::string(parts[i]);
  constexpr std::size_t generalized = 15;  // 20260915000000Z
  if (value.size() == generalized && value.ends_with("000000Z"))
    if (const auto day = Date::from_compact(std::string_view(value).substr(0, 8)))
      return day->aaf();
  return printable(text);
}

std::string shown(const ToldValue& value) {
  if (value.is_requester) return "vous-même";
  return value.withheld == Withheld::nothing ? plain(value.text)
                                             : "(" + std::string(in_french(value.withheld)) + ")";
}

/// What the register and the configuration add to one attribute.
class Words {
 public:
  explicit Words(const AccessAnswer& answer) : answer_(answer) {}

  [[nodiscard]] std::string label(const std::string& attribute) const {
    const RegisterLine* line = answer_.processing.line_of(attribute);
    return line == nullptr ? attribute : line->label;
  }
  [[nodiscard]] std::string category(const std::string& attribute) const {
    const RegisterLine* line = answer_.processing.line_of(attribute);
    return line == nullptr ? "Autres données tenues dans l'ENT"
                           : answer_.processing.category_of(*line).label;
  }
  [[nodiscard]] std::string purpose(const std::string& attribute) const {
    const RegisterLine* line = answer_.processing.line_of(attribute);
    return line == nullptr ? "" : answer_.processing.purpose_of(*line).text;
  }
  [[nodiscard]] std::vector<std::string> recipients(const std::string& attribute) const {
    const RegisterLine* line = answer_.processing.line_of(attribute);
    std::vector<std::string> all;
    if (line != nullptr) all = answer_.processing.category_of(*line).recipients;
    all.insert(all.end(), answer_.controller.recipients.begin(),
               answer_.controller.recipients.end());
    return all;
  }
  [[nodiscard]] std::string kept() const {
    const AccessPackage& package = answer_.package;
    if (package.restricted) return "tant que dure le gel du compte, qui suspend toute suppression";
    if (package.account_end)
      return "jusqu'à la suppression du compte, prévue le " + package.account_end->aaf();
    return "tant que la personne a droit à un compte, puis " +
           std::to_string(package.delete_after_days) + " jours au plus";
  }

 private:
  const AccessAnswer& answer_;
};

// donnees.json ------------------------------------------------------------------------------------

json::value day_or_null(const std::optional<Date>& day) {
  return day ? json::value(day->iso()) : json::value();
}

json::array text_list(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.push_back(json::value(text));
  return array;
}

json::value source_json(const ExplainedSource& source, const std::optional<Date>& delivered) {
  if (source.file.empty()) return nullptr;
  json::object object{{"fichier", source.file}, {"ligne", source.line}};
  if (delivered) object["livraison_du"] = delivered->iso();
  return object;
}

json::object value_json(const ToldValue& value) {
  if (value.withheld != Withheld::nothing)
    return {{"valeur", nullptr}, {"non_communiquee", in_french(value.withheld)}};
  if (!is_valid_utf8(value.text)) return {{"valeur_base64", to_base64(value.text)}};
  return {{"valeur", value.text}};
}

json::array values_json(const std::vector<ToldValue>& values) {
  json::array array;
  for (const ToldValue& value : values) array.push_back(value_json(value));
  return array;
}

json::object attribute_json(const AccessAnswer& answer, const ToldAttribute& attribute) {
  const Words words(answer);
  json::array values;
  for (const ToldValue& value : attribute.values) {
    json::object one = value_json(value);
    one["source"] = source_json(value.source, answer.package.delivered);
    values.push_back(std::move(one));
  }
  return {{"attribut", attribute.name},
          {"libelle", words.label(attribute.name)},
          {"categorie", words.category(attribute.name)},
          {"finalite", words.purpose(attribute.name)},
          {"valeurs", std::move(values)},
          {"proprietaire", to_string(attribute.owner)},
          {"origine", in_french(attribute.owner)},
          {"regle", attribute.rule},
          {"dernier_changement",
           attribute.last_change.empty() ? json::value() : json::value(attribute.last_change)},
          {"destinataires", text_list(words.recipients(attribute.name))},
          {"conservation", words.kept()},
          {"conservation_jusqu_au",
           answer.package.restricted ? json::value() : day_or_null(answer.package.account_end)}};
}

json::object change_json(const AccessAnswer& answer, const ToldChange& change) {
  return {
      {"date", change.time},
      {"operation", in_french(change.operation)},
      {"attribut", change.attribute},
      {"libelle", change.attribute.empty() ? std::string() : Words(answer).label(change.attribute)},
      {"anciennes_valeurs", values_json(change.removed)},
      {"nouvelles_valeurs", values_json(change.added)},
      {"source", source_json(change.source, std::nullopt)},
      {"regle", change.rule},
      {"execution", change.run},
      {"auteur", by_whom(change)},
      {"conservation_jusqu_au", day_or_null(change.told_until)}};
}

json::array registers_json(const AccessAnswer& answer) {
  json::array lines;
  for (const RegisterEntry& entry : answer.registers)
    lines.push_back(json::object{{"registre", in_french(entry.which)},
                                 {"etat", in_french(entry.state)},
                                 {"depuis", entry.since.iso()}});
  return lines;
}

std::string make_json(const AccessAnswer& answer) {
  const AccessPackage& package = answer.package;
  json::array attributes;
  for (const ToldAttribute& attribute : package.attributes)
    attributes.push_back(attribute_json(answer, attribute));
  json::array changes;
  for (const ToldChange& change : package.changes) changes.push_back(change_json(answer, change));
  const config::Controller& controller = answer.controller;
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
  };
  const json::object all{
      {"format", 1},
      {"etabli_le", answer.made.iso()},
      {"demande", json::object{{"recue_le", answer.received.iso()},
                               {"reponse_due_le", answer_due(answer.received).iso()},
                               {"demandeur", in_french(answer.asker)},
                               {"dossier", answer.ticket}}},
      {"responsable_de_traitement", text_or_null(controller.name)},
      {"adresse_du_responsable", text_or_null(controller.address)},
      {"delegue_a_la_protection_des_donnees", text_or_null(controller.dpo)},
      {"base_legale", answer.processing.legal_basis},
      {"transferts_hors_union_europeenne", text_or_null(controller.transfers)},
      {"personne", json::object{{"cle", package.subject},
                                {"profil", to_string(package.profil)},
                                {"ecoles", text_list(package.schools)},
                                {"entree", text_or_null(package.dn)},
                                {"fichier_de_la_livraison", text_or_null(package.delivery)},
                                {"livraison_du", day_or_null(package.delivered)},
                                {"gel", package.restricted}}},
      {"donnees", std::move(attributes)},
      {"groupes", text_list(package.groups)},
      {"registres", registers_json(answer)},
      {"historique", std::move(changes)},
      {"valeurs_non_communiquees", package.withheld}};
  return json::serialize(all) + "\n";
}

// historique.csv ----------------------------------------------------------------------------------

std::string in_one_cell(const std::vector<ToldValue>& values) {
  std::string text;
  for (const ToldValue& value : values) {
    const bool is_text = value.withheld == Withheld::nothing && is_valid_utf8(value.text);
    text += (text.empty() ? "" : "\n") + (is_text ? value.text : shown(value));
  }
  return text;
}

std::string csv_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) row += (row.empty() ? "" : ";") + csv_cell(cell);
  return row + "\r\n";
}

/// Semicolons and a byte order mark: what spreadsheets in French open by a double click.
std::string make_csv(const AccessAnswer& answer) {
  const Words words(answer);
  std::string text = "\xEF\xBB\xBF";
  text +=
      csv_row({"date", "operation", "donnee", "attribut", "ancienne_valeur", "nouvelle_valeur",
               "fichier_d_origine", "ligne", "regle", "execution", "auteur", "conserve_jusqu_au"});
  for (const ToldChange& change : answer.package.changes)
    text +=
        csv_row({change.time, std::string(in_french(change.operation)),
                 change.attribute.empty() ? "" : words.label(change.attribute), change.attribute,
                 in_one_cell(change.removed), in_one_cell(change.added), change.source.file,
                 change.source.file.empty() ? "" : std::to_string(change.source.line), change.rule,
                 change.run, std::string(by_whom(change)),
                 change.told_until ? change.told_until->iso() : ""});
  return text;
}

// donnees.html ------------------------------------------------------------------------------------

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string shown_list(const std::vector<ToldValue>& values) {
  std::string html;
  for (const ToldValue& value : values)
    html += (html.empty() ? "" : "<br>") + escaped(shown(value));
  return html;
}

std::string in_one_line(const std::vector<std::string>& texts, std::string_view by = ", ") {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : std::string(by)) + text;
  return all;
}

constexpr std::string_view html_head = R"(<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Données personnelles dans l'annuaire de l'ENT</title>
<style>
body { font-family: sans-serif; line-height: 1.5; color: #1a1a1a; background: #fff; max-width: 70rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
caption { text-align: left; font-weight: bold; font-size: 1.2rem; padding: .5rem 0; }
th, td { border: 1px solid #767676; padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: #e8eef7; }
@media print { body { max-width: none; } }
</style>
</head>
<body>
<main>
)";

std::string html_introduction(const AccessAnswer& answer) {
  const AccessPackage& package = answer.package;
  std::string html =
      "<h1>Données personnelles dans l'annuaire de l'ENT</h1>\n<p>Cette page répond à la "
      "demande reçue le " +
      answer.received.aaf() +
      ". Elle montre tout ce que l'annuaire de l'espace "
      "numérique de travail (ENT) contient sur cette personne (" +
      std::string(in_french(package.profil)) + ") le " + answer.made.aaf() + ".</p>\n";
  if (package.attributes.empty())
    html += "<p>L'annuaire ne contient pas de compte pour cette personne.</p>\n";
  if (package.withheld != 0)
    html += "<p>" + std::to_string(package.withheld) +
            " information(s) concernent d'autres personnes : elles ne sont pas communiquées, pour "
            "protéger ces personnes.</p>\n";
  html += "<h2>Qui est responsable</h2>\n<dl>\n<dt>Responsable du traitement</dt><dd>" +
          escaped(or_missing(answer.controller.name)) + "</dd>\n";
  if (!answer.controller.address.empty())
    html += "<dt>Adresse</dt><dd>" + escaped(answer.controller.address) + "</dd>\n";
  html += "<dt>Délégué à la protection des données</dt><dd>" +
          escaped(or_missing(answer.controller.dpo)) + "</dd>\n<dt>Base légale</dt><dd>" +
          escaped(answer.processing.legal_basis) + "</dd>\n<dt>Durée de conservation</dt><dd>" +
          escaped(Words(answer).kept()) + "</dd>\n</dl>\n";
  return html;
}

std::string origin_of(const AccessAnswer& answer, const ToldAttribute& attribute) {
  std::string html = escaped(in_french(attribute.owner));
  std::vector<std::string> places;
  for (const ToldValue& value : attribute.values)
    if (!value.source.file.empty()) {
      std::string place = value.source.file + ", ligne " + std::to_string(value.source.line);
      if (std::ranges::find(places, place) == places.end()) places.push_back(std::move(place));
    }
  if (!places.empty() && answer.package.delivered)
    html += "<br>Livraison du " + answer.package.delivered->aaf();
  for (const std::string& place : places) html += "<br><small>" + escaped(place) + "</small>";
  return html;
}

std::string last_change_of(const ToldAttribute& attribute) {
  if (!attribute.last_change.empty()) return french_day(attribute.last_change);
  return attribute.owner == ToldOwner::ent ? "non suivi" : "plus ancien que l'historique";
}

std::string html_category(const AccessAnswer& answer, const std::string& category) {
  const Words words(answer);
  std::string html = "<table>\n<caption>" + escaped(category) +
                     "</caption>\n<thead><tr><th scope=\"col\">Donnée</th><th "
                     "scope=\"col\">Valeur</th><th scope=\"col\">Origine</th><th "
                     "scope=\"col\">Dernier changement</th><th scope=\"col\">À quoi elle "
                     "sert</th><th scope=\"col\">Qui la reçoit</th></tr></thead>\n<tbody>\n";
  for (const ToldAttribute& attribute : answer.package.attributes) {
    if (words.category(attribute.name) != category) continue;
    html += "<tr><th scope=\"row\">" + escaped(words.label(attribute.name)) + "</th><td>" +
            shown_list(attribute.values) + "</td><td>" + origin_of(answer, attribute) +
            "</td><td>" + last_change_of(attribute) + "</td><td>" +
            escaped(words.purpose(attribute.name)) + "</td><td>" +
            escaped(in_one_line(words.recipients(attribute.name))) + "</td></tr>\n";
  }
  return html + "</tbody>\n</table>\n";
}

std::string html_list(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string html = std::string("<h2>") + title + "</h2>\n<ul>\n";
  for (const std::string& line : lines) html += "<li>" + escaped(line) + "</li>\n";
  return html + "</ul>\n";
}

std::string html_data(const AccessAnswer& answer) {
  std::vector<std::string> categories;
  for (const ToldAttribute& attribute : answer.package.attributes) {
    std::string category = Words(answer).category(attribute.name);
    if (std::ranges::find(categories, category) == categories.end())
      categories.push_back(std::move(category));
  }
  std::string html = "<h2>Les données</h2>\n";
  for (const std::string& category : categories) html += html_category(answer, category);
  std::vector<std::string> lines;
  for (const std::string& group : answer.package.groups) lines.push_back(printable(group));
  html += html_list("Les groupes", lines);
  lines.clear();
  for (const RegisterEntry& entry : answer.registers)
    lines.push_back(std::string(in_french(entry.which)) + " : " +
                    std::string(in_french(entry.state)) + ", depuis le " + entry.since.aaf());
  return html + html_list("Les demandes enregistrées", lines);
}

std::string html_history(const AccessAnswer& answer) {
  const Words words(answer);
  std::string html = "<h2>L'historique</h2>\n<p>Les changements sont conservés " +
                     std::to_string(answer.values_days) + " jours.</p>\n";
  if (answer.package.changes.empty()) return html + "<p>Aucun changement n'est conservé.</p>\n";
  html +=
      "<table>\n<caption>Changements conservés</caption>\n<thead><tr><th "
      "scope=\"col\">Jour</th><th scope=\"col\">Opération</th><th scope=\"col\">Donnée</th><th "
      "scope=\"col\">Avant</th><th scope=\"col\">Après</th><th scope=\"col\">En raison "
      "de</th><th scope=\"col\">Par</th></tr></thead>\n<tbody>\n";
  for (const ToldChange& change : answer.package.changes)
    html += "<tr><td>" + french_day(change.time) + "</td><td>" +
            std::string(in_french(change.operation)) + "</td><td>" +
            escaped(change.attribute.empty() ? std::string() : words.label(change.attribute)) +
            "</td><td>" + shown_list(change.removed) + "</td><td>" + shown_list(change.added) +
            "</td><td>" +
            (change.source.file.empty()
                 ? std::string()
                 : escaped(change.source.file + ", ligne " + std::to_string(change.source.line))) +
            "</td><td>" + std::string(by_whom(change)) + "</td></tr>\n";
  return html + "</tbody>\n</table>\n";
}

std::string make_html(const AccessAnswer& answer) {
  return std::string(html_head) + html_introduction(answer) + html_data(answer) +
         html_history(answer) +
         "<h2>Vos droits</h2>\n<p>Le fichier LISEZMOI.txt explique vos droits et comment les "
         "exercer.</p>\n</main>\n</body>\n</html>\n";
}

// LISEZMOI.txt ------------------------------------------------------------------------------------

std::string readme_deadline(const AccessAnswer& answer) {
  return "LE DÉLAI\n\n"
         "Votre demande a été reçue le " +
         answer.received.aaf() +
         ". La réponse est due dans un délai d'un mois\n"
         "(règlement général sur la protection des données, RGPD, article 12, paragraphe 3),\n"
         "c'est-à-dire au plus tard le " +
         answer_due(answer.received).aaf() +
         ". Si la demande est complexe, ce délai peut être\n"
         "prolongé de deux mois, jusqu'au " +
         answer_due_put_off(answer.received).aaf() +
         ", à condition de vous en avoir dit la raison\n"
         "pendant le premier mois. Cette réponse a été établie le " +
         answer.made.aaf() + ".\n\n";
}

std::string readme_people(const AccessAnswer& answer) {
  std::string text =
      "À QUI S'ADRESSER\n\nResponsable du traitement : " + or_missing(answer.controller.name) +
      "\n";
  if (!answer.controller.address.empty()) text += "Adresse : " + answer.controller.address + "\n";
  text += "Délégué à la protection des données : " + or_missing(answer.controller.dpo) +
          "\nAutres destinataires des données : " +
          or_missing(in_one_line(answer.controller.recipients)) +
          "\nTransferts hors de l'Union européenne : " + or_missing(answer.controller.transfers) +
          "\n";
  if (!answer.ticket.empty()) text += "Référence de votre dossier : " + answer.ticket + "\n";
  return text + "\n";
}

std::string readme_withheld(const AccessAnswer& answer) {
  std::string text =
      "CE QUI N'Y EST PAS\n\n"
      "* Les données des autres personnes. L'accès d'une personne à ses données ne doit pas\n"
      "  porter atteinte aux droits d'autrui (RGPD, article 15, paragraphe 4). Les autres\n"
      "  personnes n'apparaissent donc que par leur rôle : « un enseignant », « un autre\n"
      "  responsable légal ». Rien de l'autre responsable d'un élève n'est communiqué : ni nom,\n"
      "  ni adresse, ni téléphone, ni adresse électronique, ni identifiant.\n";
  if (answer.package.withheld != 0)
    text += "  " + std::to_string(answer.package.withheld) +
            " valeur(s) ont été retirées pour cette raison ; leur place est marquée.\n";
  return text +
         "* Les mots de passe, qui ne sont jamais communiqués.\n"
         "* Les changements plus anciens que la durée de conservation, et ceux dont les valeurs\n"
         "  ont été effacées.\n"
         "* Ce qui ne se trouve pas dans l'annuaire : messages, travaux et documents déposés dans\n"
         "  l'ENT, et le dossier de l'école. Demandez-les au responsable du traitement, ou à\n"
         "  l'école.\n\n";
}

std::string make_readme(const AccessAnswer& answer) {
  return "VOS DONNÉES DANS L'ANNUAIRE DE L'ESPACE NUMÉRIQUE DE TRAVAIL (ENT)\n\n"
         "Ce dossier répond à une demande d'accès (RGPD, article 15) présentée par " +
         std::string(in_french(answer.asker)) +
         ".\n\n"
         "LES FICHIERS\n\n"
         "* donnees.html : à ouvrir dans un navigateur. Toutes les données, expliquées.\n"
         "* donnees.json : les mêmes données, pour un programme.\n"
         "* historique.csv : les changements encore conservés, pour un tableur.\n\n"
         "COMMENT LES LIRE\n\n"
         "Chaque donnée est accompagnée de son origine. La plupart viennent de la base ONDE, "
         "tenue\n"
         "par la direction de l'école, et arrivent par l'annuaire de l'académie (AAF) : le "
         "fichier,\n"
         "le jour de sa livraison et la ligne sont indiqués. Les autres sont fixées à la création\n"
         "du compte, calculées pour le gérer, ou tenues dans l'ENT. Les données sont conservées\n" +
         Words(answer).kept() + ".\nLes changements sont conservés " +
         std::to_string(answer.values_days) + " jours.\n\n" + readme_withheld(answer) +
         readme_deadline(answer) +
         "VOS DROITS\n\n"
         "* Faire corriger une donnée inexacte (article 16) : adressez-vous à la direction de\n"
         "  l'école, qui la corrige dans ONDE ; l'annuaire suit dès la livraison suivante.\n"
         "* Demander le gel des données (article 18) et vous opposer au traitement (article 21),\n"
         "  auprès du responsable du traitement.\n"
         "* Donner des directives sur le sort de vos données après votre décès (loi du 6 janvier\n"
         "  1978, article 85).\n"
         "* Adresser une réclamation à la CNIL : Commission nationale de l'informatique et des\n"
         "  libertés, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07 ;\n"
         "  www.cnil.fr/fr/plaintes.\n\n" +
         readme_people(answer);
}

}  // namespace

AccessFiles render(const AccessAnswer& answer) {
  return {make_json(answer), make_html(answer), make_csv(answer), make_readme(answer)};
}

}  // namespace entsync
