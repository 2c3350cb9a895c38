#include "read_control_tcp.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"
#include "read_schools.hpp"

namespace entsync::config {
namespace {

constexpr std::array role_names{"operator", "auditor", "viewer"};

/// Lower-case digits without the colons that openssl writes; empty when it is no SHA-256.
std::string fingerprint_of(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool is_digit = (lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f');
    if (!is_digit) return {};
    digits += lower;
  }
  return digits.size() == 64 ? digits : std::string();
}

ControlClient read_client(TomlTable& table) {
  ControlClient client;
  client.name = table.required_text("name");
  if (!client.name.empty() && !is_plain_name(client.name))
    table.error("name", "'" + client.name + "' is not a name",
                "use letters, digits and -_. only: the journal names the client so");
  client.role = table.required_text("role");
  if (!client.role.empty() && std::ranges::find(role_names, client.role) == role_names.end())
    table.error("role", "'" + client.role + "' is not a role",
                "allowed: operator, auditor, viewer");
  for (const std::string& text : table.texts("certificate_sha256")) {
    client.certificates.push_back(fingerprint_of(text));
    if (client.certificates.back().empty())
      table.error("certificate_sha256", "'" + text + "' is not the SHA-256 of a certificate",
                  "take it from: openssl x509 -in FILE -noout -fingerprint -sha256");
  }
  if (client.certificates.empty() && !table.has("certificate_sha256"))
    table.error("certificate_sha256", "no certificate is named", "add a list of one or more");
  if (table.has("schools")) client.schools = read_schools(table);
  table.finish();
  return client;
}

void read_clients(TomlTable& table, std::vector<ControlClient>& clients) {
  for (TomlTable& one : table.tables("client")) {
    ControlClient client = read_client(one);
    for (const ControlClient& other : clients) {
      if (other.name == client.name)
        one.error("name", "two clients are called " + client.name, "give each a name of its own");
      for (const std::string& certificate : client.certificates)
        if (std::ranges::find(other.certificates, certificate) != other.certificates.end())
          one.error("certificate_sha256", "this certificate is " + other.name + "'s already",
                    "a certificate is of one client");
    }
    clients.push_back(std::move(client));
  }
}

}  // namespace

ControlTcp read_control_tcp(
    TomlTable table, const std::function<std::filesystem::path(const std::string&)>& resolve) {
  ControlTcp tcp;
  tcp.address = table.required_text("address");
  if (const auto port = table.integer("port", 1, 65535))
    tcp.port = static_cast<std::uint16_t>(*port);
  else if (!table.has("port"))
    table.error("port", "no port is named", "add one, e.g. port = 8443");
  tcp.all_interfaces = table.boolean("all_interfaces").value_or(false);
  tcp.certificate_file = resolve(table.required_text("certificate_file"));
  tcp.key_file = resolve(table.required_text("key_file"));
  tcp.client_ca_file = resolve(table.text_or("client_ca_file", {}));
  tcp.tokens_file = resolve(table.text_or("tokens_file", {}));
  read_clients(table, tcp.clients);
  if (tcp.client_ca_file.empty() != tcp.clients.empty())
    table.error("client_ca_file",
                "client certificates need their authority and [[control.tcp.client]], and the "
                "other way round",
                "give both, or none");
  if (tcp.client_ca_file.empty() && tcp.tokens_file.empty())
    table.error("address", "nobody could show who he is",
                "add tokens_file, or client_ca_file with [[control.tcp.client]]: this API is never "
                "open to everybody");
  table.finish();
  return tcp;
}

}  // namespace entsync::config
