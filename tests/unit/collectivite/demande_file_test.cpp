#include "connectors/collectivite/demande_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace entsync::test {
namespace {

using collectivite::read_demandes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string header =
    "id_demande;action;siret;civilite;nom;prenom;courriel_pro;role;uais;date_debut;date_fin;"
    "demandeur;valideur;date_validation;motif\n";

/// A request that is right, with some columns written otherwise.
std::string line(const std::map<std::string, std::string>& other = {}) {
  std::vector<std::pair<std::string, std::string>> fields{
      {"id_demande", "2026-1"},
      {"action", "creer"},
      {"siret", "21660024700011"},
      {"civilite", "Mme"},
      {"nom", "FAUDOL"},
      {"prenom", "Rose"},
      {"courriel_pro", "Rose.Faudol@ville.test"},
      {"role", "agent"},
      {"uais", "0660713S"},
      {"date_debut", "2026-09-01"},
      {"date_fin", "2027-06-30"},
      {"demandeur", "mairie"},
      {"valideur", "dane"},
      {"date_validation", "2026-08-28"},
      {"motif", "ATSEM"}};
  std::string text;
  for (const auto& [name, value] : fields) {
    const auto found = other.find(name);
    text += (name == "id_demande" ? "" : ";") + (found == other.end() ? value : found->second);
  }
  return text + "\n";
}

std::string refused_whole(const std::string& text) {
  const auto read = read_demandes(text, "requests.csv");
  return read ? "accepted" : to_string(read.error());
}

/// The only refusal of a file that holds this line and one that is right.
std::string refused_alone(const std::string& text) {
  const auto read = read_demandes(header + text + line({{"id_demande", "right"}}), "requests.csv");
  if (!read) return "refused whole: " + to_string(read.error());
  EXPECT_EQ(read->demandes.size(), 1U) << "the other line goes on";
  EXPECT_EQ(read->refused.list.size(), 1U) << to_string(read->refused);
  if (read->refused.empty()) return "accepted";
  EXPECT_EQ(read->refused.list.front().where.line, 2U);
  EXPECT_THAT(to_string(read->refused), Not(HasSubstr("FAUDOL")));
  EXPECT_THAT(to_string(read->refused), Not(HasSubstr("ville.test")));
  return to_string(read->refused.list.front());
}

Demande only(const std::string& text) {
  auto read = read_demandes(text, "requests.csv");
  EXPECT_TRUE(read) << to_string(read.error());
  EXPECT_THAT(to_string(read->refused), IsEmpty());
  EXPECT_EQ(read->demandes.size(), 1U);
  return read->demandes.at(0);
}

TEST(DemandeFile, ALineIsARequest) {
  const Demande demande = only(header + line());
  EXPECT_EQ(demande.id, "2026-1");
  EXPECT_EQ(demande.action, DemandeAction::creer);
  EXPECT_EQ(demande.siret, "21660024700011");
  EXPECT_EQ(demande.civilite, "Mme");
  EXPECT_EQ(demande.nom, "FAUDOL");
  EXPECT_EQ(demande.prenom, "Rose");
  EXPECT_EQ(demande.courriel, "rose.faudol@ville.test");
  EXPECT_EQ(demande.role, RoleCollectivite::agent);
  EXPECT_THAT(demande.uais, ElementsAre(*Uai::parse("0660713S")));
  EXPECT_FALSE(demande.toutes_ecoles);
  EXPECT_EQ(demande.debut->iso(), "2026-09-01");
  EXPECT_EQ(demande.fin->iso(), "2027-06-30");
  EXPECT_EQ(demande.demandeur, "mairie");
  EXPECT_EQ(demande.valideur, "dane");
  EXPECT_EQ(demande.validation.iso(), "2026-08-28");
  EXPECT_EQ(demande.file, "requests.csv");
  EXPECT_EQ(demande.line, 2U);
  EXPECT_EQ(demande.offset, header.size());
}

TEST(DemandeFile, AByteOrderMarkCarriageReturnsAndASpreadsheetsHabitsMakeNoDifference) {
  std::string text =
      "\xEF\xBB\xBF" + header + "\n" + line({{"nom", "\" FAUDOL \""}, {"date_fin", "30/06/2027"}});
  std::string with_returns;
  for (const char c : text) with_returns += c == '\n' ? std::string(";;\r\n") : std::string(1, c);
  with_returns.replace(with_returns.find(";;\r\n;;\r\n"), 8, ";;\r\n\r\n");
  const Demande demande = only(with_returns);
  EXPECT_EQ(demande.nom, "FAUDOL");
  EXPECT_EQ(demande.fin->iso(), "2027-06-30");
  EXPECT_EQ(demande.line, 3U);
}

TEST(DemandeFile, AQuotedFieldHoldsSemicolonsAndQuotes) {
  EXPECT_EQ(only(header + line({{"nom", "\"D;U\"\"POND\""}})).nom, "D;U\"POND");
}

TEST(DemandeFile, AllSchoolsAreAskedForWithAStarOthersBetweenCommasOrSpaces) {
  EXPECT_TRUE(only(header + line({{"uais", " * "}})).toutes_ecoles);
  EXPECT_THAT(only(header + line({{"uais", "0660713s, 0400740M 0660713S,"}})).uais,
              ElementsAre(*Uai::parse("0400740M"), *Uai::parse("0660713S")));
}

TEST(DemandeFile, EqualContentHasOneDigestAndAnotherContentAnother) {
  const std::string digest = only(header + line()).digest;
  EXPECT_EQ(digest.size(), 64U);
  EXPECT_EQ(only(header + line({{"nom", "\"FAUDOL\""}})).digest, digest);
  for (const char* column : {"motif", "date_fin", "valideur"})
    EXPECT_NE(only(header + line({{column, "2027-01-31"}})).digest, digest) << column;
}

TEST(DemandeFile, AnEmptyFileOfAHeaderHoldsNoRequest) {
  const auto read = read_demandes(header, "requests.csv");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->demandes, IsEmpty());
}

