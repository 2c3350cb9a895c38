#include "file_guard.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace entsync::sqlite {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

Problem cannot_open(const std::filesystem::path& file, const std::string& why) {
  return {Severity::error,
          "SQL-001",
          {file.string(), 0, {}},
          "the file cannot be opened (" + why + ")",
          "check that its directory exists and may be used by this user"};
}

Problem not_a_file(const std::filesystem::path& file) {
  return cannot_open(file, "it is not a regular file");
}

/// A new name survives a power cut only when its directory was synced.
void sync_directory(const std::filesystem::path& directory) {
  const int fd =
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<void> prepare_for_writing(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) return not_a_file(file);
    if ((status.st_mode & 0077U) == 0) return {};
    if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) == 0) return {};
    return Problem{
        Severity::error,
        "SQL-012",
        {file.string(), 0, {}},
        "others may read or write the file, and its mode cannot be changed (" + reason(errno) + ")",
        "give it to the user of the service with mode 0600"};
  }
  if (errno != ENOENT) return cannot_open(file, reason(errno));
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    if (errno == EEXIST) return {};  // somebody else was faster
    return cannot_open(file, reason(errno));
  }
  ::close(fd);
  sync_directory(file.parent_path());
  return {};
}

Result<void> check_for_reading(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) {
    if (S_ISREG(status.st_mode)) return {};
    return not_a_file(file);
  }
  if (errno != ENOENT) return cannot_open(file, reason(errno));
  return Problem{Severity::error,
                 "SQL-013",
                 {file.string(), 0, {}},
                 "there is no such file",
                 "check the state directory; the first run creates it"};
}

}  // namespace entsync::sqlite
