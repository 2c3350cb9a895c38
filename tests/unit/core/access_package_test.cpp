#include "core/access_package.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/processing_register.hpp"
#include "school.hpp"

namespace entsync::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// A pupil with two responsables, 201 and 202, asked about by one of them or by nobody of the
/// directory.
class Access : public testing::Test {
 protected:
  void hold(const std::string& attribute, const std::string& value) {
    values_.emplace_back(attribute, value);
  }

  AccessPackage package(const std::string& subject = "AC-TEST/Eleve/101",
                        const std::string& requester = "AC-TEST/PersRelEleve/201") {
    const Scene scene(world_);
    const PlannerInput input = scene.input();
    AccessSources sources;
    sources.explanation = explain(input, subject, {}).at(0);
    sources.entry = entry_of_key(input, subject);
    if (!requester.empty()) sources.requester = entry_of_key(input, requester);
    sources.values = values_;
    sources.changes = changes_;
    sources.values_days = 365;
    return make_access_package(input, sources);
  }

  std::vector<std::string> told(const AccessPackage& package, const std::string& name) {
    std::vector<std::string> texts;
    for (const ToldAttribute& attribute : package.attributes)
      if (attribute.name == name)
        for (const ToldValue& value : attribute.values) texts.push_back(value.text);
    return texts;
  }

  Withheld withheld(const std::string& attribute, const std::string& value) {
    values_ = {{attribute, value}};
    return package().attributes.at(0).values.at(0).withheld;
  }

  static AuditRecord change(const std::string& attribute, const std::string& removed,
                            const std::string& added) {
    AuditRecord record;
    record.time = "2026-09-03T02:30:00.000Z";
    record.type = AuditType::intent;
    record.run = "20260903T023000Z-0001";
    record.actor = "system:nightly";
    record.operation = "modify";
    record.subject = "AC-TEST/Eleve/101";
    record.rule = "sdet-1d:eleve";
    record.attributes.push_back({attribute, {removed}, {added}, "Eleve_0000.xml", "", 12});
    return record;
  }

  std::string dn(const std::string& id) { return person_dn(world_, id); }

  World world_ = school_in_sync();
  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<AuditRecord> changes_;
};

TEST_F(Access, AnAnswerIsDueAMonthAfterTheRequest) {
  EXPECT_EQ(answer_due(*Date::from_iso("2026-11-05")).iso(), "2026-12-05");
  EXPECT_EQ(answer_due(*Date::from_iso("2027-01-31")).iso(), "2027-02-28");
  EXPECT_EQ(answer_due_put_off(*Date::from_iso("2026-11-30")).iso(), "2027-02-28");
}

TEST_F(Access, EveryValueHasItsOwnerRuleAndSource) {
  hold("sn", "NOM101");
  hold("uid", "e00000001");
  hold("objectClass", "ENTAuxEleve");
  hold("ENTCharteAcceptee", "20260905");
  const AccessPackage made = package();
  ASSERT_THAT(made.attributes, SizeIs(4));
  EXPECT_EQ(made.attributes[0].owner, ToldOwner::source);
  EXPECT_EQ(made.attributes[0].rule, "sdet-1d:eleve.sn");
  EXPECT_EQ(made.attributes[0].values[0].text, "NOM101");
  EXPECT_EQ(made.attributes[0].values[0].source.file,
            "ENT_AC-TEST_Complet_20260902_Eleve_0000.xml");
  EXPECT_EQ(made.attributes[0].values[0].source.line, 2U);
  EXPECT_EQ(made.delivered->iso(), "2026-09-02");
  EXPECT_EQ(made.attributes[1].owner, ToldOwner::initial);
  EXPECT_EQ(made.attributes[2].owner, ToldOwner::program);
  EXPECT_EQ(made.attributes[3].owner, ToldOwner::ent);
  EXPECT_THAT(made.attributes[3].rule, IsEmpty());
  EXPECT_EQ(made.withheld, 0U);
}

