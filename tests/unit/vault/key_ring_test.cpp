#include "vault/key_ring.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "place.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

Result<KeyRing> read(const fs::path& file) {
  return KeyRing::read(file, "the key", "vault.key_file");
}

std::string code_of(const Result<KeyRing>& ring) {
  return ring ? "none" : ring.error().list.front().code;
}

TEST(KeyRing, MakesAKeyThatOnlyItsOwnerReadsAndReadsItBack) {
  const test::VaultFolder folder;
  const fs::path file = folder.path() / "ring";
  ASSERT_TRUE(KeyRing::make(file, "the key"));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto once = read(file);
  const auto again = read(file);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->current().number, 1U);
  EXPECT_EQ(once->current().bytes, again->current().bytes);
}

TEST(KeyRing, AFileThatIsThereByThenStays) {
  const test::VaultFolder folder;
  const fs::path file = folder.path() / "ring";
  ASSERT_TRUE(KeyRing::make(file, "the key"));
  const auto first = read(file);
  ASSERT_TRUE(KeyRing::make(file, "the key"));
  const auto again = read(file);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->current().bytes, again->current().bytes);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1)
      << "nothing lies beside it";
}

TEST(KeyRing, TheNextKeyIsInUseAndTheFormerIsFoundUntilItIsDropped) {
  const test::VaultFolder folder;
  const fs::path file = folder.path() / "ring";
  ASSERT_TRUE(KeyRing::make(file, "the key"));
  auto ring = read(file);
  ASSERT_TRUE(ring);
  const CipherKey first = ring->current().bytes;
  ASSERT_TRUE(ring->add());
  auto again = read(file);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->current().number, 2U);
  ASSERT_NE(again->find(1), nullptr);
  EXPECT_EQ(again->find(1)->bytes, first);
  ASSERT_TRUE(again->drop_former());
  again = read(file);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->find(1), nullptr);
  EXPECT_EQ(again->current().number, 2U);
}

TEST(KeyRing, RefusesWhatIsNoRingOfKeys) {
  const test::VaultFolder folder;
  const fs::path file = folder.path() / "ring";
  EXPECT_EQ(code_of(read(file)), "VLT-001");
  const std::string key(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("\n"), "1 " + key.substr(1) + "\n", "0 " + key + "\n",
        key + "\n", "1 " + key + " \n", "1 " + std::string(64, 'A') + "\n",
        "2 " + key + "\n1 " + key + "\n", "1 " + key + "\n1 " + key + "\n", "x " + key + "\n"}) {
    std::ofstream(file) << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(code_of(read(file)), "VLT-003") << text;
  }
  std::ofstream(file) << "1 " << key << "\n";
  EXPECT_EQ(code_of(read(file)), "none");
  fs::permissions(file, fs::perms::owner_read | fs::perms::others_read);
  EXPECT_EQ(code_of(read(file)), "VLT-002");
}

}  // namespace
}  // namespace entsync
