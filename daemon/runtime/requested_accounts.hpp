#pragma once
/// The accounts and links that the request files of [requests] ask for, as a run reads them beside
/// the deliveries. When one of the files cannot be read, none of them counts: nobody of this source
/// is told absent then, and nothing of it is changed; links hold as earlier runs followed them.

#include <memory>
#include <optional>
#include <span>

#include "context.hpp"
#include "core/agents.hpp"
#include "core/feed.hpp"
#include "state/ledger.hpp"

namespace entsync {

struct RequestedAccounts {
  Agents agents;
  std::optional<CompletFeed> feed;  ///< none: the files could not be read, or there are none
};

/// Nothing when there are no requests and no links; what could not be read, was refused or is worth
/// a word goes to `findings`. An error is one of the ledger.
Result<std::unique_ptr<RequestedAccounts>> read_requested_accounts(
    const config::Configuration& configuration, Ledger& ledger, Date today, Problems& findings);

/// The day that requests are read on: today, or the day of the newest delivery when that is to
/// come, or tells the days.
Date day_of_requests(std::span<const Date> deliveries, bool by_delivery_day);

}  // namespace entsync
