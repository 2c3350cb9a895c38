#pragma once
/// Where an access package is laid down: a new folder that is its owner's alone, or a ZIP archive.

#include <filesystem>

#include "access_rendering.hpp"

namespace entsync {

/// RGT-025 when something is there already, whatever it is, or the folder it would be in is not.
Result<void> check_free(const std::filesystem::path& target);

/// Makes the folder (0700) and the four files in it (0600), or of a `target` that ends with ".zip"
/// an archive of them (0600). All or nothing.
Result<void> write_access_files(const std::filesystem::path& target, const AccessFiles& files);

}  // namespace entsync
