#include "run_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "files.hpp"
#include "instant.hpp"

namespace entsync {

Result<RunLock> RunLock::take(const std::filesystem::path& state_directory,
                              const std::string& description) {
  return take_file(state_directory, "lock", description);
}

Result<RunLock> RunLock::take_for_daemon(const std::filesystem::path& state_directory) {
  return take_file(state_directory, "daemon.lock", "entsyncd");
}

Result<RunLock> RunLock::take_file(const std::filesystem::path& state_directory, const char* name,
                                   const std::string& description) {
  if (auto made = make_private_directory(state_directory); !made) return made.error();
  const std::filesystem::path path = state_directory / name;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return Problems(Problem{Severity::error,
                            "RUN-001",
                            {path.string(), 0, {}},
                            std::string("the lock cannot be opened: ") + std::strerror(errno),
                            "check the state directory and its permissions"});
  RunLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 256> owner{};
    const ssize_t n = ::pread(fd, owner.data(), owner.size() - 1, 0);
    const std::string who(owner.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    return Problems(
        Problem{Severity::error,
                "RUN-002",
                {path.string(), 0, {}},
                "another process works on this state directory: " + who.substr(0, who.find('\n')),
                "wait until it has finished, or stop it"});
  }
  const std::string owner =
      "pid " + std::to_string(::getpid()) + ", " + description + ", since " + now_rfc3339() + "\n";
  const bool written = ::ftruncate(fd, 0) == 0 && ::pwrite(fd, owner.data(), owner.size(), 0) ==
                                                      static_cast<ssize_t>(owner.size());
  if (!written)
    return Problems(Problem{Severity::error,
                            "RUN-001",
                            {path.string(), 0, {}},
                            std::string("the lock cannot be written: ") + std::strerror(errno),
                            "check the disk"});
  return lock;
}

RunLock::RunLock(RunLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

RunLock::~RunLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace entsync
