#include "processing_activities.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/csv.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

constexpr std::string_view said_to_be_missing = "non renseigné dans la configuration";

std::string_view many_in_french(Profil profil) {
  switch (profil) {
    case Profil::eleve:
      return "élèves";
    case Profil::responsable:
      return "responsables d'élèves";
    case Profil::enseignant:
      return "enseignants";
    case Profil::directeur:
      return "directeurs d'école";
    case Profil::personnel:
      return "personnels de l'école";
    case Profil::collectivite:
      return "agents des collectivités";
  }
  return "";
}

std::string days(int count) {
  return std::to_string(count) + " jours";
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

class ActivityMaker {
 public:
  ActivityMaker(const config::Configuration& configuration, const ProcessingRegister& processing)
      : settings_(configuration.settings), rules_(configuration.rules), processing_(processing) {
    for (const Profil profil : all_profils)
      if (profil != Profil::collectivite || !settings_.requests.path.empty())
        profils_.push_back(profil);
  }

  ProcessingActivity directory() const {
    ProcessingActivity activity = activity_of("annuaire", "Alimentation de l'annuaire ENT");
    activity.legal_basis = processing_.legal_basis;
    for (const config::Academie& academie : settings_.academies)
      activity.sources.push_back("ONDE, par l'annuaire académique fédérateur (AAF) de " +
                                 academie.code);
    if (!settings_.requests.path.empty())
      activity.sources.emplace_back("Demandes de comptes des collectivités, saisies à la main");
    for (TargetAttribute a = 0; a < rules_.target.size(); ++a) {
      RegisteredDatum datum = datum_of(a);
      if (datum.persons.empty()) continue;
      datum.retention = retention_of(a);
      add_once(activity.purposes, datum.purpose);
      for (const std::string& recipient : datum.recipients)
        add_once(activity.recipients, recipient);
      activity.data.push_back(std::move(datum));
    }
    for (const Profil profil : profils_)
      activity.retention.push_back("Comptes des " + std::string(many_in_french(profil)) + " : " +
                                   clock_of(profil));
    if (!settings_.absence.justification.empty())
      activity.retention.push_back("Justification : " + settings_.absence.justification);
    if (!settings_.inbox.directory.empty())
      activity.retention.push_back("Livraisons reçues : " +
                                   days(static_cast<int>(settings_.inbox.keep.count())));
    activity.measures = measures_of_directory();
    return activity;
  }

  ProcessingActivity journal() const {
    ProcessingActivity activity = activity_of("journalisation", "Journalisation");
    activity.legal_basis =
        "Sécurité du traitement (RGPD, art. 5.1.f et 32) ; recommandation CNIL n° 2021-122";
    activity.purposes = {"Savoir qui a changé ou consulté quoi, quand et pour quelle raison",
                         "Répondre aux personnes qui exercent leurs droits"};
    activity.sources = {"Le traitement « Alimentation de l'annuaire ENT »"};
    activity.recipients = {"Le délégué à la protection des données",
                           "Les administrateurs et auditeurs habilités"};
    const config::Retention& retention = settings_.retention;
    activity.retention = {
        "Enregistrements du journal : " + days(retention.journal_days),
        "Valeurs chiffrées du coffre : " + days(retention.values_days),
        "Clé d'une personne, après la suppression de son compte : " + days(retention.grace_days),
        "Rapports d'exécution : " + days(retention.report_days)};
    if (!retention.justification.empty())
      activity.retention.push_back("Justification : " + retention.justification);
    for (TargetAttribute a = 0; a < rules_.target.size(); ++a) {
      RegisteredDatum datum = datum_of(a);
      if (datum.persons.empty()) continue;
      datum.recipients = activity.recipients;
      datum.purpose = activity.purposes.front();
      datum.retention = journal_retention_of(a);
      activity.data.push_back(std::move(datum));
    }
    activity.measures = measures_of_journal();
    return activity;
  }

 private:
  [[nodiscard]] ProcessingActivity activity_of(std::string id, std::string name) const {
    ProcessingActivity activity;
    activity.id = std::move(id);
    activity.name = std::move(name);
    for (const Profil profil : profils_) activity.persons.emplace_back(many_in_french(profil));
    return activity;
  }

  [[nodiscard]] static bool has(const EntryRules& entry, TargetAttribute attribute) {
    return std::ranges::find(entry.attributes, attribute, &AttributeRule::attribute) !=
           entry.attributes.end();
  }

  /// What the program writes by itself, whatever the rules of a profile say.
  [[nodiscard]] bool is_of_every_person(TargetAttribute attribute) const {
    const TargetNames& names = rules_.names;
    return attribute == names.object_class || attribute == names.absent_since ||
           attribute == names.deletion_date || attribute == names.account_state ||
           attribute == names.account_lock || attribute == names.restriction;
  }

  [[nodiscard]] std::vector<std::string> persons_with(TargetAttribute attribute) const {
    std::vector<std::string> persons;
    for (const Profil profil : profils_)
      if (is_of_every_person(attribute) || has(rules_.person(profil), attribute))
        persons.emplace_back(many_in_french(profil));
    return persons;
  }

  [[nodiscard]] std::vector<std::string> bearers_of(TargetAttribute attribute) const {
    std::vector<std::string> all = persons_with(attribute);
    const TargetNames& names = rules_.names;
    if (attribute == names.object_class || has(rules_.structure, attribute))
      all.emplace_back("écoles");
    const bool is_of_groups =
        attribute == names.object_class || attribute == names.member ||
        attribute == names.explicit_member || attribute == names.group_jointure ||
        std::ranges::any_of(rules_.groups,
                            [&](const GroupRules& group) { return has(group.entry, attribute); });
    if (is_of_groups) all.emplace_back("groupes");
    return all;
  }

  [[nodiscard]] RegisteredDatum datum_of(TargetAttribute attribute) const {
    const std::string& name = rules_.target.name(attribute);
    const RegisterLine& line = *processing_.line_of(name);
    const DataCategory& category = processing_.category_of(line);
    RegisteredDatum datum{name,
                          line.label,
                          category.label,
                          processing_.purpose_of(line).text,
                          bearers_of(attribute),
                          category.recipients,
                          {}};
    for (const std::string& recipient : settings_.controller.recipients)
      add_once(datum.recipients, recipient);
    return datum;
  }

  [[nodiscard]] std::string clock_of(Profil profil) const {
    const Delays& delays = settings_.absence.delays_of(profil);
    std::string text = "tant que la personne y a droit";
    if (settings_.absence.suspend)
      text += ", compte suspendu " + days(static_cast<int>(delays.suspend_after_days)) + " après";
    return text + (settings_.absence.erase
                       ? ", supprimé " + days(static_cast<int>(delays.delete_after_days)) +
                             " après, trois mois au plus"
                       : ", sans suppression automatique");
  }

  [[nodiscard]] std::string retention_of(TargetAttribute attribute) const {
    return persons_with(attribute).empty() ? "tant que l'école ou le groupe est dans l'annuaire"
                                           : "celle du compte de la personne";
  }

  [[nodiscard]] std::string journal_retention_of(TargetAttribute attribute) const {
    const config::Retention& retention = settings_.retention;
    switch (rules_.policy.of(rules_.target.name(attribute))) {
      case ValueClass::clear:
        return "en clair, " + days(retention.journal_days);
      case ValueClass::vault:
        return "chiffrée sous une clé propre à la personne, " + days(retention.values_days);
      case ValueClass::digest:
        return "empreinte seule, " + days(retention.journal_days);
      case ValueClass::never:
        break;
    }
    return "jamais journalisée";
  }

  [[nodiscard]] bool is_transport_protected() const {
    return settings_.ldap.start_tls || settings_.ldap.uri.starts_with("ldaps://") ||
           settings_.ldap.uri.starts_with("ldapi://");
  }

  [[nodiscard]] std::vector<Measure> measures_of_directory() const {
    const config::Settings& s = settings_;
    return {{"Connexion à l'annuaire chiffrée (LDAPS, StartTLS) ou locale (ldapi)",
             is_transport_protected()},
            {"Compte de service authentifié auprès de l'annuaire",
             s.ldap.bind != config::BindMode::anonymous},
            {"Une entrée modifiée entre-temps n'est pas écrasée (RFC 4528)", s.ldap.assertions},
            {"Minimisation : seuls les attributs des règles sont lus et écrits", true},
            {"Changements inhabituels retenus jusqu'à la décision d'une personne", true},
            {"Décision de deux personnes différentes pour certains changements",
             !s.second_person.empty()},
            {"Fichiers d'état réservés au compte de service (0700, 0600)", true},
            {"Journaux d'exploitation sans données personnelles", true},
            {"Interface locale réservée à des groupes d'utilisateurs", !s.control.socket.empty()},
            {"Interface réseau en TLS avec jetons ou certificats nominatifs",
             !s.control.tcp.address.empty()},
            {"Liste des oppositions sans nom, sous une clé secrète", !s.objection_key_file.empty()},
            {"Alertes à l'exploitant en cas d'incident",
             !s.notify.command.empty() || !s.notify.mail_to.empty() || !s.notify.webhook.empty()}};
  }

  [[nodiscard]] std::vector<Measure> measures_of_journal() const {
    const config::Settings& s = settings_;
    return {{"Personnes désignées par un pseudonyme (HMAC-SHA-256)", true},
            {"Valeurs chiffrées (AES-256-GCM) sous une clé par personne, détruite avec le compte",
             true},
            {"Clés du coffre rangées hors du dossier d'état", !s.vault.directory.empty()},
            {"Chaîne d'empreintes et points de contrôle signés (Ed25519)", true},
            {"Copie des points de contrôle hors du journal",
             !s.journal.checkpoint_file.empty() || !s.journal.checkpoint_command.empty()},
            {"Consultations journalisées avant d'être montrées", true},
            {"Valeurs montrées seulement avec une raison et un dossier", true},
            {"Alerte quand une consultation touche beaucoup de personnes",
             s.audit.alert_subjects != 0}};
  }

  const config::Settings& settings_;
  const Rules& rules_;
  const ProcessingRegister& processing_;
  std::vector<Profil> profils_;
};

// Forms -------------------------------------------------------------------------------------------

std::string or_said_missing(const std::string& text) {
  return text.empty() ? std::string(said_to_be_missing) : text;
}

std::string comma_joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string state_of(const Measure& measure) {
  return measure.configured ? "en place" : "non configurée";
}

json::array json_texts(const std::vector<std::string>& list) {
  json::array array;
  for (const std::string& text : list) array.push_back(json::value(text));
  return array;
}

json::object activity_json(const ProcessingActivity& activity) {
  json::array data;
  for (const RegisteredDatum& datum : activity.data)
    data.push_back(json::object{{"attribut", datum.attribute},
                                {"libelle", datum.label},
                                {"categorie", datum.category},
                                {"finalite", datum.purpose},
                                {"porteurs", json_texts(datum.persons)},
                                {"destinataires", json_texts(datum.recipients)},
                                {"conservation", datum.retention}});
  json::array measures;
  for (const Measure& measure : activity.measures)
    measures.push_back(json::object{{"mesure", measure.text}, {"en_place", measure.configured}});
  return {{"id", activity.id},
          {"nom", activity.name},
          {"base_legale", activity.legal_basis},
          {"finalites", json_texts(activity.purposes)},
          {"categories_de_personnes", json_texts(activity.persons)},
          {"sources", json_texts(activity.sources)},
          {"destinataires", json_texts(activity.recipients)},
          {"conservation", json_texts(activity.retention)},
          {"securite", std::move(measures)},
          {"donnees", std::move(data)}};
}

std::string register_json(const std::vector<ProcessingActivity>& activities,
                          const config::Controller& controller, Date made) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
  };
  json::array list;
  for (const ProcessingActivity& activity : activities) list.push_back(activity_json(activity));
  return json::serialize(
             json::object{{"format", 1},
                          {"etabli_le", made.iso()},
                          {"responsable_de_traitement", text_or_null(controller.name)},
                          {"adresse_du_responsable", text_or_null(controller.address)},
                          {"delegue_a_la_protection_des_donnees", text_or_null(controller.dpo)},
                          {"transferts_hors_union_europeenne", text_or_null(controller.transfers)},
                          {"activites", std::move(list)}}) +
         "\n";
}

