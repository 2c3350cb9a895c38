#include "writer_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace entsync {
namespace {

/// "process 123 (entsyncd)", from what the holder wrote; empty when it wrote nothing usable.
std::string holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string pid;
  for (ssize_t i = 0; i < size && text[static_cast<std::size_t>(i)] >= '0' &&
                      text[static_cast<std::size_t>(i)] <= '9';
       ++i)
    pid += text[static_cast<std::size_t>(i)];
  if (pid.empty()) return {};
  std::string name;
  std::getline(std::ifstream("/proc/" + pid + "/comm"), name);
  return "process " + pid + (name.empty() ? "" : " (" + name + ")");
}

Problem unusable(const std::filesystem::path& file) {
  return {Severity::error,
          "JRN-003",
          {file.string(), 0, {}},
          "the lock file of the journal cannot be used (" + std::generic_category().message(errno) +
              ")",
          "check that the state directory exists and belongs to the user of the service"};
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "journal.lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0) return unusable(file);
  WriterLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return unusable(file);
    const std::string who = holder(fd);
    return Problem{Severity::error,
                   "JRN-002",
                   {file.string(), 0, {}},
                   "the journal is being written by " + (who.empty() ? "another process" : who),
                   "wait for it to end, or stop it"};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  const auto size = static_cast<ssize_t>(pid.size());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) != size)
    return unusable(file);
  return lock;
}

WriterLock::WriterLock(WriterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

WriterLock::~WriterLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace entsync
