// Getting connected: each way to fail has its own message, and none blocks the loop.

#include <ldap.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <boost/asio/steady_timer.hpp>

#include "faults/ldap_test.hpp"
#include "support/folder.hpp"
#include "support/peer.hpp"

namespace entsync::ldap::test {
namespace {

using entsync::test::Authority;
using entsync::test::Certificate;
using entsync::test::Conversation;
using entsync::test::Folder;
using entsync::test::Message;
using entsync::test::Peer;
using entsync::test::PeerOptions;
namespace ber = entsync::test::ber;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// Rule 9: what an administrator may have in the environment, before libldap's first call. Any of
/// these, taken in, turns a test below around.
const bool hostile_environment = [] {
  setenv("LDAPTLS_REQCERT", "never", 1);
  setenv("LDAPURI", "ldap://203.0.113.1", 1);
  setenv("LDAPREFERRALS", "on", 1);
  setenv("LDAPSIZELIMIT", "1", 1);
  return true;
}();

class LdapConnect : public ::testing::Test {
 protected:
  [[nodiscard]] PeerOptions tls(const Authority& authority,
                                const std::vector<std::string>& names = {"IP:127.0.0.1"}) const {
    PeerOptions options{.tls_from_start = true};
    options.certificate =
        std::make_shared<const Certificate>(authority.issue("ldap.example", names));
    return options;
  }
  [[nodiscard]] ConnectOptions trusting(const Peer& peer, const Authority& authority) const {
    ConnectOptions options = anonymous(peer.uri());
    options.tls_ca_file = folder.write("ca.pem", authority.pem());
    return options;
  }
  [[nodiscard]] ConnectOptions simple(const Peer& peer) const {
    ConnectOptions options = anonymous(peer.uri());
    options.bind = ConnectOptions::Bind::simple;
    options.bind_dn = "cn=service,dc=test";
    options.password_file = folder.write("secret", "hush\nsecond line\n");
    return options;
  }
  std::string outcome(ConnectOptions options) {
    return codes(try_connect(loop, std::move(options)));
  }

