#pragma once
/// The deliveries of an académie as a run reads them: its newest Complet, and the Deltas behind it
/// folded in, in order. All of them or none: a Delta that does not follow refuses the whole, for a
/// chain that ends before it would take the directory back as soon as something else is mended. The
/// same rules let a delivery into the store when it arrives.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "context.hpp"
#include "core/feed.hpp"
#include "state/ledger.hpp"

namespace entsync {

struct Delivery {
  std::filesystem::path path;  ///< of the Complet
  CompletFeed feed;
  std::vector<std::filesystem::path> deltas{};  ///< folded into it, in order
  Problems findings{};                          ///< notes about the Deltas
};

/// Told the bytes read so far.
using ReadProgress = std::function<void(std::uint64_t bytes)>;

/// Reads and verifies what lies where the académie delivers.
Result<Delivery> read_chain(Context& context, const config::Academie& academie, Ledger& ledger,
                            const ReadProgress& progress);

/// What a delivery that arrived is, once it may be accepted.
struct Arrival {
  Date date;
  DeliveryKind kind = DeliveryKind::complet;
};
/// A Complet has to be whole and not older than what was applied; a Delta has to follow the
/// accepted deliveries of its académie.
Result<Arrival> examine_arrival(Context& context, const config::Academie& academie,
                                const std::filesystem::path& path, Ledger& ledger);

}  // namespace entsync
