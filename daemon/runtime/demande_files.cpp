#include "demande_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "connectors/collectivite/demande_file.hpp"
#include "digest/sha256.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 1'000;

Problem unreadable(const fs::path& path, int error) {
  return {Severity::error,
          "REQ-001",
          {path.string(), 0, {}},
          std::string("the request file cannot be read: ") + std::strerror(error),
          "check requests.path and its permissions"};
}

/// At most one byte more than a request file may have.
Result<std::string> read_bytes(const fs::path& path) {
  // Asked first: opening a FIFO waits for somebody who writes.
  std::error_code error;
  const fs::file_status found = fs::status(path, error);
  if (!fs::exists(found)) return unreadable(path, error ? error.value() : ENOENT);
  if (!fs::is_regular_file(found))
    return unreadable(path, fs::is_directory(found) ? EISDIR : EINVAL);
  std::ifstream in(path, std::ios::binary);
  if (!in) return unreadable(path, errno);
  std::string bytes(collectivite::max_file_bytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad()) return unreadable(path, EIO);
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

Result<void> expect_guarded(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return Problems(unreadable(path, errno));
  if ((found.st_mode & S_IWOTH) == 0) return {};
  return Problems(Problem{Severity::error,
                          "REQ-005",
                          {path.string(), 0, {}},
                          "everybody may write here, and whoever writes requests opens accounts",
                          "take the right to write from others (chmod o-w)"});
}

Result<std::vector<fs::path>> files_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector{path};
  std::vector<fs::path> files;
  for (fs::directory_iterator at(path, error); !error && at != fs::directory_iterator();
       at.increment(error))
    if (at->path().extension() == ".csv" && at->path().filename().string().front() != '.')
      files.push_back(at->path());
  if (error) return Problems(unreadable(path, error.value()));
  if (files.size() > most_files)
    return Problems(Problem{Severity::error,
                            "REQ-006",
                            {path.string(), 0, {}},
                            "the folder holds more than " + std::to_string(most_files) + " files",
                            "put requests of one year into one file"});
  std::ranges::sort(files);
  return files;
}

Result<void> add(DemandeFiles& all, const fs::path& path) {
  const auto bytes = read_bytes(path);
  if (!bytes) return bytes.error();
  const std::string name = path.filename().string();
  auto read = collectivite::read_demandes(*bytes, name);
  if (!read) return read.error();
  all.files.push_back({name, sha256_hex(*bytes), bytes->size(), read->demandes.size()});
  for (Demande& demande : read->demandes) all.demandes.push_back(std::move(demande));
  all.refused.append(std::move(read->refused));
  return {};
}

/// `coming` may be written by anybody: it is not in place yet.
Result<DemandeFiles> read_all(const std::vector<fs::path>& files, const fs::path& coming) {
  DemandeFiles all;
  Problems problems;
  for (const fs::path& file : files) {
    if (auto guarded = file == coming ? Result<void>() : expect_guarded(file); !guarded)
      problems.append(guarded.error());
    else if (auto added = add(all, file); !added)
      problems.append(added.error());
  }
  if (problems.has_errors()) return problems;
  return all;
}

/// Puts a file among those of its path: in the place of the one of its name, or where its name
/// belongs in a folder. Whether it stands there already.
bool put_in_place(std::vector<fs::path>& files, const fs::path& coming, bool into_folder) {
  const auto is_same = [&coming](const fs::path& file) {
    std::error_code error;
    return file.filename() == coming.filename() || fs::equivalent(file, coming, error);
  };
  const auto precedes = [](const fs::path& a, const fs::path& b) {
    return a.filename() < b.filename();
  };
  const auto same = std::ranges::find_if(files, is_same);
  if (same == files.end()) {
    files.insert(
        into_folder ? std::upper_bound(files.begin(), files.end(), coming, precedes) : files.end(),
        coming);
    return false;
  }
  std::error_code error;
  const bool is_there = fs::equivalent(*same, coming, error);
  *same = coming;
  return is_there;
}

}  // namespace

Result<DemandeFiles> read_demande_files(const fs::path& path) {
  const auto files = files_of(path);
  if (!files) return files.error();
  if (auto guarded = expect_guarded(path); !guarded) return guarded.error();
  return read_all(*files, {});
}

Result<DemandeFiles> read_demande_files_with(const fs::path& path, const fs::path& coming) {
  if (path.empty()) return read_all({coming}, coming);
  auto files = files_of(path);
  if (!files) return files.error();
  if (auto guarded = expect_guarded(path); !guarded) return guarded.error();
  std::error_code error;
  const bool is_there = put_in_place(*files, coming, fs::is_directory(path, error));
  return read_all(*files, is_there ? fs::path() : coming);
}

}  // namespace entsync
