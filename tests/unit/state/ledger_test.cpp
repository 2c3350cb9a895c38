#include "state/ledger.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <random>

#include "support/folder.hpp"

namespace entsync {
namespace {

std::unique_ptr<Ledger> open(const test::Folder& folder) {
  auto ledger = Ledger::open(folder.path());
  if (!ledger) {
    ADD_FAILURE() << to_string(ledger.error());
    return nullptr;
  }
  return std::move(*ledger);
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "none" : result.error().list.at(0).code;
}

void run_sql(const test::Folder& folder, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((folder.path() / "state.db").c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

std::vector<Identity> all(Ledger& ledger) {
  std::vector<std::string> subjects;
  EXPECT_TRUE(
      ledger.for_each_subject([&](std::string_view subject) { subjects.emplace_back(subject); }));
  std::vector<Identity> identities;
  for (const std::string& subject : subjects)
    identities.push_back(ledger.find_subject(subject)->value());
  return identities;
}

const Identity first{"AC-EXEMPLE/Eleve/1", "e000001", "invente.exemple"};
const Identity second{"AC-EXEMPLE/Eleve/2", "e000002", "invente.exemple2"};
const Identity without_login{"AC-EXEMPLE/PersEducNat/1", "ancien", ""};

TEST(Ledger, RemembersIdentitiesAfterItWasClosed) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->remember({second, first, without_login}));
  const auto ledger = open(folder);
  EXPECT_EQ(*ledger->find_subject(first.subject), first);
  EXPECT_EQ(*ledger->find_subject(without_login.subject), without_login);
  EXPECT_EQ(*ledger->find_subject("AC-EXEMPLE/Eleve/3"), std::nullopt);
  EXPECT_EQ(*ledger->identity_count(), 3U);
  EXPECT_EQ(all(*ledger), (std::vector{first, second, without_login}));
}

TEST(Ledger, AnAccountGoesOnUnderAnotherKey) {
  const test::Folder folder;
  const Identity other{"AC-AUTRE/Eleve/9", first.identifiant, first.login};
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first, second}));
  EXPECT_EQ(code_of(ledger->remember({other})), "LDG-003") << "not as somebody new";
  ASSERT_TRUE(ledger->join({other, second}));
  EXPECT_EQ(*ledger->find_subject(other.subject), other);
  EXPECT_EQ(*ledger->find_subject(second.subject), second);
  EXPECT_TRUE(ledger->release({other})) << "his own identifier and login";
  EXPECT_TRUE(ledger->release({first}));
  EXPECT_EQ(code_of(ledger->remember({{"AC-AUTRE/Eleve/8", "e000009", first.login}})), "LDG-004");
}

TEST(Ledger, KeepsWhatIsOpenAndSinceWhen) {
  const test::Folder folder;
  const ReviewItem one{"AC-EXEMPLE/Eleve/1", {"uid=a", "uid=b"}, "why", {"AC-AUTRE$1", ""}, true};
  const ReviewItem two{"AC-EXEMPLE/Eleve/2", {}, "why not"};
  ASSERT_TRUE(open(folder)->set_reviews({two}, "2026-09-01T00:00:00Z"));
  ASSERT_TRUE(open(folder)->set_reviews({two, one}, "2026-09-02T00:00:00Z"));
  const auto open_ones = *open(folder)->reviews();
  ASSERT_EQ(open_ones.size(), 2U);
  EXPECT_EQ(open_ones[0].item.candidates, one.candidates);
  EXPECT_EQ(open_ones[0].item.keys, one.keys);
  EXPECT_TRUE(open_ones[0].item.decidable);
  EXPECT_EQ(open_ones[0].since, "2026-09-02T00:00:00Z");
  EXPECT_FALSE(open_ones[1].item.decidable);
  EXPECT_EQ(open_ones[1].since, "2026-09-01T00:00:00Z");
  ASSERT_TRUE(open(folder)->set_reviews({}, "2026-09-03T00:00:00Z"));
  EXPECT_TRUE(open(folder)->reviews()->empty());
}

TEST(Ledger, TheLastDecisionAboutAPairHolds) {
  const test::Folder folder;
  constexpr auto link = ReviewDecision::Kind::link;
  constexpr auto separate = ReviewDecision::Kind::separate;
  const auto decide = [&](ReviewDecision::Kind kind, const char* entry) {
    const TakenDecision taken{{kind, first.subject, entry}, "user:alice", "seen", "2026-09-01"};
    ASSERT_TRUE(open(folder)->decide({taken}));
  };
  decide(separate, "uid=a");
  decide(link, "uid=b");
  decide(link, "uid=a");
  const auto taken = *open(folder)->decisions();
  ASSERT_EQ(taken.size(), 1U) << "one entry is linked";
  EXPECT_EQ(taken[0].decision, (ReviewDecision{link, first.subject, "uid=a"}));
  EXPECT_EQ(taken[0].actor, "user:alice");
  EXPECT_EQ(taken[0].reason, "seen");
}