TEST(DemandeFile, AFileThatIsNoRequestFileIsRefusedWhole) {
  EXPECT_THAT(refused_whole(""), HasSubstr("REQ-004"));
  EXPECT_THAT(refused_whole(line()), HasSubstr("REQ-004"));
  EXPECT_THAT(refused_whole("nom;" + header + line()), HasSubstr("REQ-004"));
  EXPECT_THAT(refused_whole(header + line() + line({{"nom", "Ren\xE9"}})),
              HasSubstr("csv:3: error REQ-003"));
  EXPECT_THAT(refused_whole(header + std::string(collectivite::max_file_bytes, '\n')),
              HasSubstr("REQ-002"));
  EXPECT_THAT(refused_whole(header + std::string(collectivite::max_lines, '\n') + line()),
              HasSubstr("REQ-002"));
}

TEST(DemandeFile, ALineThatIsWrongInItsFormIsRefusedAlone) {
  EXPECT_THAT(refused_alone("a;b;c\n"), HasSubstr("REQ-010: the line has 3 fields"));
  EXPECT_THAT(refused_alone(line({{"motif", "\"open"}})), HasSubstr("REQ-010"));
  EXPECT_THAT(refused_alone(line({{"motif", "o\"pen"}})), HasSubstr("REQ-010"));
  EXPECT_THAT(refused_alone(line({{"motif", std::string(collectivite::max_line_bytes, 'm')}})),
              HasSubstr("REQ-010"));
}

TEST(DemandeFile, EveryColumnIsChecked) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"id_demande", ""},
      {"id_demande", "no spaces"},
      {"action", "effacer"},
      {"siret", "21660024700012"},
      {"siret", "216600247"},
      {"civilite", "Dr"},
      {"nom", ""},
      {"nom", std::string(201, 'n')},
      {"prenom", ""},
      {"prenom", "Ro\x01se"},
      {"courriel_pro", ""},
      {"courriel_pro", "rose"},
      {"courriel_pro", "rose@ville"},
      {"courriel_pro", "rose..f@ville.test"},
      {"courriel_pro", "rose@ville.test,other@ville.test"},
      {"role", ""},
      {"role", "maire"},
      {"uais", ""},
      {"uais", "0660713R"},
      {"date_debut", "2026-02-30"},
      {"date_fin", ""},
      {"date_fin", "2026-09-01"},
      {"demandeur", ""},
      {"valideur", ""},
      {"date_validation", ""},
      {"date_validation", "yesterday"},
      {"motif", ""},
  };
  for (const auto& [column, value] : wrong) {
    const std::string expected =
        column == "date_fin" || column == "id_demande" ? column : column + ":";
    EXPECT_THAT(refused_alone(line({{column, value}})), HasSubstr("REQ-011")) << column << value;
    EXPECT_THAT(refused_alone(line({{column, value}})), HasSubstr(expected)) << column << value;
  }
}

