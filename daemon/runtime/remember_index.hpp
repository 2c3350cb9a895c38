#pragma once
/// Leaves behind, before a whole run applies its plan, what a run of a part needs to read only its
/// part: one that is asked for meanwhile, or a later one. Somebody may be waiting for it, so that
/// the records are written while the directory is still being read. Failure is a warning: it only
/// costs parts their speed.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/match.hpp"
#include "core/tally.hpp"
#include "inputs.hpp"
#include "state/delivery_index.hpp"

namespace entsync {

class IndexToLeave {
 public:
  /// Of deliveries that are read from `began_ns` on, nanoseconds since 1970.
  IndexToLeave(Context& context, std::int64_t began_ns) : context_(context), began_ns_(began_ns) {}

  /// Writes the records, unless they are there. The deliveries must stay where they are.
  void begin(const std::vector<Delivery>& deliveries);
  /// Lets the index be seen; writes nothing when the last run left the same and this one changes
  /// nothing. Digests of the deliveries, by académie, of which there is an index now.
  std::map<std::string, std::string> finish(const Inputs& inputs, const Matched& matched,
                                            const Before& after, bool changes);

 private:
  Result<void> open(const std::vector<Delivery>& deliveries);
  Result<void> write(const Inputs& inputs, const Matched& matched, const Before& after);
  void give_up(const Problems& problems);

  Context& context_;
  std::int64_t began_ns_;
  std::map<std::string, std::string> indexed_;  ///< empty: there will be no index
  DeliveryIndex::Records records_;
  std::unique_ptr<DeliveryIndex> index_;
  std::unique_ptr<DeliveryIndex::Writing> writing_;  ///< nothing while the records are there
};

}  // namespace entsync
