// Writes on the wire: what a scripted server can do to operations under way. The rules in the names
// are those of libldap on an event loop that connectors/ldap/session.hpp keeps.

#include <dirent.h>
#include <signal.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "faults/ldap_test.hpp"
#include "support/folder.hpp"
#include "support/peer.hpp"

namespace entsync::ldap::test {
namespace {

using entsync::test::Conversation;
using entsync::test::Gate;
using entsync::test::Message;
using entsync::test::Peer;
using entsync::test::PeerOptions;
namespace ber = entsync::test::ber;
using namespace std::chrono_literals;

/// More than socket buffers of both sides take (tcp_wmem allows 4 MB by default).
constexpr std::size_t large = std::size_t{16} << 20U;

std::string dn_of(int i) {
  return "uid=e" + std::to_string(i) + ",ou=people,dc=test";
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

class LdapSession : public ::testing::Test {
 protected:
  /// Starts `count` modifies of different entries.
  std::vector<Pending<Answer>> start_modifies(Directory& directory, int count) {
    std::vector<Pending<Answer>> pending;
    for (int i = 0; i < count; ++i)
      pending.push_back(loop.start(directory.apply(changes.modify(dn_of(i)), false)));
    return pending;
  }
  std::vector<Answer> finish(std::vector<Pending<Answer>>& pending) {
    std::vector<Answer> answers;
    for (auto& one : pending) answers.push_back(loop.finish(one));
    return answers;
  }

  [[nodiscard]] PeerOptions tls() const {
    PeerOptions options{.tls_from_start = true};
    options.certificate = std::make_shared<const entsync::test::Certificate>(
        authority.issue("peer", {"IP:127.0.0.1"}));
    return options;
  }
  [[nodiscard]] ConnectOptions trusting(const Peer& peer) const {
    ConnectOptions options = anonymous(peer.uri());
    options.tls_ca_file = folder.write("ca.pem", authority.pem());
    return options;
  }

  entsync::test::Authority authority;
  entsync::test::Folder folder;
  Loop loop;
  Changes changes;
};

std::vector<Message> read_requests(Conversation& c, int count) {
  std::vector<Message> requests;
  for (int i = 0; i < count; ++i) requests.push_back(c.expect(ber::modify_request));
  return requests;
}

std::string answers_to(const std::vector<Message>& requests) {
  std::string bytes;
  for (const Message& request : requests) bytes += ber::result(request.id, ber::modify_response, 0);
  return bytes;
}

// Rule 1.
TEST_F(LdapSession, ManyAnswersInOneTlsRecordAllArrive) {
  Peer peer(
      [](Conversation& c) {
        const auto requests = read_requests(c, 90);
        c.send(answers_to(requests));
        c.wait_for_end();
      },
      tls());
  auto directory = connected(loop, trusting(peer));
  auto pending = start_modifies(*directory, 90);
  for (const Answer& answer : finish(pending)) EXPECT_TRUE(answer.ok());
}

TEST_F(LdapSession, AnAnswerCutInTheMiddleOfATlsRecordArrives) {
  Peer peer(
      [](Conversation& c) {
        const std::string bytes = answers_to(read_requests(c, 40));
        const std::size_t cut = bytes.size() / 2 + 3;
        c.send(std::string_view(bytes).substr(0, cut));
        c.send(std::string_view(bytes).substr(cut));
        c.wait_for_end();
      },
      tls());
  auto directory = connected(loop, trusting(peer));
  auto pending = start_modifies(*directory, 40);
  for (const Answer& answer : finish(pending)) EXPECT_TRUE(answer.ok());
}

TEST_F(LdapSession, AnswersThatDripByteByByteArrive) {
  Peer peer([](Conversation& c) {
    c.drip(answers_to(read_requests(c, 5)));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = start_modifies(*directory, 5);
  for (const Answer& answer : finish(pending)) EXPECT_TRUE(answer.ok());
}

// Rule 2.
TEST_F(LdapSession, AnUnfinishedSearchDoesNotHideTheAnswersBehindIt) {
  Gate deleted;
  Peer peer([&deleted](Conversation& c) {
    const Message search = c.expect(ber::search_request);
    c.send(ber::entry(search.id, "uid=e1,dc=test", {{"uid", {"e1"}}}));
    const Message removal = c.expect(ber::delete_request);
    c.send(ber::result(removal.id, ber::delete_response, 0));
    if (deleted.wait()) c.send(ber::result(search.id, ber::search_done, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  TargetVocabulary vocabulary;
  vocabulary.add("uid");
  auto search = loop.start(directory->read_entry("uid=e1,dc=test", vocabulary));
  auto removal =
      loop.start(directory->apply(changes.make(Operation::remove, "uid=e2,dc=test"), false));
  EXPECT_TRUE(loop.finish(removal).ok());
  EXPECT_FALSE(search.is_done());
  deleted.open();
  const auto entry = loop.finish(search);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ((*entry)->dn, "uid=e1,dc=test");
}

// Rule 3: without a bind nothing has been sent when the session starts.
TEST_F(LdapSession, AConnectionThatHasSentNothingIsWatched) {
  Peer peer([](Conversation& c) {
    c.send(ber::notice_of_disconnection(52));
    c.wait_for_end();  // the client gives up by itself
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  Answer answer;
  // The notice and the operation may cross; later operations end at once.
  for (int i = 0; i < 2; ++i) answer = loop.run(directory->apply(changes.modify(dn_of(i)), false));
  EXPECT_FALSE(answer.answered);
  EXPECT_THAT(answer.client_text, ::testing::HasSubstr("unavailable"));
}

// Rule 4.
TEST_F(LdapSession, AHalfSentRequestIsSentOnWhenTheServerReadsAgain) {
  Gate read_on;
  Peer peer(
      [&read_on](Conversation& c) {
        if (!read_on.wait()) return;
        const Message request = c.expect(ber::modify_request);
        EXPECT_GT(request.operation.size(), large);
        c.send(ber::result(request.id, ber::modify_response, 0));
        c.wait_for_end();
      },
      PeerOptions{.receive_buffer = 4096});
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending =
      loop.start(directory->apply(changes.modify(dn_of(1), std::string(large, 'x')), false));
  loop.context().poll();
  EXPECT_FALSE(pending.is_done());
  read_on.open();
  EXPECT_TRUE(loop.finish(pending).ok());
}

// Rule 5.
TEST_F(LdapSession, OperationsBehindAHalfSentRequestWaitAndAreNotRefused) {
  Gate read_on;
  Peer peer(
      [&read_on](Conversation& c) {
        if (!read_on.wait()) return;
        const auto requests = read_requests(c, 41);
        for (int i = 0; i < 41; ++i)
          EXPECT_EQ(requests[static_cast<std::size_t>(i)].dn(), dn_of(i));
        c.send(answers_to(requests));
        c.wait_for_end();
      },
      PeerOptions{.receive_buffer = 4096});
  auto directory = connected(loop, anonymous(peer.uri()));
  std::vector<Pending<Answer>> pending;
  for (int i = 0; i < 41; ++i)
    pending.push_back(loop.start(directory->apply(
        changes.modify(dn_of(i), std::string(i == 0 ? large : 200'000, 'x')), false)));
  loop.context().poll();
  for (const auto& one : pending) EXPECT_FALSE(one.is_done());
  read_on.open();
  for (const Answer& answer : finish(pending)) EXPECT_TRUE(answer.ok());
}

TEST_F(LdapSession, BusyFromTheServerIsAnAnswer) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    c.send(ber::result(request.id, ber::modify_response, 51, "ask Camille"));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  const Answer answer = loop.run(directory->apply(changes.modify(dn_of(1)), false));
  EXPECT_TRUE(answer.answered);
  EXPECT_EQ(answer.code, 51);
  EXPECT_EQ(answer.server_text, "ask Camille");
  EXPECT_EQ(answer.client_text, "");
}

// Rule 7.
TEST_F(LdapSession, AReferralIsAnAnswerAndIsNotFollowed) {
  Peer elsewhere([](Conversation& c) { c.wait_for_end(); });
  const std::string uri = elsewhere.uri() + "/" + dn_of(1);
  Peer peer([&uri](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    c.send(ber::result(request.id, ber::modify_response, 10, "", {uri}));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  const Answer answer = loop.run(directory->apply(changes.modify(dn_of(1)), false));
  EXPECT_TRUE(answer.answered);
  EXPECT_EQ(answer.code, 10);
  EXPECT_FALSE(elsewhere.was_visited());
}

// Rule 8.
TEST_F(LdapSession, WritingToAResetConnectionEndsOperationsNotTheProcess) {
  Gate reset_done;
  Peer peer([&reset_done](Conversation& c) {
    c.expect(ber::modify_request);
    c.reset();
    reset_done.open();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  struct sigaction action {};
  sigaction(SIGPIPE, nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_IGN);
  auto first = loop.start(directory->apply(changes.modify(dn_of(0)), false));
  loop.context().poll();
  ASSERT_TRUE(reset_done.wait());
  // Written without reading first: this is the write that raises SIGPIPE.
  auto second = loop.start(directory->apply(changes.modify(dn_of(1)), false));
  EXPECT_FALSE(loop.finish(first).answered);
  EXPECT_FALSE(loop.finish(second).answered);
}

TEST_F(LdapSession, AResetInTheMiddleOfAHalfSentRequestLeavesEverythingUnanswered) {
  Gate go;
  Peer peer(
      [&go](Conversation& c) {
        if (go.wait()) c.reset();
      },
      PeerOptions{.receive_buffer = 4096});
  auto directory = connected(loop, anonymous(peer.uri()));
  std::vector<Pending<Answer>> pending;
  for (int i = 0; i < 3; ++i)
    pending.push_back(
        loop.start(directory->apply(changes.modify(dn_of(i), std::string(large, 'x')), false)));
  loop.context().poll();
  go.open();
  for (const Answer& answer : finish(pending)) {
    EXPECT_FALSE(answer.answered);
    EXPECT_EQ(answer.client_text, "the connection to the directory broke");
  }
}

// Rule 10.
TEST_F(LdapSession, DestroyingTheDirectoryResumesEveryWaiterUnanswered) {
  // The loop opens descriptors of its own with the first connection.
  {
    Peer peer([](Conversation& c) { c.wait_for_end(); });
    connected(loop, anonymous(peer.uri()));
  }
  const std::size_t before = open_descriptors();
  {
    Gate received;
    Peer peer([&received](Conversation& c) {
      read_requests(c, 96);
      received.open();
      c.wait_for_end();
    });
    auto directory = connected(loop, anonymous(peer.uri()));
    auto pending = start_modifies(*directory, 120);
    loop.context().poll();
    ASSERT_TRUE(received.wait());
    directory.reset();
    for (const auto& one : pending) EXPECT_FALSE(one.is_done()) << "completions are posted";
    for (const Answer& answer : finish(pending)) {
      EXPECT_FALSE(answer.answered);
      EXPECT_EQ(answer.client_text, "the connection was closed by this program");
    }
  }
  loop.context().poll();
  EXPECT_EQ(open_descriptors(), before);
}

asio::awaitable<bool> apply_then_destroy(std::shared_ptr<std::unique_ptr<Directory>> directory,
                                         const Change& change) {
  const Answer answer = co_await (*directory)->apply(change, false);
  directory->reset();
  co_return answer.ok();
}

TEST_F(LdapSession, AResumedWaiterMayDestroyTheDirectoryWhileMoreAnswersAreInTheBuffer) {
  Peer peer([](Conversation& c) {
    c.send(answers_to(read_requests(c, 30)));
    c.wait_for_end();
  });
  auto directory =
      std::make_shared<std::unique_ptr<Directory>>(connected(loop, anonymous(peer.uri())));
  auto first = loop.start(apply_then_destroy(directory, changes.modify(dn_of(100))));
  auto pending = start_modifies(**directory, 29);
  EXPECT_TRUE(loop.finish(first));
  finish(pending);
  EXPECT_EQ(*directory, nullptr);
}

TEST_F(LdapSession, ALoopThatDiesWithOperationsUnderWayLeavesNothingBehind) {
  Gate received;
  Peer peer([&received](Conversation& c) {
    read_requests(c, 10);
    received.open();
    c.wait_for_end();
  });
  auto short_lived = std::make_unique<Loop>();
  auto directory = connected(*short_lived, anonymous(peer.uri()));
  for (int i = 0; i < 10; ++i)
    short_lived->start(directory->apply(changes.modify(dn_of(i)), false));
  short_lived->context().poll();
  ASSERT_TRUE(received.wait());
  directory.reset();
  short_lived.reset();
}

// Rule 11.
TEST_F(LdapSession, AnswersInAnyOrderReachTheirOwnOperations) {
  Peer peer([](Conversation& c) {
    auto requests = read_requests(c, 20);
    std::reverse(requests.begin(), requests.end());
    for (const Message& request : requests) {
      const std::string dn = request.dn();  // uid=e<i>,…
      const int code = std::stoi(dn.substr(5)) % 2 == 0 ? 0 : 32;
      c.send(ber::result(request.id, ber::modify_response, code, dn));
    }
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = start_modifies(*directory, 20);
  const auto answers = finish(pending);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].code, i % 2 == 0 ? 0 : 32);
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].server_text, dn_of(i));
  }
}

TEST_F(LdapSession, NeverMoreThan96OperationsAreUnanswered) {
  Peer peer([](Conversation& c) {
    auto requests = read_requests(c, 96);
    EXPECT_TRUE(c.is_quiet(50));
    c.send(ber::result(requests[0].id, ber::modify_response, 0));
    requests[0] = c.expect(ber::modify_request);
    EXPECT_TRUE(c.is_quiet(50));
    c.send(answers_to(requests));
    c.send(answers_to(read_requests(c, 150 - 97)));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = start_modifies(*directory, 150);
  for (const Answer& answer : finish(pending)) EXPECT_TRUE(answer.ok());
}

TEST_F(LdapSession, AServerThatClosesInTheMiddleOfAMessageLeavesTheRestUnanswered) {
  Peer peer([](Conversation& c) {
    const auto requests = read_requests(c, 3);
    c.send(ber::result(requests[0].id, ber::modify_response, 0));
    const std::string cut = ber::result(requests[1].id, ber::modify_response, 0);
    c.send(std::string_view(cut).substr(0, cut.size() - 3));
    c.close();
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = start_modifies(*directory, 3);
  const auto answers = finish(pending);
  EXPECT_TRUE(answers[0].ok());
  EXPECT_FALSE(answers[1].answered);
  EXPECT_FALSE(answers[2].answered);
}

TEST_F(LdapSession, SilenceEndsInUnansweredAndTheConnectionIsGivenUp) {
  Peer peer([](Conversation& c) {
    read_requests(c, 2);
    c.wait_for_end();
  });
  ConnectOptions options = anonymous(peer.uri());
  options.operation_timeout = 100ms;
  auto directory = connected(loop, options);
  auto pending = start_modifies(*directory, 2);
  for (const Answer& answer : finish(pending)) {
    EXPECT_FALSE(answer.answered);
    EXPECT_EQ(answer.client_text, "the directory did not answer within 0.1 s");
  }
  const Answer later = loop.run(directory->apply(changes.modify(dn_of(9)), false));
  EXPECT_FALSE(later.answered);
}

TEST_F(LdapSession, AServerThatNeverReadsIsGivenUpAfterTheTimeout) {
  Gate end;
  Peer peer([&end](Conversation&) { end.wait(); }, PeerOptions{.receive_buffer = 4096});
  ConnectOptions options = anonymous(peer.uri());
  options.operation_timeout = 100ms;
  auto directory = connected(loop, options);
  auto first =
      loop.start(directory->apply(changes.modify(dn_of(0), std::string(large, 'x')), false));
  auto second = loop.start(directory->apply(changes.modify(dn_of(1)), false));
  EXPECT_FALSE(loop.finish(first).answered);
  EXPECT_FALSE(loop.finish(second).answered);
  end.open();
}

TEST_F(LdapSession, AnAnswerNearTheTimeoutIsReportedEarly) {
  Gate answer_now;
  Peer peer([&answer_now](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    if (answer_now.wait()) c.send(ber::result(request.id, ber::modify_response, 0));
    c.wait_for_end();
  });
  Problems notices;
  ConnectOptions options = anonymous(peer.uri());
  options.operation_timeout = 2s;
  options.on_notice = [&notices](Problem problem) { notices.add(std::move(problem)); };
  auto directory = connected(loop, options);
  auto pending = loop.start(directory->apply(changes.modify(dn_of(0)), false));
  asio::steady_timer timer(loop.context(), 1'700ms);
  timer.async_wait([&answer_now](const boost::system::error_code&) { answer_now.open(); });
  EXPECT_TRUE(loop.finish(pending).ok());
  loop.run_until([&notices] { return !notices.empty(); });
  EXPECT_EQ(codes(notices), "LDAP-022");
  EXPECT_THAT(to_string(notices), ::testing::HasSubstr("modify"));
  EXPECT_THAT(to_string(notices), ::testing::Not(::testing::HasSubstr("uid=")));
}

TEST_F(LdapSession, ANoticeOfDisconnectionLeavesTheRestUnanswered) {
  Peer peer([](Conversation& c) {
    const auto requests = read_requests(c, 3);
    c.send(ber::result(requests[2].id, ber::modify_response, 0) + ber::notice_of_disconnection(52) +
           ber::result(requests[0].id, ber::modify_response, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = start_modifies(*directory, 3);
  const auto answers = finish(pending);
  EXPECT_TRUE(answers[2].ok());
  EXPECT_FALSE(answers[0].answered);
  EXPECT_FALSE(answers[1].answered);
  EXPECT_EQ(answers[1].client_text, "the server closes the connection (unavailable)");
}

TEST_F(LdapSession, OtherUnsolicitedNotificationsMeanNothing) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    const std::string content = ber::tlv(0x0A, std::string(1, '\0')) + ber::tlv(0x04, "") +
                                ber::tlv(0x04, "") + ber::tlv(0x8A, "1.3.6.1.1.21.4");
    c.send(ber::message(0, ber::tlv(ber::extended_response, content)));
    c.send(ber::result(request.id, ber::modify_response, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(0)), false)).ok());
}

void send_answers_nobody_waits_for(Conversation& c) {
  const Message request = c.expect(ber::modify_request);
  c.send(ber::result(4711, ber::modify_response, 53) + ber::entry(4712, "dc=test", {}) +
         ber::result(-7, ber::modify_response, 53) +
         ber::result(request.id, ber::modify_response, 0) +
         ber::result(request.id, ber::modify_response, 53));
  const Message second = c.expect(ber::modify_request);
  c.send(ber::result(second.id, ber::modify_response, 0));
  c.wait_for_end();
}

TEST_F(LdapSession, AnswersNobodyWaitsForAreDropped) {
  Peer peer(send_answers_nobody_waits_for);
  auto directory = connected(loop, anonymous(peer.uri()));
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(0)), false)).ok());
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(1)), false)).ok());
}

TEST_F(LdapSession, AnswersNobodyWaitsForDoNotHideTheOthersOfTheirTlsRecord) {
  Peer peer(send_answers_nobody_waits_for, tls());
  auto directory = connected(loop, trusting(peer));
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(0)), false)).ok());
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(1)), false)).ok());
}

TEST_F(LdapSession, AnIntermediateResponseIsNotTheAnswer) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    c.send(ber::intermediate(request.id));
    c.send(ber::result(request.id, ber::modify_response, 19));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  EXPECT_EQ(loop.run(directory->apply(changes.modify(dn_of(0)), false)).code, 19);
}

/// Starts `work`, which ends when `stop` fires, if not before.
template <class T>
void start_cancellable(Loop& loop, asio::awaitable<T> work, asio::cancellation_signal& stop,
                       bool& done) {
  auto finished = [&done](std::exception_ptr, T) { done = true; };
  asio::co_spawn(loop.context(), std::move(work),
                 asio::bind_cancellation_slot(stop.slot(), std::move(finished)));
}

TEST_F(LdapSession, ACancelledWriteIsNotAbandonedAndItsLateAnswerIsDropped) {
  Gate answer_now;
  Gate received;
  Peer peer([&](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    received.open();
    if (!answer_now.wait()) return;
    c.send(ber::result(request.id, ber::modify_response, 0));
    const Message second = c.expect(ber::modify_request);
    c.send(ber::result(second.id, ber::modify_response, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  asio::cancellation_signal stop;
  bool done = false;
  start_cancellable(loop, directory->apply(changes.modify(dn_of(0)), false), stop, done);
  loop.context().poll();
  ASSERT_TRUE(received.wait());
  stop.emit(asio::cancellation_type::terminal);
  loop.run_until([&done] { return done; });
  answer_now.open();
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(1)), false)).ok());
}

TEST_F(LdapSession, ACancelledSearchIsAbandonedAndItsLateEntriesAreDropped) {
  Gate received;
  Peer peer([&](Conversation& c) {
    const Message request = c.expect(ber::search_request);
    received.open();
    c.expect(ber::abandon_request);
    c.send(ber::entry(request.id, "uid=e1,dc=test", {{"uid", {"e1"}}}) +
           ber::result(request.id, ber::search_done, 0));
    const Message second = c.expect(ber::modify_request);
    c.send(ber::result(second.id, ber::modify_response, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  TargetVocabulary vocabulary;
  vocabulary.add("uid");
  asio::cancellation_signal stop;
  bool done = false;
  start_cancellable(loop, directory->read_entry("uid=e1,dc=test", vocabulary), stop, done);
  loop.context().poll();
  ASSERT_TRUE(received.wait());
  stop.emit(asio::cancellation_type::terminal);
  loop.run_until([&done] { return done; });
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(dn_of(1)), false)).ok());
}

TEST_F(LdapSession, ASearchCancelledBehindAHalfSentRequestIsNotAbandonedInsideIt) {
  Gate read_on;
  Peer peer(
      [&read_on](Conversation& c) {
        c.expect(ber::search_request);
        if (!read_on.wait()) return;
        const Message request = c.expect(ber::modify_request);
        c.expect(ber::abandon_request);
        c.send(ber::result(request.id, ber::modify_response, 0));
        c.wait_for_end();
      },
      PeerOptions{.receive_buffer = 4096});
  auto directory = connected(loop, anonymous(peer.uri()));
  TargetVocabulary vocabulary;
  vocabulary.add("uid");
  asio::cancellation_signal stop;
  bool done = false;
  start_cancellable(loop, directory->read_entry("uid=e1,dc=test", vocabulary), stop, done);
  loop.context().poll();
  auto pending =
      loop.start(directory->apply(changes.modify(dn_of(0), std::string(large, 'x')), false));
  loop.context().poll();
  stop.emit(asio::cancellation_type::terminal);
  loop.run_until([&done] { return done; });
  read_on.open();
  EXPECT_TRUE(loop.finish(pending).ok());
}

TEST_F(LdapSession, AnAnswerToAnotherKindOfOperationIsNotBelieved) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::modify_request);
    c.send(ber::result(request.id, ber::delete_response, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  const Answer answer = loop.run(directory->apply(changes.modify(dn_of(0)), false));
  EXPECT_FALSE(answer.answered);
  EXPECT_THAT(answer.client_text, ::testing::HasSubstr("another operation"));
}

class Garbage : public LdapSession, public ::testing::WithParamInterface<std::string> {};

TEST_P(Garbage, IsNeverAnAnswer) {
  const std::string bytes = GetParam();
  Peer peer([&bytes](Conversation& c) {
    c.expect(ber::modify_request);
    c.send(bytes);
    c.close();
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  EXPECT_FALSE(loop.run(directory->apply(changes.modify(dn_of(0)), false)).answered);
}

INSTANTIATE_TEST_SUITE_P(
    OfManyKinds, Garbage,
    ::testing::Values("HTTP/1.1 400 Bad Request\r\n\r\n", std::string(64, '\0'),
                      std::string("\x30\x84\x7f\xff\xff\xff\x02\x01\x01", 9),  // 2 GB announced
                      ber::message(1, ber::tlv(0x7E, "")),                     // no known operation
                      std::string("\x30\x0c\x02\x01\x01\x67\x07\x0a\x01", 9),
                      ber::message(1, ber::tlv(ber::modify_response, "\x04\x01x")),
                      ber::message(1, ber::tlv(ber::modify_response, "")),
                      ber::message(0, ber::tlv(ber::extended_response, "")), ber::tlv(0x31, "xx")));

TEST_F(LdapSession, AMessageAnnouncedLargerThanAnyEntryIsNotWaitedFor) {
  Peer peer([](Conversation& c) {
    c.expect(ber::modify_request);
    c.send(std::string("\x30\x84\x40\x00\x00\x00\x02\x01\x01", 9));  // 1 GB
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));  // would wait 60 s for the rest
  const Answer answer = loop.run(directory->apply(changes.modify(dn_of(0)), false));
  EXPECT_EQ(answer.client_text, "the connection to the directory broke");
}

TEST_F(LdapSession, ADnWithANulByteIsNeverSentCutShort) {
  Peer peer([](Conversation& c) { EXPECT_EQ(c.next().tag, ber::unbind_request); });
  auto directory = connected(loop, anonymous(peer.uri()));
  const std::string dn("uid=e1\0,ou=people", 17);
  const Answer answer = loop.run(directory->apply(changes.modify(dn), false));
  EXPECT_TRUE(answer.answered);
  EXPECT_LT(answer.code, 0);
  EXPECT_EQ(answer.client_text, "the operation could not be encoded (parameterError)");
  directory.reset();
}

}  // namespace
}  // namespace entsync::ldap::test
