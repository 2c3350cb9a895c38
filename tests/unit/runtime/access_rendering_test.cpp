#include "runtime/access_rendering.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/text.hpp"
#include "runtime/access_files.hpp"
#include "runtime/access_request.hpp"
#include "runtime/files.hpp"
#include "support/folder.hpp"

namespace entsync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

AccessAnswer answer_with(std::string value) {
  AccessAnswer answer;
  AccessPackage& package = answer.package;
  package.subject = "AC-TEST/Eleve/101";
  package.dn = "uid=e1,ou=people,dc=test";
  package.schools = {"0310001H"};
  package.delivered = Date::from_iso("2026-09-02");
  package.delete_after_days = 90;
  ToldAttribute sn;
  sn.name = "sn";
  sn.owner = ToldOwner::source;
  sn.values.push_back({value, Withheld::nothing, {"Eleve.xml", 12}});
  package.attributes.push_back(sn);
  ToldChange change;
  change.time = "2026-09-03T02:30:00.000Z";
  change.attribute = "sn";
  change.added.push_back({value, Withheld::nothing, {}});
  change.removed.push_back({{}, Withheld::responsable, {}});
  change.by_program = true;
  package.changes.push_back(change);
  package.withheld = 1;
  answer.processing.legal_basis = "Mission d'intérêt public";
  answer.processing.categories = {{"identite", "Identité", {"Les enseignants"}}};
  answer.processing.purposes = {{"compte", "Tenir le compte"}};
  answer.processing.lines = {{"sn", "Nom", "identite", "compte"}};
  answer.received = *Date::from_iso("2026-11-05");
  answer.made = *Date::from_iso("2026-11-07");
  answer.values_days = 365;
  return answer;
}

TEST(AccessRendering, NothingOfAValueBecomesMarkup) {
  const AccessFiles files = render(answer_with("<script>alert(\"1\")</script> & 'x'"));
  EXPECT_THAT(files.html, Not(HasSubstr("<script")));
  EXPECT_THAT(files.html,
              HasSubstr("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"));
  EXPECT_THAT(files.html, Not(HasSubstr("http"))) << "nothing is loaded from elsewhere";
}

TEST(AccessRendering, NoCellIsAFormula) {
  EXPECT_THAT(render(answer_with("=1+1")).csv, HasSubstr("\"'=1+1\""));
}

TEST(AccessRendering, EveryFileIsText) {
  const AccessFiles files = render(answer_with("\xFF\xFE\x01"));
  for (const std::string* text : {&files.json, &files.html, &files.csv, &files.readme})
    EXPECT_TRUE(is_valid_utf8(*text)) << *text;
  const auto read = boost::json::parse(files.json);
  EXPECT_EQ(read.at("donnees").at(0).at("valeurs").at(0).at("valeur_base64").as_string(), "//4B");
}

TEST(AccessRendering, ADatumSaysWhereItComesFromAndWhoGetsIt) {
  AccessAnswer answer = answer_with("DURAND");
  answer.controller.recipients = {"L'éditeur de l'ENT"};
  const AccessFiles files = render(answer);
  const auto read = boost::json::parse(files.json);
  const boost::json::object& datum = read.at("donnees").at(0).as_object();
  EXPECT_EQ(datum.at("libelle").as_string(), "Nom");
  EXPECT_EQ(datum.at("proprietaire").as_string(), "source");
  EXPECT_EQ(datum.at("valeurs").at(0).at("source").at("ligne").as_int64(), 12);
  EXPECT_EQ(datum.at("valeurs").at(0).at("source").at("livraison_du").as_string(), "2026-09-02");
  EXPECT_EQ(datum.at("destinataires").as_array().size(), 2U);
  EXPECT_TRUE(datum.at("conservation_jusqu_au").is_null());
  EXPECT_THAT(std::string(datum.at("conservation").as_string()), HasSubstr("90 jours"));
  for (const char* word : {"DURAND", "Eleve.xml, ligne 12", "Livraison du 02/09/2026",
                           "L&#39;éditeur de l&#39;ENT", "Tenir le compte"})
    EXPECT_THAT(files.html, HasSubstr(word));
  EXPECT_THAT(files.csv, HasSubstr("(un autre responsable légal (non communiqué))"));
}

