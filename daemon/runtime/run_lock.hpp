#pragma once
/// One writer per state directory, and one daemon: an advisory lock on a file in it, held while the
/// process lives. The file says who holds it; the kernel drops the lock with the process, so a
/// crash leaves none behind.

#include <filesystem>

#include "core/problem.hpp"

namespace entsync {

class RunLock {
 public:
  /// Refused with the owner's description when somebody else holds it.
  static Result<RunLock> take(const std::filesystem::path& state_directory,
                              const std::string& description);
  /// The same for the daemon, which lives longer than its runs.
  static Result<RunLock> take_for_daemon(const std::filesystem::path& state_directory);
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;
  ~RunLock();

 private:
  static Result<RunLock> take_file(const std::filesystem::path& state_directory, const char* name,
                                   const std::string& description);
  explicit RunLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace entsync
