#pragma once
/// Exit codes of every program: what a script or a monitoring probe can tell apart.

#include "core/problem.hpp"

namespace entsync {

enum ExitCode : int {
  exit_done = 0,  ///< done, or in sync
  exit_failed = 1,
  exit_usage = 2,        ///< usage or configuration
  exit_out_of_sync = 3,  ///< `plan --check` found something to do
  exit_held = 4,         ///< something waits for a human
};

/// Of a command that ended with these problems: exit_usage when nothing but the configuration is
/// at fault, exit_done without an error.
ExitCode exit_code_of(const Problems& problems);

}  // namespace entsync