TEST(AccessRendering, WhatWasRegisteredIsToldWithoutWhoAndWhy) {
  AccessAnswer answer = answer_with("DURAND");
  RegisterEntry line;
  line.since = *Date::from_iso("2026-10-01");
  line.actor = "user:ada";
  line.reason = "letter of somebody";
  answer.registers.push_back(line);
  const AccessFiles files = render(answer);
  EXPECT_THAT(files.html,
              HasSubstr("gel des données (limitation) : en vigueur, depuis le 01/10/2026"));
  EXPECT_EQ(boost::json::parse(files.json).at("registres").at(0).at("depuis").as_string(),
            "2026-10-01");
  for (const std::string* text : {&files.json, &files.html, &files.csv, &files.readme})
    for (const char* word : {"ada", "somebody"}) EXPECT_THAT(*text, Not(HasSubstr(word)));
}

TEST(AccessRendering, WhatTheConfigurationLacksIsSaidToBeMissing) {
  const AccessFiles files = render(answer_with("DURAND"));
  EXPECT_THAT(files.readme, HasSubstr("Responsable du traitement : non renseigné"));
  EXPECT_THAT(files.html, HasSubstr("non renseigné"));
  EXPECT_TRUE(boost::json::parse(files.json).at("responsable_de_traitement").is_null());
}

TEST(AccessRendering, TheDeadlineAndTheComplaintAreExplained) {
  const std::string text = render(answer_with("DURAND")).readme;
  EXPECT_THAT(text, HasSubstr("reçue le 05/11/2026"));
  EXPECT_THAT(text, HasSubstr("au plus tard le 05/12/2026"));
  EXPECT_THAT(text, HasSubstr("05/02/2027"));
  EXPECT_THAT(text, HasSubstr("CNIL"));
  EXPECT_THAT(text, HasSubstr("1 valeur(s) ont été retirées"));
}

TEST(AccessRequest, SaysWhoAsksOneWayAndWhen) {
  const auto codes = [](const AccessRequest& request) {
    std::vector<std::string> found;
    for (const Problem& problem : check(request).list) found.push_back(problem.code);
    return found;
  };
  const std::string who = "AC-TEST/Eleve/101";
  EXPECT_THAT(codes({who, who, "", "2026-01-05", ""}), IsEmpty());
  EXPECT_THAT(codes({who, "", "dossier 7", "2026-01-05", ""}), IsEmpty());
  EXPECT_THAT(codes({who, "", "", "2026-01-05", ""}), ElementsAre("RGT-021"));
  EXPECT_THAT(codes({who, who, "dossier 7", "2026-01-05", ""}), ElementsAre("RGT-021"));
  EXPECT_THAT(codes({who, who, "", "2999-01-05", ""}), ElementsAre("RGT-022"));
  EXPECT_THAT(codes({who, who, "", "5/1/2026", ""}), ElementsAre("RGT-022"));
  EXPECT_THAT(codes({who, "", std::string(200, 'x'), "2026-01-05", ""}), ElementsAre("RGT-024"));
}

TEST(AccessFiles, AreLaidDownInANewFolderOnly) {
  const test::Folder place;
  const auto folder = place.path() / "package";
  ASSERT_TRUE(check_free(folder).has_value());
  ASSERT_TRUE(write_access_files(folder, {"{}", "<p>", "a", "b"}).has_value());
  EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms::owner_all);
  for (const char* name : {"donnees.json", "donnees.html", "historique.csv", "LISEZMOI.txt"})
    EXPECT_EQ(std::filesystem::status(folder / name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
  EXPECT_EQ(check_free(folder).error().list.front().code, "RGT-025");
  EXPECT_EQ(write_access_files(folder, {}).error().list.front().code, "RGT-025");
  EXPECT_EQ(*read_file(folder / "donnees.json"), "{}");
  EXPECT_FALSE(check_free(place.path() / "none" / "package").has_value());
  const auto archive = place.path() / "package.zip";
  ASSERT_TRUE(write_access_files(archive, {"{}", "<p>", "a", "b"}).has_value());
  EXPECT_EQ(std::filesystem::status(archive).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(write_access_files(archive, {}).error().list.front().code, "RGT-025");
}

}  // namespace
}  // namespace entsync
