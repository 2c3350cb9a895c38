#include "connectors/ldap/uri.hpp"

#include <arpa/inet.h>

#include "connectors/ldap/handle.hpp"
#include "connectors/ldap/library.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

bool is_empty(const char* text) {
  return text == nullptr || *text == '\0';
}

Problem unusable(const std::string& text, std::string why) {
  return {Severity::error,
          "LDAP-001",
          {{}, 0, text},
          "the server's address cannot be used: " + why,
          "write one of ldap://host, ldaps://host or ldapi://%2Fpath%2Fto%2Fsocket"};
}

}  // namespace

bool Uri::is_local() const {
  if (scheme == Scheme::ldapi) return true;
  in_addr address{};
  const bool is_v4 = inet_pton(AF_INET, host.c_str(), &address) == 1;
  return equals_ignoring_case(host, "localhost") || host == "::1" ||
         (is_v4 && host.starts_with("127."));
}

std::string Uri::without_tls() const {
  if (scheme != Scheme::ldaps) return text;
  const bool is_v6 = host.find(':') != std::string::npos;
  return "ldap://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Uri> parse_uri(const std::string& text) {
  prepare_library();
  if (text.find_first_of(" ,\t\n") != std::string::npos)
    return unusable(text, "it has blanks or commas, and exactly one server is meant");
  LDAPURLDesc* parsed = nullptr;
  if (ldap_url_parse(text.c_str(), &parsed) != LDAP_URL_SUCCESS)
    return unusable(text, "it is not an LDAP URL");
  const Url url(parsed);
  const std::string_view scheme = url->lud_scheme;
  Uri uri{.text = text};
  if (scheme == "ldap")
    uri.scheme = Uri::Scheme::ldap;
  else if (scheme == "ldaps")
    uri.scheme = Uri::Scheme::ldaps;
  else if (scheme == "ldapi")
    uri.scheme = Uri::Scheme::ldapi;
  else
    return unusable(text, "its scheme is not known");
  if (text.find('?') != std::string::npos || !is_empty(url->lud_dn))
    return unusable(text, "it has more than a host and a port");
  if (is_empty(url->lud_host) && uri.scheme != Uri::Scheme::ldapi)
    return unusable(text, "it names no host");
  uri.host = is_empty(url->lud_host) ? "" : url->lud_host;
  uri.port = url->lud_port;
  return uri;
}

}  // namespace entsync::ldap