  Loop loop;
  Folder folder;
};

void serve_nothing(Conversation& c) {
  c.wait_for_end();
}

/// Answers one bind with `code`.
Peer::Script bind_answer(int code) {
  return [code](Conversation& c) {
    const Message bind = c.expect(ber::bind_request);
    c.send(ber::result(bind.id, ber::bind_response, code, "said by the server"));
    c.wait_for_end();
  };
}

TEST_F(LdapConnect, TheEnvironmentDoesNotReachLibldap) {
  ASSERT_TRUE(hostile_environment);
  outcome(anonymous("not even a connection"));
  char* uri = nullptr;
  ldap_get_option(nullptr, LDAP_OPT_URI, &uri);
  const std::string default_uri = uri == nullptr ? "" : uri;
  ldap_memfree(uri);
  EXPECT_THAT(default_uri, ::testing::Not(HasSubstr("203.0.113.1")));
  int demand = 0;
  ldap_get_option(nullptr, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  EXPECT_NE(demand, LDAP_OPT_X_TLS_NEVER);
}

TEST_F(LdapConnect, ATrustedCertificateWithTheRightNameIsAccepted) {
  const Authority authority;
  Peer peer(serve_nothing, tls(authority));
  EXPECT_EQ(outcome(trusting(peer, authority)), "");
}

TEST_F(LdapConnect, ACertificateOfAnUnknownAuthorityIsRefusedWhateverTheEnvironmentSays) {
  ASSERT_TRUE(hostile_environment);
  const Authority authority;
  const Authority other("somebody else");
  Peer peer(serve_nothing, tls(authority));
  EXPECT_EQ(outcome(trusting(peer, other)), "LDAP-013");
}

TEST_F(LdapConnect, ACertificateForAnotherNameIsRefused) {
  const Authority authority;
  Peer peer(serve_nothing, tls(authority, {"DNS:other.example", "IP:127.0.0.2"}));
  EXPECT_EQ(outcome(trusting(peer, authority)), "LDAP-013");
}

TEST_F(LdapConnect, AServerThatSpeaksOnlyOldTlsIsRefused) {
  const Authority authority;
  PeerOptions options = tls(authority);
  options.old_tls = true;
  Peer peer(serve_nothing, options);
  const auto result = try_connect(loop, trusting(peer, authority));
  EXPECT_EQ(codes(result), "LDAP-012");
  EXPECT_THAT(to_string(result.error()), HasSubstr("TLS1.1"));
}

TEST_F(LdapConnect, AServerThatDoesNotSpeakTlsIsSaidToBeSo) {
  const Authority authority;
  Peer peer([](Conversation& c) {
    c.send("220 mail.example ESMTP\r\n");
    c.wait_for_end();
  });
  ConnectOptions options = trusting(peer, authority);
  options.uri = "ldaps://127.0.0.1:" + std::to_string(peer.port());
  EXPECT_EQ(outcome(options), "LDAP-012");
}

// Rule 6.
TEST_F(LdapConnect, AHandshakeThatNeverEndsTimesOutAndTheLoopTurnsMeanwhile) {
  const Authority authority;
  PeerOptions ignoring = tls(authority);
  ignoring.ignore_handshake = true;
  Peer peer(serve_nothing, ignoring);
  ConnectOptions options = trusting(peer, authority);
  options.connect_timeout = 300ms;
  auto pending =
      loop.start(connect(loop.context().get_executor(), loop.workers(), std::move(options)));
  bool turned = false;
  asio::steady_timer timer(loop.context(), 20ms);
  timer.async_wait([&](const boost::system::error_code&) { turned = !pending.is_done(); });
  const auto directory = loop.finish(pending);
  EXPECT_TRUE(turned);
  EXPECT_EQ(codes(directory), "LDAP-011");
  EXPECT_THAT(to_string(directory.error()), HasSubstr("or its certificate is not trusted"));
}

TEST_F(LdapConnect, NobodyListeningIsUnreachable) {
  ConnectOptions options;
  {
    Peer peer(serve_nothing);
    options = anonymous(peer.uri());
  }
  EXPECT_EQ(outcome(options), "LDAP-010");
  EXPECT_EQ(outcome(anonymous("ldapi://%2Fnowhere%2Fldapi")), "LDAP-010");
  EXPECT_EQ(outcome(anonymous("ldap://no-such-host.invalid")), "LDAP-010");
}

TEST_F(LdapConnect, StartTlsSecuresThePlainConnection) {
  const Authority authority;
  PeerOptions options;
  options.certificate = std::make_shared<const Certificate>(authority.issue("x", {"IP:127.0.0.1"}));
  Peer peer(
      [](Conversation& c) {
        const Message request = c.expect(ber::extended_request);
        c.send(ber::result(request.id, ber::extended_response, 0));
        c.start_tls();
        const Message bind = c.expect(ber::bind_request);
        c.send(ber::result(bind.id, ber::bind_response, 0));
        c.wait_for_end();
      },
      options);
  ConnectOptions to_peer = simple(peer);
  to_peer.start_tls = true;
  to_peer.tls_ca_file = folder.write("ca.pem", authority.pem());
  EXPECT_EQ(outcome(to_peer), "");
}

TEST_F(LdapConnect, AServerThatRefusesStartTlsIsNotTalkedToInTheClear) {
  const Authority authority;
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::extended_request);
    c.send(ber::result(request.id, ber::extended_response, 2));
    EXPECT_EQ(c.next().tag, ber::unbind_request);
  });
  ConnectOptions options = simple(peer);
  options.start_tls = true;
  options.tls_ca_file = folder.write("ca.pem", authority.pem());
  EXPECT_EQ(outcome(options), "LDAP-012");
}

TEST_F(LdapConnect, ASimpleBindSendsTheFirstLineOfThePasswordFile) {
  Peer peer([](Conversation& c) {
    const Message bind = c.expect(ber::bind_request);
    EXPECT_EQ(bind.operation,
              ber::integer(3) + ber::tlv(0x04, "cn=service,dc=test") + ber::tlv(0x80, "hush"));
    c.send(ber::result(bind.id, ber::bind_response, 0));
    c.wait_for_end();
  });
  EXPECT_EQ(outcome(simple(peer)), "");
}