TEST(Ledger, KnowsWhatARunWasLetThroughWith) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->remember({first, second}));
  ASSERT_TRUE(open(folder)->release({second, without_login}));
  ASSERT_TRUE(open(folder)->remember({second}));  // held again for another reason
  const auto ledger = open(folder);
  EXPECT_FALSE((**ledger->find_subject(first.subject)).released);
  EXPECT_TRUE((**ledger->find_subject(second.subject)).released);
  EXPECT_TRUE((**ledger->find_subject(without_login.subject)).released);
}

TEST(Ledger, KeepsItsFileFromOthers) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first}));
  for (const char* name : {"state.db", "state.db-wal"}) {
    struct stat status {};
    ASSERT_EQ(::stat((folder.path() / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
}

TEST(Ledger, ComparesLoginsWithoutCase) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first, {"AC-EXEMPLE/Eleve/9", "e000009", "Zoé.Éxemple"}}));
  for (const char* login : {"invente.exemple", "INVENTE.Exemple", "zoé.éxemple", "ZOÉ.ÉXEMPLE"})
    EXPECT_TRUE(*ledger->login_taken(login)) << login;
  EXPECT_FALSE(*ledger->login_taken("zoe.exemple"));
  EXPECT_FALSE(*ledger->login_taken(""));
  EXPECT_EQ((*ledger->find_subject("AC-EXEMPLE/Eleve/9"))->login, "Zoé.Éxemple");
}

TEST(Ledger, NeverGivesALoginOrAnIdentifierToSomebodyElse) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first, without_login}));
  EXPECT_EQ(code_of(ledger->remember({{first.subject, "e000007", "x"}})), "LDG-002");
  EXPECT_EQ(code_of(ledger->remember({{second.subject, first.identifiant, "x"}})), "LDG-003");
  EXPECT_EQ(code_of(ledger->remember({{second.subject, "E000001", "x"}})), "LDG-003");
  EXPECT_EQ(code_of(ledger->remember({{second.subject, "e000002", "Invente.EXEMPLE"}})), "LDG-004");
  EXPECT_EQ(code_of(ledger->remember({{without_login.subject, "ancien", "invente.exemple"}})),
            "LDG-004");
  EXPECT_EQ(code_of(ledger->remember({{"", "e000003", "x"}})), "LDG-001");
  EXPECT_EQ(code_of(ledger->remember({{second.subject, "", "x"}})), "LDG-001");
  EXPECT_EQ(all(*ledger), (std::vector{first, without_login}));
}

TEST(Ledger, FindsConflictsInsideOneBatchAndKeepsNothingOfIt) {
  const test::Folder folder;
  const auto ledger = open(folder);
  const auto refused = ledger->remember({first,
                                         second,
                                         {"AC-EXEMPLE/Eleve/3", "e000002", "c"},
                                         {"AC-EXEMPLE/Eleve/4", "d", "INVENTE.exemple"}});
  ASSERT_FALSE(refused);
  const Problems problems = refused.error();
  ASSERT_EQ(problems.list.size(), 2U);
  EXPECT_EQ(problems.list[0].code, "LDG-003");
  EXPECT_EQ(problems.list[0].where.item, "AC-EXEMPLE/Eleve/3");
  EXPECT_NE(problems.list[0].what.find(second.subject), std::string::npos);
  EXPECT_EQ(problems.list[1].code, "LDG-004");
  EXPECT_EQ(to_string(problems).find("exemple"), std::string::npos) << "a login is a person's data";
  EXPECT_EQ(*ledger->identity_count(), 0U);
  EXPECT_TRUE(ledger->remember({first, second}));
}

TEST(Ledger, ListsAScoreOfConflictsAtMost) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first}));
  std::vector<Identity> wrong;
  for (int i = 0; i < 100; ++i)
    wrong.push_back({"AC-EXEMPLE/Eleve/" + std::to_string(100 + i), first.identifiant, ""});
  const auto refused = ledger->remember(wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().list.size(), 20U);
}

TEST(Ledger, LeavesAKnownSubjectAlone) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first}));
  ASSERT_TRUE(ledger->remember({first, first}));
  ASSERT_TRUE(ledger->remember({{first.subject, "E000001", ""}}));
  EXPECT_EQ(all(*ledger), std::vector{first});
  ASSERT_TRUE(ledger->remember({}));
}

