#include "registry_import.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "config/load_registry.hpp"
#include "core/text.hpp"
#include "digest/sha256.hpp"
#include "files.hpp"

namespace entsync {
namespace {

/// One import at a time: whoever comes second finds another file than he looked at.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  ~FileLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

}  // namespace

Result<NewRegistry> read_new_registry(const std::filesystem::path& file) {
  auto text = config::read_registry_text(file);
  if (!text) return text.error();
  NewRegistry next{std::move(*text), {}};
  auto values = config::parse_registry(next.text, file.string(), next.warnings);
  if (!values) return values.error();
  next.values = std::move(*values);
  return next;
}

std::string import_detail(const std::string& digest, const std::string& what) {
  return "registry import " + digest + ": " + printable(what);
}

Result<void> replace_registry(const std::filesystem::path& path, const Registry& present,
                              const NewRegistry& next) {
  const FileLock lock(path);
  const auto text = read_file(path);
  if (!text) return text.error();
  if (sha256_hex(*text) != present.digest)
    return Problem{Severity::error,
                   "REG-001",
                   {path.string(), 0, {}},
                   "the registry was changed while you looked at what would change",
                   "import again"};
  return replace_file(path, next.text);
}

}  // namespace entsync
