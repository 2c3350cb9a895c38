#include "rectification_rendering.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "core/access_package.hpp"
#include "core/csv.hpp"
#include "core/dn.hpp"
#include "core/text.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

/// The recipient that this program serves itself.
constexpr std::string_view directory_recipient = "annuaire de l'ENT";

std::string state_text(const Rectification& ticket) {
  std::string text = std::string(to_string(ticket.state)) + " since " + ticket.since.iso();
  if (ticket.state == RectificationState::corrected)
    text += is_unreflected(ticket) ? ", not in the directory yet" : ", in the directory";
  return text;
}

std::string reflected_text(const Rectification& ticket) {
  if (ticket.state == RectificationState::closed) return "not followed any more";
  if (ticket.state != RectificationState::corrected) return "waits for the correction";
  if (ticket.reflected_at.empty())
    return "not yet reflected; a restriction, a held plan or a refusal keeps it: entsync explain " +
           printable(ticket.subject);
  return "reflected at " + ticket.reflected_at +
         (ticket.reflected_run.empty() ? ", found so" : " by run " + ticket.reflected_run);
}

std::string waiting_text(const Rectification& ticket, Date day) {
  if (!is_waiting(ticket)) return {};
  const Ageing ageing = ageing_of(ticket, day);
  return ", " + std::to_string(age_of(ticket, day)) + " days" +
         (ageing == Ageing::fresh ? "" : ", " + std::string(to_string(ageing))) + ", due on " +
         correction_due(ticket).iso();
}

std::string ticket_line(const Rectification& ticket, Date day) {
  return "  " + std::to_string(ticket.number) + "  " + printable(ticket.subject) + "  " +
         printable(ticket.attribute) + "  " + state_text(ticket) + waiting_text(ticket, day) + "\n";
}

std::string school_line(const RectificationsOfSchool& school) {
  std::string text = school.school + ": " + std::to_string(school.waiting) + " waiting";
  if (school.waiting != 0) text += ", the oldest for " + std::to_string(school.oldest) + " days";
  if (school.first_reminder != 0)
    text += ", " + std::to_string(school.first_reminder) + " past the first reminder";
  if (school.second_reminder != 0)
    text += ", " + std::to_string(school.second_reminder) + " past the second reminder";
  if (school.overdue != 0) text += ", " + std::to_string(school.overdue) + " overdue";
  if (school.unreflected != 0)
    text += ", " + std::to_string(school.unreflected) + " not in the directory yet";
  return text + "\n";
}

json::value text_or_none(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::value place_json(const DeliveredPlace& place) {
  if (place.file.empty()) return nullptr;
  json::object object{{"file", place.file}, {"line", place.line}};
  object["delivered"] = place.delivered ? json::value(place.delivered->iso()) : json::value();
  return object;
}

json::object ticket_json(const Rectification& ticket, Date day) {
  const bool waits = is_waiting(ticket);
  const json::object directory{{"recipient", directory_recipient},
                               {"served_by", "entsync"},
                               {"reflected_at", text_or_none(ticket.reflected_at)},
                               {"run", text_or_none(ticket.reflected_run)}};
  return {{"number", ticket.number},
          {"subject", ticket.subject},
          {"attribute", ticket.attribute},
          {"school", ticket.school},
          {"state", to_string(ticket.state)},
          {"received", ticket.received.iso()},
          {"opened", ticket.opened.iso()},
          {"since", ticket.since.iso()},
          {"age_days", waits ? json::value(age_of(ticket, day)) : json::value()},
          {"ageing", waits ? json::value(to_string(ageing_of(ticket, day))) : json::value()},
          {"due", waits ? json::value(correction_due(ticket).iso()) : json::value()},
          {"source", place_json(ticket.source)},
          {"correction", place_json(ticket.correction)},
          {"corrected_run", text_or_none(ticket.corrected_run)},
          {"recipients", json::array{directory}},
          {"actor", ticket.actor},
          {"reason", ticket.reason},
          {"ticket", text_or_none(ticket.ticket)}};
}

json::object school_json(const RectificationsOfSchool& school) {
  return {{"school", school.school},
          {"waiting", school.waiting},
          {"oldest_days", school.oldest},
          {"first_reminder", school.first_reminder},
          {"second_reminder", school.second_reminder},
          {"overdue", school.overdue},
          {"not_reflected", school.unreflected}};
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) row += (row.empty() ? "" : ",") + csv_cell(cell);
  return row + "\r\n";
}

