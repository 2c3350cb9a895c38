#include "control/url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/src.hpp>
#include <boost/url/url_view.hpp>

#include "core/text.hpp"

namespace entsync::control {
namespace {

Problem no_url(std::string_view text, const std::string& why) {
  return {Severity::error,
          "CTL-035",
          {},
          "'" + printable(text) + "' is not an address to connect to: " + why,
          "write https://host[:port][/path]"};
}

}  // namespace

bool Url::is_address() const {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

bool Url::is_loopback() const {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return error ? equals_ignoring_case(host, "localhost") : address.is_loopback();
}

Result<Url> parse_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) return no_url({}, parsed.error().message());
  const boost::urls::url_view& view = *parsed;
  if (view.has_userinfo()) return no_url({}, "it holds credentials");
  if (view.has_fragment()) return no_url(text, "it has a fragment");
  const std::string scheme(view.scheme());
  Url url;
  url.tls = equals_ignoring_case(scheme, "https");
  if (!url.tls && !equals_ignoring_case(scheme, "http"))
    return no_url(text, "it is neither https nor http");
  url.host = std::string(view.host_address());
  if (url.host.empty()) return no_url(text, "it names no host");
  if (view.has_port() && view.port_number() == 0) return no_url(text, "its port is no number");
  url.port = view.has_port() ? std::string(view.port()) : (url.tls ? "443" : "80");
  url.authority = std::string(view.encoded_host_and_port());
  url.target = std::string(view.encoded_resource());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (!url.tls && !url.is_loopback())
    return no_url(text, "without TLS only this machine itself is spoken to");
  return url;
}

}  // namespace entsync::control