/// A read that is not over would hold the state that it saw: SQLite refuses to write on top of it
/// once somebody else has written (SQLITE_BUSY_SNAPSHOT), without waiting.
TEST(Ledger, ReadsHoldUpNoWriteWhenAPartHasWrittenBeside) {
  const test::Folder folder;
  const auto whole = open(folder);
  ASSERT_TRUE(whole->remember({first}));
  const std::function<void()> reads[] = {
      [&] { EXPECT_EQ(*whole->find_subject(first.subject), first); },
      [&] { EXPECT_EQ(*whole->find_subject("AC-EXEMPLE/Eleve/3"), std::nullopt); },
      [&] { EXPECT_TRUE(*whole->login_taken(first.login)); },
      [&] { EXPECT_EQ(*whole->highest_number("e"), 1U); },
      [&] { EXPECT_EQ(*whole->highest_number("f"), 0U); },
      [&] { EXPECT_EQ(*whole->identity_count(), 1U); },
      [&] { EXPECT_EQ(*whole->known_entries(), std::nullopt); },
      [&] { EXPECT_TRUE(whole->decisions()); },
      [&] { EXPECT_TRUE(whole->last_delivery("AC-EXEMPLE")); },
  };
  for (std::size_t i = 0; i < std::size(reads); ++i) {
    reads[i]();
    ASSERT_TRUE(open(folder)->set_reviews({}, "2026-09-15T02:00:00Z"));
    EXPECT_EQ(code_of(whole->set_reviews({}, "2026-09-15T02:00:01Z")), "none") << "read " << i;
  }
}

TEST(Ledger, NeverForgetsALoginThatWasReplaced) {
  const test::Folder folder;
  const Identity replaced{first.subject, first.identifiant, "invente.exemple7"};
  ASSERT_TRUE(open(folder)->remember({first}));
  ASSERT_TRUE(open(folder)->remember({replaced}));
  const auto ledger = open(folder);
  EXPECT_EQ(*ledger->find_subject(first.subject), replaced);
  EXPECT_TRUE(*ledger->login_taken(first.login));
  EXPECT_TRUE(*ledger->login_taken(replaced.login));
  EXPECT_EQ(code_of(ledger->remember({{second.subject, "e000002", first.login}})), "LDG-004");
  EXPECT_EQ(code_of(ledger->remember({{second.subject, "e000002", replaced.login}})), "LDG-004");
  EXPECT_TRUE(ledger->remember({first})) << "his own";
}

TEST(Ledger, RefusesAFileOfTheFirstFormat) {
  const test::Folder folder;
  open(folder).reset();
  run_sql(folder, "PRAGMA user_version=1");
  EXPECT_EQ(code_of(Ledger::open(folder.path())), "SQL-003");
}

// ---- registers of persons

const Date day = Date::from_iso("2026-09-01").value();

RegisterEntry death() {
  return {Register::death,
          first.subject,
          RegisterState::active,
          day,
          "",
          "",
          "effacer",
          "dossier 12",
          "",
          "user:a",
          "told by the school",
          "2026-09-02T08:00:00Z",
          {}};
}

TEST(Ledger, KeepsTheRegistersOfPersonsAfterItWasClosed) {
  const test::Folder folder;
  RegisterEntry one = death();
  one.confirmations = {{"user:a", "family", "2026-09-03T08:00:00Z"},
                       {"user:b", "family", "2026-09-04T08:00:00Z"}};
  const RegisterEntry other{Register::objection,
                            "0123abcd",
                            RegisterState::examined,
                            day,
                            "",
                            "beef",
                            "",
                            "",
                            "",
                            "user:a",
                            "letter",
                            "2026-09-02T08:00:00Z",
                            {}};
  ASSERT_TRUE(open(folder)->set_register_entry(one));
  ASSERT_TRUE(open(folder)->set_register_entry(other));
  EXPECT_EQ(*open(folder)->register_entries(), (std::vector{one, other}));

  one.state = RegisterState::withdrawn;
  one.confirmations.clear();
  ASSERT_TRUE(open(folder)->set_register_entry(one));
  EXPECT_EQ(*open(folder)->register_entries(), (std::vector{one, other}));
}

TEST(Ledger, LearnsOfAnObjectionWhoItIsAlso) {
  const test::Folder folder;
  const auto ledger = open(folder);
  RegisterEntry one{Register::objection,
                    "0123",
                    RegisterState::active,
                    day,
                    "",
                    "",
                    "",
                    "",
                    "",
                    "user:a",
                    "why",
                    "2026-09-02T08:00:00Z",
                    {}};
  ASSERT_TRUE(ledger->set_register_entry(one));
  ASSERT_TRUE(ledger->learn_persons({{"0123", "4567"}, {"unknown", "89"}}));
  one.person = "4567";
  EXPECT_EQ(*ledger->register_entries(), std::vector{one});
}

TEST(Ledger, TakesAFileOfFormatFourAlongWithWhatItHolds) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->remember({first}));
  run_sql(folder,
          "DROP TABLE person_register; DROP TABLE deletion_confirmation; DROP TABLE tombstone; "
          "DROP TABLE tombstone_login; DROP TABLE departing; DROP INDEX login_subject; DROP TABLE "
          "demande; DROP TABLE rectification; DROP TABLE link_request; "
          "PRAGMA user_version=4");
  ASSERT_TRUE(open(folder)->set_register_entry(death()));
  const auto ledger = open(folder);
  EXPECT_EQ(*ledger->find_subject(first.subject), first);
  EXPECT_EQ(*ledger->register_entries(), std::vector{death()});
}

