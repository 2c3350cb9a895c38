#pragma once
/// The accounts that the request files of [requests] ask for, as a run reads them beside the
/// deliveries. When one of the files cannot be read, none of them counts: nobody of this source is
/// told absent then, and nothing of it is changed.

#include <memory>

#include "context.hpp"
#include "core/agents.hpp"
#include "core/feed.hpp"
#include "state/ledger.hpp"

namespace entsync {

struct RequestedAccounts {
  Agents agents;
  CompletFeed feed;
};

/// Nothing when there are no requests, or when they could not be read, which `findings` then says;
/// what was refused or is worth a word goes there too. An error is one of the ledger.
Result<std::unique_ptr<RequestedAccounts>> read_requested_accounts(
    const config::Configuration& configuration, Ledger& ledger, Date today, Problems& findings);

}  // namespace entsync
