#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/client.hpp"
#include "control/event_reader.hpp"
#include "control/event_stream.hpp"
#include "control/message.hpp"

namespace entsync::control {
namespace {

using ::testing::ElementsAre;
using Event = EventReader::Event;

TEST(Events, AreReadAsTheyWereWrittenInWhateverPieces) {
  const std::vector<Event> sent{{"run", "{\"a\":1}"}, {"text", "two\nlines\n"}, {"empty", ""}};
  std::string bytes = ":\n\n";
  for (const Event& event : sent) bytes += event_text(event.name, event.data) + ":\n\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    EventReader reader;
    std::vector<Event> read;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      for (Event& event : reader.feed(std::string_view(bytes).substr(at, piece)))
        read.push_back(std::move(event));
    ASSERT_EQ(read, sent) << piece;
    ASSERT_EQ(reader.pending(), 0U);
  }
}

TEST(Events, TextCannotForgeAnother) {
  EventReader reader;
  EXPECT_THAT(reader.feed(event_text("a\nevent: b", "x\r\n\r\nevent: end\rdata: y")),
              ElementsAre(Event{"a\\x0aevent: b", "x\n\nevent: end\ndata: y"}));
}

TEST(Client, EncodesWhatAPathCannotHold) {
  EXPECT_EQ(percent_encoded("AC-X/Eleve/1 é%"), "AC-X%2FEleve%2F1%20%C3%A9%25");
}

TEST(Client, FindsTheProblemInAnAnswer) {
  const Problem problem{Severity::error, "HOLD-001", {}, "what", "remedy"};
  const Answer answer = Answer::problem(409, problem);
  EXPECT_EQ(problem_of({409, answer.content_type, answer.body}), problem);
  for (const char* body :
       {"", "[]", "{}", "{\"problem\":1}", "{\"problem\":{\"code\":1}}", "<html>"})
    EXPECT_EQ(problem_of({502, "text/html", body}).code, "CTL-034") << body;
}

TEST(Answer, ShowsTheFirstError) {
  Problems problems;
  problems.warning("A-1", {}, "a");
  problems.error("B-1", {}, "b", "c");
  EXPECT_EQ(Answer::problem(400, problems).body,
            "{\"problem\":{\"code\":\"B-1\",\"what\":\"b\",\"remedy\":\"c\"}}\n");
}

}  // namespace
}  // namespace entsync::control
