#pragma once
/// What a crash left open is settled before anything else is done: each intent without an outcome
/// is read back from the directory and gets the outcome that the entry shows.
///
/// Whoever lost the answer of a change must not believe the first reading either. A server goes on
/// with what it had received when the connection went: slapd drops the operations that it has not
/// begun, but one that waits for its disk commits after we have connected anew and read. So an
/// entry that does not show the change is read again after a pause, until two readings agree.

#include <span>

#include "audit_trail.hpp"
#include "context.hpp"
#include "core/read_back.hpp"
#include "journal/journal.hpp"
#include "run_on.hpp"

namespace entsync {

/// What the entry of a change shows.
asio::awaitable<Result<ReadBack>> read_change(ldap::Directory& directory, const Change& change,
                                              const TargetVocabulary& vocabulary);

/// The same for a change that the server may still be at work on.
asio::awaitable<Result<ReadBack>> read_settled(ldap::Directory& directory, const Change& change,
                                               const TargetVocabulary& vocabulary);
asio::awaitable<Result<std::vector<ReadBack>>> read_settled(ldap::Directory& directory,
                                                            std::span<const Change> changes,
                                                            const TargetVocabulary& vocabulary);

/// Number of intents that were open.
asio::awaitable<Result<std::uint64_t>> settle_open_intents(Context& context,
                                                           ldap::Directory& directory,
                                                           Journal& journal, const Cause& cause);

}  // namespace entsync