TEST_F(Access, AResponsableIsToldHisOwnLinkAndNotTheOther) {
  hold("ENTElevePersRelEleve", dn("201") + "$10");
  hold("ENTElevePersRelEleve", dn("202") + "$20");
  const AccessPackage made = package();
  EXPECT_THAT(told(made, "ENTElevePersRelEleve"), ElementsAre(dn("201") + "$10", ""));
  EXPECT_EQ(made.attributes[0].values[1].withheld, Withheld::responsable);
  EXPECT_TRUE(made.attributes[0].values[0].is_requester);
  EXPECT_EQ(made.withheld, 1U);
  const AccessPackage proven = package("AC-TEST/Eleve/101", "");
  EXPECT_THAT(told(proven, "ENTElevePersRelEleve"), ElementsAre("", ""));
}

TEST_F(Access, WhoIsNamedInAnyCaseOrSpellingOfADnIsStillSomebodyElse) {
  std::string other = dn("202");
  other[0] = 'U';
  other.insert(other.find(',') + 1, " ");
  EXPECT_EQ(withheld("ENTElevePersRelEleve", other + "$20"), Withheld::responsable);
  EXPECT_EQ(withheld("seeAlso", other), Withheld::responsable);
}

TEST_F(Access, StaffAppearByRole) {
  EXPECT_EQ(withheld("manager", dn("301")), Withheld::enseignant);
  EXPECT_EQ(withheld("manager", dn("302")), Withheld::directeur);
  EXPECT_EQ(withheld("seeAlso", dn("102")), Withheld::eleve);
  EXPECT_EQ(withheld("seeAlso", "uid=gone,ou=people,dc=ent,dc=test"), Withheld::person);
  EXPECT_EQ(withheld("ENTPersonStructRattach", school_dn), Withheld::nothing);
}

TEST_F(Access, TheRoleOfSomebodyWhoWasNotReadIsToldByHisObjectClasses) {
  const std::string gone = "uid=x1,ou=people,dc=ent,dc=test";
  hold("manager", "UID=X1, " + gone.substr(gone.find(',') + 1));
  hold("ENTPersonStructRattach", school_dn);
  const Scene scene(world_);
  const PlannerInput input = scene.input();
  AccessSources sources;
  sources.values = values_;
  sources.changes = {change("seeAlso", gone, dn("301"))};
  EXPECT_THAT(unread_people(input, sources), ElementsAre(gone));
  const auto role = [&](const Profil profil) {
    const EntryRules& rules = input.rules.person(profil);
    return Discretion(input, entry_of_key(input, "AC-TEST/Eleve/101"), no_entry,
                      {{gone, rules.object_classes}})
        .of("manager", gone);
  };
  EXPECT_EQ(role(Profil::enseignant), Withheld::enseignant);
  EXPECT_EQ(role(Profil::directeur), Withheld::directeur);
  EXPECT_EQ(role(Profil::personnel), Withheld::personnel);
  EXPECT_EQ(role(Profil::responsable), Withheld::responsable);
  EXPECT_EQ(role(Profil::eleve), Withheld::eleve);
}

TEST_F(Access, AnEntryMayCarrySeveralKeys) {
  world_.directory.put(dn("101"), "ENTPersonJointure", "AC-TEST$777");
  const Scene scene(world_);
  EXPECT_THAT(keys_of_entry(scene.input(), scene.entry(dn("101"))),
              testing::UnorderedElementsAre("AC-TEST/Eleve/101", "AC-TEST/Eleve/777"));
}

TEST_F(Access, AContactOfTheOtherResponsableIsWithheldWhereverItStands) {
  const std::string other = dn("202");
  world_.directory.put(other, "mail", "l.autre@exemple.test");
  world_.directory.put(other, "mobile", "06 11 22 33 44");
  world_.directory.put(other, "ENTPersonAdresse", "3 rue des Essais");
  world_.directory.put(other, "ENTPersonVille", "TEST");
  EXPECT_EQ(withheld("mail", "L.Autre@exemple.test"), Withheld::contact);
  EXPECT_EQ(withheld("description", "joindre au +33 (0)611223344 le soir"), Withheld::contact);
  EXPECT_EQ(withheld("description", "vit au 3 Rue des essais, Test"), Withheld::contact);
  EXPECT_EQ(withheld("description", world_.directory.at(other).value("uid")), Withheld::contact);
  EXPECT_EQ(withheld("ENTPersonJointure", "AC-TEST$101"), Withheld::nothing)
      << "a town is no contact";
  EXPECT_EQ(withheld("mail", "p201@exemple.test"), Withheld::nothing) << "of who asks himself";
}

