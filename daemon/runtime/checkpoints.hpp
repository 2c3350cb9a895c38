#pragma once
/// The checkpoints of the journal, from the daemon's side: signs one at the end of every run and of
/// every day with the key of `[journal]`, and hands out copies, because only what lies elsewhere
/// shows that everything here was rewritten. A journal that cannot be sealed is a problem of the
/// run; a copy that cannot be handed out is a warning, and the checkpoint stays in the journal.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "context.hpp"
#include "journal/signed_note.hpp"

namespace entsync {

namespace asio = boost::asio;

class Journal;

/// The key that signs. The one of the state directory is made when it is first needed (mode 0600),
/// with its verifier key in `journal.pub` beside it; one that is configured has to be there.
Result<SigningKey> open_signing_key(const config::Settings& settings);

/// Signs what the journal holds now, for the run that ends or, without one, for the day; the signed
/// checkpoint, nothing when the last one says it all.
Result<std::optional<std::string>> seal_journal(Context& context, Journal& journal,
                                                const std::string& run);

/// Appends the checkpoint to the configured file and gives it to the configured command.
asio::awaitable<void> hand_out_checkpoint(Context& context, std::string checkpoint);

}  // namespace entsync
