#pragma once
/// Tells what was done to a journal where its chain breaks: the chain only says that something was.

#include "finding.hpp"
#include "sqlite/database.hpp"

namespace entsync {

/// The fault of a chain with its kind and words made exact by looking at the records around it; the
/// same when they do not tell more.
Fault diagnose(sqlite::Database& database, const Fault& fault);

}  // namespace entsync
