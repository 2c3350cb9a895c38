#include "folder_source.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "entry_path.hpp"

namespace entsync::aaf {
namespace {

Problem unreadable(const std::string& place, int error) {
  return {Severity::error,
          "AAF-001",
          {place, 0, {}},
          std::string("cannot be read: ") + std::strerror(error),
          "check the path and the rights of the service account"};
}

Problem link_or_special(const std::filesystem::path& path) {
  return {Severity::error,
          "AAF-007",
          {path.string(), 0, {}},
          "the folder holds a symbolic link or a special file",
          "put the files themselves into the folder and remove the link"};
}

}  // namespace

FolderSource::FolderSource(std::filesystem::path root, std::string folder, const ReadLimits& limits)
    : root_(std::move(root)),
      folder_(std::move(folder)),
      limits_(limits),
      budget_(root_.string(), limits) {}

Result<std::unique_ptr<Source>> FolderSource::open(const std::filesystem::path& root,
                                                   std::string_view folder,
                                                   const ReadLimits& limits) {
  std::unique_ptr<FolderSource> source(new FolderSource(root, std::string(folder), limits));
  auto files = source->list();
  if (!files) return files.error();
  source->files_ = std::move(*files);
  return std::unique_ptr<Source>(std::move(source));
}

Result<std::vector<FolderSource::File>> FolderSource::list() const {
  std::vector<File> files;
  Budget budget(root_.string(), limits_);
  // The root may be a link that the operator made; what lies below it was delivered.
  std::filesystem::path part = root_;
  for (const std::filesystem::path& name : std::filesystem::path(folder_)) {
    part /= name;
    std::error_code unknown;
    if (std::filesystem::is_symlink(part, unknown)) return Problems(link_or_special(part));
  }
  if (auto problem = list_directory(folder_, true, budget, files)) return Problems(*problem);
  std::ranges::sort(files, {}, &File::path);
  return files;
}

std::optional<Problem> FolderSource::list_directory(const std::string& directory, bool descend,
                                                    Budget& budget,
                                                    std::vector<File>& files) const {
  const std::filesystem::path here = root_ / directory;
  std::error_code error;
  std::filesystem::directory_iterator entry(here, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (auto problem = budget.count_entry()) return problem;
    const std::string name = entry->path().filename().string();
    const std::string path = directory.empty() ? name : directory + "/" + name;
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0)
      return errno == ENOENT ? changed(path) : unreadable((here / printable(name)).string(), errno);
    if (S_ISREG(status.st_mode)) {
      if (!clean_entry_path(path)) return escaping_path(path, root_.string());
      files.push_back({path, FileStamp::of(status)});
    } else if (!S_ISDIR(status.st_mode)) {
      return link_or_special(here / printable(name));
    } else if (descend) {
      if (auto problem = list_directory(path, false, budget, files)) return problem;
    }
  }
  if (error) return unreadable(here.string(), error.value());
  return std::nullopt;
}

Problem FolderSource::changed(const std::string& path) const {
  return {
      Severity::error,
      "AAF-016",
      {printable(path), 0, root_.string()},
      "the delivery changed while it was read",
      "it is probably still being transferred: wait for its end, or move it into place when it is "
      "complete"};
}

Result<std::optional<std::string>> FolderSource::next() {
  input_.reset();
  open_.reset();
  if (next_ == files_.size()) {
    auto now = list();
    if (!now) return now.error();
    const auto [before, after] = std::ranges::mismatch(files_, *now);
    if (before != files_.end()) return Problems(changed(before->path));
    if (after != now->end()) return Problems(changed(after->path));
    return std::optional<std::string>();
  }
  budget_.begin_file();
  bytes_ = 0;
  return std::optional<std::string>(files_[next_++].path);
}

Result<std::string_view> FolderSource::read() {
  const File& file = files_[next_ - 1];
  if (!input_) {
    auto opened = OpenFile::open(root_ / file.path, OpenFile::Links::refuse);
    if (!opened && (opened.error() == ENOENT || opened.error() == ELOOP))
      return Problems(changed(file.path));
    if (!opened) return Problems(unreadable((root_ / file.path).string(), opened.error()));
    if (opened->stamp() != file.stamp) return Problems(changed(file.path));
    open_.emplace(std::move(*opened));
    input_.emplace(open_->descriptor());
  }
  const std::string_view bytes = input_->read();
  if (input_->fault() != InputFault::none)
    return Problems(unreadable((root_ / file.path).string(), EIO));
  bytes_ += bytes.size();
  if (bytes.empty() &&
      (!open_->unchanged() || bytes_ != static_cast<std::uint64_t>(file.stamp.size)))
    return Problems(changed(file.path));
  if (auto problem = budget_.count_bytes(file.path, bytes.size())) return Problems(*problem);
  return bytes;
}

}  // namespace entsync::aaf
