#pragma once
/// Paths of the files of a delivery as text: whether one stays inside, where it lies, how to print
/// it. Nothing is ever unpacked to disk; an escaping path is refused because only an attack or a
/// broken packer writes one.

#include <optional>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync::aaf {

/// `raw` with `/` between its parts and without `.` parts, so that equal files have equal paths.
/// Nothing when it leaves the archive or may mean something else elsewhere: absolute, with `..`, a
/// backslash, a drive letter or a control character, or without any part.
std::optional<std::string> clean_entry_path(std::string_view raw);

/// Path of `entry` below `folder` ("" is everything); nothing when it lies elsewhere. Both are
/// clean.
std::optional<std::string_view> below(std::string_view entry, std::string_view folder);

/// Directory and name: "a/b.xml" → "a", "b.xml"; "b.xml" → "", "b.xml".
struct PathParts {
  std::string_view directory;
  std::string_view name;
};
PathParts split_path(std::string_view path);

/// The refusal of a path that clean_entry_path() refuses.
Problem escaping_path(std::string_view raw, const std::string& delivery);

/// For a message: at most 120 bytes, everything that is not printable ASCII as `?`.
std::string printable(std::string_view text);

}  // namespace entsync::aaf
