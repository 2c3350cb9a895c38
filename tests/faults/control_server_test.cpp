// The control API as its clients see it: answers, roles, connections that go on, event streams.

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "faults/control_test.hpp"

namespace entsync::control::test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string post(const std::string& path, const std::string& body,
                 const std::string& type = "application/json") {
  return "POST " + path + " HTTP/1.1\r\nConnection: close\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class ControlServer : public ControlTest {};

TEST_F(ControlServer, AnswersWithJson) {
  start();
  const std::string answer = ask(post("/v1/echo/a%2Fb", "{\"x\": 1}"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 16\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n[\"a/b\",{\"x\":1}]\n"));
  EXPECT_TRUE(refusals.empty());
}

TEST_F(ControlServer, SaysWhatIsWrongWithARequest) {
  start();
  const auto expect = [this](const std::string& request, const std::string& status,
                             const std::string& code) {
    const std::string answer = ask(request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status + " ")) << request;
    EXPECT_THAT(answer, HasSubstr("{\"problem\":{\"code\":\"" + code + "\",\"what\":\""))
        << request;
  };
  expect("GET /v1/nothing HTTP/1.1\r\nConnection: close\r\n\r\n", "404", "CTL-013");
  expect("GET /v1/status/ HTTP/1.1\r\nConnection: close\r\n\r\n", "404", "CTL-013");
  expect("DELETE /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", "405", "CTL-014");
  expect("GET /v1/../status HTTP/1.1\r\n\r\n", "400", "CTL-011");
  expect("POST /v1/echo/1?id=2 HTTP/1.1\r\nConnection: close\r\n\r\n", "400", "CTL-011");
  expect(post("/v1/echo/1", "{\"x\": }"), "400", "CTL-012");
  expect(post("/v1/echo/1", "x=1", "application/x-www-form-urlencoded"), "415", "CTL-019");
  expect("hello\r\n\r\n", "400", "CTL-010");
  EXPECT_THAT(ask("PUT /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n"),
              HasSubstr("\r\nAllow: GET, HEAD\r\n"));
  EXPECT_THAT(ask(post("/v1/echo/1", "{\"x\": }")), HasSubstr("line 1, column 7"));
}

TEST_F(ControlServer, EveryRoleAgainstEveryEndpoint) {
  struct Case {
    Roles has;
    bool status, journal, echo;
  };
  for (const Case& c :
       {Case{Roles(), false, false, false}, Case{Role::viewer, true, false, false},
        Case{Role::auditor, true, true, false}, Case{Role::operator_, true, false, true}}) {
    refusals.clear();
    start(c.has);
    const auto expect = [&c](const std::string& answer, bool may) {
      EXPECT_THAT(answer, StartsWith(may ? "HTTP/1.1 200" : "HTTP/1.1 403")) << to_string(c.has);
    };
    expect(get("/v1/status"), c.status);
    expect(get("/v1/journal"), c.journal);
    expect(ask(post("/v1/echo/1", "1")), c.echo);
    EXPECT_EQ(refusals.size(), 3U - (c.status ? 1 : 0) - (c.journal ? 1 : 0) - (c.echo ? 1 : 0));
    server.reset();
  }
}

TEST_F(ControlServer, ARefusalNamesTheRoleAndIsReported) {
  settings.groups.operators = {"root", "adm"};
  start(Role::viewer);
  EXPECT_THAT(ask(post("/v1/echo/1?note=private", "1")),
              HasSubstr("{\"code\":\"CTL-015\",\"what\":\"this needs the role operator; you have "
                        "viewer\",\"remedy\":\"ask to be a member of the group root, adm\"}"));
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].caller.name, "somebody");
  EXPECT_EQ(refusals[0].caller.actor(), "user:somebody");
  EXPECT_EQ(refusals[0].method, "POST");
  EXPECT_EQ(refusals[0].path, "/v1/echo/1");
  EXPECT_EQ(refusals[0].why, "needs the role operator");
}

