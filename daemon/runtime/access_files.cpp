#include "access_files.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "core/text.hpp"
#include "files.hpp"
#include "instant.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

std::array<NamedText, 4> named(const AccessFiles& files) {
  return {{{"donnees.json", files.json},
           {"donnees.html", files.html},
           {"historique.csv", files.csv},
           {"LISEZMOI.txt", files.readme}}};
}

Problem not_free(const fs::path& target) {
  return {
      Severity::error,
      "RGT-025",
      {target.string(), 0, {}},
      "what is to be made is there already, or cannot be made here",
      "name a folder or archive that is not there, in a folder that is; nothing is overwritten"};
}

Problem not_written(const fs::path& target) {
  return {Severity::error,
          "RGT-026",
          {target.string(), 0, {}},
          "the archive cannot be written to its end",
          "check the disk, or name a folder"};
}

struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

bool add_file(archive* writer, const NamedText& file, std::chrono::sys_seconds now) {
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), std::string(file.name).c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.text.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  archive_entry_set_mtime(entry.get(), now.time_since_epoch().count(), 0);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return false;
  const la_ssize_t written = archive_write_data(writer, file.text.data(), file.text.size());
  return written == static_cast<la_ssize_t>(file.text.size());
}

bool write_archive(int fd, const AccessFiles& files) {
  const std::unique_ptr<archive, FreeWriter> writer(archive_write_new());
  const std::chrono::sys_seconds now = present_second();
  if (archive_write_set_format_zip(writer.get()) != ARCHIVE_OK ||
      archive_write_open_fd(writer.get(), fd) != ARCHIVE_OK)
    return false;
  for (const NamedText& file : named(files))
    if (!add_file(writer.get(), file, now)) return false;
  return archive_write_close(writer.get()) == ARCHIVE_OK && ::fsync(fd) == 0;
}

Result<void> write_zip(const fs::path& target, const AccessFiles& files) {
  const int fd = ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return not_free(target);
  const bool written = write_archive(fd, files);
  ::close(fd);
  if (written) return {};
  ::unlink(target.c_str());
  return not_written(target);
}

}  // namespace

Result<void> check_free(const fs::path& target) {
  std::error_code error;
  const fs::path parent = fs::absolute(target, error).lexically_normal().parent_path();
  const bool is_free = fs::symlink_status(target, error).type() == fs::file_type::not_found &&
                       fs::is_directory(parent, error);
  if (!is_free) return not_free(target);
  return {};
}

Result<void> write_private_folder(const fs::path& folder, std::span<const NamedText> files) {
  if (::mkdir(folder.c_str(), 0700) != 0) return not_free(folder);
  for (const NamedText& file : files)
    if (auto written = write_file_atomically(folder / file.name, file.text); !written) {
      std::error_code error;
      fs::remove_all(folder, error);
      return written.error();
    }
  return {};
}

Result<void> write_access_files(const fs::path& target, const AccessFiles& files) {
  return equals_ignoring_case(target.extension().string(), ".zip")
             ? write_zip(target, files)
             : write_private_folder(target, named(files));
}

}  // namespace entsync