std::string register_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) row += (row.empty() ? "" : ";") + csv_cell(cell);
  return row + "\r\n";
}

std::string activity_csv(const ProcessingActivity& activity, const config::Controller& controller) {
  std::string rows;
  const auto add = [&](const char* what, const std::string& text, const std::string& state = {}) {
    rows += register_row({activity.name, what, text, state, "", "", "", "", ""});
  };
  add("responsable de traitement", or_said_missing(controller.name));
  add("délégué à la protection des données", or_said_missing(controller.dpo));
  add("base légale", activity.legal_basis);
  for (const std::string& text : activity.purposes) add("finalité", text);
  for (const std::string& text : activity.persons) add("catégorie de personnes", text);
  for (const std::string& text : activity.sources) add("source", text);
  for (const std::string& text : activity.recipients) add("destinataire", text);
  add("transferts hors de l'Union européenne", or_said_missing(controller.transfers));
  for (const std::string& text : activity.retention) add("conservation", text);
  for (const Measure& measure : activity.measures) add("sécurité", measure.text, state_of(measure));
  for (const RegisteredDatum& datum : activity.data)
    rows += register_row({activity.name, "donnée", datum.attribute, datum.label, datum.category,
                          datum.purpose, comma_joined(datum.persons),
                          comma_joined(datum.recipients), datum.retention});
  return rows;
}

