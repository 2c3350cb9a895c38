#pragma once
/// The files of a delivery, one after the other, as streams of raw bytes. A Source owns the archive
/// or folder, checks its integrity and hygiene (limits.md §2, aaf-format §1.2), and knows nothing
/// of AAF: which files matter is the caller's business. Every failure is final.
///
/// Reading a Source to the end is what proves it whole: checksums, trailing bytes and "nobody wrote
/// meanwhile" are only known there.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "delivery.hpp"

namespace entsync::aaf {

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// Clean path (see clean_entry_path) of the next regular file, nothing after the last. What was
  /// not read of the current one is skipped.
  [[nodiscard]] virtual Result<std::optional<std::string>> next() = 0;
  /// The next bytes of the current file, valid until the next call; none at its end.
  [[nodiscard]] virtual Result<std::string_view> read() = 0;
};

/// Opens an archive, or the part `folder` of a directory (clean path, "" is all of it).
Result<std::unique_ptr<Source>> open_source(const std::filesystem::path& path,
                                            std::string_view folder, const ReadLimits& limits);

/// The bytes of an archive that lies in memory, which must outlive the Source.
Result<std::unique_ptr<Source>> open_archive_bytes(std::string_view bytes,
                                                   const ReadLimits& limits);

}  // namespace entsync::aaf
