#pragma once
/// The network side of the control API as the configuration describes it.

#include "config/settings.hpp"
#include "control/network_access.hpp"

namespace entsync {

[[nodiscard]] bool has_network(const config::Control& settings);

/// Reads certificate, key, authorities and tokens.
Result<std::shared_ptr<control::NetworkAccess>> network_access(const config::Control& settings);

/// What would keep the daemon from opening it; nothing when it is not configured.
Problems check_network(const config::Control& settings);

}  // namespace entsync
