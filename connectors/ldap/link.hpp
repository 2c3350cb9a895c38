#pragma once
/// One connection as its reading coroutines share it, and the readings that several of them need:
/// the server, its schema, a whole branch. Everything here ends in a value or in a problem that
/// says what to do.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/ldap/branch_reader.hpp"
#include "connectors/ldap/directory.hpp"
#include "connectors/ldap/schema.hpp"
#include "connectors/ldap/search.hpp"
#include "connectors/ldap/session.hpp"

namespace entsync::ldap {

/// What coroutines under way hold: they must survive the Directory.
struct Link {
  std::shared_ptr<Session> session;
  std::string server;
  std::optional<ServerInfo> info;
  Aliases aliases;
};
using LinkPtr = std::shared_ptr<Link>;

/// Pages that end without saying whether more follow, or never end.
inline constexpr const char* paging_remedy =
    "look for a proxy or an overlay that spoils paged results (RFC 2696), or go around it";

Problem explain_missing(const char* code, const std::string& item, std::string what,
                        std::string remedy);

/// Runs one search to its end. A referral in any form is a problem.
asio::awaitable<Result<Reply>> search(LinkPtr link, Search what, std::string item);
bool is_success(const Reply& reply);

asio::awaitable<Result<ServerInfo>> read_server_info(LinkPtr link);

/// The definitions of the server's subschema (RFC 4512 §4.2).
struct SchemaTexts {
  std::vector<std::string> attribute_types;
  std::vector<std::string> object_classes;
};
/// `with_classes` asks for object classes too. LDAP-051 when no attribute type is shown.
asio::awaitable<Result<SchemaTexts>> read_schema_texts(LinkPtr link, std::string subschema_dn,
                                                       bool with_classes);

/// One branch, all its pages, into `builder`; what makes it unusable although every search ended in
/// success is a problem too.
asio::awaitable<Problems> read_branch(LinkPtr link, const SnapshotRequest& request,
                                      const SnapshotRequest::Base& base, AttributeIndex& attributes,
                                      SnapshotBuilder& builder);

}  // namespace entsync::ldap