TEST_F(Access, TheLoginOfAPupilThatBeginsLikeThatOfAResponsableIsTold) {
  const std::string login = world_.directory.at(dn("202")).value("ENTPersonLogin");
  EXPECT_EQ(withheld("ENTPersonLogin", login), Withheld::contact);
  EXPECT_EQ(withheld("ENTPersonLogin", login + "2"), Withheld::nothing);
}

TEST_F(Access, AContactThatTheResponsablesShareIsStillWithheldFromThePupilsData) {
  world_.directory.put(dn("202"), "homePhone", "05 61 00 00 00");
  world_.directory.put(dn("201"), "homePhone", "05 61 00 00 00");
  EXPECT_EQ(withheld("telephoneNumber", "0561000000"), Withheld::contact);
}

TEST_F(Access, TheNameOfTheOtherResponsableIsWithheldHoweverItIsWritten) {
  const std::string other = dn("202");
  world_.directory.clear(other, "sn");
  world_.directory.clear(other, "givenName");
  world_.directory.put(other, "sn", "L'HAŸ");
  world_.directory.put(other, "givenName", "Éva");
  for (const char* text : {"Mme L'HAY Eva vient", "voir éva l’haÿ", "L HAY-EVA"})
    EXPECT_EQ(withheld("description", text), Withheld::contact) << text;
  EXPECT_EQ(withheld("description", "Éva"), Withheld::nothing) << "anybody's";
  EXPECT_EQ(withheld("description", "L'Haÿ"), Withheld::nothing) << "the pupil's too, perhaps";
}

TEST_F(Access, APupilWhoHasTheNameOfAResponsableIsToldHisOwn) {
  const std::string own = world_.directory.at(dn("101")).value("sn");
  const std::string first = world_.directory.at(dn("101")).value("givenName");
  for (const auto& [attribute, value] : {std::pair{"sn", own}, std::pair{"givenName", first}}) {
    world_.directory.clear(dn("202"), attribute);
    world_.directory.put(dn("202"), attribute, value);
  }
  EXPECT_EQ(withheld("cn", own + " " + first), Withheld::nothing);
}

TEST_F(Access, AResponsableIsToldWhatHeSharesAndNotWhatIsTheOthers) {
  for (const char* id : {"201", "202"}) world_.directory.put(dn(id), "homePhone", "05 61 00 00 00");
  world_.directory.put(dn("202"), "mobile", "06 11 22 33 44");
  hold("homePhone", "05 61 00 00 00");
  hold("description", "ou au 06.11.22.33.44");
  const AccessPackage made = package("AC-TEST/PersRelEleve/201", "");
  EXPECT_EQ(made.attributes[0].values[0].withheld, Withheld::nothing);
  EXPECT_EQ(made.attributes[1].values[0].withheld, Withheld::contact);
}

TEST_F(Access, WhoIsNamedByTheDeliveryAndNotLinkedYetIsProtectedToo) {
  const std::string other = dn("202");
  world_.directory.put(other, "mail", "l.autre@exemple.test");
  world_.directory.clear(dn("101"), "ENTElevePersRelEleve");
  world_.directory.clear(other, "ENTAuxPersRelEleveEleve");
  EXPECT_EQ(withheld("description", "l.autre@exemple.test"), Withheld::contact);
}

TEST_F(Access, AResponsableWhoAsksForHimselfIsToldHisPupils) {
  hold("ENTAuxPersRelEleveEleve", dn("101"));
  hold("mail", "p201@exemple.test");
  hold("seeAlso", dn("202"));
  const AccessPackage made = package("AC-TEST/PersRelEleve/201", "");
  EXPECT_EQ(made.profil, Profil::responsable);
  EXPECT_THAT(told(made, "ENTAuxPersRelEleveEleve"), ElementsAre(dn("101")));
  EXPECT_THAT(told(made, "mail"), ElementsAre("p201@exemple.test"));
  EXPECT_EQ(made.attributes[2].values[0].withheld, Withheld::responsable);
}