TEST(Ledger, TakesAFileOfFormatSixAlong) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->remember({first}));
  run_sql(folder,
          "DROP TABLE demande; DROP TABLE rectification; DROP TABLE link_request; PRAGMA "
          "user_version=6");
  ASSERT_TRUE(open(folder)->take_demandes({{"r1", "digest"}}, "2026-09-02T08:00:00Z"));
  EXPECT_EQ(*open(folder)->find_subject(first.subject), first);
}

TEST(Ledger, KnowsWhichRequestsWereFollowed) {
  const test::Folder folder;
  EXPECT_TRUE(open(folder)->taken_demandes()->empty());
  ASSERT_TRUE(open(folder)->take_demandes({{"r1", "one"}, {"r2", "two"}}, "2026-09-02T08:00:00Z"));
  ASSERT_TRUE(open(folder)->take_demandes({}, "2026-09-03T08:00:00Z"));
  EXPECT_EQ(*open(folder)->taken_demandes(), (TakenDemandes{{"r1", "one"}, {"r2", "two"}}));
}

Demande a_link_request(const std::string& id, const std::string& until) {
  Demande demande;
  demande.id = id;
  demande.digest = "digest";
  demande.action = DemandeAction::lier;
  demande.cle = Jointure{"AC-TEST", Category::pers_educ_nat, "301"};
  demande.uais = {*Uai::parse("0400740M"), *Uai::parse("0660713S")};
  demande.fin = Date::from_iso(until);
  demande.demandeur = "ien";
  demande.valideur = "dane";
  demande.validation = Date::from_iso("2026-09-01").value();
  demande.file = "requests.csv";
  demande.line = 3;
  demande.offset = 200;
  return demande;
}

TEST(Ledger, KeepsRequestsOfLinksWholeAndInTheirOrder) {
  const test::Folder folder;
  const Demande later = a_link_request("r1", "2026-12-01");
  const Demande earlier = a_link_request("r9", "2026-11-01");
  ASSERT_TRUE(open(folder)->take_demandes({{"r9", "digest", earlier}, {"r2", "two"}},
                                          "2026-09-02T08:00:00Z"));
  ASSERT_TRUE(open(folder)->take_demandes({{"r1", "digest", later}}, "2026-09-02T09:00:00Z"));
  EXPECT_EQ(*open(folder)->link_requests(), (std::vector{earlier, later}));
  ASSERT_TRUE(open(folder)->take_demandes({{"r3", "three"}}, "2027-11-15T08:00:00Z"));
  EXPECT_EQ(*open(folder)->link_requests(), (std::vector{earlier, later}));
  ASSERT_TRUE(open(folder)->take_demandes({{"r4", "four"}}, "2027-12-02T08:00:00Z"));
  EXPECT_TRUE(open(folder)->link_requests()->empty());
}

TEST(Ledger, TakesAFileOfFormatEightAlong) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->remember({first}));
  run_sql(folder, "DROP TABLE link_request; PRAGMA user_version=8");
  ASSERT_TRUE(open(folder)->take_demandes({{"r1", "digest", a_link_request("r1", "2026-12-01")}},
                                          "2026-09-02T08:00:00Z"));
  EXPECT_EQ(open(folder)->link_requests()->size(), 1U);
}

TEST(Ledger, RefusesAFileOfALaterFormat) {
  const test::Folder folder;
  open(folder).reset();
  run_sql(folder, "PRAGMA user_version=99");
  EXPECT_EQ(code_of(Ledger::open(folder.path())), "SQL-003");
}

// ---- tickets of rectification

Rectification a_ticket(std::uint64_t number) {
  Rectification ticket;
  ticket.number = number;
  ticket.subject = first.subject;
  ticket.attribute = "sn";
  ticket.school = "0310001H";
  ticket.contested = "0123";
  ticket.state = RectificationState::corrected;
  ticket.received = *Date::from_iso("2026-09-01");
  ticket.opened = *Date::from_iso("2026-09-02");
  ticket.since = *Date::from_iso("2026-09-20");
  ticket.opened_seq = 7;
  ticket.source = {"Eleve_0001.xml", 12, Date::from_iso("2026-09-01")};
  ticket.correction = {"Eleve_0002.xml", 13, std::nullopt};
  ticket.corrected_run = "run-1";
  ticket.corrected_seq = 99;
  ticket.reflected_at = "2026-09-20T02:30:00.000Z";
  ticket.reflected_run = "run-2";
  ticket.reminded = Ageing::second_reminder;
  ticket.actor = "user:a";
  ticket.reason = "letter";
  ticket.ticket = "DPO-7";
  ticket.changed_at = "2026-09-20T02:30:00.000Z";
  return ticket;
}