TEST(DemandeFile, WhatAnActionDoesNotSpeakOfMayBeEmpty) {
  const std::map<std::string, std::string> nothing{
      {"civilite", ""}, {"nom", ""},        {"prenom", ""},  {"role", ""},
      {"uais", ""},     {"date_debut", ""}, {"date_fin", ""}};
  auto fields = nothing;
  fields["action"] = "clore";
  EXPECT_EQ(only(header + line(fields)).action, DemandeAction::clore);
  fields["action"] = "prolonger";
  EXPECT_THAT(refused_alone(line(fields)), HasSubstr("date_fin: the field is empty"));
  fields["date_fin"] = "2027-08-31";
  EXPECT_EQ(only(header + line(fields)).action, DemandeAction::prolonger);
  fields["action"] = "modifier";
  EXPECT_THAT(refused_alone(line(fields)), HasSubstr("modifies nothing"));
  fields["role"] = "elu";
  EXPECT_EQ(only(header + line(fields)).role, RoleCollectivite::elu);
}

// Links -------------------------------------------------------------------------------------------

const std::string header_with_cle = header.substr(0, header.size() - 1) + ";cle\n";

/// A request that links somebody, with some columns written otherwise.
std::string link_line(std::map<std::string, std::string> other = {}) {
  const std::string person = other.contains("cle") ? other["cle"] : "AC-X/PersEducNat/123";
  other.try_emplace("action", "lier");
  for (const char* empty : {"siret", "civilite", "nom", "prenom", "courriel_pro", "role"})
    other.try_emplace(empty, "");
  other.try_emplace("uais", "0660713S, 0400740M");
  other.try_emplace("date_debut", "");
  other.try_emplace("date_fin", "2026-12-01");
  const std::string text = line(other);
  return text.substr(0, text.size() - 1) + ";" + person + "\n";
}

std::string refused_link(const std::map<std::string, std::string>& other) {
  const auto read = read_demandes(header_with_cle + link_line(other), "requests.csv");
  if (!read) return "refused whole: " + to_string(read.error());
  EXPECT_TRUE(read->demandes.empty());
  if (read->refused.empty()) return "accepted";
  EXPECT_EQ(read->refused.list.front().where.line, 2U);
  return to_string(read->refused);
}

TEST(DemandeFile, ALinkNamesThePersonByHisKey) {
  const Demande demande = only(header_with_cle + link_line());
  EXPECT_EQ(demande.action, DemandeAction::lier);
  ASSERT_TRUE(demande.is_of_links());
  EXPECT_EQ(demande.cle->str(), "AC-X/PersEducNat/123");
  EXPECT_THAT(demande.uais, ElementsAre(*Uai::parse("0400740M"), *Uai::parse("0660713S")));
  EXPECT_EQ(demande.fin->iso(), "2026-12-01");
  EXPECT_FALSE(demande.debut);
  const Demande closed =
      only(header_with_cle + link_line({{"action", "clore"}, {"uais", ""}, {"date_fin", ""}}));
  EXPECT_EQ(closed.action, DemandeAction::clore);
  EXPECT_TRUE(closed.is_of_links());
}

TEST(DemandeFile, TheColumnOfTheKeyMayBeLeftOutAndAddedLater) {
  const Demande without = only(header + line());
  const std::string text = line();
  const Demande with = only(header_with_cle + text.substr(0, text.size() - 1) + ";\n");
  EXPECT_EQ(without.digest, with.digest);
  EXPECT_FALSE(with.is_of_links());
  EXPECT_NE(only(header_with_cle + link_line()).digest,
            only(header_with_cle + link_line({{"cle", "AC-X/PersEducNat/124"}})).digest);
  // Without the column there is no key.
  const auto read = read_demandes(header + line({{"action", "lier"}}), "requests.csv");
  EXPECT_TRUE(read->demandes.empty());
  EXPECT_THAT(to_string(read->refused), HasSubstr("cle: this is not the key"));
}

TEST(DemandeFile, ALinkHasWhatItNeedsAndNothingElse) {
  for (const char* column : {"siret", "civilite", "nom", "prenom", "courriel_pro", "role"})
    EXPECT_THAT(refused_link({{column, "x"}}), HasSubstr(column));
  EXPECT_THAT(refused_link({{"uais", "*"}}), HasSubstr("uais"));
  EXPECT_THAT(refused_link({{"uais", ""}}), HasSubstr("uais"));
  EXPECT_THAT(refused_link({{"date_fin", ""}}), HasSubstr("date_fin"));
  EXPECT_THAT(refused_link({{"date_debut", "2026-12-01"}}), HasSubstr("date_fin"));
  for (const char* key : {"", "123", "AC-X$123", "AC-X/Eleve/123", "AC-X/PersRelEleve/1"})
    EXPECT_THAT(refused_link({{"cle", key}}), HasSubstr("cle"));
  EXPECT_THAT(refused_link({{"action", "prolonger"}}), HasSubstr("cle"));
  EXPECT_THAT(refused_link({{"valideur", ""}}), HasSubstr("valideur"));
}

}  // namespace
}  // namespace entsync::test
