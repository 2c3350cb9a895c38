// What the network side needs before it is opened: files that are right and nobody else's, an
// address that is meant, and somebody who could come in.

#include "control/network_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/certificates.hpp"
#include "support/folder.hpp"

namespace entsync::control::test {
namespace {

using entsync::test::Authority;
using entsync::test::Certificate;
using entsync::test::Folder;

class ControlAccess : public ::testing::Test {
 protected:
  ControlAccess() {
    const Certificate own = authority.issue("server", {"IP:127.0.0.1"});
    settings.address = "127.0.0.1";
    settings.port = 8443;
    settings.certificate_file = folder.write("server.pem", own.pem);
    settings.key_file = folder.write("server.key", own.key_pem);
    settings.tokens_file =
        folder.write("tokens", token_line("secret", {"probe", Role::viewer}) + "\n");
  }
  [[nodiscard]] std::string code() const {
    const auto access = NetworkAccess::load(settings);
    return access ? "" : access.error().list.at(0).code;
  }
  Authority authority;
  Folder folder;
  NetworkSettings settings;
};

TEST_F(ControlAccess, OfRightFilesIsGiven) {
  EXPECT_EQ(code(), "");
}

TEST_F(ControlAccess, IsNeverWithoutAuthentication) {
  settings.tokens_file.clear();
  EXPECT_EQ(code(), "CTL-040");
  // An authority alone lets nobody in.
  settings.client_ca_file = folder.write("ca.pem", authority.pem());
  EXPECT_EQ(code(), "CTL-040");
  settings.holders = {{"console", Role::operator_, {std::string(64, 'a')}}};
  EXPECT_EQ(code(), "");
}

TEST_F(ControlAccess, OnAllInterfacesMustBeMeant) {
  for (const char* all : {"0.0.0.0", "::", "0::0", "::ffff:0.0.0.0"}) {
    settings.address = all;
    settings.all_interfaces = false;
    EXPECT_EQ(code(), "CTL-040") << all;
    settings.all_interfaces = true;
    EXPECT_EQ(code(), "") << all;
  }
  settings.address = "0";
  EXPECT_EQ(code(), "CTL-040");
  settings.address = "localhost";
  EXPECT_EQ(code(), "CTL-040");
}

TEST_F(ControlAccess, NeedsKeyAndTokensThatAreNobodyElses) {
  std::filesystem::permissions(settings.key_file, std::filesystem::perms(0644));
  EXPECT_EQ(code(), "CTL-043");
  std::filesystem::permissions(settings.key_file, std::filesystem::perms(0600));
  std::filesystem::permissions(settings.tokens_file, std::filesystem::perms(0640));
  EXPECT_EQ(code(), "CTL-043");
}

TEST_F(ControlAccess, NeedsFilesThatFit) {
  const auto right = settings;
  settings.key_file = folder.write("other.key", authority.issue("other", {}).key_pem);
  EXPECT_EQ(code(), "CTL-041");
  settings = right;
  settings.certificate_file = folder.write("garbage.pem", "garbage");
  EXPECT_EQ(code(), "CTL-041");
  settings = right;
  settings.key_file = folder.path() / "missing";
  EXPECT_EQ(code(), "CTL-042");
  settings = right;
  settings.client_ca_file = folder.write("garbage.ca", "garbage");
  settings.holders = {{"console", Role::operator_, {std::string(64, 'a')}}};
  EXPECT_EQ(code(), "CTL-041");
  settings = right;
  folder.write("tokens", "probe:viewer\n");
  EXPECT_EQ(code(), "CTL-044");
}

TEST_F(ControlAccess, AWrongTokenIsNotMadeGoodByACertificate) {
  settings.client_ca_file = folder.write("ca.pem", authority.pem());
  settings.holders = {{"console", Role::operator_, {std::string(64, 'a')}}};
  const auto access = NetworkAccess::load(settings);
  ASSERT_TRUE(access) << to_string(access.error());
  const NetworkPeer peer{"127.0.0.1", std::string(64, 'a')};
  EXPECT_EQ((*access)->identify(peer, "").caller->actor(), "certificate:console");
  EXPECT_EQ((*access)->identify(peer, "Bearer secret").caller->actor(), "token:probe");
  EXPECT_FALSE((*access)->identify(peer, "Bearer wrong").caller);
  EXPECT_FALSE((*access)->identify(peer, "Basic c2VjcmV0").caller);
  EXPECT_FALSE((*access)->identify(NetworkPeer{"127.0.0.1", {}}, "").caller);
  EXPECT_FALSE((*access)->identify(NetworkPeer{"127.0.0.1", std::string(64, 'b')}, "").caller);
}

}  // namespace
}  // namespace entsync::control::test
