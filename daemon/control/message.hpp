#pragma once
/// What handlers get and give: a request that is already known to be well formed, small and
/// allowed, with the caller's name, and an answer. Errors are answered as
/// {"problem": {"code", "what", "remedy"}} with the codes of docs/messages.md.

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/roles.hpp"
#include "core/problem.hpp"

namespace entsync::control {

/// Who asks, as whoever let him in knows him. No two callers of different ways in are alike.
struct Caller {
  std::string name;  ///< of the account ("uid 1234" when it has none), or of the credential
  std::string kind = "user";  ///< "user", "token", "certificate"; "client" when he could be anybody
  Roles roles{};
  LimitedRoles limited{};

  /// As the journal names him: "user:alice", "token:monitoring".
  [[nodiscard]] std::string actor() const { return kind + ":" + name; }
};

struct Request {
  std::string method;
  std::string path;  ///< as it was sent, without the query
  /// Of the pattern ({id}) and of the query, percent-decoded, valid UTF-8 without control
  /// characters. None was given twice.
  std::map<std::string, std::string> parameters{};
  boost::json::value body{};  ///< null when there was none
  Caller caller{};
  /// The schools that the caller's role is limited to; nothing: it is not. Only endpoints that keep
  /// to them (Endpoint::by_school) ever see any.
  std::optional<Schools> schools{};
};

struct Answer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};

  static Answer json(const boost::json::value& value, unsigned status = 200);
  /// Of several problems the first error is shown, or else the first of them.
  static Answer problem(unsigned status, const Problems& problems);
};

}  // namespace entsync::control
