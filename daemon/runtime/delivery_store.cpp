#include "delivery_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "files.hpp"
#include "instant.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

constexpr const char* replaced_name = "replaced";
constexpr const char* gathering_name = ".gathering";
constexpr const char* reason_suffix = ".reason.txt";
constexpr const char* delta_suffix = ".Delta";

Problems cannot(const std::string& what, const fs::path& path, int error) {
  const bool across = error == EXDEV;
  return Problems({Severity::error,
                   "INB-010",
                   {path.string(), 0, {}},
                   what + ": " + std::generic_category().message(error),
                   across ? "inbox.directory has to be on the file system of state.directory"
                          : "check the rights of the service account and the room on the disk"});
}

Result<void> move(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return cannot("the delivery cannot be moved to " + to.string(), from, errno);
}

std::string extension_of(const std::string& name) {
  for (const char* extension : {".tar.gz", ".tgz", ".zip"})
    if (name.ends_with(extension)) return extension;
  return {};
}

/// A name that nothing has yet.
fs::path unused(const fs::path& wanted) {
  std::error_code error;
  fs::path path = wanted;
  for (int n = 2; fs::exists(fs::symlink_status(path, error)); ++n)
    path = wanted.string() + "." + std::to_string(n);
  return path;
}

/// When it was taken, see mark_taken.
std::chrono::sys_seconds time_taken(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
}

/// A transfer may have kept the time of the export; what counts here is the time of its arrival.
void mark_taken(const fs::path& path) {
  const std::timespec now{present_second().time_since_epoch().count(), 0};
  const std::array<std::timespec, 2> times{now, now};
  ::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

std::vector<fs::path> sorted_entries(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error))
    paths.push_back(entry->path());
  std::ranges::sort(paths);
  return paths;
}

/// Whether all of a file was overwritten.
bool overwrite(const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return false;
  struct stat status {};
  bool whole = ::fstat(file, &status) == 0;
  const std::array<char, 1 << 16> zeros{};
  for (off_t left = status.st_size; whole && left > 0;) {
    const auto size =
        static_cast<std::size_t>(std::min<off_t>(left, static_cast<off_t>(zeros.size())));
    const ssize_t written = ::write(file, zeros.data(), size);
    whole = written > 0;
    left -= written;
  }
  whole = ::fdatasync(file) == 0 && whole;
  ::close(file);
  return whole;
}

void shred(const fs::path& path, Problems& problems) {
  std::error_code error;
  const auto type = fs::symlink_status(path, error).type();
  if (type == fs::file_type::directory) {
    for (const fs::path& one : sorted_entries(path)) shred(one, problems);
    if (::rmdir(path.c_str()) != 0)
      problems.append(cannot("the folder cannot be removed", path, errno));
    return;
  }
  if (type == fs::file_type::regular && !overwrite(path))
    problems.warning("INB-011", {path.string(), 0, {}},
                     "the file could not be overwritten before it was removed",
                     "it belongs to somebody else, or the disk failed: see that no copy is left");
  if (::unlink(path.c_str()) != 0)
    problems.append(cannot("the delivery cannot be removed", path, errno));
}

}  // namespace

std::string_view to_string(StoredDelivery::State state) {
  switch (state) {
    case StoredDelivery::State::accepted:
      return "accepted";
    case StoredDelivery::State::replaced:
      return "replaced";
    case StoredDelivery::State::refused:
      return "refused";
  }
  return "?";
}

fs::path reason_of(const StoredDelivery& refused) {
  return refused.path.string() + reason_suffix;
}

DeliveryStore::DeliveryStore(const fs::path& state_directory)
    : accepted_(state_directory / "deliveries"), quarantine_(state_directory / "quarantine") {}

fs::path DeliveryStore::accepted_directory(const std::string& academie) const {
  return accepted_ / academie;
}