std::string csv_of(const std::vector<Rectification>& tickets, Date day) {
  std::string text =
      csv_line({"number", "school", "state", "since", "received", "age_days", "ageing", "due",
                "subject", "attribute", "source", "correction", "reflected_at", "ticket"});
  for (const Rectification& one : tickets) {
    const bool waits = is_waiting(one);
    text += csv_line({std::to_string(one.number), one.school, std::string(to_string(one.state)),
                      one.since.iso(), one.received.iso(),
                      waits ? std::to_string(age_of(one, day)) : "",
                      waits ? std::string(to_string(ageing_of(one, day))) : "",
                      waits ? correction_due(one).iso() : "", one.subject, one.attribute,
                      one.source.str(), one.correction.str(), one.reflected_at, one.ticket});
  }
  return text;
}

// Letters in French ------------------------------------------------------------------------------

constexpr std::string_view unknown_contact = "non renseigné par l'exploitant de l'annuaire";

std::string contact(const std::string& text) {
  return text.empty() ? std::string(unknown_contact) : printable(text);
}

std::string_view profil_in_french(const std::string& profil) {
  if (profil == "eleve") return "élève";
  if (profil == "responsable") return "responsable d'élève";
  if (profil == "enseignant") return "enseignant";
  if (profil == "directeur") return "directeur ou directrice d'école";
  return "membre du personnel";
}

/// A value as a school reads it: of a link the ENT identifier that it leads to.
std::string value_in_french(const std::string& value) {
  if (value.empty()) return "(aucune valeur)";
  std::vector<std::string_view> parts;
  split_composite(value, parts);
  const auto link = dn::parse(parts.front());
  if (link && !link->empty() && parts.front().find('=') != std::string_view::npos)
    return "un lien vers le compte " + printable(link->front().front().value);
  return printable(value);
}

std::string place_in_french(const DeliveredPlace& place) {
  if (place.file.empty()) return "fiche de la personne";
  std::string text = "fichier " + printable(place.file) + ", ligne " + std::to_string(place.line);
  if (place.delivered) text += ", livraison du " + place.delivered->aaf();
  return text;
}

std::string number_in_base(const std::string& subject) {
  return printable(subject.substr(subject.rfind('/') + 1));
}

std::string claimed_in_french(const RectificationNotice& notice) {
  return notice.claimed ? value_in_french(*notice.claimed) : "voir la demande d'origine";
}

std::string heading(const std::string& title) {
  return title + "\n\n";
}

std::string school_notice(const RectificationNotice& notice) {
  const Rectification& ticket = notice.contested.ticket;
  const std::string number = std::to_string(ticket.number);
  std::string text =
      "DEMANDE DE RECTIFICATION N° " + number + "\nÀ la direction de l'école " + ticket.school +
      "\nÉtabli le " + notice.made.aaf() +
      "\n\n"
      "Une personne demande la correction d'une donnée dans l'annuaire de l'espace numérique de\n"
      "travail (ENT) : c'est son droit (règlement général sur la protection des données, RGPD,\n"
      "article 16). L'annuaire reprend cette donnée chaque nuit de votre base ONDE. Il ne la\n"
      "modifie jamais lui-même : seule la direction de l'école peut la corriger, dans ONDE.\n\n" +
      heading("LA DONNÉE CONTESTÉE") + "Personne : " + printable(notice.contested.name) + " (" +
      std::string(profil_in_french(notice.contested.profil)) +
      "), numéro dans la base de l'académie : " + number_in_base(ticket.subject) +
      "\nDonnée : " + printable(notice.label) + " (attribut " + printable(ticket.attribute) + ")\n";
  if (notice.contested.is_delivered)
    text += "Valeur actuelle : " + value_in_french(notice.contested.value) + "\n";
  else
    text += "Valeur contestée : elle ne figure plus dans la dernière livraison.\n";
  text += "Valeur demandée : " + claimed_in_french(notice) +
          "\nOrigine : " + place_in_french(ticket.source) + "\n";
  if (ticket.state == RectificationState::reopened)
    text += "La correction déjà faite a été perdue : l'ancienne valeur est revenue le " +
            ticket.since.aaf() + ".\n";
  return text + "\n" + heading("CE QU'IL FAUT FAIRE") +
         "1. Vérifiez la demande, au besoin avec la famille et ses justificatifs.\n"
         "2. Corrigez la fiche de la personne dans ONDE. La correction passe par l'annuaire de\n"
         "   l'académie (AAF) et arrive dans l'ENT avec une livraison suivante.\n"
         "3. Vous n'avez rien à renvoyer : cette demande se ferme d'elle-même dès qu'une "
         "livraison\n"
         "   apporte une autre valeur. Elle se rouvre si l'ancienne valeur revient.\n"
         "4. Si la valeur actuelle est exacte, ne la changez pas : écrivez-le, avec la raison, au\n"
         "   délégué à la protection des données, qui répond à la famille.\n\n" +
         heading("AVANT QUAND") + "Demande reçue le " + ticket.received.aaf() +
         ". Correction à faire au plus tard le " + correction_due(ticket).aaf() +
         ".\nLa famille doit recevoir une réponse au plus tard le " +
         answer_due(ticket.received).aaf() +
         " (RGPD, article 12).\n"
         "Sans correction, la demande est rappelée au bout de " +
         std::to_string(first_reminder_days) + " et de " + std::to_string(second_reminder_days) +
         " jours, et signalée en retard au\nbout de " + std::to_string(overdue_days) +
         " jours.\n\n" + heading("QUI CONTACTER") +
         "Responsable du traitement : " + contact(notice.controller.name) +
         "\nDélégué à la protection des données : " + contact(notice.controller.dpo) +
         "\nRéférence à rappeler : rectification n° " + number +
         (ticket.ticket.empty() ? "" : ", dossier " + printable(ticket.ticket)) +
         "\n\nCe document contient des données personnelles. Ne le transmettez qu'aux personnes "
         "qui\n"
         "font la correction, et détruisez-le ensuite.\n";
}

