// The socket file: who may connect, what it replaces, what it leaves.

#include <sys/stat.h>

#include "control/socket_file.hpp"
#include "faults/control_test.hpp"

namespace entsync::control::test {
namespace {

std::string code(const Result<SocketFile>& made) {
  return made ? "" : made.error().list.at(0).code;
}

class ControlSocket : public ::testing::Test {
 protected:
  [[nodiscard]] Result<SocketFile> make(const std::string& group = {}) const {
    return SocketFile::make(path, group);
  }
  Folder folder;
  std::filesystem::path path = folder.path() / "control.sock";
};

TEST_F(ControlSocket, IsForItsOwnerAndItsGroupWhateverTheUmask) {
  for (const mode_t mask : {0U, 077U, 0777U}) {
    const mode_t before = ::umask(mask);
    const auto made = make();
    ::umask(before);
    ASSERT_TRUE(made) << to_string(made.error());
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0660U);
  }
}

class ControlSocketAsRoot : public ControlSocket {};

TEST_F(ControlSocketAsRoot, GoesToItsGroup) {
  const auto made = make("adm");
  ASSERT_TRUE(made);
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_gid, *group_number("adm"));
}

TEST_F(ControlSocket, AnUnknownGroupLeavesNothingBehind) {
  EXPECT_EQ(code(make("no-such-group")), "CTL-004");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ControlSocket, ReplacesTheSocketOfTheDead) {
  {
    auto dead = make();
    ASSERT_TRUE(dead);
    ::close(dead->release());
    EXPECT_EQ(connect_to(path), -1);
    const auto living = make();
    ASSERT_TRUE(living);
    const int fd = connect_to(path);
    EXPECT_GE(fd, 0);
    ::close(fd);
    EXPECT_EQ(code(make()), "CTL-002");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ControlSocket, LeavesTheSocketOfAnotherAlone) {
  auto first = make();
  ASSERT_TRUE(first);
  std::filesystem::remove(path);
  const auto second = make();
  ASSERT_TRUE(second);
  { const SocketFile gone(std::move(*first)); }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(ControlSocket, LeavesWhatIsNoSocketAlone) {
  folder.write("control.sock", "precious");
  EXPECT_EQ(code(make()), "CTL-003");
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
  std::filesystem::remove(path);
  std::filesystem::create_symlink(folder.path() / "elsewhere", path);
  EXPECT_EQ(code(make()), "CTL-003");
}

TEST_F(ControlSocket, NeedsAFolderOfItsOwn) {
  path = folder.path() / "missing" / "control.sock";
  EXPECT_EQ(code(make()), "CTL-001");
  path = folder.path() / std::string(120, 'x');
  EXPECT_EQ(code(make()), "CTL-001");
  path = "control.sock";
  EXPECT_EQ(code(make()), "CTL-001");
  path = folder.path() / "control.sock";
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0777));
  EXPECT_EQ(code(make()), "CTL-001");
}

TEST_F(ControlSocket, AServerWithAnUnknownGroupOfARoleDoesNotListen) {
  Loop loop;
  const asio::any_io_executor executor = loop.context().get_executor();
  Server server(executor, local_listener(executor, {path, {}, {.operators = {"no-such-group"}}}),
                {}, {}, {});
  const auto listening = server.listen();
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().list.at(0).code, "CTL-004");
  EXPECT_EQ(listening.error().list.at(0).where.item, "no-such-group");
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace entsync::control::test
