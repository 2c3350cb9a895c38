#pragma once
/// The socket in the file system: made so that nobody but its owner and its group can ever connect,
/// whatever the umask is, and removed with its owner unless somebody else's has taken its place.
/// Who may connect is not who may do something: that is decided for each request.

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "core/problem.hpp"

namespace entsync::control {

class SocketFile {
 public:
  /// Makes the socket and listens. The file of a dead daemon is replaced; refused when another
  /// daemon answers, when something else is there, or when others may write into the folder.
  static Result<SocketFile> make(const std::filesystem::path& path, const std::string& group);

  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

  /// The listening descriptor, which the caller closes.
  int release();

 private:
  SocketFile(std::filesystem::path path, int descriptor);

  std::filesystem::path path_;
  int descriptor_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace entsync::control