TEST(Ledger, KeepsTicketsOfRectificationAndNeverGivesANumberTwice) {
  const test::Folder folder;
  EXPECT_EQ(1U, *open(folder)->next_rectification());
  ASSERT_TRUE(open(folder)->set_rectifications({a_ticket(1), a_ticket(2)}));
  EXPECT_EQ(*open(folder)->rectifications(), (std::vector{a_ticket(1), a_ticket(2)}));
  Rectification changed = a_ticket(1);
  changed.state = RectificationState::closed;
  ASSERT_TRUE(open(folder)->set_rectifications({changed}));
  ASSERT_TRUE(open(folder)->remove_rectifications({2}));
  EXPECT_EQ(*open(folder)->rectifications(), std::vector{changed});
  EXPECT_EQ(3U, *open(folder)->next_rectification());
}

TEST(Ledger, DigestsOfContestedValuesNeedTheirKey) {
  const test::Folder folder;
  const auto of = [&](std::string_view subject, std::string_view value) {
    return open(folder)->contested_digest(subject, "sn", value);
  };
  Rectification ticket = a_ticket(1);
  ticket.contested = *of(first.subject, "FAUX");
  EXPECT_EQ(64U, ticket.contested.size());
  EXPECT_EQ(ticket.contested, *open(folder)->contested_digest(first.subject, "SN", "FAUX"));
  EXPECT_NE(ticket.contested, *of(first.subject, "VRAI"));
  EXPECT_NE(ticket.contested, *of(second.subject, "FAUX"));
  ASSERT_TRUE(open(folder)->set_rectifications({ticket}));
  std::filesystem::remove(folder.path() / "rectification.key");
  EXPECT_EQ("LDG-009", code_of(of(first.subject, "FAUX")));
}

TEST(Ledger, TakesAFileOfFormatSevenAlong) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->remember({first}));
  run_sql(folder, "DROP TABLE rectification; DROP TABLE link_request; PRAGMA user_version=7");
  ASSERT_TRUE(open(folder)->set_rectifications({a_ticket(1)}));
  EXPECT_EQ(*open(folder)->find_subject(first.subject), first);
}

TEST(Ledger, RefusesATicketThatSomebodyElseWrote) {
  const test::Folder folder;
  ASSERT_TRUE(open(folder)->set_rectifications({a_ticket(1)}));
  run_sql(folder, "UPDATE rectification SET state = 'done'");
  EXPECT_EQ("LDG-012", code_of(open(folder)->rectifications()));
}

// ---- tombstones

constexpr const char* ine = "120000001AB";
constexpr const char* birth = "01/02/2018";

/// A ledger that knew the first pupil, who is gone.
std::unique_ptr<Ledger> without_the_first(const test::Folder& folder) {
  auto ledger = open(folder);
  EXPECT_TRUE(ledger->remember({first, second}));
  EXPECT_TRUE(ledger->note_departing({{first.subject, ine, birth}}));
  EXPECT_TRUE(ledger->forget({first.subject}));
  return ledger;
}

TEST(Tombstones, TellTheSamePersonByKeyOrByIneAndBirthDate) {
  const test::Folder folder;
  without_the_first(folder).reset();
  const auto ledger = open(folder);
  EXPECT_EQ(*ledger->find_subject(first.subject), std::nullopt);
  const auto gone = *ledger->find_gone(first.subject, "", "");
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, first.identifiant);
  EXPECT_EQ(*ledger->find_gone("AC-AUTRE/Eleve/77", " 120000001ab", birth), gone);
  EXPECT_EQ(*ledger->find_gone("AC-AUTRE/Eleve/77", ine, "02/02/2018"), std::nullopt);
  EXPECT_EQ(*ledger->find_gone("AC-AUTRE/Eleve/77", "", birth), std::nullopt);
  EXPECT_EQ(*ledger->find_gone("AC-AUTRE/Eleve/77", ine, ""), std::nullopt);
  EXPECT_EQ(*ledger->find_gone(second.subject, "", ""), std::nullopt);
}

