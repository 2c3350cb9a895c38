#include "control/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "control/target.hpp"

namespace entsync::control {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Endpoint plain(std::string method, std::string pattern) {
  Endpoint endpoint{std::move(method), std::move(pattern), Role::viewer};
  endpoint.handle = [](Request) -> asio::awaitable<Answer> { co_return Answer{}; };
  return endpoint;
}

Endpoint events(std::string pattern) {
  Endpoint endpoint{"GET", std::move(pattern), Role::viewer};
  endpoint.stream = [](Request, EventStream) -> asio::awaitable<void> { co_return; };
  return endpoint;
}

class RouterTest : public ::testing::Test {
 protected:
  Route find(std::string_view method, std::string_view path) {
    return router.find(method, parse_target(path)->segments);
  }
  std::string pattern(std::string_view method, std::string_view path) {
    const Route route = find(method, path);
    return route.endpoint == nullptr ? "none" : route.endpoint->pattern;
  }
  Router router{{plain("GET", "/v1/holds/{id}"), plain("POST", "/v1/holds/{id}/approve"),
                 plain("GET", "/v1/holds/summary"), plain("GET", "/v1/holds"),
                 plain("POST", "/v1/holds"), plain("DELETE", "/v1/holds/{id}"),
                 events("/v1/events"), plain("GET", "/v1/{kind}/{id}/log")}};
};

TEST_F(RouterTest, FindsByMethodAndPath) {
  EXPECT_EQ(pattern("GET", "/v1/holds"), "/v1/holds");
  EXPECT_EQ(find("POST", "/v1/holds").endpoint->method, "POST");
  EXPECT_EQ(pattern("GET", "/v1/holds/7"), "/v1/holds/{id}");
  EXPECT_THAT(find("GET", "/v1/holds/7").parameters, ElementsAre(Pair("id", "7")));
  EXPECT_THAT(find("GET", "/v1/x/7/log").parameters,
              ElementsAre(Pair("id", "7"), Pair("kind", "x")));
  EXPECT_EQ(pattern("POST", "/v1/holds/7/approve"), "/v1/holds/{id}/approve");
}

TEST_F(RouterTest, AnEncodedSlashStaysInItsSegment) {
  EXPECT_THAT(find("GET", "/v1/holds/a%2Fapprove").parameters,
              ElementsAre(Pair("id", "a/approve")));
  EXPECT_EQ(pattern("POST", "/v1/holds/7%2Fapprove"), "none");
}

TEST_F(RouterTest, PrefersTheLiteral) {
  EXPECT_EQ(pattern("GET", "/v1/holds/summary"), "/v1/holds/summary");
  EXPECT_THAT(find("GET", "/v1/holds/summary").parameters, IsEmpty());
  // The path means the summary, which cannot be deleted; it is no hold of this name.
  EXPECT_EQ(pattern("DELETE", "/v1/holds/summary"), "none");
}

TEST_F(RouterTest, KnowsTheMethodsOfAPath) {
  EXPECT_THAT(find("PUT", "/v1/holds").allowed, UnorderedElementsAre("GET", "HEAD", "POST"));
  EXPECT_THAT(find("PUT", "/v1/holds/7").allowed, UnorderedElementsAre("GET", "HEAD", "DELETE"));
  EXPECT_THAT(find("HEAD", "/v1/events").allowed, ElementsAre("GET"));
  EXPECT_EQ(find("HEAD", "/v1/events").endpoint, nullptr);
  EXPECT_EQ(pattern("HEAD", "/v1/holds"), "/v1/holds");
  EXPECT_EQ(pattern("get", "/v1/holds"), "none");
}

TEST_F(RouterTest, EmptySegmentsAreNoOtherSpelling) {
  for (const char* path :
       {"/", "//", "/v1", "/v1/", "/v1/holds/", "//v1/holds", "/v1//holds", "/v1/holds//approve",
        "/v1/holds/7/", "/V1/holds", "/v1/holds/7/approve/x"})
    EXPECT_THAT(find("GET", path).allowed, IsEmpty()) << path;
}

TEST(Router, RefusesEndpointsThatContradictEachOther) {
  const auto make = [](std::vector<Endpoint> endpoints) { Router router(std::move(endpoints)); };
  EXPECT_THROW(make({plain("GET", "/a/{x}"), plain("GET", "/a/{y}")}), std::invalid_argument);
  for (const char* pattern :
       {"", "a", "/", "/a/", "/a//b", "/{}", "/{a", "/a}", "/{a}/{a}", "/x{a}"})
    EXPECT_THROW(make({plain("GET", pattern)}), std::invalid_argument) << pattern;
  EXPECT_THROW(make({Endpoint{"GET", "/a"}}), std::invalid_argument);
  Endpoint two = plain("GET", "/a");
  two.stream = events("/a").stream;
  EXPECT_THROW(make({two}), std::invalid_argument);
}

}  // namespace
}  // namespace entsync::control
