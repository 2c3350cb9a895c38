#pragma once
/// What the clock of the process says, and the names made from it.

#include <chrono>
#include <cstdint>
#include <string>

#include "core/date.hpp"

namespace entsync {

/// RFC 3339 UTC with milliseconds: "2026-11-24T02:30:00.123Z".
std::string now_rfc3339();

/// The same of a moment, given in milliseconds since 1970.
std::string rfc3339_of(std::int64_t milliseconds);

/// The same in whole seconds.
std::string rfc3339(std::chrono::sys_seconds time);

std::chrono::sys_seconds present_second();

/// The day it is in UTC.
Date today();

/// Nanoseconds since 1970, as the file system counts them.
std::int64_t now_ns();

/// Id of a run: UTC time and four random characters, "20261124T023000Z-7f3a". Sorts by time.
std::string new_run_id();

}  // namespace entsync