TEST(Tombstones, HoldNothingThatSaysWhoItWas) {
  const test::Folder folder;
  const Identity unlike{"AC-EXEMPLE/Eleve/4711", "e000031", "seul.ainsi"};
  {
    const auto ledger = without_the_first(folder);
    ASSERT_TRUE(ledger->remember({unlike}));
    ASSERT_TRUE(ledger->note_departing({{unlike.subject, ine, birth}}));
    ASSERT_TRUE(ledger->forget({unlike.subject}));
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    const std::string bytes = folder.read(file.path().filename().string());
    for (const std::string& word :
         {unlike.subject, unlike.login, std::string(ine), std::string(birth)})
      EXPECT_EQ(bytes.find(word), std::string::npos) << word << " in " << file.path();
  }
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() / "tombstone.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(Tombstones, KeepIdentifierAndLoginFromAnybodyElse) {
  const test::Folder folder;
  const auto ledger = without_the_first(folder);
  EXPECT_EQ(*ledger->highest_number("e"), 2U);
  ASSERT_TRUE(ledger->remember({{"AC-EXEMPLE/Eleve/8", "e000009", "x"}}));
  ASSERT_TRUE(ledger->forget({"AC-EXEMPLE/Eleve/8"}));
  EXPECT_EQ(*ledger->highest_number("e"), 9U);
  EXPECT_TRUE(*ledger->login_taken("INVENTE.exemple"));
  EXPECT_FALSE(*ledger->login_taken("INVENTE.exemple", first.identifiant)) << "it is his own";
  EXPECT_EQ(code_of(ledger->remember({{"AC-EXEMPLE/Eleve/3", "e000003", first.login}})), "LDG-004");
  Problems warnings;
  ASSERT_TRUE(ledger->adopt({{"AC-EXEMPLE/Eleve/4", "E000001", ""}}, warnings));
  ASSERT_EQ(warnings.list.size(), 1U);
  EXPECT_NE(warnings.list[0].what.find("somebody who is gone"), std::string::npos);
}

TEST(Tombstones, GiveBackWhatWasHisUnderWhateverKeyHeComes) {
  for (const std::string& subject : {first.subject, std::string("AC-AUTRE/Eleve/77")}) {
    const test::Folder folder;
    const auto ledger = without_the_first(folder);
    const Identity again{subject, first.identifiant, first.login};
    ASSERT_TRUE(ledger->release({again}));
    EXPECT_EQ((*ledger->find_subject(subject))->identifiant, first.identifiant);
    EXPECT_EQ(*ledger->find_gone(first.subject, ine, birth), std::nullopt);
    EXPECT_TRUE(*ledger->login_taken(first.login));
    ASSERT_TRUE(ledger->forget({subject}));
    EXPECT_EQ(*ledger->find_gone(subject, "", ""), first.identifiant);
  }
}

TEST(Tombstones, KeepAFormerLoginForWhoComesAgainUnderAnotherName) {
  const test::Folder folder;
  const auto ledger = without_the_first(folder);
  ASSERT_TRUE(ledger->release({{first.subject, first.identifiant, "autre.nom"}}));
  EXPECT_TRUE(*ledger->login_taken(first.login));
  ASSERT_TRUE(ledger->forget({first.subject}));
  for (const std::string& login : {first.login, std::string("autre.nom")}) {
    EXPECT_TRUE(*ledger->login_taken(login)) << login;
    EXPECT_FALSE(*ledger->login_taken(login, first.identifiant)) << login;
  }
}

TEST(Tombstones, AreNothingWithoutTheirKey) {
  const test::Folder folder;
  without_the_first(folder).reset();
  std::filesystem::remove(folder.path() / "tombstone.key");
  const auto ledger = open(folder);
  EXPECT_EQ(code_of(ledger->find_gone(first.subject, "", "")), "LDG-009");
  EXPECT_EQ(code_of(ledger->login_taken(first.login)), "LDG-009");
  EXPECT_EQ(code_of(ledger->forget({second.subject})), "LDG-009");
  EXPECT_EQ(*ledger->find_subject(second.subject), second) << "all or nothing";
}

TEST(Tombstones, RefuseAKeyThatOthersMayRead) {
  const test::Folder folder;
  without_the_first(folder).reset();
  ASSERT_EQ(::chmod((folder.path() / "tombstone.key").c_str(), 0644), 0);
  EXPECT_EQ(code_of(open(folder)->find_gone(first.subject, "", "")), "LDG-010");
}

TEST(Tombstones, NeedNoKeyWhileNobodyIsGone) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first}));
  EXPECT_EQ(*ledger->find_gone(second.subject, ine, birth), std::nullopt);
  EXPECT_FALSE(*ledger->login_taken("x"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "tombstone.key"));
}

TEST(Tombstones, OfAnAccountWithTwoKeysAreBothItsOwner) {
  const test::Folder folder;
  const auto ledger = open(folder);
  const Identity other{"AC-AUTRE/Eleve/77", first.identifiant, first.login};
  ASSERT_TRUE(ledger->remember({first}));
  ASSERT_TRUE(ledger->join({other}));
  ASSERT_TRUE(ledger->forget({first.subject, other.subject}));
  for (const std::string& subject : {first.subject, other.subject})
    EXPECT_EQ(*ledger->find_gone(subject, "", ""), first.identifiant);
  ASSERT_TRUE(ledger->remember({other}));
  EXPECT_EQ(*ledger->find_subject(other.subject), other);
  EXPECT_EQ(*ledger->find_gone(first.subject, "", ""), std::nullopt);
}

// ---- adopt

