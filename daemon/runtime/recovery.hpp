#pragma once
/// What a crash left open is settled before anything else is done: each intent without an outcome
/// is read back from the directory and gets the outcome that the entry shows.

#include "audit_trail.hpp"
#include "context.hpp"
#include "journal/journal.hpp"
#include "run_on.hpp"

namespace entsync {

/// Number of intents that were open.
asio::awaitable<Result<std::uint64_t>> settle_open_intents(Context& context,
                                                           ldap::Directory& directory,
                                                           Journal& journal, const Cause& cause);

}  // namespace entsync
