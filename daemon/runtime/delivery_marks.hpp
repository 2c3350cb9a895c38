#pragma once
/// By what a delivery is known again without reading it: where its files lie and what the file
/// system tells of them. Only of a Complet that lies unpacked in a folder and that no Delta
/// follows: archives have no places to read from, and what a chain says of somebody stands in
/// several.

#include <optional>

#include "inputs.hpp"
#include "state/delivery_index.hpp"

namespace entsync {

/// Of a delivery that was read whole since `began_ns` (nanoseconds since 1970). Nothing when one of
/// its files may have changed since.
std::optional<IndexedDelivery> mark(const Delivery& delivery, const std::string& folder,
                                    std::int64_t began_ns);

/// Whether everything still is as it was marked.
bool is_unchanged(const IndexedDelivery& delivery);

}  // namespace entsync
