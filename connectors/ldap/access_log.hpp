#pragma once
/// Reads what OpenLDAP's accesslog overlay recorded (slapo-accesslog(5)): successful writes with
/// their author, entry and the names of the attributes. Values are passed over.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "connectors/ldap/directory.hpp"
#include "connectors/ldap/link.hpp"

namespace entsync::ldap {

/// Milliseconds since 1970 of `20260915023007.000012Z`; nothing when it is no such time.
std::optional<std::int64_t> access_log_time(std::string_view text);
/// The same backwards, in whole seconds, for filters.
std::string access_log_time(std::int64_t milliseconds);

/// The attribute of `sn:+ value`, `sn:-`, `sn:= value` or `sn:#`; empty when there is none.
std::string_view attribute_of_modification(std::string_view modification);

/// See Directory::read_access_log.
asio::awaitable<Result<std::vector<ServerWrite>>> read_access_log(LinkPtr link,
                                                                  AccessLogRequest request);

}  // namespace entsync::ldap
