#pragma once
/// What a run of a part reads: the records and entries that its scope needs, by the index that the
/// last whole run left, or everything when there is no such index or it does not fit any more. The
/// plan is the same either way.

#include <cstdint>

#include "core/scope.hpp"
#include "inputs.hpp"

namespace entsync {

/// What is done when a part cannot be read as one.
enum class Reach : std::uint8_t {
  whole_if_needed,  ///< the whole is read; the reason is in the log (RUN-062)
  part_only,        ///< the reason is the answer: one problem, RUN-062
};

/// Scopes that are no part, académies and profiles, are read whole.
asio::awaitable<Result<Inputs>> gather_scope(Context& context, ldap::Directory& directory,
                                             Ledger& ledger, const Scope& scope,
                                             Reach reach = Reach::whole_if_needed);
/// Whether these problems say that a part cannot be read as one.
bool is_no_part(const Problems& problems);

}  // namespace entsync
