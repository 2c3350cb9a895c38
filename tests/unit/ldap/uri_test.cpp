#include "connectors/ldap/uri.hpp"

#include <gtest/gtest.h>

namespace entsync::ldap {
namespace {

TEST(Uri, SchemeHostAndPortAreTakenApart) {
  const auto plain = parse_uri("ldap://ldap.example");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->host, "ldap.example");
  EXPECT_EQ(plain->port, 389);
  const auto secure = parse_uri("ldaps://[2001:db8::1]:1636/");
  ASSERT_TRUE(secure.has_value());
  EXPECT_EQ(secure->scheme, Uri::Scheme::ldaps);
  EXPECT_EQ(secure->port, 1636);
  const auto local = parse_uri("ldapi://%2Frun%2Fslapd%2Fldapi");
  ASSERT_TRUE(local.has_value());
  EXPECT_EQ(local->scheme, Uri::Scheme::ldapi);
}

TEST(Uri, TheConnectionWithoutTlsGoesToTheSamePort) {
  EXPECT_EQ(parse_uri("ldaps://ldap.example")->without_tls(), "ldap://ldap.example:636");
  EXPECT_EQ(parse_uri("ldaps://[2001:db8::1]:1636")->without_tls(), "ldap://[2001:db8::1]:1636");
  EXPECT_EQ(parse_uri("ldap://ldap.example")->without_tls(), "ldap://ldap.example");
  EXPECT_EQ(parse_uri("ldapi:///")->without_tls(), "ldapi:///");
}

TEST(Uri, OnlyThisMachineIsLocal) {
  for (const char* text : {"ldapi:///", "ldap://localhost", "ldap://LOCALHOST:1389",
                           "ldap://127.0.0.1", "ldap://127.1.2.3", "ldap://[::1]"})
    EXPECT_TRUE(parse_uri(text)->is_local()) << text;
  for (const char* text : {"ldap://ldap.example", "ldap://localhost.example", "ldap://10.0.0.1",
                           "ldap://127.example", "ldap://[::2]"})
    EXPECT_FALSE(parse_uri(text)->is_local()) << text;
}

TEST(Uri, AnythingElseIsRefused) {
  for (const char* text :
       {"", "ldap", "http://x", "cldap://x", "ldap://", "ldap:///", "ldaps://", "ldap://a ldap://b",
        "ldap://a,ldap://b", "ldap://x/dc=y", "ldap://x/??sub",
        "ldap://x/??"
        "?(cn=*)",
        "ldap://x/??"
        "?\?!StartTLS"})
    EXPECT_FALSE(parse_uri(text).has_value()) << text;
}

}  // namespace
}  // namespace entsync::ldap
