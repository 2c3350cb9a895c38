#include "vault/vault.hpp"

#include <gtest/gtest.h>

#include "place.hpp"

namespace entsync {
namespace {

class VaultTest : public ::testing::Test {
 protected:
  /// The record as it is chained; what is kept beside it goes to kept_.
  AuditRecord put(AuditRecord record) {
    std::vector<AuditRecord> records{std::move(record)};
    auto kept = vault_->put(records);
    EXPECT_TRUE(kept) << to_string(kept.error());
    kept_ = kept ? kept->front() : "";
    return records.front();
  }

  AuditRecord restored(AuditRecord record, Reveal reveal) {
    const auto done = vault_->restore(record, kept_, reveal);
    EXPECT_TRUE(done) << to_string(done.error());
    EXPECT_TRUE(*done);
    return record;
  }

  test::VaultFolder folder_;
  std::unique_ptr<Vault> vault_ = folder_.open();
  std::string kept_;
};

TEST_F(VaultTest, ARecordKeepsNamesOfAttributesAndNumbersOfValues) {
  const AuditRecord record = put(test::pupil_change());
  const std::string bytes = encode(record);
  for (const char* personal : {"Zéphyrin", "Zélie", "4711", "ou=People"}) {
    EXPECT_EQ(bytes.find(personal), std::string::npos) << personal;
    EXPECT_EQ(kept_.find(personal), std::string::npos) << personal;
  }
  EXPECT_EQ(record.subject, vault_->pseudonym("AC-EXEMPLE/Eleve/4711"));
  EXPECT_EQ(record.attributes[0].attribute, "sn");
  EXPECT_EQ(record.attributes[0].vaulted_removed, 1U);
  EXPECT_EQ(record.attributes[0].vaulted_added, 2U);
  EXPECT_EQ(record.attributes[0].line, 12U);
  EXPECT_EQ(record.attributes[1].added, std::vector<std::string>{"CE1"});
  EXPECT_EQ(record.vaulted.size(), 32U);
  const auto again = decode_audit_record(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, record);
}

TEST_F(VaultTest, WhatWasPutComesBackAsFarAsItIsAskedFor) {
  const AuditRecord record = put(test::pupil_change());
  EXPECT_EQ(restored(record, Reveal::nothing), record);
  const AuditRecord named = restored(record, Reveal::identity);
  EXPECT_EQ(named.subject, "AC-EXEMPLE/Eleve/4711");
  EXPECT_EQ(named.dn, "uid=X4711,ou=People,dc=ent,dc=example");
  EXPECT_EQ(named.attributes[0].vaulted_added, 2U);
  AuditRecord whole = restored(record, Reveal::values);
  whole.vaulted.clear();
  EXPECT_EQ(whole, test::pupil_change());
}

TEST_F(VaultTest, DigestsTellOneValueFromAnotherAndSecretsAreNotKeptAtAll) {
  AuditRecord change = test::pupil_change();
  AttributeTrace photo;
  photo.attribute = "photo";
  photo.added = {"face"};
  AttributeTrace token;
  token.attribute = "TOKEN";
  token.added = {"t0k3n"};
  AttributeTrace password;
  password.attribute = "userPassword";
  password.removed = {"pa55w0rd"};
  change.attributes = {photo, token, password};
  const AuditRecord record = put(change);
  EXPECT_EQ(record.attributes[0].added, std::vector<std::string>{vault_->pseudonym("face")});
  const AuditRecord whole = restored(record, Reveal::values);
  EXPECT_TRUE(whole.attributes[1].added.empty());
  EXPECT_TRUE(whole.attributes[2].removed.empty());
}

TEST_F(VaultTest, GroupsKeepTheirNameAndHideTheirMembers) {
  AuditRecord change = test::pupil_change();
  change.kind = "classe";
  change.profil.clear();
  change.subject = change.dn = "cn=0660001A_CP,ou=groupes,dc=ent,dc=example";
  change.attributes[0].attribute = "member";
  const AuditRecord record = put(change);
  EXPECT_EQ(record.dn, change.dn);
  EXPECT_EQ(record.subject, change.dn);
  EXPECT_EQ(record.attributes[0].vaulted_added, 2U);
  AuditRecord whole = restored(record, Reveal::values);
  whole.vaulted.clear();
  EXPECT_EQ(whole, change);
}

TEST_F(VaultTest, AKeyInADetailIsHiddenAndMakesTheRecordOneOfThatPerson) {
  AuditRecord reading;
  reading.time = "2026-09-15T02:30:00.000Z";
  reading.type = AuditType::read;
  reading.run = "run-2";
  reading.detail = "explanation of AC-EXEMPLE/Eleve/4711 shown";
  const AuditRecord record = put(reading);
  EXPECT_EQ(record.subject, vault_->pseudonym("AC-EXEMPLE/Eleve/4711"));
  EXPECT_EQ(record.detail, "explanation of " + record.subject + " shown");
  EXPECT_EQ(restored(record, Reveal::identity).detail, reading.detail);
}

TEST_F(VaultTest, WhatNamesNobodyIsLeftAlone) {
  AuditRecord outcome;
  outcome.time = "2026-09-15T02:30:00.000Z";
  outcome.type = AuditType::outcome;
  outcome.intent_seq = 7;
  outcome.outcome = "applied";
  EXPECT_EQ(put(outcome), outcome);
  EXPECT_TRUE(kept_.empty());
  EXPECT_EQ(*vault_->with_keys([](SubjectKeys& keys) { return keys.count(); }), 0U);
}

TEST_F(VaultTest, NobodyReadsWhatWasKeptOnceItsKeyIsDestroyed) {
  const AuditRecord record = put(test::pupil_change());
  const std::string before = kept_;
  ASSERT_TRUE(vault_->destroy(vault_->pseudonyms("AC-EXEMPLE/Eleve/4711")));
  AuditRecord read = record;
  auto done = vault_->restore(read, before, Reveal::values);
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
  EXPECT_EQ(read, record);
  // Who comes back gets a new key, which does not open what was before.
  const AuditRecord later = put(test::pupil_change());
  EXPECT_EQ(later.subject, record.subject);
  EXPECT_EQ(restored(later, Reveal::values).attributes[0].added.size(), 2U);
  done = vault_->restore(read, before, Reveal::values);
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
}

TEST_F(VaultTest, ChangedBytesAreToldOf) {
  AuditRecord record = put(test::pupil_change());
  kept_[40] = static_cast<char>(kept_[40] ^ 1);
  const auto done = vault_->restore(record, kept_, Reveal::values);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().list.front().code, "VLT-006");
}

TEST_F(VaultTest, AfterARotationOfThePseudonymsBothAreFound) {
  const std::string before = vault_->pseudonym("AC-EXEMPLE/Eleve/4711");
  const AuditRecord record = put(test::pupil_change());
  const std::string kept = kept_;
  vault_.reset();
  auto ring = KeyRing::read(folder_.place().pseudonym_file, "the key", "");
  ASSERT_TRUE(ring && ring->add());
  vault_ = folder_.open();
  ASSERT_NE(vault_, nullptr);
  const auto all = vault_->pseudonyms("AC-EXEMPLE/Eleve/4711");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], before);
  EXPECT_EQ(put(test::pupil_change()).subject, all[1]);
  EXPECT_EQ(*vault_->with_keys([](SubjectKeys& keys) { return keys.count(); }), 1U)
      << "the subject keeps its key";
  kept_ = kept;
  EXPECT_EQ(restored(record, Reveal::identity).subject, "AC-EXEMPLE/Eleve/4711");
}

TEST_F(VaultTest, AKeyIsNeverMadeInThePlaceOfOneThatWasLost) {
  put(test::pupil_change());
  vault_.reset();
  const auto code = [this](bool in_use) {
    const auto opened = Vault::open(folder_.place(), sqlite::Access::write, {}, in_use);
    return opened ? std::string() : opened.error().list.front().code;
  };
  std::filesystem::remove(folder_.place().key_file);
  EXPECT_EQ(code(false), "VLT-007");
  std::filesystem::remove_all(folder_.path());
  std::filesystem::create_directory(folder_.path());
  EXPECT_EQ(code(true), "VLT-007");
  EXPECT_EQ(code(false), "");
}

}  // namespace
}  // namespace entsync
