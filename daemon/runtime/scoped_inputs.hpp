#pragma once
/// What a run of a part reads: the records and entries that its scope needs, by the index that the
/// last whole run left, or everything when there is no such index or it does not fit any more. The
/// plan is the same either way.

#include "core/scope.hpp"
#include "inputs.hpp"

namespace entsync {

/// Whole for scopes that are no part, and whenever something is missing for a partial reading; the
/// reason is in the log (RUN-062).
asio::awaitable<Result<Inputs>> gather_scope(Context& context, ldap::Directory& directory,
                                             Ledger& ledger, const Scope& scope);

}  // namespace entsync