std::string what_happens(const RectificationNotice& notice) {
  const Rectification& ticket = notice.contested.ticket;
  switch (ticket.state) {
    case RectificationState::open:
    case RectificationState::reopened:
      return std::string(ticket.state == RectificationState::reopened
                             ? "La correction avait été faite, mais l'ancienne valeur est revenue "
                               "le " +
                                   ticket.since.aaf() + ".\nNous l'avons signalé à l'école.\n"
                             : "") +
             "Cette donnée vient de la base ONDE, tenue par la direction de l'école (" +
             ticket.school +
             "). L'ENT la\nreprend chaque nuit et ne peut pas la corriger lui-même : une "
             "correction "
             "faite dans l'ENT\nserait effacée la nuit suivante. Nous avons donc demandé à la "
             "direction de l'école de\ncorriger la donnée dans ONDE, au plus tard le " +
             correction_due(ticket).aaf() +
             ".\n\n"
             "Dès qu'une livraison de la base apporte une autre valeur, l'annuaire de l'ENT la "
             "reprend.\nVous n'avez rien d'autre à faire. L'école peut vous demander un "
             "justificatif.\n\n"
             "En attendant, vous pouvez demander que ces données soient gelées le temps de la\n"
             "vérification (RGPD, article 18).\n";
    case RectificationState::corrected:
      return "L'école a changé cette donnée" +
             (ticket.correction.delivered
                  ? " : la livraison du " + ticket.correction.delivered->aaf() +
                        " apporte une autre valeur"
                  : std::string()) +
             ".\n" +
             (ticket.reflected_at.empty()
                  ? "L'annuaire de l'ENT ne l'a pas encore reprise, parce que le compte est gelé "
                    "ou "
                    "que le\nchangement attend une vérification. Il la reprendra ensuite.\n"
                  : "L'annuaire de l'ENT l'a reprise le " +
                        Date::from_iso(ticket.reflected_at.substr(0, 10))
                            .value_or(ticket.since)
                            .aaf() +
                        ". Les services de l'ENT qui lisent\nl'annuaire la voient depuis ce "
                        "jour.\n") +
             "Si elle n'est toujours pas juste, écrivez-nous de nouveau.\n";
    case RectificationState::closed:
      return "Cette demande a été close le " + ticket.since.aaf() +
             ". La raison vous est donnée par le délégué à la\nprotection des données.\n";
  }
  return {};
}

std::string family_letter(const RectificationNotice& notice) {
  const Rectification& ticket = notice.contested.ticket;
  std::string text = "VOTRE DEMANDE DE CORRECTION\n\nLe " + notice.made.aaf() +
                     "\n\nVous avez demandé, le " + ticket.received.aaf() +
                     ", la correction d'une donnée de l'annuaire de l'espace\nnumérique de travail "
                     "(ENT). C'est votre droit (règlement général sur la protection des\n"
                     "données, RGPD, article 16).\n\nDonnée concernée : " +
                     printable(notice.label) + "\n";
  if (notice.claimed && ticket.state != RectificationState::closed)
    text += "Ce que vous demandez : " + value_in_french(*notice.claimed) + "\n";
  text += "Numéro de la demande : " + std::to_string(ticket.number) +
          (ticket.ticket.empty() ? "" : ", dossier " + printable(ticket.ticket)) + "\n\n" +
          heading("CE QUI SE PASSE MAINTENANT") + what_happens(notice) + "\n" +
          heading("LES DÉLAIS") +
          "Une réponse vous est due dans un délai d'un mois après votre demande, c'est-à-dire au "
          "plus\ntard le " +
          answer_due(ticket.received).aaf() +
          ". Si la demande est complexe, ce délai peut être prolongé de deux mois,\njusqu'au " +
          answer_due_put_off(ticket.received).aaf() +
          ", à condition de vous en dire la raison pendant le premier mois (RGPD,\narticle 12, "
          "paragraphe 3).\n\n" +
          heading("QUI REÇOIT LA CORRECTION") +
          "La correction est reprise par l'annuaire de l'ENT, que lisent les services de l'ENT.\n";
  if (notice.controller.recipients.empty())
    text += "Aucun autre destinataire n'est renseigné par l'exploitant de l'annuaire.\n";
  else
    text += "Autres destinataires, que le responsable du traitement informe (RGPD, article 19) :\n";
  for (const std::string& recipient : notice.controller.recipients)
    text += "* " + printable(recipient) + "\n";
  return text + "\n" + heading("SI VOUS N'ÊTES PAS D'ACCORD") +
         "Écrivez d'abord au délégué à la protection des données : " +
         contact(notice.controller.dpo) +
         ".\nVous pouvez aussi, à tout moment, adresser une réclamation à la CNIL : Commission\n"
         "nationale de l'informatique et des libertés, 3 place de Fontenoy, TSA 80715,\n"
         "75334 Paris Cedex 07 ; www.cnil.fr/fr/plaintes.\n\n"
         "Responsable du traitement : " +
         contact(notice.controller.name) +
         (notice.controller.address.empty() ? "" : "\n" + printable(notice.controller.address)) +
         "\n";
}

}  // namespace

