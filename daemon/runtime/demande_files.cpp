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
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  if (!in || !fs::is_regular_file(path, error)) return unreadable(path, in ? EISDIR : errno);
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

}  // namespace

Result<DemandeFiles> read_demande_files(const fs::path& path) {
  const auto files = files_of(path);
  if (!files) return files.error();
  if (auto guarded = expect_guarded(path); !guarded) return guarded.error();
  DemandeFiles all;
  Problems problems;
  for (const fs::path& file : *files) {
    if (auto guarded = expect_guarded(file); !guarded)
      problems.append(guarded.error());
    else if (auto added = add(all, file); !added)
      problems.append(added.error());
  }
  if (problems.has_errors()) return problems;
  return all;
}

Result<DemandeFiles> read_demande_file(const fs::path& path) {
  DemandeFiles all;
  if (auto added = add(all, path); !added) return added.error();
  return all;
}

}  // namespace entsync
