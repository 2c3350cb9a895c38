#include "vault/subject_keys.hpp"

#include <gtest/gtest.h>

#include "place.hpp"

namespace entsync {
namespace {

class SubjectKeysTest : public ::testing::Test {
 protected:
  SubjectKeysTest() {
    EXPECT_TRUE(KeyRing::make(folder_.path() / "vault.key", "the key"));
    open();
  }

  void open() {
    keys_.reset();
    auto ring = KeyRing::read(folder_.path() / "vault.key", "the key", "vault.key_file");
    ASSERT_TRUE(ring);
    auto keys =
        SubjectKeys::open(folder_.path() / "keys.db", sqlite::Access::write, std::move(*ring));
    ASSERT_TRUE(keys) << to_string(keys.error());
    keys_.emplace(std::move(*keys));
  }

  SubjectKey make(const std::string& pseudonym) {
    auto made = keys_->make({pseudonym});
    EXPECT_TRUE(made);
    return made ? made->front() : SubjectKey{};
  }

  test::VaultFolder folder_;
  std::optional<SubjectKeys> keys_;
};

TEST_F(SubjectKeysTest, AKeyIsFoundByItsSubjectAndByItsIdAfterARestart) {
  const SubjectKey key = make("h1:a");
  const SubjectKey other = make("h1:b");
  EXPECT_NE(key.key, other.key);
  open();
  const auto by_pseudonym = keys_->find({"h2:a", "h1:a"});
  ASSERT_TRUE(by_pseudonym && *by_pseudonym);
  EXPECT_EQ((*by_pseudonym)->key, key.key);
  const auto by_id = keys_->find(key.id);
  ASSERT_TRUE(by_id && *by_id);
  EXPECT_EQ((*by_id)->key, key.key);
  EXPECT_EQ(*keys_->count(), 2U);
}

TEST_F(SubjectKeysTest, ADestroyedKeyIsGoneFromTheFileAndItsLog) {
  const SubjectKey key = make("h1:a");
  make("h1:b");
  const std::string id(key.id.data(), key.id.size());
  EXPECT_NE(test::all_bytes(folder_.path()).find(id), std::string::npos);
  ASSERT_TRUE(keys_->destroy({"h1:a"}));
  EXPECT_EQ(test::all_bytes(folder_.path()).find(id), std::string::npos);
  EXPECT_EQ(test::all_bytes(folder_.path()).find("h1:a"), std::string::npos);
  EXPECT_FALSE(*keys_->find(key.id));
  EXPECT_FALSE(*keys_->find(std::vector<std::string>{"h1:a"}));
  EXPECT_TRUE(*keys_->find(std::vector<std::string>{"h1:b"}));
}

TEST_F(SubjectKeysTest, AKeyIsDueFromItsDayOnUnlessTheDayIsTakenBack) {
  make("h1:a");
  make("h1:b");
  make("h1:c");
  ASSERT_TRUE(keys_->set_due({"h1:a", "h1:b"}, "2026-11-30"));
  ASSERT_TRUE(keys_->set_due({"h1:b"}, ""));
  EXPECT_TRUE(keys_->due("2026-11-29")->empty());
  EXPECT_EQ(*keys_->due("2026-11-30"), std::vector<std::string>{"h1:a"});
  EXPECT_EQ(*keys_->due("2027-01-01"), std::vector<std::string>{"h1:a"});
  EXPECT_EQ(*keys_->count_due(), 1U);
}

TEST_F(SubjectKeysTest, AfterARotationTheFormerKeyOfTheVaultOpensNothing) {
  const SubjectKey key = make("h1:a");
  ASSERT_TRUE(keys_->ring().add());
  const SubjectKey later = make("h1:b");
  EXPECT_EQ(*keys_->rewrap(), 1U);
  EXPECT_EQ(*keys_->rewrap(), 0U);
  ASSERT_TRUE(keys_->ring().drop_former());
  open();
  EXPECT_EQ((*keys_->find(key.id))->key, key.key);
  EXPECT_EQ((*keys_->find(later.id))->key, later.key);
}

TEST_F(SubjectKeysTest, AnotherKeyOfTheVaultIsToldOf) {
  const SubjectKey key = make("h1:a");
  keys_.reset();
  std::filesystem::remove(folder_.path() / "vault.key");
  ASSERT_TRUE(KeyRing::make(folder_.path() / "vault.key", "the key"));
  open();
  const auto found = keys_->find(key.id);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().list.front().code, "VLT-005");
}

}  // namespace
}  // namespace entsync
