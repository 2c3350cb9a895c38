#pragma once
/// Exit codes of every program: what a script or a monitoring probe can tell apart.

namespace entsync {

enum ExitCode : int {
  exit_done = 0,  ///< done, or in sync
  exit_failed = 1,
  exit_usage = 2,        ///< usage or configuration
  exit_out_of_sync = 3,  ///< `plan --check` found something to do
  exit_held = 4,         ///< something waits for a human
};

}  // namespace entsync
