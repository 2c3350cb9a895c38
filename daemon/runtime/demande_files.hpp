#pragma once
/// The request files of a path – one file, or the `.csv` files of a folder in the order of their
/// names – read as a whole: when one of them cannot be, none was.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/demande.hpp"
#include "core/problem.hpp"

namespace entsync {

/// One of them as it was read.
struct DemandeFileRead {
  std::string name;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t requests = 0;
};

struct DemandeFiles {
  std::vector<DemandeFileRead> files;
  std::vector<Demande> demandes;  ///< of all files
  Problems refused;               ///< a warning for each line that is wrong in its form
};

/// REQ-005 when somebody else than owner and group may write what is read: whoever can write
/// requests opens accounts.
Result<DemandeFiles> read_demande_files(const std::filesystem::path& path);
/// The same as it would be with `coming`, whoever may write that: in the place of the file of its
/// name, or where its name belongs; behind the one file when the path is no folder. An empty path
/// holds no other file.
Result<DemandeFiles> read_demande_files_with(const std::filesystem::path& path,
                                             const std::filesystem::path& coming);

}  // namespace entsync