TEST_F(Access, PasswordsAreNotTold) {
  EXPECT_EQ(withheld("userPassword", "{SSHA}abc"), Withheld::secret);
}

TEST_F(Access, TheHistoryKeepsTheSameSilence) {
  changes_ = {change("ENTElevePersRelEleve", dn("202") + "$20", dn("201") + "$10"),
              change("sn", "NOM", "NOM101")};
  changes_[1].attributes[0].removed.clear();
  changes_[1].attributes[0].vaulted_removed = 1;
  changes_[1].actor = "user:ada";
  hold("sn", "NOM101");
  const AccessPackage made = package();
  ASSERT_THAT(made.changes, SizeIs(2));
  EXPECT_EQ(made.changes[0].removed[0].withheld, Withheld::responsable);
  EXPECT_EQ(made.changes[0].added[0].text, dn("201") + "$10");
  EXPECT_TRUE(made.changes[0].by_program);
  EXPECT_EQ(made.changes[0].source.line, 12U);
  EXPECT_EQ(made.changes[0].told_until->iso(), "2027-09-03");
  EXPECT_EQ(made.changes[1].removed[0].withheld, Withheld::erased);
  EXPECT_FALSE(made.changes[1].by_program);
  EXPECT_EQ(made.attributes[0].last_change, "2026-09-03T02:30:00.000Z");
}

TEST_F(Access, TheGroupsOfThePersonAndTheEndOfTheAccountAreTold) {
  EXPECT_THAT(package().groups, Contains(school_uai + "_73196"));
  EXPECT_THAT(package().groups, Not(Contains(school_uai + "_73197")));
  EXPECT_EQ(package().account_end, std::nullopt);
  EXPECT_EQ(package().delete_after_days, 90U);
  world_.directory.put(dn("101"), "ENTCompteSuppression", "20261201000000Z");
  EXPECT_EQ(package().account_end->iso(), "2026-12-01");
}

TEST_F(Access, OnlyTheLinkOfThePupilsEntryMakesAResponsable) {
  const auto is_linked = [&](const char* responsable) {
    const Scene scene(world_);
    return is_responsable_of(scene.input(), entry_of_key(scene.input(), responsable),
                             entry_of_key(scene.input(), "AC-TEST/Eleve/101"));
  };
  EXPECT_TRUE(is_linked("AC-TEST/PersRelEleve/201"));
  EXPECT_TRUE(is_linked("AC-TEST/PersRelEleve/202"));
  EXPECT_FALSE(is_linked("AC-TEST/PersRelEleve/203"));
  EXPECT_FALSE(is_linked("AC-TEST/PersEducNat/301"));
  EXPECT_FALSE(is_linked("AC-TEST/PersRelEleve/999"));
  world_.directory.clear(dn("101"), "ENTElevePersRelEleve");
  EXPECT_FALSE(is_linked("AC-TEST/PersRelEleve/201")) << "a link of the other end may be a rest";
}

TEST_F(Access, WhoLeftIsFoundByTheKeyOfTheEntry) {
  const std::string gone = dn("102");
  world_.delivery().remove(Category::eleve, "102");
  const Scene scene(world_);
  EXPECT_EQ(entry_of_key(scene.input(), "AC-TEST/Eleve/102"), scene.entry(gone));
  EXPECT_EQ(entry_of_key(scene.input(), "AC-TEST/Eleve/1102"), no_entry);
}

TEST(ProcessingRegister, AMappedAttributeWithoutALineIsAnErrorAndALineOfNothingAWarning) {
  Rules rules;
  rules.target.add("sn");
  rules.target.add("mail");
  ProcessingRegister processing;
  processing.lines = {{"SN", "Nom", "", ""}, {"pager", "Bip", "", ""}};
  const Problems problems = compare(processing, rules);
  ASSERT_THAT(problems.list, SizeIs(2));
  EXPECT_EQ(problems.list[0].code, "PROC-001");
  EXPECT_EQ(problems.list[0].where.item, "mail");
  EXPECT_EQ(problems.list[1].code, "PROC-002");
  EXPECT_EQ(problems.list[1].where.item, "pager");
  EXPECT_EQ(problems.list[1].severity, Severity::warning);
}

}  // namespace
}  // namespace entsync::test
