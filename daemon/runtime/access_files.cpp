#include "access_files.hpp"

#include <sys/stat.h>

#include "files.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

Problem not_free(const fs::path& folder) {
  return {Severity::error,
          "RGT-025",
          {folder.string(), 0, {}},
          "the folder of the package is there already, or cannot be made here",
          "name a folder that is not there, in one that is; nothing is overwritten"};
}

}  // namespace

Result<void> check_free(const fs::path& folder) {
  std::error_code error;
  const fs::path parent = fs::absolute(folder, error).lexically_normal().parent_path();
  const bool is_free = fs::symlink_status(folder, error).type() == fs::file_type::not_found &&
                       fs::is_directory(parent, error);
  if (!is_free) return not_free(folder);
  return {};
}

Result<void> write_access_files(const fs::path& folder, const AccessFiles& files) {
  if (::mkdir(folder.c_str(), 0700) != 0) return not_free(folder);
  for (const auto& [name, text] :
       {std::pair{"donnees.json", &files.json}, std::pair{"donnees.html", &files.html},
        std::pair{"historique.csv", &files.csv}, std::pair{"LISEZMOI.txt", &files.readme}})
    if (auto written = write_file_atomically(folder / name, *text); !written) {
      std::error_code error;
      fs::remove_all(folder, error);
      return written.error();
    }
  return {};
}

}  // namespace entsync
