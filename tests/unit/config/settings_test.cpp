#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "config/load_rules.hpp"
#include "config/load_settings.hpp"
#include "fragments.hpp"
#include "support/builders.hpp"

namespace entsync::test {
namespace {

using config::BindMode;
using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The fragment, followed by every section that a configuration needs and the fragment does not
/// have.
std::string whole(const std::string& fragment) {
  const std::map<std::string, std::string> needed{
      {"state", "[state]\ndirectory = \"state\"\n"},
      {"rules", "[rules]\nfile = \"rules.toml\"\nregistry = \"registre.toml\"\n"},
      {"academie", "[[academie]]\ncode = \"AC-TEST\"\ndelivery = \"in\"\n"},
      {"tree", "[tree]\nbase = \"dc=ent,dc=test\"\n"}};
  std::string text = fragment;
  for (const auto& [name, section] : needed) {
    const bool present = fragment.find("[" + name + "]") != std::string::npos ||
                         fragment.find(name + " = ") != std::string::npos ||
                         fragment.find("# no " + name) != std::string::npos;
    if (!present) text += section;
  }
  return text;
}

struct Parsed {
  std::optional<config::Settings> settings;
  std::vector<std::string> messages;
  Problems warnings;
};

Parsed parse(const std::string& fragment) {
  Parsed parsed;
  auto result = config::parse_settings(whole(fragment), "/etc/entsync/e.toml", parsed.warnings);
  if (result)
    parsed.settings = std::move(*result);
  else
    parsed.messages = messages_of(result.error());
  return parsed;
}

TEST(Settings, TheLeastThatIsNeededIsEnough) {
  const Parsed parsed = parse("");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  EXPECT_EQ(parsed.settings->state_directory, "/etc/entsync/state") << "relative to the file";
  EXPECT_EQ(parsed.settings->tree.people, "ou=people,dc=ent,dc=test");
  EXPECT_EQ(parsed.settings->ldap.uri, "ldapi:///");
  EXPECT_EQ(parsed.settings->ldap.bind, BindMode::external);
  EXPECT_EQ(parsed.settings->limits, JudgeLimits::defaults());
  EXPECT_THAT(parsed.warnings.list, IsEmpty());
}

TEST(Settings, AChainOfDeltasHasItsLimits) {
  EXPECT_EQ(parse("").settings->chain, (ChainLimits{1, 31}));
  EXPECT_EQ(parse("[limits]\ndelta_gap_days = 3\ndelta_days = 90\n").settings->chain,
            (ChainLimits{3, 90}));
  EXPECT_EQ(parse("[limits]\ndelta_gap_days = 0\n").settings, std::nullopt);
}

TEST(Settings, AnAcademieWithoutADeliveryBelongsToTheInbox) {
  const Parsed parsed = parse(
      "[inbox]\ndirectory = \"/srv/inbox\"\nkeep_days = 7\n"
      "[[academie]]\ncode = \"AC-A\"\n[[academie]]\ncode = \"AC-B\"\ndelivery = \"b\"\n");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  const auto& academies = parsed.settings->academies;
  EXPECT_TRUE(academies[0].by_inbox);
  EXPECT_EQ(academies[0].delivery, "/etc/entsync/state/deliveries/AC-A");
  EXPECT_FALSE(academies[1].by_inbox);
  EXPECT_EQ(parsed.settings->inbox.keep, std::chrono::days(7));
  EXPECT_EQ(parsed.settings->inbox.settle, std::chrono::seconds(60));
}

TEST(Settings, WithoutAnInboxEveryAcademieNeedsADelivery) {
  EXPECT_THAT(parse("[[academie]]\ncode = \"AC-A\"\n").messages, Contains(HasSubstr("delivery")));
}

TEST(Settings, RequestsHaveASourceOfTheirOwn) {
  EXPECT_TRUE(parse("").settings->requests.path.empty());
  const Parsed parsed = parse("[requests]\npath = \"demandes\"\nreminder_days = 15\n");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  const config::Requests& requests = parsed.settings->requests;
  EXPECT_EQ(requests.path, "/etc/entsync/demandes");
  EXPECT_EQ(requests.source, "COLLECTIVITE");
  EXPECT_EQ(requests.rules.reminder_days, 15U);
  EXPECT_TRUE(requests.rules.public_mail_domains.contains("gmail.com"));
  const Parsed own = parse(
      "[requests]\npath = \"/srv/d.csv\"\nsource = \"VILLES\"\n"
      "public_mail_domains = [\"Mail.Test\"]\n");
  ASSERT_TRUE(own.settings) << testing::PrintToString(own.messages);
  EXPECT_EQ(own.settings->requests.source, "VILLES");
  EXPECT_EQ(own.settings->requests.rules.public_mail_domains,
            (std::set<std::string, std::less<>>{"mail.test"}));
  const auto messages = [](const std::string& more) {
    return parse("[requests]\npath = \"d\"\n" + more).messages;
  };
  EXPECT_THAT(parse("[requests]\n").messages, ElementsAre(HasSubstr("requests.path")));
  EXPECT_THAT(messages("source = \"A$B\"\n"), ElementsAre(HasSubstr("requests.source")));
  EXPECT_THAT(messages("source = \"ac-test\"\n"), ElementsAre(HasSubstr("an académie has this")));
  EXPECT_THAT(messages("public_mail_domains = [\"a@b.test\"]\n"),
              ElementsAre(HasSubstr("public_mail_domains")));
}

TEST(Settings, AStopIsOneOfThreeWays) {
  const Parsed parsed = parse("[service]\nstop = \"drain\"\nstop_limit_seconds = 30\n");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  EXPECT_EQ(parsed.settings->service.stop, StopMode::drain);
  EXPECT_EQ(parsed.settings->service.stop_limit, std::chrono::seconds(30));
  EXPECT_EQ(parse("").settings->service.stop, StopMode::normal);
  EXPECT_THAT(parse("[service]\nstop = \"soon\"\n").messages,
              ElementsAre(HasSubstr("service.stop")));
}

TEST(Settings, AnAcademieHasDaysInWhichNobodyBecomesAbsent) {
  const std::string academie = "[[academie]]\ncode = \"AC-TEST\"\ndelivery = \"in\"\n";
  const Parsed parsed =
      parse(academie + "freeze = [{ from = \"2026-07-04\", to = \"2026-09-06\" }]\n");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  const AbsenceSettings& absence = parsed.settings->absence;
  EXPECT_FALSE(absence.is_frozen("AC-TEST", *Date::from_iso("2026-07-03")));
  EXPECT_TRUE(absence.is_frozen("AC-TEST", *Date::from_iso("2026-07-04")));
  EXPECT_TRUE(absence.is_frozen("AC-TEST", *Date::from_iso("2026-09-06")));
  EXPECT_FALSE(absence.is_frozen("AC-TEST", *Date::from_iso("2026-09-07")));
  EXPECT_FALSE(absence.is_frozen("AC-AUTRE", *Date::from_iso("2026-08-01")));
  EXPECT_THAT(
      parse(academie + "freeze = [{ from = \"2026-09-06\", to = \"2026-07-04\" }]\n").messages,
      ElementsAre(HasSubstr("the freeze ends before it begins")));
  EXPECT_THAT(parse(academie + "freeze = [{ from = \"july\" }]\n").messages, SizeIs(2));
}

TEST(Settings, AFreezeMayRecurEveryYear) {
  const std::string academie = "[[academie]]\ncode = \"AC-TEST\"\ndelivery = \"in\"\n";
  const Parsed parsed = parse(academie + "freeze = [{ from = \"12-20\", to = \"01-03\" }]\n");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  const AbsenceSettings& absence = parsed.settings->absence;
  EXPECT_TRUE(absence.is_frozen("AC-TEST", *Date::from_iso("2026-12-20")));
  EXPECT_TRUE(absence.is_frozen("AC-TEST", *Date::from_iso("2031-01-03")));
  EXPECT_FALSE(absence.is_frozen("AC-TEST", *Date::from_iso("2031-01-04")));
  EXPECT_THAT(parse(academie + "freeze = [{ from = \"12-20\", to = \"2027-01-03\" }]\n").messages,
              ElementsAre(HasSubstr("has a year and the other has none")));
}

TEST(Settings, TheRollOverOfAnAcademieIsAWindowOfDays) {
  const std::string academie = R"(
[[academie]]
code = "AC-TEST"
delivery = "/tmp/aaf"
)";
  const Parsed parsed =
      parse(academie + "rollover = [{ from = \"2026-08-24\", to = \"2026-10-15\" }]\n");
  const DayWindows& windows = parsed.settings->absence.rollovers_of_academie;
  EXPECT_FALSE(is_inside(windows, "AC-TEST", *Date::from_iso("2026-08-23")));
  EXPECT_TRUE(is_inside(windows, "AC-TEST", *Date::from_iso("2026-10-15")));
  EXPECT_FALSE(is_inside(windows, "AC-AUTRE", *Date::from_iso("2026-09-01")));
  EXPECT_THAT(
      parse(academie + "rollover = [{ from = \"2026-10-15\", to = \"2026-08-24\" }]\n").messages,
      ElementsAre(HasSubstr("the rollover ends before it begins")));
}

TEST(Settings, AlertsAreToldByAWholePathAndAPlainAddress) {
  EXPECT_THAT(parse("[notify]\ncommand = [\"alert\"]\n").messages,
              ElementsAre(HasSubstr("notify.command")));
  EXPECT_THAT(parse("[notify]\nmail_to = \"-oQ/tmp\"\n").messages,
              ElementsAre(HasSubstr("notify.mail_to")));
}

TEST(Settings, WhatALimitDoesNotSayStaysAsByDefault) {
  const Parsed parsed =
      parse("[limits.school]\nabsent = { absolute = 5 }\ncreate = { percent = 12.5 }\n");
  ASSERT_TRUE(parsed.settings);
  JudgeLimits expected = JudgeLimits::defaults();
  expected.school[Surprise::absent].absolute = 5;
  expected.school[Surprise::create] = {12.5, 0, std::nullopt};
  EXPECT_EQ(parsed.settings->limits, expected);
}

TEST(Settings, AFloorAloneKeepsTheDefaultPercentage) {
  const Parsed parsed = parse("[limits.run]\nabsent = { floor = 5 }\n");
  ASSERT_TRUE(parsed.settings);
  EXPECT_EQ(parsed.settings->limits.run.at(Surprise::absent), (Limit{8.0, 5, std::nullopt}));
}

TEST(Settings, ABranchMayBeGivenWholeOrBelowTheBase) {
  const Parsed parsed = parse(
      "[tree]\nbase = \"dc=ent,dc=test\"\npeople = \"ou=personnes,DC=ent,dc=test\"\ngroups = "
      "\"ou=g\"\n");
  ASSERT_TRUE(parsed.settings);
  EXPECT_EQ(parsed.settings->tree.people, "ou=personnes,DC=ent,dc=test");
  EXPECT_EQ(parsed.settings->tree.groups, "ou=g,dc=ent,dc=test");
}

TEST(Settings, EveryProblemIsSaidAtOnce) {
  EXPECT_THAT(parse("[log]\nlevel = \"loud\"\n[absence]\nsuspend = 1\n").messages, SizeIs(2));
}

TEST(Settings, WhatShapesEntriesIsPartOfTheFingerprintAndTheRestIsNot) {
  config::Settings settings = *parse("").settings;
  const std::string before = config::shaping_text(settings);
  settings.log.level = "debug";
  settings.ldap.window = 3;
  EXPECT_EQ(config::shaping_text(settings), before);
  settings.absence.delays.suspend_after_days = 3;
  EXPECT_NE(config::shaping_text(settings), before);
}

TEST(Settings, TheControllerIsNamedInTheWordsThatPersonsAreTold) {
  const Parsed parsed = parse(
      "[controller]\nname = \"Région\"\naddress = \"1 rue\"\ndpo = \"dpo@exemple.test\"\n"
      "recipients = [\"GAR\"]\ntransfers = \"aucun\"\n");
  ASSERT_TRUE(parsed.settings);
  EXPECT_EQ(parsed.settings->controller,
            (config::Controller{"Région", "1 rue", "dpo@exemple.test", {"GAR"}, "aucun"}));
  EXPECT_EQ(parse("").settings->controller, config::Controller{});
}

TEST(Settings, TheClockOfAnAccountsEndHasDelaysPerProfileAndAJustification) {
  const auto parsed = parse(
      "[absence]\nsuspend_after_days = 3\ndelete_after_days = 60\njustification = \"DPO "
      "2026-14\"\ntoday = \"delivery\"\n[absence.enseignant]\ndelete_after_days = 365\n");
  ASSERT_TRUE(parsed.settings);
  const AbsenceSettings& absence = parsed.settings->absence;
  EXPECT_EQ(absence.delays_of(Profil::eleve), (Delays{3, 60}));
  EXPECT_EQ(absence.delays_of(Profil::enseignant), (Delays{3, 365}));
  EXPECT_TRUE(absence.by_delivery_day);
  EXPECT_EQ(absence.justification, "DPO 2026-14");
}

class WrongSettings : public testing::TestWithParam<Fragment> {};

TEST_P(WrongSettings, AreRefusedWithLineKeyAndWhatIsAllowed) {
  EXPECT_THAT(parse(GetParam().text).messages, ElementsAreArray(GetParam().messages));
}

const std::string in_settings = "/etc/entsync/e.toml:";

INSTANTIATE_TEST_SUITE_P(
    Settings, WrongSettings,
    testing::Values(
        Fragment{"syntax",
                 "[log\n",
                 {in_settings +
                  "1: error CONF-001: Error while parsing table header: expected ']', saw '\\n'"
                  " – correct the TOML syntax"}},
        Fragment{
            "unknown_key",
            "[log]\n\nlevle = \"info\"\n",
            {in_settings +
             "3: error CONF-002 [log.levle]: this key is not known – allowed here: file, level"}},
        Fragment{
            "unknown_section",
            "[loog]\n",
            {in_settings +
             "1: error CONF-002 [loog]: this key is not known – allowed here: absence, academie, "
             "approval, audit, control, controller, "
             "identifiers, inbox, journal, ldap, limits, log, notify, requests, retention, rights, "
             "rules, "
             "schedule, "
             "service, state, tree, vault"}},
        Fragment{"no_time_of_a_schedule",
                 "[schedule]\nrun = [\"25:00\"]\n",
                 {in_settings +
                  "2: error CONF-002 [schedule.run]: '25:00': '25' is no hour: 0 to 23, *, a range "
                  "a..b or a repetition a/n – write it as systemd timers do, e.g. \"Mon..Fri "
                  "02:30\" or \"*-*-1,15 04:00\""}},
        Fragment{"no_time_zone",
                 "[schedule]\ntime_zone = \"Europe/Paradis\"\n",
                 {in_settings +
                  "2: error CONF-002 [schedule.time_zone]: 'Europe/Paradis' is not a time zone – "
                  "name one of the IANA database, e.g. \"Europe/Paris\""}},
        Fragment{"wrong_type",
                 "[ldap]\nwindow = \"16\"\n",
                 {in_settings +
                  "2: error CONF-002 [ldap.window]: expects a whole number, found a text – "
                  "allowed: 1 to 90"}},
        Fragment{"fraction_for_a_whole_number",
                 "[ldap]\nwindow = 1.5\n",
                 {in_settings +
                  "2: error CONF-002 [ldap.window]: expects a whole number, found a number – "
                  "allowed: 1 to 90"}},
        Fragment{"out_of_range",
                 "[ldap]\nwindow = 0\npage_size = 100001\n",
                 {in_settings +
                      "3: error CONF-002 [ldap.page_size]: 100001 is out of range – allowed: 1 to "
                      "100000",
                  in_settings +
                      "2: error CONF-002 [ldap.window]: 0 is out of range – allowed: 1 to 90"}},
        Fragment{
            "missing_key",
            "[state]\n",
            {in_settings +
             "1: error CONF-002 [state.directory]: this key is missing – add directory = \"…\""}},
        Fragment{"empty_key",
                 "[state]\ndirectory = \"\"\n",
                 {in_settings +
                  "2: error CONF-002 [state.directory]: must not be empty – give it a value"}},
        Fragment{"password_in_the_file",
                 "[ldap]\nbind = \"simple\"\nbind_dn = \"cn=a\"\npassword_file = \"p\"\npassword = "
                 "\"secret\"\n",
                 {in_settings +
                  "5: error CONF-002 [ldap.password]: a secret does not belong in this file – "
                  "put it in a "
                  "file of its own, mode 0600, and name it with password_file"}},
        Fragment{
            "a_secret_is_never_named_as_allowed",
            "[ldap]\npasswort = \"secret\"\n",
            {in_settings +
             "2: error CONF-002 [ldap.passwort]: this key is not known – allowed here: accesslog, "
             "assertions, "
             "bind, "
             "bind_dn, connect_timeout, connections, max_refusals, operation_timeout, page_size, "
             "password_file, start_tls, tls_ca_file, tls_certificate_file, tls_key_file, uri, "
             "window"}},
        Fragment{"simple_bind_without_credentials",
                 "[ldap]\nbind = \"simple\"\n",
                 {in_settings + "2: error CONF-002 [ldap.bind]: a simple bind needs bind_dn and "
                                "password_file – add both"}},
        Fragment{"unknown_bind",
                 "[ldap]\nbind = \"kerberos\"\n",
                 {in_settings +
                  "2: error CONF-002 [ldap.bind]: 'kerberos' is not a way to bind – allowed: "
                  "external, simple, "
                  "anonymous"}},
        Fragment{"not_an_ldap_address",
                 "[ldap]\nuri = \"https://a\"\n",
                 {in_settings +
                  "2: error CONF-002 [ldap.uri]: 'https://a' is not an LDAP address – allowed: "
                  "ldap://host[:port], ldaps://host[:port], ldapi://%2Fpath%2Fto%2Fsocket"}},
        Fragment{"starttls_where_it_does_not_belong",
                 "[ldap]\nuri = \"ldaps://a\"\nstart_tls = true\n",
                 {in_settings +
                  "3: error CONF-002 [ldap.start_tls]: StartTLS belongs to ldap:// – leave it "
                  "out with ldaps:// "
                  "and ldapi://"}},
        Fragment{"certificate_without_key",
                 "[ldap]\ntls_certificate_file = \"c\"\n",
                 {in_settings +
                  "1: error CONF-002 [ldap.tls_key_file]: a client certificate needs its key "
                  "and the other way "
                  "round – give both tls_certificate_file and tls_key_file"}},
        Fragment{"overlapping_branches",
                 "[tree]\nbase = \"dc=t\"\npeople = \"ou=a\"\ngroups = \"ou=g,ou=a\"\n",
                 {in_settings +
                  "1: error CONF-002 [tree]: the branches 'ou=g,ou=a,dc=t' and 'ou=a,dc=t' "
                  "overlap – people, "
                  "structures and groups need branches of their own"}},
        Fragment{
            "equal_branches_in_other_spelling",
            "[tree]\nbase = \"dc=t\"\npeople = \"ou=a\"\ngroups = \"OU=A, dc=t\"\n",
            {in_settings + "1: error CONF-002 [tree]: the branches 'ou=a,dc=t' and 'OU=A, dc=t' "
                           "overlap – people, "
                           "structures and groups need branches of their own"}},
        Fragment{
            "not_a_dn",
            "[tree]\nbase = \"dc=t\"\npeople = \"people\"\n",
            {in_settings +
             "3: error CONF-002 [tree.people]: 'people' is not a DN – write it as ou=people or "
             "ou=people,dc=…"}},
        Fragment{"prefix_of_identifiers",
                 "[identifiers]\nprefix = \"Elv12\"\n",
                 {in_settings +
                  "2: error CONF-002 [identifiers.prefix]: 'Elv12' is not a prefix – allowed: "
                  "one to four "
                  "letters a to z"}},
        Fragment{
            "percentage",
            "[limits.run]\nabsent = { percent = 101 }\n",
            {in_settings +
             "2: error CONF-002 [limits.run.absent.percent]: is out of range – allowed: 0 to 100"}},
        Fragment{
            "share_that_is_no_number",
            "[limits]\nminimum_directory_share = nan\n",
            {in_settings + "2: error CONF-002 [limits.minimum_directory_share]: is out of range – "
                           "allowed: 0 to 1"}},
        Fragment{
            "accounts_kept_past_three_months",
            "[absence]\ndelete_after_days = 91\n",
            {in_settings +
             "2: error CONF-002 [absence.delete_after_days]: accounts would be kept past three "
             "months – allowed without a justification: up to 90; write the recorded reason "
             "as justification = \"…\" in [absence] to keep them longer"}},
        Fragment{
            "accounts_of_a_profile_kept_past_three_months",
            "[absence.eleve]\ndelete_after_days = 120\n",
            {in_settings +
             "2: error CONF-002 [absence.eleve.delete_after_days]: accounts would be kept past "
             "three months – allowed without a justification: up to 90; write the recorded "
             "reason as justification = \"…\" in [absence] to keep them longer"}},
        Fragment{"accounts_never_deleted",
                 "[absence]\ndelete = false\n",
                 {in_settings +
                  "2: error CONF-002 [absence.delete]: accounts would be kept past three months – "
                  "write the recorded reason as justification = \"…\", or leave delete = true"}},
        Fragment{"deleted_before_suspended",
                 "[absence]\nsuspend_after_days = 40\ndelete_after_days = 30\n",
                 {in_settings +
                  "2: error CONF-002 [absence.suspend_after_days]: an account would be deleted "
                  "before it is suspended – make it at most delete_after_days"}},
        Fragment{"unknown_today",
                 "[absence]\ntoday = \"tomorrow\"\n",
                 {in_settings +
                  "2: error CONF-002 [absence.today]: 'tomorrow' does not say what day it is – "
                  "allowed: clock, delivery"}},
        Fragment{"unknown_surprise",
                 "[limits.run]\nleft = { percent = 5 }\n",
                 {in_settings +
                  "2: error CONF-002 [limits.run.left]: this key is not known – allowed here: "
                  "absent, create, "
                  "delete, mail_lost, member_lost, modify, remove, suspend"}},
        Fragment{"limit_that_says_nothing",
                 "[limits.run]\nabsent = {}\n",
                 {in_settings +
                  "2: error CONF-002 [limits.run.absent]: this limit checks nothing – give percent "
                  "or absolute; a floor that is never reached lets everything pass"}},
        Fragment{"limit_that_checks_nothing",
                 "[limits.academie]\nmail_lost = { floor = 5 }\n",
                 {in_settings +
                  "2: error CONF-002 [limits.academie.mail_lost]: this limit checks nothing – give "
                  "percent or absolute; a floor that is never reached lets everything pass"}},
        Fragment{
            "limit_that_is_no_table",
            "[limits.run]\nabsent = 5\n",
            {in_settings +
             "2: error CONF-002 [limits.run.absent]: expects a table, found a whole number – write "
             "[limits.run.absent] or { … }"}},
        Fragment{
            "academie_twice",
            "[[academie]]\ncode = \"AC-A\"\ndelivery = \"a\"\n[[academie]]\ncode = "
            "\"ac-a\"\ndelivery = \"b\"\n",
            {in_settings + "5: error CONF-002 [academie[2].code]: the académie ac-a is configured "
                           "twice – keep one "
                           "[[academie]] for it"}},
        Fragment{
            "academie_with_a_separator",
            "[[academie]]\ncode = \"AC$A\"\ndelivery = \"a\"\n",
            {in_settings +
             "2: error CONF-002 [academie[1].code]: must not contain '$' or '/' – write it as the "
             "jointures do: AC-TOULOUSE"}},
        Fragment{"no_academie",
                 "academie = []\n",
                 {in_settings +
                  "1: error CONF-002 [academie]: no académie is configured – add [[academie]] "
                  "with code and "
                  "delivery"}},
        Fragment{"section_missing",
                 "# no tree\n",
                 {in_settings +
                  "1: error CONF-002 [tree]: this section is missing – add [tree] with base"}},
        Fragment{
            "level",
            "[log]\nlevel = \"loud\"\n",
            {in_settings + "2: error CONF-002 [log.level]: 'loud' is not a level – allowed: debug, "
                           "info, change, warning, "
                           "error"}}),
    name_of);

// With rules and registry
// --------------------------------------------------------------------------

TEST(Configuration, TheShippedExampleAndRulesLoadClean) {
  Problems warnings;
  const auto settings =
      config::load_settings(ENTSYNC_SOURCE_DIR "/config/entsync.toml.example", warnings);
  ASSERT_TRUE(settings) << to_string(settings.error());
  const auto rules = config::load_rules(ENTSYNC_SOURCE_DIR "/config/rules/sdet-1d.toml");
  ASSERT_TRUE(rules) << to_string(rules.error());
  EXPECT_THAT(config::check_together(*settings, *rules).list, IsEmpty());
  EXPECT_THAT(warnings.list, IsEmpty());
  EXPECT_EQ(settings->limits, JudgeLimits::defaults()) << "the example shows the defaults";
  EXPECT_EQ(settings->chain, ChainLimits());
  EXPECT_EQ(rules->digest.size(), 64U);
}

TEST(Configuration, TheDirectorySchemaKnowsEverythingThatTheRulesWrite) {
  for (TargetAttribute a = 0; a < rules_1d().target.size(); ++a)
    EXPECT_TRUE(rules_1d().target.info(a).known_to_server) << rules_1d().target.name(a);
}

config::Settings with_tree(Tree tree) {
  config::Settings settings = *parse("").settings;
  settings.rules_file = "r.toml";
  settings.tree = std::move(tree);
  return settings;
}

TEST(Configuration, WhatNamesAnEntryNeedsARuleThatNeverChangesIt) {
  Tree tree = test_tree();
  tree.person_rdn = "sn";
  EXPECT_THAT(messages_of(config::check_together(with_tree(tree), rules_1d())),
              testing::Each(HasSubstr("error CONF-021 [sdet-1d:")));
  EXPECT_THAT(config::check_together(with_tree(tree), rules_1d()).list, SizeIs(6))
      << "each profile";
  tree.person_rdn = "entryUUID";
  EXPECT_THAT(messages_of(config::check_together(with_tree(tree), rules_1d())),
              testing::Contains(
                  "r.toml: error CONF-020 [sdet-1d:eleve]: tree.person_rdn names entries by "
                  "'entryUUID', which has no rule with one value here – add the attribute to the "
                  "rules or name entries by another one"));
}

TEST(Configuration, StructuresMayBeNamedByUaiInAnyCase) {
  Tree tree = test_tree();
  tree.structure_rdn = "entstructureuai";
  EXPECT_THAT(config::check_together(with_tree(tree), rules_1d()).list, IsEmpty());
  tree.structure_rdn = "ou";
  EXPECT_THAT(
      messages_of(config::check_together(with_tree(tree), rules_1d())),
      ElementsAre("r.toml: error CONF-021 [sdet-1d:ecole]: 'ou' names the entry, so it must never "
                  "change – give it owner = \"initial\""));
}

TEST(Configuration, GroupsAreNamedAsTheRulesSay) {
  Tree tree = test_tree();
  tree.group_rdn = "ou";
  EXPECT_THAT(messages_of(config::check_together(with_tree(tree), rules_1d())),
              ElementsAre("r.toml: error CONF-022 [target.group_name]: tree.group_rdn is 'ou', the "
                          "rules name groups "
                          "by another attribute – make the two agree"));
}

TEST(Configuration, AFileThatCannotBeReadIsNamed) {
  Problems warnings;
  EXPECT_THAT(messages_of(config::load_settings("/nonexistent/e.toml", warnings).error()),
              ElementsAre("/nonexistent/e.toml: error CONF-012: this file cannot be read: No such "
                          "file or directory "
                          "– check the path and its permissions"));
  EXPECT_THAT(
      messages_of(config::load_rules("/").error()),
      ElementsAre(
          "/: error CONF-010: this file cannot be read: Is a directory – check the path and its "
          "permissions"));
}

TEST(Settings, APerimeterNamesGroupRoleAndSchools) {
  const std::string control = "[control]\nsocket = \"/run/c.sock\"\n[[control.perimeter]]\n";
  const Parsed parsed =
      parse(control + "group = \"ecole-31\"\nrole = \"operator\"\nschools = [\"0660713S\"]\n");
  ASSERT_TRUE(parsed.settings) << testing::PrintToString(parsed.messages);
  EXPECT_THAT(parsed.settings->control.perimeters,
              ElementsAre(config::Perimeter{"ecole-31", "operator", {"0660713S"}}));
  EXPECT_THAT(
      parse(control + "group = \"g\"\nrole = \"root\"\nschools = [\"0660713S\"]\n").messages,
      ElementsAre(HasSubstr("control.perimeter[1].role")));
  EXPECT_THAT(
      parse(control + "group = \"g\"\nrole = \"viewer\"\nschools = [\"0660713A\"]\n").messages,
      Contains(HasSubstr("0660713A is no UAI")));
  EXPECT_THAT(parse(control + "group = \"g\"\nrole = \"viewer\"\n").messages,
              ElementsAre(HasSubstr("no school is named")));
  EXPECT_THAT(parse(control + "group = \"g\"\nrole = \"viewer\"\nschools = [\" 0660713s\"]\n")
                  .settings->control.perimeters[0]
                  .schools,
              ElementsAre("0660713S"));
}

TEST(Settings, ACertificateIsOfARoleForAllSchoolsOrForThoseNamed) {
  const std::string tcp =
      "[control]\nsocket = \"/run/c.sock\"\n[control.tcp]\naddress = \"127.0.0.1\"\nport = 8443\n"
      "certificate_file = \"c\"\nkey_file = \"k\"\nclient_ca_file = \"a\"\n"
      "[[control.tcp.client]]\nname = \"console\"\nrole = \"operator\"\n"
      "certificate_sha256 = [\"" +
      std::string(64, 'A') + "\"]\n";
  const Parsed all = parse(tcp);
  ASSERT_TRUE(all.settings) << testing::PrintToString(all.messages);
  EXPECT_EQ(
      all.settings->control.tcp.clients,
      (std::vector<config::ControlClient>{{"console", "operator", {std::string(64, 'a')}, {}}}));
  const Parsed some = parse(tcp + "schools = [\"0660713S\"]\n");
  ASSERT_TRUE(some.settings) << testing::PrintToString(some.messages);
  EXPECT_THAT(some.settings->control.tcp.clients[0].schools, ElementsAre("0660713S"));
  // An empty list must not become a role for all.
  EXPECT_THAT(parse(tcp + "schools = []\n").messages, ElementsAre(HasSubstr("no school is named")));
}

}  // namespace
}  // namespace entsync::test
