#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace entsync {
namespace {

namespace fs = std::filesystem;

Problems failure(const fs::path& path, const std::string& what) {
  return Problem{Severity::error,
                 "FILE-001",
                 {path.string(), 0, {}},
                 what + ": " + std::strerror(errno),
                 "check the path, its permissions and the disk"};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool sync_directory(const fs::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path, error)) {
    if (in) errno = EISDIR;
    return failure(path, "this file cannot be read");
  }
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<void> write_file_atomically(const fs::path& path, std::string_view bytes) {
  const fs::path aside = path.string() + ".new";
  // Whatever lies there, a rest of a crash or a link of somebody else, is not written into.
  ::unlink(aside.c_str());
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failure(aside, "this file cannot be written");
  const bool written = write_all(fd, bytes) && ::fsync(fd) == 0;
  const int saved = errno;
  ::close(fd);
  errno = saved;
  if (!written || ::rename(aside.c_str(), path.c_str()) != 0) {
    Problems problems = failure(path, "this file cannot be written");
    ::unlink(aside.c_str());
    return problems;
  }
  if (!sync_directory(path.parent_path().empty() ? fs::path(".") : path.parent_path()))
    return failure(path.parent_path(), "this directory cannot be synced");
  return {};
}

Result<void> replace_file(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  const fs::path file = fs::canonical(path, error);
  struct ::stat present {};
  if (error || ::stat(file.c_str(), &present) != 0)
    return failure(path, "this file is not there to be replaced");
  const fs::path aside = file.string() + ".new";
  const fs::path previous = file.string() + ".previous";
  const fs::path previous_aside = previous.string() + ".new";
  ::unlink(aside.c_str());
  ::unlink(previous_aside.c_str());
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failure(aside, "this file cannot be written");
  // The owner first: a change of owner takes bits of the mode away.
  const bool written = write_all(fd, bytes) && ::fchown(fd, present.st_uid, present.st_gid) == 0 &&
                       ::fchmod(fd, present.st_mode & 07777U) == 0 && ::fsync(fd) == 0;
  const int saved = errno;
  ::close(fd);
  errno = saved;
  if (!written || ::link(file.c_str(), previous_aside.c_str()) != 0 ||
      ::rename(previous_aside.c_str(), previous.c_str()) != 0 ||
      ::rename(aside.c_str(), file.c_str()) != 0) {
    Problems problems = failure(file, "this file cannot be replaced");
    ::unlink(aside.c_str());
    ::unlink(previous_aside.c_str());
    return problems;
  }
  if (!sync_directory(file.parent_path()))
    return failure(file.parent_path(), "this directory cannot be synced");
  return {};
}

Result<void> append_to_file(const fs::path& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failure(path, "this file cannot be written");
  const bool written = write_all(fd, bytes) && ::fsync(fd) == 0;
  const int saved = errno;
  ::close(fd);
  errno = saved;
  if (!written) return failure(path, "this file cannot be written");
  return {};
}

Result<void> make_private_directory(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (path.has_parent_path() && !fs::exists(path.parent_path(), error)) {
    if (auto parent = make_private_directory(path.parent_path()); !parent) return parent;
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return failure(path, "this directory cannot be made");
  return {};
}

}  // namespace entsync