Result<fs::path> DeliveryStore::accept(const std::string& academie, Date date, DeliveryKind kind,
                                       const std::vector<fs::path>& items) {
  const fs::path directory = accepted_directory(academie);
  const fs::path replaced = directory / replaced_name;
  for (const fs::path& needed : {directory, replaced})
    if (auto made = make_private_directory(needed); !made) return made.error();
  // The one that it replaces goes first: two of one day would both be refused. A Complet replaces
  // the Delta of its day too.
  for (const fs::path& present : sorted_entries(directory))
    if (present.filename().string().starts_with(academie + "." + date.compact()))
      if (auto moved = move(present, unused(replaced / present.filename())); !moved)
        return moved.error();

  const fs::path base = directory / (academie + "." + date.compact() +
                                     (kind == DeliveryKind::delta ? delta_suffix : ""));
  const bool one = items.size() == 1;
  const std::string extension = one ? extension_of(items.front().filename().string()) : "";
  std::error_code error;
  if (one && (!extension.empty() || fs::is_directory(items.front(), error))) {
    const fs::path target = base.string() + extension;
    mark_taken(items.front());
    if (auto moved = move(items.front(), target); !moved) return moved.error();
    return target;
  }
  // Loose parts are gathered in a folder that is no delivery until it has all of them.
  const fs::path gathering = directory / gathering_name;
  if (auto made = make_private_directory(gathering); !made) return made.error();
  Result<void> moved;
  for (const fs::path& item : items)
    if (moved) moved = move(item, gathering / item.filename());
  if (moved) moved = move(gathering, base);
  if (moved) return base;
  // Half of a delivery must not meet the half of another one here.
  if (auto back = give_back(academie, items.front().parent_path()); !back) return back.error();
  return moved.error();
}

Result<void> DeliveryStore::give_back(const std::string& academie, const fs::path& inbox) {
  const fs::path gathering = accepted_directory(academie) / gathering_name;
  for (const fs::path& part : sorted_entries(gathering))
    if (auto moved = move(part, inbox / part.filename()); !moved) return moved;
  return {};
}

Result<fs::path> DeliveryStore::refuse(const std::string& academie, const std::string& stamp,
                                       const std::vector<fs::path>& items,
                                       const Problems& reasons) {
  const fs::path directory = unused(quarantine_ / academie / stamp);
  if (auto made = make_private_directory(directory); !made) return made.error();
  for (const fs::path& item : items)
    if (auto moved = move(item, directory / item.filename()); !moved) {
      ::rmdir(directory.c_str());  // when it is empty: it is no refused delivery
      return moved.error();
    }
  const fs::path reason = directory.string() + reason_suffix;
  if (auto written = write_file_atomically(reason, to_string(reasons)); !written)
    return written.error();
  return directory;
}

std::vector<StoredDelivery> DeliveryStore::list() const {
  using State = StoredDelivery::State;
  std::vector<StoredDelivery> all;
  const auto add = [&all](const fs::path& directory, const std::string& academie, State state) {
    for (const fs::path& path : sorted_entries(directory)) {
      const std::string name = path.filename().string();
      const bool ours = name == replaced_name || name.ends_with(reason_suffix);
      if (name.starts_with('.') || ours) continue;
      all.push_back({academie, path, state, time_taken(path)});
    }
  };
  for (const fs::path& folder : sorted_entries(accepted_)) {
    const std::string academie = folder.filename().string();
    add(folder, academie, State::accepted);
    add(folder / replaced_name, academie, State::replaced);
  }
  for (const fs::path& folder : sorted_entries(quarantine_))
    add(folder, folder.filename().string(), State::refused);
  return all;
}

namespace {

bool is_accepted_of(const StoredDelivery& stored, const std::string& academie) {
  return stored.state == StoredDelivery::State::accepted && stored.academie == academie;
}

/// Whether runs read it. Names sort by day, so an académie's last accepted Complet is its newest,
/// and what stands behind it are the Deltas that follow.
bool is_in_use(const std::vector<StoredDelivery>& all, std::size_t i) {
  if (all[i].state != StoredDelivery::State::accepted) return false;
  return std::none_of(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(),
                      [&](const StoredDelivery& later) {
                        return is_accepted_of(later, all[i].academie) &&
                               later.path.filename().string().find(delta_suffix) ==
                                   std::string::npos;
                      });
}

}  // namespace

DeliveryStore::Swept DeliveryStore::sweep(std::chrono::sys_seconds now, std::chrono::days keep) {
  Swept swept;
  const std::vector<StoredDelivery> all = list();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].since + keep > now) continue;
    if (is_in_use(all, i)) continue;
    shred(all[i].path, swept.problems);
    std::error_code error;
    if (fs::exists(fs::symlink_status(all[i].path, error))) continue;
    if (all[i].state == StoredDelivery::State::refused) fs::remove(reason_of(all[i]), error);
    swept.gone.push_back(all[i].path);
  }
  return swept;
}

}  // namespace entsync
