#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "config/load_rules.hpp"
#include "fragments.hpp"
#include "support/builders.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

const std::string& shipped() {
  static const std::string text = [] {
    std::ifstream in(ENTSYNC_SOURCE_DIR "/config/rules/sdet-1d.toml");
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }();
  return text;
}

/// The shipped rules with one text in the place of another.
struct Edit {
  const char* name;
  std::string take;
  std::string put;
  std::vector<std::string> messages;  ///< `{line}` is the line of `put`
};

std::ostream& operator<<(std::ostream& out, const Edit& edit) {
  return out << edit.name;
}

class WrongRules : public testing::TestWithParam<Edit> {};

TEST_P(WrongRules, AreRefusedWithLineAndKey) {
  const Edit& edit = GetParam();
  std::string text = shipped();
  const std::size_t where = text.find(edit.take);
  ASSERT_NE(where, std::string::npos) << "the shipped rules have changed: " << edit.take;
  text.replace(where, edit.take.size(), edit.put);
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(where), '\n');
  std::vector<std::string> expected;
  for (std::string message : edit.messages) {
    for (std::size_t at = message.find("{line"); at != std::string::npos;
         at = message.find("{line")) {
      const std::size_t end = message.find('}', at);
      const std::string offset = message.substr(at + 5, end - at - 5);
      message.replace(at, end - at + 1,
                      std::to_string(line + (offset.empty() ? 0 : std::stoi(offset))));
    }
    expected.push_back(std::move(message));
  }
  const auto rules = config::parse_rules(text, "r.toml");
  ASSERT_FALSE(rules) << "accepted";
  EXPECT_THAT(messages_of(rules.error()), ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, WrongRules,
    testing::Values(
        Edit{"format",
             "format = 1",
             "format = 2",
             {"r.toml:{line}: error CONF-002 [format]: 2 is out of range – allowed: 1 to 1"}},
        Edit{"unknown_section",
             "[required]",
             "[requiered]",
             {"r.toml:1: error CONF-002 [required]: this section is missing – add [required]",
              "r.toml:{line}: error CONF-002 [requiered]: this key is not known – allowed here: "
              "collectivite, "
              "directeur, ecole, eleve, enseignant, feed, format, group, groupe, journal, name, "
              "person, "
              "personnel, profils, "
              "required, responsable, tables, target"}},
        Edit{"field",
             "value = \"{ENTPersonNom}\"",
             "value = \"{ENTPerson Nom}\"",
             {"r.toml:{line}: error RULE-010 [person.attributes[4].value]: 'ENTPerson Nom' is not "
              "a field – write "
              "{AttributeName}, {0}, {.item} or {@computed}"}},
        Edit{"table",
             "|table:sexe",
             "|table:genre",
             {"r.toml:{line}: error RULE-010 [person.attributes[11].value]: there is no table "
              "'genre' – declare it "
              "under [tables]"}},
        Edit{"owner",
             "name = \"displayName\", owner = \"initial\"",
             "name = \"displayName\", owner = \"nobody\"",
             {"r.toml:{line}: error CONF-002 [person.attributes[7].owner]: 'nobody' is not known – "
              "allowed: source, "
              "initial, ent"}},
        Edit{"each",
             "each = \"@eleves\"",
             "each = \"@enfants\"",
             {"r.toml:{line}: error CONF-002 [responsable.attributes[10].each]: '@enfants' is not "
              "known – allowed: "
              "@classes, @groupes, @responsables, @eleves, @ecoles, @fonctions, @directions, "
              "@directeurs, "
              "@profils"}},
        Edit{"twice",
             "{ name = \"sn\", value = \"{ENTPersonNom}\" },",
             "{ name = \"sn\", value = \"{ENTPersonNom}\" }, { name = \"SN\", value = \"x\" },",
             {"r.toml:{line}: error CONF-002 [person.attributes[5].name]: this attribute has two "
              "rules in one entry "
              "– keep one of them"}},
        Edit{"value_of_the_ent",
             "{ name = \"ENTStructureSiteWeb\", owner = \"ent\" }",
             "{ name = \"ENTStructureSiteWeb\", owner = \"ent\", value = \"x\" }",
             {"r.toml:{line}: error CONF-002 [ecole.attributes[20].value]: an attribute of the ENT "
              "is never written – "
              "leave out the value"}},
        Edit{"no_value",
             "{ name = \"sn\", value = \"{ENTPersonNom}\" }",
             "{ name = \"sn\" }",
             {"r.toml:{line}: error CONF-002 [person.attributes[4].value]: this key is missing – "
              "say what the "
              "attribute holds, e.g. value = \"{…}\""}},
        Edit{"what_the_program_writes_itself",
             "{ name = \"sn\", value = \"{ENTPersonNom}\" }",
             "{ name = \"entcompteetat\", value = \"ACTIF\" }",
             {"r.toml:{line}: error CONF-002 [person.attributes[4].name]: the program writes this "
              "attribute itself – "
              "leave it out of the attributes"}},
        Edit{"a_login_that_is_enforced",
             "{ name = \"sn\", value = \"{ENTPersonNom}\" }",
             "{ name = \"sn\", value = \"x{@login}\" }",
             {"r.toml:{line}: error CONF-002 [person.attributes[4].value]: {@identifiant} and "
              "{@login} are only known when an entry is created: the attribute would be emptied "
              "the next night – write owner = \"initial\""}},
        Edit{"an_identifier_that_is_enforced",
             "{ name = \"uid\", owner = \"initial\", value = \"{@identifiant}\" }",
             "{ name = \"uid\", value = \"{@jointure}\" }",
             {"r.toml:{line}: error CONF-002 [person.attributes[1].owner]: an identifier or login "
              "is given once and never changes – write owner = \"initial\""}},
        Edit{"unknown_key",
             "{ name = \"sn\", value",
             "{ name = \"sn\", valeur = \"x\", value",
             {"r.toml:{line}: error CONF-002 [person.attributes[4].valeur]: this key is not known "
              "– allowed here: "
              "each, mandatory, name, owner, value"}},
        Edit{"members",
             "members = \"directeurs\"",
             "members = \"maires\"",
             {"r.toml:{line}: error CONF-002 [group[9].members]: 'maires' is not known – allowed: "
              "none, eleves, "
              "responsables, enseignants, directeurs, personnels, tous"}},
        Edit{"members_that_a_class_never_has",
             "members = \"responsables\"",
             "members = \"enseignants\"",
             {"r.toml:{line}: error CONF-002 [group[3].members]: the feed knows no enseignants of "
              "a class: the group "
              "would always be emptied – allowed for classes and groups: none, eleves, "
              "responsables, tous"}},
        Edit{"group_name",
             "name = \"{@uai}_{@id}_ENS\"",
             "name = \"{@uai}_{@nope}\"",
             {"r.toml:{line}: error RULE-010 [group[4].name]: there is no computed value '@nope' – "
              "computed values "
              "are @identifiant, login, jointure, ecole, uai, nom, id"}},
        Edit{"two_groups_of_one_name",
             "name = \"{@uai}_ELV\"",
             "name = \"{@uai}_TOUS\"",
             {"r.toml:{line}: error CONF-002 [group[6].name]: another group has the same name – "
              "give each group a "
              "name of its own"}},
        Edit{"a_group_whose_name_is_a_rule_too",
             "{ name = \"ENTGroupeEcole\", value",
             "{ name = \"cn\", value = \"x\" }, { name = \"ENTGroupeEcole\", value",
             {"r.toml:{line-1}: error CONF-002 [groupe.attributes]: cn names the groups; its value "
              "is the group's name "
              "– leave it out of the attributes"}},
        Edit{"persons_without_object_classes",
             "object_classes = [\"top\", \"person\", \"organizationalPerson\", \"inetOrgPerson\", "
             "\"ENTPerson\"]",
             "",
             {"r.toml:{line-1}: error CONF-002 [person.object_classes]: no object class is named – "
              "a server takes no "
              "entry without one"}},
        Edit{"schools_without_object_classes",
             "object_classes = [\"top\", \"organizationalUnit\", \"ENTStructure\", \"ENTEcole\"]",
             "object_classes = []",
             {"r.toml:{line}: error CONF-002 [ecole.object_classes]: no object class is named – a "
              "server takes no "
              "entry without one"}},
        Edit{"groups_without_object_classes",
             "object_classes = [\"top\", \"groupOfNames\", \"ENTGroupe\"]",
             "object_classes = []",
             {"r.toml:{line}: error CONF-002 [groupe.object_classes]: no object class is named – a "
              "server takes no "
              "entry without one"}},
        Edit{"a_view_on_pupils",
             "{ name = \"ENTAuxNonEnsCollLocDomaineEtab\", each = \"@ecoles\", value = "
             "\"{.ecole}${.uai}\" },",
             "{ name = \"ENTAuxNonEnsCollLocDomaineEtab\", each = \"@classes\", value = "
             "\"{.ecole}${.id}\" },",
             {"r.toml:{line-4}: error CONF-002 [collectivite.attributes]: the staff of local "
              "authorities never get a view on pupils, classes or responsables, which "
              "ENTAuxNonEnsCollLocDomaineEtab would give – leave it out of [collectivite]; what "
              "[person] says of it is for all profiles"}},
        Edit{"a_class_of_pupils_people",
             "object_classes = [\"ENTAuxNonEnsCollLoc\"]",
             "object_classes = [\"ENTAuxNonEnsCollLoc\", \"ENTAuxPersRelEleve\"]",
             {"r.toml:{line}: error CONF-002 [collectivite.object_classes]: 'ENTAuxPersRelEleve' "
              "is the object class of people of deliveries – give the staff of local authorities a "
              "class of their own"}},
        Edit{"a_role_without_a_class",
             "object_classes = [\"ENTAuxEleve\"]",
             "object_classes = []",
             {"r.toml:{line}: error CONF-002 [eleve.object_classes]: no object class is named – it "
              "tells the category "
              "of an entry"}},
        Edit{"target_missing",
             "member = \"member\"\n",
             "",
             {"r.toml:{line-11}: error CONF-002 [target.member]: this key is missing – add member "
              "= \"…\""}},
        Edit{"type",
             "teacher_functions = [\"ENS\", \"DOC\"]",
             "teacher_functions = \"ENS\"",
             {"r.toml:{line}: error CONF-002 [profils.teacher_functions]: expects a list of texts, "
              "found a text – "
              "write [\"…\", \"…\"]"}}),
    [](const auto& given) { return std::string(given.param.name); });

