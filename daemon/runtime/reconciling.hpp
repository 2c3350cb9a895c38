#pragma once
/// Asks the directory server what was written, and compares it with the journal
/// (core/reconciliation.hpp).

#include <boost/asio/awaitable.hpp>
#include <cstdint>

#include "context.hpp"
#include "core/reconciliation.hpp"
#include "journal/journal.hpp"

namespace entsync {

namespace asio = boost::asio;

/// A period, milliseconds since 1970.
struct Period {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// `journal` is open to read. Nothing is recorded of it: that is the caller's matter, before he
/// shows whose entries were written.
asio::awaitable<Result<Reconciliation>> reconcile_with_server(Context& context, Journal& journal,
                                                              Period period);

}  // namespace entsync