TEST(Ledger, AdoptsWhatIsInConflictWithNobody) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first}));
  Problems warnings;
  ASSERT_TRUE(ledger->adopt({second,
                             {"AC-EXEMPLE/Eleve/3", "", "sans.uid"},
                             {"AC-EXEMPLE/Eleve/4", "e000004", "INVENTE.exemple2"},
                             {"AC-EXEMPLE/Eleve/5", "E000001", "autre.cle"},
                             {first.subject, "e000099", "autre.uid"},
                             without_login},
                            warnings));
  std::vector<std::string> whose;
  for (const Problem& warning : warnings.list) {
    EXPECT_EQ(warning.code, "LDG-006");
    EXPECT_EQ(warning.severity, Severity::warning);
    whose.push_back(warning.where.item);
  }
  EXPECT_EQ(whose, (std::vector<std::string>{"AC-EXEMPLE/Eleve/3", "AC-EXEMPLE/Eleve/4",
                                             "AC-EXEMPLE/Eleve/5", first.subject}));
  EXPECT_EQ(to_string(warnings).find("exemple2"), std::string::npos) << "a person's data";
  EXPECT_EQ(all(*ledger),
            (std::vector{first, second, {"AC-EXEMPLE/Eleve/4", "e000004", ""}, without_login}));
  for (const char* login : {"sans.uid", "autre.cle", "autre.uid"})
    EXPECT_TRUE(*ledger->login_taken(login)) << login;
  EXPECT_TRUE(ledger->remember({{"AC-EXEMPLE/Eleve/3", "e000003", "sans.uid"}})) << "at last";
}

TEST(Ledger, ListsAScoreOfOddAccountsAtMost) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({first}));
  std::vector<Identity> odd;
  for (int i = 0; i < 100; ++i)
    odd.push_back({"ac-exemple/Eleve/" + std::to_string(i), first.identifiant, ""});
  odd.push_back(second);
  Problems warnings;
  ASSERT_TRUE(ledger->adopt(odd, warnings));
  EXPECT_EQ(warnings.list.size(), 21U);
  EXPECT_NE(warnings.list.back().what.find("80 more"), std::string::npos);
  EXPECT_EQ(*ledger->find_subject(second.subject), second);
}

TEST(Ledger, AddsTheLoginOfAnAccountThatHadNone) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember({without_login}));
  ASSERT_TRUE(ledger->remember({{without_login.subject, "ancien", "ancien.exemple"}}));
  EXPECT_EQ((*ledger->find_subject(without_login.subject))->login, "ancien.exemple");
  EXPECT_TRUE(*ledger->login_taken("Ancien.Exemple"));
}

TEST(Ledger, TakesManyAccountsWithoutLogin) {
  const test::Folder folder;
  const auto ledger = open(folder);
  EXPECT_TRUE(ledger->remember({without_login, {"AC-EXEMPLE/PersEducNat/2", "autre", ""}}));
}

// ---- highest_number

std::vector<Identity> named(const std::vector<std::string>& identifiants) {
  std::vector<Identity> identities;
  for (const std::string& identifiant : identifiants)
    identities.push_back({"AC-EXEMPLE/Eleve/" + identifiant, identifiant, ""});
  return identities;
}

TEST(LedgerNumbers, AreComparedAsNumbers) {
  const test::Folder folder;
  const auto ledger = open(folder);
  EXPECT_EQ(*ledger->highest_number("e"), 0U);
  ASSERT_TRUE(ledger->remember(named({"e9", "e10", "e0000000002", "f77", "e"})));
  EXPECT_EQ(*ledger->highest_number("e"), 10U);
  EXPECT_EQ(*ledger->highest_number("E"), 10U);
  EXPECT_EQ(*ledger->highest_number("f"), 77U);
  EXPECT_EQ(*ledger->highest_number("g"), 0U);
  ASSERT_TRUE(ledger->remember(named({"e0011"})));
  EXPECT_EQ(*ledger->highest_number("e"), 11U);
}

TEST(LedgerNumbers, IgnoreOtherShapes) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember(named({"e5", "e99x", "ea88", "xe77", "e-66", "e", "prenom.nom",
                                      "e9999999999999999999", "12", "e 44", "é55"})));
  EXPECT_EQ(*ledger->highest_number("e"), 5U);
  EXPECT_EQ(*ledger->highest_number(""), 12U);
  EXPECT_EQ(*ledger->highest_number("ea"), 88U);
}

TEST(LedgerNumbers, MayFollowAPrefixThatEndsInDigits) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->remember(named({"e66", "e6612", "e66003", "e67999", "e6", "e0660001"})));
  EXPECT_EQ(*ledger->highest_number("e66"), 12U);
  EXPECT_EQ(*ledger->highest_number("e6"), 7999U);
  EXPECT_EQ(*ledger->highest_number("e066"), 1U);
  EXPECT_EQ(*ledger->highest_number("e0"), 660'001U);
  EXPECT_EQ(*ledger->highest_number("e1234567890123456789"), 0U);
}

