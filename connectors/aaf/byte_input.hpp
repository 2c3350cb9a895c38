#pragma once
/// Raw bytes of an archive in order: from an open file, from memory, or unpacked from gzip. Nothing
/// here throws or allocates while reading, because libarchive calls it from C.

#include <sys/stat.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/problem.hpp"

namespace entsync::aaf {

enum class InputFault : std::uint8_t {
  none,
  unreadable,  ///< the operating system refused a read
  truncated,   ///< gzip stream without its end
  corrupt,     ///< not gzip any more, or a wrong CRC-32 or length (RFC 1952)
  trailing,    ///< bytes after the end
  too_large,   ///< more unpacked bytes than allowed
};

class ByteInput {
 public:
  ByteInput() = default;
  ByteInput(const ByteInput&) = delete;
  ByteInput& operator=(const ByteInput&) = delete;
  virtual ~ByteInput() = default;

  /// The next bytes, valid until the next call; none at the end and after a fault.
  virtual std::string_view read() noexcept = 0;
  [[nodiscard]] InputFault fault() const { return fault_; }

 protected:
  std::string_view fail(InputFault fault) noexcept {
    fault_ = fault;
    return {};
  }

 private:
  InputFault fault_ = InputFault::none;
};

/// What of a file changes when somebody writes to it or puts another one in its place.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified_s = 0;
  std::int64_t modified_ns = 0;

  static FileStamp of(const struct stat& status);
  bool operator==(const FileStamp&) const = default;
};

/// A regular file, open for reading. Never follows a symbolic link when told so, never blocks on a
/// FIFO.
class OpenFile {
 public:
  enum class Links : std::uint8_t { follow, refuse };
  /// errno when it cannot be opened; EINVAL when it is not a regular file.
  static boost::system::result<OpenFile, int> open(const std::filesystem::path& path, Links links);
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const FileStamp& stamp() const { return stamp_; }
  /// Whether the file still is what it was when it was opened.
  [[nodiscard]] bool unchanged() const;

 private:
  OpenFile(int descriptor, FileStamp stamp) : descriptor_(descriptor), stamp_(stamp) {}
  int descriptor_;
  FileStamp stamp_;
};

/// Room for one read; 256 KiB keep system calls below 1 % of the time.
using InputBuffer = std::array<char, std::size_t{256} << 10U>;

class FileInput final : public ByteInput {
 public:
  /// Reads from the current position of `descriptor`, which it does not own.
  explicit FileInput(int descriptor) : descriptor_(descriptor) {}
  std::string_view read() noexcept override;

 private:
  int descriptor_;
  InputBuffer buffer_;
};

class MemoryInput final : public ByteInput {
 public:
  explicit MemoryInput(std::string_view bytes) : rest_(bytes) {}
  std::string_view read() noexcept override {
    constexpr std::size_t most = std::size_t{1} << 20U;  // zlib counts its input in 32 bits
    const std::string_view next = rest_.substr(0, most);
    rest_.remove_prefix(next.size());
    return next;
  }

 private:
  std::string_view rest_;
};

/// Unpacks gzip members one after the other and checks each CRC. Zeros after the last member are
/// padding, as for gzip(1); anything else is a fault. libarchive's own filter checks neither.
class GzipInput final : public ByteInput {
 public:
  GzipInput(ByteInput& packed, std::uint64_t most);
  ~GzipInput() override;
  GzipInput(const GzipInput&) = delete;
  GzipInput& operator=(const GzipInput&) = delete;
  std::string_view read() noexcept override;

 private:
  bool refill() noexcept;
  bool next_member() noexcept;
  std::string_view give(std::size_t size) noexcept;

  ByteInput& packed_;
  std::uint64_t most_;
  std::uint64_t given_ = 0;
  z_stream stream_{};
  bool in_member_ = false;
  bool first_ = true;
  bool done_ = false;
  InputBuffer buffer_;
};

}  // namespace entsync::aaf