TEST_F(ControlServer, WithoutARoleNothingIsToldOfWhatThereIs) {
  start(Roles());
  EXPECT_THAT(get("/v1/nothing"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(ask("PUT /v1/status HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(refusals.size(), 2U);
}

TEST_F(ControlServer, TheAccountOfTheDaemonIsAnOperator) {
  start();
  EXPECT_THAT(ask(post("/v1/echo/1", "1")), StartsWith("HTTP/1.1 200"));
}

/// Asks as another account, from another process: 'nobody', with the group `gid`.
std::string ask_as_nobody(Loop& loop, const std::filesystem::path& socket, gid_t gid) {
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK) != 0) throw std::runtime_error("pipe2");
  const pid_t child = ::fork();
  if (child == 0) {
    char answer[4096];
    if (::setgroups(0, nullptr) != 0 || ::setgid(gid) != 0 || ::setuid(65534) != 0) ::_exit(1);
    const int fd = connect_to(socket);
    ::fcntl(fd, F_SETFL, 0);
    constexpr std::string_view request = "GET /v1/status HTTP/1.0\r\n\r\n";
    ssize_t size = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    while ((size = ::recv(fd, answer, sizeof(answer), 0)) > 0)
      if (::write(ends[1], answer, static_cast<std::size_t>(size)) != size) ::_exit(1);
    ::_exit(0);
  }
  loop.run_until([child] { return ::waitpid(child, nullptr, WNOHANG) == child; });
  std::string answer(4096, '\0');
  const ssize_t size = ::read(ends[0], answer.data(), answer.size());
  answer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  ::close(ends[0]);
  ::close(ends[1]);
  return answer;
}

class ControlServerAsRoot : public ControlServer {};

TEST_F(ControlServerAsRoot, AnotherAccountHasTheRolesOfItsGroups) {
  settings.groups.viewers = {"adm"};
  local.socket_group = "adm";
  start();
  const auto number = group_number("adm");
  ASSERT_TRUE(number);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  EXPECT_THAT(ask_as_nobody(loop, local.socket, *number), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(ask_as_nobody(loop, local.socket, 65534), "") << "the mode of the socket";
  std::filesystem::permissions(local.socket, std::filesystem::perms(0666));
  EXPECT_THAT(ask_as_nobody(loop, local.socket, 65534), StartsWith("HTTP/1.1 403"));
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].caller.name, "nobody");
}

TEST_F(ControlServer, AConnectionGoesOn) {
  start();
  const auto client = connect();
  client->send("GET /v1/status HTTP/1.1\r\n\r\n");
  client->wait_for("]\n");
  client->send("GET /v1/nothing HTTP/1.1\r\n\r\n");
  client->wait_for("404");
  client->send("HEAD /v1/status HTTP/1.1\r\n\r\n");
  client->wait_for("keep-alive\r\n\r\n", 3);
  client->send("GET /v1/journal HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client->wait_for_end(), HasSubstr("Connection: close\r\n"));
}

TEST_F(ControlServer, HeadIsGetWithoutTheBody) {
  start();
  const std::string answer = ask("HEAD /v1/large HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 8388608\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(ControlServer, PipelinedRequestsAreAnsweredInTheirOrder) {
  start();
  std::string all = "GET /v1/slow HTTP/1.1\r\n\r\nGET /v1/nothing HTTP/1.1\r\n\r\n";
  all +=
      "POST /v1/echo/7 HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\n42\r\n0\r\n\r\n";
  const std::string answer = ask(all + "GET /v1/status HTTP/1.0\r\n\r\n");
  const auto slow = answer.find("\"slow\""), unknown = answer.find("404"),
             echo = answer.find("[\"7\",42]"), status = answer.find("200 OK", echo);
  EXPECT_TRUE(slow < unknown && unknown < echo && echo < status && status != std::string::npos)
      << answer;
}

TEST_F(ControlServer, AsksForABodyOnlyWhenItIsWanted) {
  start(Role::operator_);
  const std::string head =
      " HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
      "Connection: close\r\nContent-Length: 2\r\n\r\n";
  const auto client = connect();
  client->send("POST /v1/echo/1" + head);
  client->wait_for("HTTP/1.1 100 Continue\r\n\r\n");
  client->send("42");
  EXPECT_THAT(client->wait_for_end(), HasSubstr("[\"1\",42]"));
  const auto refused = connect();
  refused->send("POST /v1/nothing" + head);
  EXPECT_THAT(refused->wait_for_end(), StartsWith("HTTP/1.1 404"));
}

TEST_F(ControlServer, Http10EndsWithItsAnswer) {
  start();
  EXPECT_THAT(ask("GET /v1/status HTTP/1.0\r\n\r\n"), HasSubstr("200 OK"));
  const auto client = connect();
  client->send("GET /v1/status HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client->wait_for("]\n"), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_FALSE(client->is_closed());
}

TEST_F(ControlServer, AHandlerThatThrowsIsReportedAndTheServerGoesOn) {
  start();
  const std::string answer = get("/v1/throws");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 Internal Server Error"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  EXPECT_THAT(get("/v1/throwing-events"), HasSubstr("event: end"));
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].code, "CTL-006");
  EXPECT_EQ(problems[0].where.item, "GET /v1/throws");
  EXPECT_THAT(problems[1].what, HasSubstr("secret of the handler"));
  EXPECT_THAT(get("/v1/status"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ControlServer, SendsEventsAndAnEnd) {
  start();
  const std::string answer = get("/v1/events");
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nevent: number\ndata: 0\n\nevent: number\ndata: 1\n\n"
                               "event: number\ndata: 2\n\nevent: end\ndata: \n\n"));
}

TEST_F(ControlServer, AQuietStreamHasAHeartbeat) {
  start();
  const auto client = connect();
  client->send("GET /v1/wait HTTP/1.1\r\n\r\n");
  client->wait_for(":\n\n", 3);
  EXPECT_FALSE(client->is_closed());
}

TEST_F(ControlServer, StopEndsEverything) {
  start();
  const auto idle = connect();
  const auto half = connect();
  const auto stream = connect();
  const auto slow = connect();
  half->send("GET /v1/sta");
  stream->send("GET /v1/wait HTTP/1.1\r\n\r\n");
  stream->wait_for("text/event-stream");
  loop.run_until([this] { return begun; });
  begun = false;
  slow->send("GET /v1/slow HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return begun && server->connections() == 4; });
  finished = false;
  server->stop();
  EXPECT_FALSE(std::filesystem::exists(local.socket));
  EXPECT_EQ(idle->wait_for_end(), "");
  EXPECT_EQ(half->wait_for_end(), "");
  EXPECT_THAT(stream->wait_for_end(), EndsWith("event: end\ndata: \n\n"));
  EXPECT_THAT(slow->wait_for_end(), EndsWith("\"slow\"\n"));
  wait_until_nobody_is_left();
  EXPECT_TRUE(problems.empty());
}

TEST_F(ControlServer, StopDoesNotWaitForAClientThatDoesNotRead) {
  settings.limits.answer_time = 1h;
  settings.limits.stream_stall = 1h;
  start();
  const auto large = connect();
  const auto flooded = connect();
  large->send("GET /v1/large HTTP/1.1\r\n\r\n");
  flooded->send("GET /v1/flood HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return begun && server->connections() == 2; });
  server->stop();
  wait_until_nobody_is_left();
  loop.run_until([this] { return finished; });
}

TEST_F(ControlServer, CanGoWhileItsHandlersWork) {
  start();
  const auto slow = connect();
  slow->send("GET /v1/slow HTTP/1.1\r\n\r\n");
  loop.run_until([this] { return begun; });
  server.reset();
  EXPECT_TRUE(slow->is_closed());
  loop.run_until([this] { return finished; });
}

}  // namespace
}  // namespace entsync::control::test
