#include "secret/secret.hpp"

#include <gtest/gtest.h>

#include "support/folder.hpp"

namespace entsync {
namespace {

constexpr uid_t service = 990;

/// An access control list as the kernel stores it.
class Acl {
 public:
  Acl() { number(2, 4); }
  Acl& add(unsigned tag, unsigned permissions, std::uint32_t id = 0xFFFFFFFF) {
    number(tag, 2);
    number(permissions, 2);
    number(id, 4);
    return *this;
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  void number(std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8U)
      bytes_.push_back(static_cast<std::byte>(value & 0xFFU));
  }
  std::vector<std::byte> bytes_;
};

constexpr unsigned owner = 1, user = 2, owning_group = 4, group = 8, mask = 16, other = 32;

TEST(Secret, WithoutAListTheModeDecides) {
  EXPECT_FALSE(others_may_read(0100600, {}, service));
  EXPECT_FALSE(others_may_read(0100400, {}, service));
  EXPECT_TRUE(others_may_read(0100640, {}, service));
  EXPECT_TRUE(others_may_read(0100604, {}, service));
}

TEST(Secret, TheGroupBitsOfACredentialFromSystemdAreTheMaskOfItsList) {
  Acl acl;
  acl.add(owner, 4).add(user, 4, service).add(owning_group, 0).add(mask, 4).add(other, 0);
  EXPECT_FALSE(others_may_read(0100440, acl.bytes(), service));
}

TEST(Secret, AListThatLetsSomebodyElseReadIsUnsafe) {
  Acl another_user;
  another_user.add(owner, 4).add(user, 4, 1000).add(owning_group, 0).add(mask, 4).add(other, 0);
  EXPECT_TRUE(others_may_read(0100440, another_user.bytes(), service));
  Acl a_group;
  a_group.add(owner, 4).add(owning_group, 0).add(group, 4, 100).add(mask, 4).add(other, 0);
  EXPECT_TRUE(others_may_read(0100440, a_group.bytes(), service));
  Acl its_group;
  its_group.add(owner, 4).add(user, 4, service).add(owning_group, 4).add(mask, 4).add(other, 0);
  EXPECT_TRUE(others_may_read(0100440, its_group.bytes(), service));
}

TEST(Secret, AListThatCannotBeReadIsUnsafe) {
  const Acl acl;
  EXPECT_TRUE(others_may_read(0100400, acl.bytes().first(3), service));
  std::vector<std::byte> wrong(acl.bytes().begin(), acl.bytes().end());
  wrong[0] = std::byte{9};
  EXPECT_TRUE(others_may_read(0100400, wrong, service));
}

TEST(Secret, MovingTakesTheTextAway) {
  Secret first("a text that is longer than the small string buffer");
  const Secret second(std::move(first));
  EXPECT_EQ(second.text(), "a text that is longer than the small string buffer");
  EXPECT_EQ(first.text(), "");  // NOLINT(bugprone-use-after-move): that is the point
}

class SecretFile : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& text, std::filesystem::perms mode) {
    const auto path = folder.write("secret", text);
    std::filesystem::permissions(path, mode);
    return path;
  }
  static std::string code(const Result<Secret>& secret) {
    return secret ? "" : secret.error().list.at(0).code;
  }
  test::Folder folder;
  SecretWords words{"unreadable", "exposed", "malformed", "the file", "key"};
};

TEST_F(SecretFile, IsReadWholeOrByItsFirstLine) {
  const auto path = file("hush\nsecond line\n", std::filesystem::perms(0600));
  EXPECT_EQ(read_secret_file(path, 100, words)->text(), "hush\nsecond line\n");
  EXPECT_EQ(read_secret_line(path, words)->text(), "hush");
}

TEST_F(SecretFile, OfOthersIsRefused) {
  EXPECT_EQ(code(read_secret_file(file("x", std::filesystem::perms(0640)), 100, words)), "exposed");
  EXPECT_EQ(code(read_secret_file(file("x", std::filesystem::perms(0604)), 100, words)), "exposed");
}

TEST_F(SecretFile, ThatIsNoneIsRefused) {
  EXPECT_EQ(code(read_secret_file(folder.path() / "missing", 100, words)), "unreadable");
  EXPECT_EQ(code(read_secret_file(folder.path(), 100, words)), "unreadable");
  const auto mode = std::filesystem::perms(0600);
  EXPECT_EQ(code(read_secret_file(file(std::string(100, 'x'), mode), 100, words)), "unreadable");
  EXPECT_EQ(code(read_secret_line(file("\nhush\n", mode), words)), "malformed");
  EXPECT_EQ(code(read_secret_line(file("", mode), words)), "malformed");
}

}  // namespace
}  // namespace entsync