TEST(LedgerNumbers, AreWhatAPlainScanFinds) {
  const test::Folder folder;
  const auto ledger = open(folder);
  std::mt19937 random(1);
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) {
    std::string name = "a";
    for (unsigned k = 0, n = 1 + random() % 6; k < n; ++k) name += "0012a"[random() % 5];
    names.push_back(name);
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  ASSERT_TRUE(ledger->remember(named(names)));
  for (const std::string& name : names) {
    for (std::size_t length = 0; length <= name.size(); ++length) {
      const std::string prefix = name.substr(0, length);
      std::uint64_t highest = 0;
      for (const std::string& other : names) {
        if (!other.starts_with(prefix) || other.size() == prefix.size()) continue;
        const std::string tail = other.substr(prefix.size());
        if (tail.find_first_not_of("0123456789") != std::string::npos) continue;
        highest = std::max(highest, std::uint64_t{std::stoull(tail)});
      }
      ASSERT_EQ(*ledger->highest_number(prefix), highest) << prefix;
    }
  }
}

// ---- the rest

TEST(Ledger, RemembersTheLastDeliveryOfEachAcademie) {
  const test::Folder folder;
  const AppliedDelivery one{"AC-EXEMPLE", *Date::from_iso("2026-01-30"), "d1", "/in/1.tgz",
                            "run-1",      "2026-01-31T02:31:00.000Z"};
  AppliedDelivery later = one;
  later.date = *Date::from_iso("2026-02-01");
  later.digest = "d2";
  AppliedDelivery other = one;
  other.academie = "AC-AUTRE";
  {
    const auto ledger = open(folder);
    EXPECT_EQ(*ledger->last_delivery("AC-EXEMPLE"), std::nullopt);
    ASSERT_TRUE(ledger->set_last_delivery(one));
    ASSERT_TRUE(ledger->set_last_delivery(other));
    ASSERT_TRUE(ledger->set_last_delivery(later));
  }
  const auto ledger = open(folder);
  EXPECT_EQ(*ledger->last_delivery("AC-EXEMPLE"), later);
  EXPECT_EQ(*ledger->last_delivery("AC-AUTRE"), other);
}

TEST(Ledger, RemembersHowManyEntriesThereWere) {
  const test::Folder folder;
  EXPECT_EQ(*open(folder)->known_entries(), std::nullopt);
  ASSERT_TRUE(open(folder)->set_known_entries(0));
  EXPECT_EQ(*open(folder)->known_entries(), 0U);
  ASSERT_TRUE(open(folder)->set_known_entries(1'500'000));
  EXPECT_EQ(*open(folder)->known_entries(), 1'500'000U);
}

TEST(Ledger, RefusesFilesThatAreNotItsOwnOrWereAltered) {
  const test::Folder folder;
  open(folder).reset();
  run_sql(folder, "CREATE TRIGGER t AFTER INSERT ON identity BEGIN DELETE FROM identity; END");
  EXPECT_EQ(code_of(Ledger::open(folder.path())), "SQL-011");
  const test::Folder text;
  text.write("state.db", "this is no database, whatever its name says");
  EXPECT_EQ(code_of(Ledger::open(text.path())), "SQL-004");
  EXPECT_EQ(code_of(Ledger::open(text.path() / "none")), "SQL-001");
}

TEST(Ledger, NamesADateThatSomebodySpoiled) {
  const test::Folder folder;
  const auto ledger = open(folder);
  ASSERT_TRUE(ledger->set_last_delivery({"AC-EXEMPLE", {}, "d", "p", "r", "t"}));
  run_sql(folder, "UPDATE applied_delivery SET date = 'soon'");
  EXPECT_EQ(code_of(ledger->last_delivery("AC-EXEMPLE")), "LDG-005");
}

/// Batches of ten, killed at once after the n-th: what was durable is there, and only whole
/// batches.
TEST(Ledger, HoldsWholeBatchesAfterACrash) {
  for (std::uint64_t batches = 1; batches < 12; ++batches) {
    const test::Folder folder;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto ledger = Ledger::open(folder.path());
      if (!ledger) ::_exit(1);
      for (int batch = 0;; ++batch) {
        std::vector<std::string> names;
        for (int i = 0; i < 10; ++i) names.push_back("e" + std::to_string(batch * 10 + i + 1));
        if (!(*ledger)->remember(named(names)) || ::write(pipe[1], "+", 1) != 1) ::_exit(2);
      }
    }
    ::close(pipe[1]);
    char byte = 0;
    std::uint64_t told = 0;
    while (told < batches && ::read(pipe[0], &byte, 1) == 1) ++told;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    while (::read(pipe[0], &byte, 1) == 1) ++told;
    ::close(pipe[0]);
    ASSERT_GE(told, batches);
    const auto ledger = open(folder);
    const std::uint64_t count = *ledger->identity_count();
    EXPECT_EQ(count % 10, 0U);
    EXPECT_GE(count, told * 10);
    EXPECT_LE(count, told * 10 + 10);
    EXPECT_EQ(*ledger->highest_number("e"), count);
  }
}

}  // namespace
}  // namespace entsync
