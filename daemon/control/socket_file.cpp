#include "control/socket_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "control/peer.hpp"

namespace entsync::control {
namespace {

Problem refused(std::string code, const std::filesystem::path& path, std::string what,
                std::string remedy) {
  return {
      Severity::error, std::move(code), {path.string(), 0, {}}, std::move(what), std::move(remedy)};
}

Problem failed(const std::filesystem::path& path, const std::string& step) {
  return refused("CTL-005", path, step + ": " + std::strerror(errno),
                 "check the folder, its permissions and the groups of the service account");
}

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.empty() || text.size() >= sizeof(address.sun_path)) return {};
  std::ranges::copy(text, static_cast<char*>(address.sun_path));
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int new_socket() {
  return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

Result<void> check_folder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  struct stat found {};
  if (!path.is_absolute() || ::stat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
    return refused("CTL-001", path, "the folder of the control socket is not there",
                   "make it, or correct the path in the configuration");
  if ((found.st_mode & S_IWOTH) != 0)
    return refused("CTL-001", path, "anybody may write into the folder of the control socket",
                   "use a folder of the service, such as /run/entsync");
  return {};
}

/// Makes room at `path`, which only a socket that nobody listens on may have taken.
Result<void> remove_dead(const std::filesystem::path& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return failed(path, "the control socket cannot be looked at");
  }
  if (!S_ISSOCK(found.st_mode))
    return refused("CTL-003", path,
                   "there is something at the path of the control socket that is "
                   "no socket",
                   "move it away, or correct the path in the configuration");
  const int probe = new_socket();
  if (probe < 0) return failed(path, "no socket can be made");
  const int answer = ::connect(probe, generic(address), sizeof(address));
  const int error = errno;
  ::close(probe);
  if (answer == 0 || error != ECONNREFUSED)
    return refused("CTL-002", path, "another daemon listens on the control socket",
                   "stop it, or give this one another socket");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return failed(path, "the socket of a dead daemon cannot be removed");
  return {};
}

Result<void> hand_to_group(const std::filesystem::path& path, const std::string& group) {
  if (!group.empty()) {
    const auto number = group_number(group);
    if (!number) return number.error();
    if (::lchown(path.c_str(), static_cast<uid_t>(-1), *number) != 0)
      return failed(path, "the control socket cannot be given to the group " + group);
  }
  if (::chmod(path.c_str(), 0660) != 0)
    return failed(path, "the mode of the control socket cannot be set");
  return {};
}

}  // namespace

Result<SocketFile> SocketFile::make(const std::filesystem::path& path, const std::string& group) {
  const auto address = address_of(path);
  if (!address)
    return refused("CTL-001", path, "the path of the control socket is empty or too long",
                   "use one of at most 107 bytes");
  if (const auto checked = check_folder(path); !checked) return checked.error();
  if (const auto removed = remove_dead(path, *address); !removed) return removed.error();
  const int descriptor = new_socket();
  if (descriptor < 0) return failed(path, "no socket can be made");
  // The mode of the descriptor is the mode with which bind() makes the file, on Linux: there is no
  // moment at which others could connect. Nobody can before listen() anyway.
  if (::fchmod(descriptor, 0600) != 0 ||
      ::bind(descriptor, generic(*address), sizeof(*address)) != 0) {
    const Problem problem = failed(path, "the control socket cannot be made");
    ::close(descriptor);
    return problem;
  }
  SocketFile file(path, descriptor);
  if (const auto handed = hand_to_group(path, group); !handed) return handed.error();
  if (::listen(descriptor, SOMAXCONN) != 0)
    return failed(path, "the control socket cannot be listened on");
  return file;
}

SocketFile::SocketFile(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {
  struct stat made {};
  if (::lstat(path_.c_str(), &made) != 0) return;
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      device_(other.device_),
      inode_(other.inode_) {}

SocketFile::~SocketFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  struct stat found {};
  if (path_.empty() || ::lstat(path_.c_str(), &found) != 0) return;
  if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
}

int SocketFile::release() {
  return std::exchange(descriptor_, -1);
}

}  // namespace entsync::control