std::string register_csv(const std::vector<ProcessingActivity>& activities,
                         const config::Controller& controller) {
  std::string text = "\xEF\xBB\xBF";
  text += register_row({"activite", "rubrique", "element", "libelle_ou_etat", "categorie",
                        "finalite", "porteurs", "destinataires", "conservation"});
  for (const ProcessingActivity& activity : activities) text += activity_csv(activity, controller);
  return text;
}

std::string activity_text(const ProcessingActivity& activity) {
  std::string text = "\n" + activity.name + "\n  Base légale : " + activity.legal_basis + "\n";
  const auto add = [&](const char* what, const std::vector<std::string>& list) {
    text += std::string("  ") + what + " :\n";
    for (const std::string& one : list) text += "    - " + one + "\n";
  };
  add("Finalités", activity.purposes);
  add("Catégories de personnes", activity.persons);
  add("Sources", activity.sources);
  add("Destinataires", activity.recipients);
  add("Conservation", activity.retention);
  text += "  Sécurité :\n";
  for (const Measure& measure : activity.measures)
    text += "    - " + measure.text + " : " + state_of(measure) + "\n";
  text += "  Données :\n";
  for (const RegisteredDatum& datum : activity.data)
    text += "    - " + datum.attribute + " : " + datum.label + " [" + datum.category + "] – " +
            datum.purpose + " ; " + comma_joined(datum.persons) + " ; " + datum.retention + "\n";
  return text;
}

std::string register_text(const std::vector<ProcessingActivity>& activities,
                          const config::Controller& controller, Date made) {
  std::string text =
      "Registre des activités de traitement (RGPD, art. 30), établi le " + made.aaf() +
      "\nResponsable de traitement : " + or_said_missing(controller.name) +
      "\nDélégué à la protection des données : " + or_said_missing(controller.dpo) +
      "\nTransferts hors de l'Union européenne : " + or_said_missing(controller.transfers) + "\n";
  for (const ProcessingActivity& activity : activities) text += activity_text(activity);
  return text;
}

}  // namespace

std::vector<ProcessingActivity> processing_activities(const config::Configuration& configuration,
                                                      const ProcessingRegister& processing) {
  const ActivityMaker maker(configuration, processing);
  // An attribute that nobody has is not processed: of profiles that are not configured.
  return {maker.directory(), maker.journal()};
}

ActivityForms render(const std::vector<ProcessingActivity>& activities,
                     const config::Controller& controller, Date made) {
  return {register_text(activities, controller, made), register_json(activities, controller, made),
          register_csv(activities, controller)};
}

}  // namespace entsync
