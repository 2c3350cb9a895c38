#pragma once
/// A new key of the vault in the place of the one in use: after somebody may have seen it, or once
/// a year. The keys of persons are wrapped anew; what the vault holds is not touched.

#include <cstdint>

#include "audit_trail.hpp"
#include "config/settings.hpp"
#include "core/problem.hpp"

namespace entsync {

/// How many keys were wrapped anew. Journaled before it begins; after a crash in the middle both
/// keys of the vault are there, and another rotation ends it. Nobody else may have the journal
/// meanwhile.
Result<std::uint64_t> rotate_vault_key(const config::Settings& settings, const Cause& cause);

}  // namespace entsync
