#include "control/request_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace entsync::control {
namespace {

using ::testing::HasSubstr;
using State = RequestReader::State;

/// Reads in pieces of `piece` bytes, and the body as soon as there is one.
std::unique_ptr<RequestReader> read(std::string_view bytes, std::size_t piece = 4096,
                                    const Limits& limits = {}) {
  auto reader = std::make_unique<RequestReader>(limits);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader->feed(bytes.substr(at, piece));
    if (reader->state() == State::body) reader->read_body();
  }
  return reader;
}

unsigned status(std::string_view bytes, const Limits& limits = {}) {
  const auto reader = read(bytes, 4096, limits);
  return reader->state() == State::failed ? reader->failure().status : 0;
}

TEST(RequestReader, ReadsInWhateverPieces) {
  const std::string request =
      "POST /v1/runs?a=b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 9\r\n\r\n{\"a\": [1]GET";
  for (std::size_t piece = 1; piece < request.size(); ++piece) {
    // What is fed after the end of the request belongs to the next one.
    const auto reader = read(request, piece);
    ASSERT_EQ(reader->state(), State::complete) << piece;
    EXPECT_EQ(reader->method(), "POST");
    EXPECT_EQ(reader->target().path, "/v1/runs");
    EXPECT_EQ(reader->json().error().list.at(0).code, "CTL-012");
    EXPECT_EQ(reader->take_rest(), "GET");
  }
}

TEST(RequestReader, ReadsChunks) {
  const std::string request =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
      "2;x=y\r\n[1\r\n3\r\n,2]\r\n0\r\nTrailer: z\r\n\r\nrest";
  for (std::size_t piece = 1; piece < request.size(); ++piece) {
    const auto reader = read(request, piece);
    ASSERT_EQ(reader->state(), State::complete) << piece;
    EXPECT_EQ(reader->json().value(), boost::json::value({1, 2}));
    EXPECT_EQ(reader->take_rest(), "rest");
  }
}

TEST(RequestReader, ReadsALastChunkThatIsTheOnlyOne) {
  for (const char* end : {"0\r\n\r\n", "0;a\r\n\r\n", "000\r\nTrailer: z\r\n\r\n"}) {
    const auto reader =
        read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(end), 1);
    ASSERT_EQ(reader->state(), State::complete) << end;
    EXPECT_TRUE(reader->json().value().is_null());
  }
}

TEST(RequestReader, StopsAfterTheHeader) {
  RequestReader reader(Limits{});
  reader.feed("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}");
  EXPECT_EQ(reader.state(), State::body);
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(reader.body_refusal()->status, 415U);
  reader.read_body();
  EXPECT_EQ(reader.state(), State::complete);
}

TEST(RequestReader, ARequestWithoutABodyIsWholeWithItsHeader) {
  const auto reader = read("GET /a HTTP/1.0\r\n\r\n");
  ASSERT_EQ(reader->state(), State::complete);
  EXPECT_FALSE(reader->wants_keep_alive());
  EXPECT_TRUE(reader->json().value().is_null());
  EXPECT_FALSE(reader->body_refusal());
}

TEST(RequestReader, HeadersHaveALimit) {
  const std::string name(9000, 'a');
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + name), 431U);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + name + "\r\n\r\n"), 431U);
  EXPECT_EQ(status("GET /" + name), 431U);
  EXPECT_EQ(status(name + name), 431U);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 3000; ++i) many += "A: b\r\n";
  EXPECT_EQ(status(many), 431U);
}

TEST(RequestReader, BodiesHaveALimit) {
  const Limits limits{.body = 10};
  const std::string head = "POST / HTTP/1.1\r\nContent-Type: application/json\r\n";
  RequestReader declared(limits);
  declared.feed(head + "Content-Length: 11\r\n\r\n");
  EXPECT_EQ(declared.body_refusal()->status, 413U);
  EXPECT_EQ(status(head + "Content-Length: 11\r\n\r\n", limits), 413U);
  EXPECT_EQ(status(head + "Content-Length: 18446744073709551615\r\n\r\n", limits), 413U);
  EXPECT_EQ(status(head + "Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n", limits), 413U);
  EXPECT_EQ(status(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n9\r\n", limits),
            413U);
  EXPECT_EQ(status(head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", limits), 413U);
  EXPECT_EQ(status(head + "Content-Length: 10\r\n\r\n1234567890", limits), 0U);
}

TEST(RequestReader, LinesOfChunksAndTrailersHaveALimit) {
  const std::string head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status(head + "1;" + std::string(20000, 'x')), 431U);
  EXPECT_EQ(status(head + "0\r\nX: " + std::string(20000, 'x')), 431U);
}

TEST(RequestReader, RefusesWhatIsAmbiguousOrUnknown) {
  EXPECT_EQ(status("\x16\x03\x01 hello"), 400U);
  EXPECT_EQ(status("GET / HTTP/2.0\r\n\r\n"), 505U);
  EXPECT_EQ(status("GET /../etc HTTP/1.1\r\n\r\n"), 400U);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nExpect: gold\r\n\r\n"), 417U);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), 501U);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), 501U);
  EXPECT_EQ(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 501U);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400U);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            400U);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), 400U);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), 400U);
}

TEST(RequestReader, ContentTypesOfBodies) {
  const auto refusal = [](const std::string& type) {
    RequestReader reader(Limits{});
    reader.feed("POST / HTTP/1.1\r\nContent-Length: 2\r\n" + type + "\r\n");
    const auto refused = reader.body_refusal();
    return refused ? refused->status : 0;
  };
  EXPECT_EQ(refusal("Content-Type: application/json\r\n"), 0U);
  EXPECT_EQ(refusal("Content-Type: Application/JSON; charset=utf-8\r\n"), 0U);
  EXPECT_EQ(refusal(""), 415U);
  EXPECT_EQ(refusal("Content-Type: application/jsonp\r\n"), 415U);
  EXPECT_EQ(refusal("Content-Type: application/x-www-form-urlencoded\r\n"), 415U);
  EXPECT_EQ(refusal("Content-Type: application/json\r\nContent-Type: text/plain\r\n"), 415U);
}

TEST(Json, SaysWhereItIsWrong) {
  const auto why = [](std::string_view text) {
    const auto value = parse_json(text);
    return value ? std::string("accepted") : value.error().list.at(0).what;
  };
  EXPECT_THAT(why("{\n  \"a\": x}"), HasSubstr("line 2, column 8"));
  EXPECT_THAT(why("[1] 2"), HasSubstr("line 1, column 5"));
  EXPECT_THAT(why("[1"), HasSubstr("incomplete"));
  EXPECT_THAT(why("\"\xff\""), HasSubstr("line 1, column"));
  EXPECT_THAT(why(std::string(1000, '[')), HasSubstr("line 1, column"));
  EXPECT_EQ(why(" {\"a\": [1, null]} \n"), "accepted");
}

}  // namespace
}  // namespace entsync::control