TEST(Rules, ProfilesOfStaffKnowWhatTheOthersOwn) {
  const Rules& rules = rules_1d();
  const auto names = [&](Profil profil) {
    std::vector<std::string> list;
    for (const TargetAttribute a : rules.person(profil).relinquished)
      list.push_back(rules.target.name(a));
    return list;
  };
  EXPECT_THAT(names(Profil::enseignant), ElementsAre("ENTEnsFonctionDir"));
  EXPECT_THAT(names(Profil::personnel),
              UnorderedElementsAre("ENTEnsSpecialites", "ENTEnsFonctionDir"));
  EXPECT_THAT(names(Profil::eleve), ElementsAre()) << "no other profile of the category";
  EXPECT_THAT(rules.person(Profil::enseignant).role_classes,
              UnorderedElementsAre("ENTAuxEnseignant", "ENTAuxDirection", "ENTAuxNonEnsEtab"));
}

TEST(Rules, APersonHasWhatIsCommonAndWhatIsHis) {
  const EntryRules& eleve = rules_1d().person(Profil::eleve);
  EXPECT_EQ(eleve.id, "sdet-1d:eleve");
  EXPECT_THAT(eleve.object_classes, ElementsAre("top", "person", "organizationalPerson",
                                                "inetOrgPerson", "ENTPerson", "ENTAuxEleve"));
}

TEST(Rules, TheVocabularyHoldsEveryAttributeThatIsRead) {
  const Rules& rules = rules_1d();
  for (const char* name : {"ENTPersonNom", "ENTEleveAutoriteParentale", "ENTPersonAutresPrenoms",
                           "ENTEcoleRPI", "ENTServAcAcademie", "ENTEnsSpecialites"})
    EXPECT_TRUE(rules.vocabulary.find(name)) << name;
  for (const char* name : {"ENTEleveBoursier", "ENTPersRelEleveEleve", "ENTStructureFax"})
    EXPECT_FALSE(rules.vocabulary.find(name)) << name << " is not read: default-deny";
}

TEST(Rules, TheDigestIsOfTheText) {
  const auto a = config::parse_rules(shipped(), "r.toml");
  const auto b = config::parse_rules(shipped() + "# a comment\n", "r.toml");
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->digest, b->digest);
}

}  // namespace
}  // namespace entsync::test
