#pragma once
/// A delivery packed as `.tgz` (also plain `.tar`) or `.zip`, read through libarchive without ever
/// unpacking to disk. Only regular files and directories are accepted. What libarchive lets pass is
/// checked here: the CRC of gzip, bytes after the end, an archive cut between two entries.

#include <archive.h>

#include <memory>
#include <optional>
#include <string>

#include "budget.hpp"
#include "byte_input.hpp"
#include "source.hpp"

namespace entsync::aaf {

/// The bytes of a tar archive on their way to libarchive, remembered as far as its end needs it.
class TarStream {
 public:
  explicit TarStream(ByteInput& input) : input_(input) {}
  std::string_view read() noexcept;
  [[nodiscard]] InputFault fault() const { return input_.fault(); }
  /// Whether only zeros, and at least the two blocks that POSIX asks for, follow the `consumed`
  /// bytes that the last entry ends with. Reads the input to its end.
  bool ends_well(std::uint64_t consumed) noexcept;

 private:
  ByteInput& input_;
  std::uint64_t given_ = 0;
  std::uint64_t zeros_ = 0;  ///< at the end of what was given
};

class ArchiveSource final : public Source {
 public:
  static Result<std::unique_ptr<Source>> open(const std::filesystem::path& path,
                                              const ReadLimits& limits);
  static Result<std::unique_ptr<Source>> open(std::string_view bytes, const ReadLimits& limits);
  ~ArchiveSource() override;

  Result<std::optional<std::string>> next() override;
  Result<std::string_view> read() override;

 private:
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };

  ArchiveSource(std::string name, const ReadLimits& limits);
  std::optional<Problem> start(std::string_view head);
  std::optional<Problem> start_zip();
  std::optional<Problem> start_tar(bool packed);
  std::optional<Problem> check_entry(archive_entry* entry);
  Result<std::optional<std::string>> finish();
  [[nodiscard]] Problem failure() const;
  [[nodiscard]] Problem damaged(std::string what) const;
  [[nodiscard]] std::string zip_tail() const;

  std::string name_;
  ReadLimits limits_;
  Budget budget_;
  std::optional<OpenFile> file_;
  std::string_view bytes_;  ///< of an archive in memory
  std::unique_ptr<ByteInput> raw_;
  std::unique_ptr<GzipInput> unpacked_;
  std::optional<TarStream> tar_;
  std::unique_ptr<archive, Free> archive_;
  std::string path_;
  bool entry_done_ = true;
  std::unique_ptr<InputBuffer> buffer_ = std::make_unique<InputBuffer>();
};

}  // namespace entsync::aaf
