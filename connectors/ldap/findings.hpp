#pragma once
/// Endings of reading operations as problems for the person who has to act. Never the server's own
/// text: it can hold personal data.

#include <string>

#include "connectors/ldap/request.hpp"
#include "core/problem.hpp"

namespace entsync::ldap {

/// Why `reply` is not success, with `item` (the server's address or a configured base) as its
/// place.
Problem explain_failure(const Reply& reply, const std::string& item);

/// Parts of what was searched live on another server.
Problem explain_referral(const std::string& item);

}  // namespace entsync::ldap
