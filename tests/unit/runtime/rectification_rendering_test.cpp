#include "runtime/rectification_rendering.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace entsync::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Date on(const char* iso) {
  return *Date::from_iso(iso);
}

Rectification a_ticket() {
  Rectification ticket;
  ticket.number = 3;
  ticket.subject = "AC-X/Eleve/123";
  ticket.attribute = "sn";
  ticket.school = "0310001H";
  ticket.contested = "0123";
  ticket.received = on("2026-09-01");
  ticket.opened = ticket.since = on("2026-09-02");
  ticket.source = {"Eleve_0001.xml", 12, on("2026-09-01")};
  ticket.actor = "user:ada";
  ticket.reason = "letter";
  return ticket;
}

Rectification a_corrected_one() {
  Rectification ticket = a_ticket();
  ticket.number = 4;
  ticket.state = RectificationState::corrected;
  ticket.since = on("2026-09-20");
  ticket.correction = {"Eleve_0002.xml", 13, on("2026-09-20")};
  ticket.corrected_run = "R1";
  return ticket;
}

RectificationNotice a_notice(Rectification ticket) {
  RectificationNotice notice;
  notice.contested = {std::move(ticket), "FAUX", true, "Ada FAUX", "eleve"};
  notice.claimed = "VRAI";
  notice.label = "Nom";
  notice.controller.dpo = "dpo@exemple.test";
  notice.made = on("2026-09-25");
  return notice;
}

TEST(RectificationLetters, TheSchoolIsToldWhatWhereWhatToDoAndByWhen) {
  const std::string text = render(a_notice(a_ticket())).school;
  for (const char* part :
       {"N° 3", "l'école 0310001H", "Ada FAUX (élève)", "base de l'académie : 123",
        "Nom (attribut sn)", "Valeur actuelle : FAUX", "Valeur demandée : VRAI",
        "fichier Eleve_0001.xml, ligne 12, livraison du 01/09/2026", "ONDE",
        "au plus tard le 30/09/2026", "au plus tard le 01/10/2026", "dpo@exemple.test"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(RectificationLetters, TheFamilyIsNotToldTheContestedValue) {
  const std::string text = render(a_notice(a_ticket())).family;
  EXPECT_THAT(text, Not(HasSubstr("FAUX")));
  for (const char* part : {"VRAI", "ne peut pas la corriger lui-même", "01/10/2026", "01/12/2026",
                           "CNIL", "Aucun autre destinataire", "non renseigné"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(RectificationLetters, OfALinkTheAccountIsToldThatItLeadsTo) {
  RectificationNotice notice = a_notice(a_ticket());
  notice.contested.value = "uid=e0000001,ou=people,dc=ent,dc=test$10$1";
  EXPECT_THAT(render(notice).school,
              HasSubstr("Valeur actuelle : un lien vers le compte e0000001"));
}

TEST(RectificationLetters, ThatThereIsNoValueIsSaid) {
  RectificationNotice notice = a_notice(a_ticket());
  notice.contested.value.clear();
  notice.claimed = "";
  EXPECT_THAT(render(notice).school, HasSubstr("Valeur actuelle : (aucune valeur)"));
  notice.claimed.reset();
  EXPECT_THAT(render(notice).school, HasSubstr("Valeur demandée : voir la demande d'origine"));
}

TEST(RectificationLetters, TheAnswerSaysWhetherTheDirectoryTookTheCorrection) {
  RectificationNotice notice = a_notice(a_corrected_one());
  EXPECT_THAT(render(notice).family, HasSubstr("ne l'a pas encore reprise"));
  notice.contested.ticket.reflected_at = "2026-09-21T02:30:00.000Z";
  EXPECT_THAT(render(notice).family, HasSubstr("l'a reprise le 21/09/2026"));
}

TEST(RectificationLists, ShowSchoolsWithAgesAndWhatTheDirectoryLacks) {
  Rectification over = a_ticket();
  over.number = 5;
  over.state = RectificationState::closed;
  const RectificationLists lists = render({a_corrected_one(), over, a_ticket()}, on("2026-10-01"));
  EXPECT_EQ(lists.text,
            "0310001H: 1 waiting, the oldest for 30 days, 1 overdue, 1 not in the directory yet\n"
            "  3  AC-X/Eleve/123  sn  open since 2026-09-02, 30 days, overdue, due on 2026-09-30\n"
            "  4  AC-X/Eleve/123  sn  corrected since 2026-09-20, not in the directory yet\n"
            "finished:\n"
            "  5  AC-X/Eleve/123  sn  closed since 2026-09-02\n");
  const boost::json::value all = boost::json::parse(lists.json);
  EXPECT_EQ(30, all.at("schools").at(0).at("oldest_days").as_int64());
  EXPECT_EQ("overdue", all.at("tickets").at(0).at("ageing").as_string());
  EXPECT_TRUE(all.at("tickets").at(1).at("recipients").at(0).at("reflected_at").is_null());
  EXPECT_THAT(lists.csv, HasSubstr("\"3\",\"0310001H\",\"open\",\"2026-09-02\""));
  EXPECT_EQ("no school is waited for\n", render(std::vector<Rectification>(), Date()).text);
}

TEST(RectificationLists, ATicketNamesItsRecipientsAndWhatIsFollowedOfThem) {
  Rectification ticket = a_corrected_one();
  ticket.reflected_at = "2026-09-21T02:30:00.000Z";
  ticket.reflected_run = "R2";
  config::Controller controller;
  controller.recipients = {"L'exploitant"};
  const std::string text = render(ticket, ProcessingRegister{}, controller, on("2026-10-01"));
  EXPECT_THAT(text,
              HasSubstr("annuaire de l'ENT: reflected at 2026-09-21T02:30:00.000Z by run R2"));
  EXPECT_THAT(text,
              HasSubstr("other value: Eleve_0002.xml:13, delivered 2026-09-20, seen by run R1"));
  EXPECT_THAT(text, HasSubstr("L'exploitant: to be told by the controller"));
  ticket.reflected_at.clear();
  EXPECT_THAT(render(ticket, ProcessingRegister{}, controller, on("2026-10-01")),
              HasSubstr("annuaire de l'ENT: not yet reflected"));
}

}  // namespace
}  // namespace entsync::test
