#pragma once
/// Where files with personal data are laid down for people: a new folder that is its owner's alone,
/// or, of an access package, a ZIP archive.

#include <filesystem>
#include <span>
#include <string_view>

#include "access_rendering.hpp"

namespace entsync {

/// RGT-025 when something is there already, whatever it is, or the folder it would be in is not.
Result<void> check_free(const std::filesystem::path& target);

/// A file and what it holds.
struct NamedText {
  std::string_view name;
  std::string_view text;
};
/// Makes the folder (0700) and the files in it (0600). All or nothing.
Result<void> write_private_folder(const std::filesystem::path& folder,
                                  std::span<const NamedText> files);

/// Makes the folder (0700) and the four files in it (0600), or of a `target` that ends with ".zip"
/// an archive of them (0600). All or nothing.
Result<void> write_access_files(const std::filesystem::path& target, const AccessFiles& files);

}  // namespace entsync
