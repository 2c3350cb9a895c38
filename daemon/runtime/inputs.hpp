#pragma once
/// The two sides of a comparison, each whole or not at all: the verified deliveries and the
/// snapshot of the directory. They are read at the same time, the first on a worker, the second on
/// the loop.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "context.hpp"
#include "core/complet_part.hpp"
#include "core/feed.hpp"
#include "core/planner.hpp"
#include "core/snapshot.hpp"
#include "delivery_chain.hpp"
#include "requested_accounts.hpp"
#include "run_on.hpp"
#include "state/ledger.hpp"

namespace entsync {

/// The ledger of the state directory, which is made when it is missing.
Result<std::unique_ptr<Ledger>> open_ledger(const config::Settings& settings);

/// Mistakes that need neither a delivery nor the directory to be seen: folders inside deliveries,
/// password and TLS files.
Problems check_offline(Context& context);

/// Reads and verifies the deliveries of every configured académie. Problems name file, line and
/// remedy.
Result<std::vector<Delivery>> read_deliveries(Context& context, Ledger& ledger);

/// Connects, learns the schema (into the rules of the context) and the server's abilities.
struct DirectoryLink {
  std::unique_ptr<ldap::Directory> directory;
  ldap::ServerInfo server;
};
asio::awaitable<Result<DirectoryLink>> open_directory(Context& context);

asio::awaitable<Result<DirectorySnapshot>> take_snapshot(Context& context,
                                                         ldap::Directory& directory);

/// A snapshot that holds far fewer entries than are known is not believed.
std::optional<Problem> doubt(const DirectorySnapshot& snapshot,
                             std::optional<std::uint64_t> known_entries, double minimum_share);

/// The records of a part of a delivery; see PartClosure.
struct DeliveryPart {
  std::filesystem::path path;
  CompletPart feed;
};

/// Both sides of the comparison, whole, or closed over a part. The population refers to the feeds
/// of the deliveries and requests or of the parts; of requests, a part has the links alone.
struct Inputs {
  std::vector<Delivery> deliveries;
  Population population;
  Problems findings;  ///< about the data: warnings and notes
  DirectorySnapshot snapshot;
  std::vector<DeliveryPart> parts{};  ///< instead of `deliveries`
  std::optional<Before> before{};     ///< of a part: the judge's populations
  std::unique_ptr<RequestedAccounts> requests{};
  [[nodiscard]] bool is_part() const { return before.has_value(); }
};
/// Told on a worker, once, as soon as the deliveries are read; where they are they stay.
using DeliveriesRead = std::function<void(const std::vector<Delivery>&)>;
asio::awaitable<Result<Inputs>> gather(Context& context, ldap::Directory& directory, Ledger& ledger,
                                       DeliveriesRead read = {});

}  // namespace entsync
