#include "runtime/processing_activities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "config/load_processing_register.hpp"
#include "config/load_rules.hpp"

namespace entsync {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string rules_file = ENTSYNC_SOURCE_DIR "/config/rules/sdet-1d.toml";

config::Configuration configuration() {
  config::Configuration made;
  made.rules = *config::load_rules(rules_file);
  made.settings.academies.emplace_back().code = "AC-TEST";
  return made;
}

std::vector<ProcessingActivity> activities_of(const config::Configuration& configuration) {
  return processing_activities(
      configuration, *config::load_processing_register(config::processing_register_of(rules_file)));
}

const RegisteredDatum& datum(const ProcessingActivity& activity, const std::string& attribute) {
  for (const RegisteredDatum& one : activity.data)
    if (one.attribute == attribute) return one;
  throw std::out_of_range(attribute);
}

bool is_in_place(const ProcessingActivity& activity, std::string_view measure) {
  for (const Measure& one : activity.measures)
    if (one.text.find(measure) != std::string::npos) return one.configured;
  throw std::out_of_range(std::string(measure));
}

TEST(ProcessingActivities, EveryAttributeOfTheRulesIsInBoth) {
  config::Configuration made = configuration();
  made.settings.requests.path = "/etc/entsync/demandes";
  const auto activities = activities_of(made);
  ASSERT_EQ(activities.size(), 2U);
  for (const ProcessingActivity& activity : activities) {
    std::set<std::string> named;
    for (const RegisteredDatum& one : activity.data) {
      named.insert(one.attribute);
      EXPECT_FALSE(one.persons.empty()) << one.attribute;
      EXPECT_FALSE(one.recipients.empty()) << one.attribute;
      EXPECT_FALSE(one.retention.empty()) << one.attribute;
    }
    EXPECT_EQ(named.size(), made.rules.target.size());
  }
}

TEST(ProcessingActivities, ADatumSaysWhoseItIsAndHowItIsJournaled) {
  const auto activities = activities_of(configuration());
  EXPECT_THAT(datum(activities[0], "ENTEleveINE").persons, ElementsAre("élèves"));
  EXPECT_THAT(datum(activities[0], "homePhone").persons, ElementsAre("responsables d'élèves"));
  EXPECT_THAT(datum(activities[0], "member").persons, ElementsAre("groupes"));
  EXPECT_THAT(datum(activities[0], "ENTCompteEtat").persons, Contains("élèves"));
  EXPECT_THAT(datum(activities[1], "sn").retention, HasSubstr("clé propre"));
  EXPECT_THAT(datum(activities[1], "ENTEleveClasses").retention, HasSubstr("en clair"));
}

TEST(ProcessingActivities, TermsAreThoseOfTheConfiguration) {
  config::Configuration made = configuration();
  made.settings.absence.delays.delete_after_days = 60;
  made.settings.retention.values_days = 200;
  made.settings.retention.journal_days = 300;
  const auto activities = activities_of(made);
  EXPECT_THAT(activities[0].retention, Contains(HasSubstr("supprimé 60 jours")));
  EXPECT_THAT(activities[1].retention, Contains("Enregistrements du journal : 300 jours"));
  EXPECT_THAT(activities[1].retention, Contains("Valeurs chiffrées du coffre : 200 jours"));
}

TEST(ProcessingActivities, AMeasureIsClaimedOnlyWhenItIsConfigured) {
  config::Configuration made = configuration();
  made.settings.ldap.uri = "ldap://annuaire.test";
  auto before = activities_of(made);
  EXPECT_FALSE(is_in_place(before[0], "chiffrée"));
  EXPECT_FALSE(is_in_place(before[0], "deux personnes"));
  EXPECT_FALSE(is_in_place(before[1], "Copie des points"));
  made.settings.ldap.start_tls = true;
  made.settings.second_person.insert(Surprise::absent);
  made.settings.journal.checkpoint_file = "/mnt/checkpoints";
  auto after = activities_of(made);
  EXPECT_TRUE(is_in_place(after[0], "chiffrée"));
  EXPECT_TRUE(is_in_place(after[0], "deux personnes"));
  EXPECT_TRUE(is_in_place(after[1], "Copie des points"));
}

TEST(ProcessingActivities, StaffOfLocalAuthoritiesAreNamedWhenRequestsAreConfigured) {
  config::Configuration made = configuration();
  EXPECT_THAT(activities_of(made)[0].persons, Not(Contains("agents des collectivités")));
  EXPECT_THROW(datum(activities_of(made)[0], "ENTAuxNonEnsCollLocSIRET"), std::out_of_range)
      << "nobody has it";
  made.settings.requests.path = "/etc/entsync/demandes";
  EXPECT_THAT(activities_of(made)[0].persons, Contains("agents des collectivités"));
  EXPECT_THAT(activities_of(made)[0].sources, Contains(HasSubstr("collectivités")));
}

TEST(ProcessingActivities, EveryFormSaysTheSameAndWhatIsMissing) {
  const auto activities = activities_of(configuration());
  const Date made = *Date::from_iso("2026-11-27");
  const ActivityForms without = render(activities, {}, made);
  EXPECT_THAT(without.text, HasSubstr("Responsable de traitement : non renseigné"));
  EXPECT_TRUE(boost::json::parse(without.json).at("responsable_de_traitement").is_null());
  config::Controller controller;
  controller.name = "Région \"d'essai\"";
  const ActivityForms forms = render(activities, controller, made);
  const auto read = boost::json::parse(forms.json);
  EXPECT_EQ(read.at("responsable_de_traitement").as_string(), controller.name);
  EXPECT_EQ(read.at("activites").at(0).at("donnees").as_array().size(), activities[0].data.size());
  EXPECT_THAT(forms.csv, HasSubstr("\"Région \"\"d'essai\"\"\""));
  for (const char* word : {"ENTEleveINE", "Journalisation", "HMAC-SHA-256"})
    for (const std::string* text : {&forms.text, &forms.json, &forms.csv})
      EXPECT_THAT(*text, HasSubstr(word));
}

}  // namespace
}  // namespace entsync