RectificationLists render(std::vector<Rectification> tickets, Date day) {
  std::ranges::sort(tickets, [day](const Rectification& a, const Rectification& b) {
    return std::tuple(std::string_view(a.school), -age_of(a, day), a.number) <
           std::tuple(std::string_view(b.school), -age_of(b, day), b.number);
  });
  const std::vector<RectificationsOfSchool> schools = by_school(tickets, day);
  RectificationLists lists;
  for (const RectificationsOfSchool& school : schools) {
    lists.text += school_line(school);
    for (const Rectification& ticket : tickets)
      if (ticket.school == school.school && !is_finished(ticket))
        lists.text += ticket_line(ticket, day);
  }
  std::string finished;
  for (const Rectification& ticket : tickets)
    if (is_finished(ticket)) finished += ticket_line(ticket, day);
  if (!finished.empty()) lists.text += "finished:\n" + finished;
  if (lists.text.empty()) lists.text = "no school is waited for\n";
  json::array school_rows;
  for (const RectificationsOfSchool& school : schools) school_rows.push_back(school_json(school));
  json::array ticket_rows;
  for (const Rectification& ticket : tickets) ticket_rows.push_back(ticket_json(ticket, day));
  const json::object all{
      {"day", day.iso()}, {"schools", std::move(school_rows)}, {"tickets", std::move(ticket_rows)}};
  lists.json = json::serialize(all) + "\n";
  lists.csv = csv_of(tickets, day);
  return lists;
}

std::string render(const Rectification& ticket, const ProcessingRegister& processing,
                   const config::Controller& controller, Date day) {
  std::string text = "rectification " + std::to_string(ticket.number) + "  " +
                     printable(ticket.subject) + "  " + printable(ticket.attribute) + "\n  " +
                     state_text(ticket) + waiting_text(ticket, day) +
                     "\n  school: " + ticket.school + "\n  received: " + ticket.received.iso() +
                     ", opened: " + ticket.opened.iso() + "\n";
  if (!ticket.source.file.empty())
    text += "  contested value: " + printable(ticket.source.str()) +
            (ticket.source.delivered ? ", delivered " + ticket.source.delivered->iso() : "") + "\n";
  if (ticket.state == RectificationState::corrected)
    text +=
        "  other value: " + printable(ticket.correction.str()) +
        (ticket.correction.delivered ? ", delivered " + ticket.correction.delivered->iso() : "") +
        ", seen by run " + ticket.corrected_run + "\n";
  text += "  by " + printable(ticket.actor) + " at " + ticket.changed_at + ": " +
          printable(ticket.reason) +
          (ticket.ticket.empty() ? "" : "; ticket " + printable(ticket.ticket)) +
          "\n  recipients (GDPR art. 19):\n    " + std::string(directory_recipient) + ": " +
          reflected_text(ticket) + "\n";
  if (const RegisterLine* line = processing.line_of(ticket.attribute); line != nullptr)
    for (const std::string& recipient : processing.category_of(*line).recipients)
      text += "    " + recipient + ": through the directory\n";
  for (const std::string& recipient : controller.recipients)
    text += "    " + printable(recipient) + ": to be told by the controller, not followed here\n";
  return text + "    exports to other services (GAR): none is made by this version\n";
}

RectificationLetters render(const RectificationNotice& notice) {
  return {school_notice(notice), family_letter(notice)};
}

}  // namespace entsync