TEST_F(LdapConnect, EachRefusalOfABindHasItsOwnMessage) {
  const std::vector<std::pair<int, std::string>> for_simple{
      {49, "LDAP-015"}, {53, "LDAP-017"}, {13, "LDAP-018"}, {48, "LDAP-018"}, {14, "LDAP-018"}};
  for (const auto& [code, expected] : for_simple) {
    Peer peer(bind_answer(code));
    const auto result = try_connect(loop, simple(peer));
    EXPECT_EQ(codes(result), expected) << code;
    EXPECT_THAT(to_string(result.error()), ::testing::Not(HasSubstr("said by the server")));
  }
  for (const int code : {7, 48, 49}) {
    Peer peer(bind_answer(code));
    ConnectOptions options = anonymous(peer.uri());
    options.bind = ConnectOptions::Bind::external;
    EXPECT_EQ(outcome(options), "LDAP-016") << code;
  }
}

TEST_F(LdapConnect, AServerThatDoesNotAnswerTheBindTimesOut) {
  Peer peer([](Conversation& c) {
    c.expect(ber::bind_request);
    c.wait_for_end();
  });
  ConnectOptions options = simple(peer);
  options.connect_timeout = 100ms;
  EXPECT_EQ(outcome(options), "LDAP-011");
}

TEST_F(LdapConnect, AConnectionThatBreaksDuringTheBindIsSaidToBeSo) {
  Peer peer([](Conversation& c) {
    c.expect(ber::bind_request);
    c.reset();
  });
  EXPECT_EQ(outcome(simple(peer)), "LDAP-019");
}

TEST_F(LdapConnect, APasswordIsNotSentInTheClearToAnotherMachine) {
  ConnectOptions options = anonymous("ldap://ldap.example");
  options.bind = ConnectOptions::Bind::simple;
  options.bind_dn = "cn=service,dc=test";
  options.password_file = folder.write("secret", "hush\n");
  EXPECT_EQ(outcome(options), "LDAP-004");
}

TEST_F(LdapConnect, APasswordFileIsReadOnlyWhenItIsSafe) {
  Peer peer([](Conversation& c) { c.wait_for_end(); });
  ConnectOptions options = simple(peer);
  options.password_file = folder.path() / "absent";
  EXPECT_EQ(outcome(options), "LDAP-005");
  options.password_file = folder.path();
  EXPECT_EQ(outcome(options), "LDAP-005");
  options.password_file = folder.write("long", std::string(5000, 'x'));
  EXPECT_EQ(outcome(options), "LDAP-005");
  options.password_file = folder.write("open", "hush\n");
  for (const mode_t mode : {0640U, 0604U, 0644U}) {
    ASSERT_EQ(chmod(options.password_file.c_str(), mode), 0);
    const auto result = try_connect(loop, options);
    EXPECT_EQ(codes(result), "LDAP-006");
    EXPECT_THAT(to_string(result.error()), HasSubstr(options.password_file.string()));
  }
  options.password_file = folder.write("empty", "\nhush\n");
  EXPECT_EQ(outcome(options), "LDAP-007");
  EXPECT_FALSE(peer.was_visited());
}

TEST_F(LdapConnect, ContradictionsAreFoundBeforeTheNetworkIsTouched) {
  ConnectOptions options = anonymous("ldaps://ldap.example");
  EXPECT_EQ(outcome(options), "LDAP-002") << "no CA file";
  options.tls_ca_file = folder.path() / "absent.pem";
  EXPECT_EQ(outcome(options), "LDAP-003");
  options.tls_ca_file = folder.write("not.pem", "not a certificate");
  EXPECT_EQ(outcome(options), "LDAP-003");
  options = anonymous("ldapi://%2Frun%2Fldapi");
  options.start_tls = true;
  EXPECT_EQ(outcome(options), "LDAP-002 LDAP-002");
  options = anonymous("ldap://127.0.0.1");
  options.bind = ConnectOptions::Bind::simple;
  EXPECT_EQ(outcome(options), "LDAP-008");
  for (const char* uri : {"", "http://x", "ldap://", "ldap://a ldap://b", "ldap://x/dc=y",
                          "ldap://x/??"
                          "?\?!StartTLS",
                          "cldap://x"})
    EXPECT_EQ(outcome(anonymous(uri)), "LDAP-001") << uri;
}

}  // namespace
}  // namespace entsync::ldap::test
