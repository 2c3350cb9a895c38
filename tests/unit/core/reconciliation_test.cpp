/// The server's own log of changes as a witness of the journal.

#include "core/reconciliation.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

constexpr const char* service = "cn=entsync,dc=ent";
constexpr const char* admin = "cn=admin,dc=ent";
constexpr std::int64_t minute = 60'000;

std::string person(int number) {
  return "uid=e" + std::to_string(number) + ",ou=people,dc=ent";
}

ServerWrite written(std::int64_t time, const std::string& dn,
                    std::vector<std::string> attributes = {"sn"},
                    WriteKind kind = WriteKind::modify, const char* author = service) {
  return {time, author, kind, dn, std::move(attributes)};
}

JournaledWrite journaled(std::uint64_t seq, std::int64_t time, const std::string& dn,
                         WriteKind kind = WriteKind::modify) {
  return {seq, time, time + 10, kind, dn};
}

Testimonies of(std::vector<ServerWrite> server, std::vector<JournaledWrite> journal) {
  Testimonies given;
  given.server = std::move(server);
  given.journal = std::move(journal);
  given.bases = {"ou=People, dc=ent"};
  given.attributes = {"sn", "objectclass"};
  given.names = [](const std::string& dn) { return std::vector<std::string>{dn, "h1:" + dn}; };
  given.from = 0;
  given.to = 1000 * minute;
  return given;
}

TEST(Reconciliation, BothSayTheSame) {
  const Reconciliation found =
      reconcile(of({written(5, person(1), {"sn"}, WriteKind::add), written(6, person(1)),
                    written(7, "UID=E1, ou=people,dc=ent", {}, WriteKind::remove)},
                   {journaled(1, 4, person(1), WriteKind::add), journaled(2, 5, person(1)),
                    journaled(3, 6, person(1), WriteKind::remove)}));
  EXPECT_EQ(found.agreed, 3U);
  EXPECT_TRUE(found.unknown_to_server.empty());
  EXPECT_TRUE(found.unknown_to_journal.empty());
  EXPECT_TRUE(found.by_others.empty());
}

TEST(Reconciliation, AnEntryWhoseKeyIsGoneIsKnownByItsPseudonym) {
  const Reconciliation found =
      reconcile(of({written(5, "UID=e1,ou=people,dc=ent")}, {journaled(1, 5, "h1:" + person(1))}));
  EXPECT_EQ(found.agreed, 1U);
  EXPECT_TRUE(found.unknown_to_server.empty());
}

TEST(Reconciliation, AChangeThatTheServerDoesNotKnowIsTold) {
  const Reconciliation found =
      reconcile(of({written(5, person(1))}, {journaled(1, 5, person(1)), journaled(2, 5, person(2)),
                                             journaled(3, 6, person(1), WriteKind::remove)}));
  ASSERT_EQ(found.unknown_to_server.size(), 2U);
  EXPECT_EQ(found.unknown_to_server[0].seq, 2U);
  EXPECT_EQ(found.unknown_to_server[1].seq, 3U) << "of another kind";
}

TEST(Reconciliation, OneWriteStandsForOneChange) {
  const Reconciliation found = reconcile(
      of({written(5, person(1))}, {journaled(1, 5, person(1)), journaled(2, 6, person(1))}));
  EXPECT_EQ(found.agreed, 1U);
  EXPECT_EQ(found.unknown_to_server.size(), 1U);
}

TEST(Reconciliation, AWriteByOurAccountThatTheJournalDoesNotKnowIsTold) {
  const auto server = std::vector{written(5, person(1)), written(6, person(2), {"carLicense"})};
  const Reconciliation found = reconcile(of(server, {journaled(1, 5, person(1))}));
  ASSERT_EQ(found.unknown_to_journal.size(), 1U) << "whatever was written, and wherever";
  EXPECT_EQ(found.unknown_to_journal[0].dn, person(2));
  EXPECT_TRUE(found.by_others.empty());
  Testimonies nothing_ours = of({written(6, person(2))}, {});
  nothing_ours.our_dn = "CN=entsync, dc=ent";
  EXPECT_EQ(reconcile(std::move(nothing_ours)).unknown_to_journal.size(), 1U)
      << "the account is known although it did nothing that is journaled";
}

TEST(Reconciliation, WhatOthersWroteInWhatIsOursIsToldWithItsAuthor) {
  const auto by_admin = [](std::int64_t time, const std::string& dn, auto... rest) {
    ServerWrite write = written(time, dn, rest...);
    write.author = admin;
    return write;
  };
  const Reconciliation found = reconcile(
      of({written(1, person(9)), by_admin(5, person(1), std::vector<std::string>{"SN", "entryCSN"}),
          by_admin(6, person(2), std::vector<std::string>{"carLicense"}),
          by_admin(7, "uid=x,ou=machines,dc=ent"),
          by_admin(8, person(3), std::vector<std::string>{}, WriteKind::remove),
          by_admin(9, person(4), std::vector<std::string>{"newrdn"}, WriteKind::rename)},
         {journaled(1, 1, person(9))}));
  ASSERT_EQ(found.by_others.size(), 3U);
  EXPECT_EQ(found.by_others[0].author, admin);
  EXPECT_EQ(found.by_others[0].attributes, std::vector<std::string>{"SN"});
  EXPECT_EQ(found.by_others[1].kind, WriteKind::remove);
  EXPECT_EQ(found.by_others[2].kind, WriteKind::rename);
  EXPECT_TRUE(found.unknown_to_journal.empty());
}

TEST(Reconciliation, ClocksMayDifferByMinutesAndNoMore) {
  const auto agreed = [](std::int64_t server, std::int64_t journal) {
    return reconcile(of({written(server, person(1))}, {journaled(1, journal, person(1))})).agreed;
  };
  EXPECT_EQ(agreed(100 * minute, 104 * minute), 1U);
  EXPECT_EQ(agreed(104 * minute, 100 * minute), 1U);
  EXPECT_EQ(agreed(100 * minute, 106 * minute), 0U);
  EXPECT_EQ(agreed(106 * minute, 100 * minute), 0U);
}

TEST(Reconciliation, OnlyThePeriodIsToldOfButItsEdgesAreCompared) {
  Testimonies given =
      of({written(99 * minute, person(1)), written(104 * minute, person(2)),
          written(95 * minute, person(3))},
         {journaled(1, 101 * minute, person(1)), journaled(2, 99 * minute, person(4))});
  given.from = 100 * minute;
  given.to = 103 * minute;
  given.our_dn = service;
  const Reconciliation found = reconcile(std::move(given));
  EXPECT_EQ(found.agreed, 1U);
  EXPECT_TRUE(found.unknown_to_server.empty());
  EXPECT_TRUE(found.unknown_to_journal.empty());
}

TEST(Reconciliation, ChangesBeforeTheServersLogBeginsAreNotCalledMissing) {
  const Reconciliation found =
      reconcile(of({written(100 * minute, person(1))},
                   {journaled(1, minute, person(2)), journaled(2, 100 * minute, person(1))}));
  EXPECT_EQ(found.before_log, 1U);
  EXPECT_TRUE(found.unknown_to_server.empty());
  EXPECT_EQ(reconcile(of({}, {journaled(1, minute, person(2))})).before_log, 1U);
}

}  // namespace
}  // namespace entsync
