/// The journal with its vault: what the file holds, what is found, what a verification says.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "journal/journal.hpp"
#include "place.hpp"

namespace entsync {
namespace {

constexpr const char* pupil = "AC-EXEMPLE/Eleve/4711";

class JournalVault : public ::testing::Test {
 protected:
  void open(bool with_vault = true) {
    journal_.reset();
    JournalOptions options;
    vault_ = nullptr;
    if (with_vault) {
      auto vault = vault_folder_.open();
      vault_ = vault.get();
      options.vault = std::move(vault);
    }
    auto journal = Journal::open(folder_.path(), Journal::Mode::append, std::move(options));
    ASSERT_TRUE(journal) << to_string(journal.error());
    journal_ = std::move(*journal);
  }

  void append(AuditRecord record) {
    std::vector<AuditRecord> records{std::move(record)};
    const auto seq = journal_->append(std::move(records));
    ASSERT_TRUE(seq) << to_string(seq.error());
  }

  void close_intent(std::uint64_t seq) {
    AuditRecord outcome;
    outcome.time = "2026-09-15T02:30:01.000Z";
    outcome.type = AuditType::outcome;
    outcome.run = "run-1";
    outcome.intent_seq = seq;
    outcome.outcome = "applied";
    append(outcome);
  }

  std::vector<AuditRecord> found(JournalQuery query) {
    std::vector<AuditRecord> records;
    const auto done = journal_->query(
        query, [&](const AuditRecord& record, const auto&) { records.push_back(record); });
    EXPECT_TRUE(done) << to_string(done.error());
    return records;
  }

  std::vector<FaultKind> faults() {
    auto report = journal_->verify({});
    EXPECT_TRUE(report) << to_string(report.error());
    std::vector<FaultKind> kinds;
    for (const Fault& fault : report->faults) kinds.push_back(fault.kind);
    return kinds;
  }

  void alter(const char* sql) {
    journal_.reset();
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((folder_.path() / "journal.db").c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
    open();
  }

  test::VaultFolder folder_;
  test::VaultFolder vault_folder_;
  Vault* vault_ = nullptr;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalVault, NoByteOfTheJournalNamesAnybody) {
  open();
  append(test::pupil_change());
  close_intent(1);
  journal_.reset();
  const std::string bytes = test::all_bytes(folder_.path());
  for (const char* personal : {"Zéphyrin", "Zélie", "4711", "People"})
    EXPECT_EQ(bytes.find(personal), std::string::npos) << personal;
  EXPECT_NE(bytes.find("0660001A"), std::string::npos);
}

TEST_F(JournalVault, APersonIsFoundByKeyAndByDnInAnyCase) {
  open();
  append(test::pupil_change());
  AuditRecord other = test::pupil_change();
  other.subject = "AC-EXEMPLE/Eleve/4712";
  other.dn = "uid=x4712,ou=people,dc=ent,dc=example";
  append(other);
  for (const char* subject : {pupil, "uid=X4711,ou=People,dc=ent,dc=example",
                              "UID=x4711, OU=people, dc=ent, dc=example"}) {
    const auto records = found({.subject = subject, .reveal = Reveal::values});
    ASSERT_EQ(records.size(), 1U) << subject;
    EXPECT_EQ(records[0].subject, pupil);
    EXPECT_EQ(records[0].attributes[0].added[1], "Zélie");
  }
  EXPECT_EQ(found({.attribute = "SN"}).size(), 2U);
  EXPECT_EQ(found({.subject = pupil})[0].subject, vault_->pseudonym(pupil));
}

TEST_F(JournalVault, OpenIntentsComeWithTheirValues) {
  open();
  append(test::pupil_change());
  open();
  const auto intents = journal_->open_intents();
  ASSERT_TRUE(intents);
  ASSERT_EQ(intents->size(), 1U);
  EXPECT_EQ(intents->front().dn, test::pupil_change().dn);
  EXPECT_EQ(intents->front().attributes[0].removed[0], "Zéphyrin");
}

TEST_F(JournalVault, TheCauseOfAHiddenValueIsFound) {
  open();
  append(test::pupil_change());
  close_intent(1);
  const auto cause = journal_->last_cause(pupil, "sn");
  ASSERT_TRUE(cause && *cause);
  EXPECT_EQ((*cause)->attributes[0].line, 12U);
}

TEST_F(JournalVault, WithoutTheVaultTheRecordsAreReadAsTheyAreAndVerify) {
  open();
  append(test::pupil_change());
  close_intent(1);
  const std::string pseudonym = vault_->pseudonym(pupil);
  open(false);
  EXPECT_TRUE(found({.subject = pupil}).empty());
  const auto records = found({.subject = pseudonym, .reveal = Reveal::values});
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].attributes[0].vaulted_added, 2U);
  EXPECT_TRUE(faults().empty());
}

TEST_F(JournalVault, TheChainVerifiesAfterAKeyWasDestroyed) {
  open();
  append(test::pupil_change());
  close_intent(1);
  ASSERT_TRUE(vault_->destroy(vault_->pseudonyms(pupil)));
  EXPECT_TRUE(faults().empty());
  const auto records = found({.subject = pupil, .reveal = Reveal::values});
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].subject, vault_->pseudonym(pupil));
  EXPECT_EQ(records[0].attributes[0].vaulted_added, 2U);
}

TEST_F(JournalVault, WhatReachedItsTermIsRemovedAndTheRestVerifies) {
  open();
  append(test::pupil_change());
  close_intent(1);
  append(test::pupil_change());
  AuditRecord removed;
  removed.time = "2026-09-15T02:31:00.000Z";
  removed.type = AuditType::values_removed;
  removed.run = "run-2";
  removed.vaulted_until = 2;
  append(removed);
  EXPECT_TRUE(faults().empty());
  EXPECT_EQ(*journal_->first_vaulted(), 3U);
  const auto records = found({.subject = pupil, .reveal = Reveal::values});
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].attributes[0].vaulted_added, 2U);
  EXPECT_EQ(records[1].attributes[0].added.size(), 2U);
}

TEST_F(JournalVault, TamperingWithTheVaultIsNamed) {
  open();
  append(test::pupil_change());
  close_intent(1);
  append(test::pupil_change());
  alter("INSERT INTO vaulted VALUES(2, x'01')");
  EXPECT_EQ(faults(), std::vector{FaultKind::vault});
  alter("DELETE FROM vaulted WHERE seq = 2");
  EXPECT_TRUE(faults().empty());
  alter("INSERT INTO vaulted VALUES(9, x'01')");
  EXPECT_EQ(faults(), std::vector{FaultKind::vault});
  alter(
      "DELETE FROM vaulted WHERE seq = 9; DELETE FROM vaulted WHERE seq = 1; "
      "INSERT INTO vaulted VALUES(1, x'0102')");
  EXPECT_EQ(faults(), std::vector{FaultKind::vault});
  alter("DELETE FROM vaulted WHERE seq = 1");
  EXPECT_EQ(faults(), std::vector{FaultKind::vault});
}

}  // namespace
}  // namespace entsync
