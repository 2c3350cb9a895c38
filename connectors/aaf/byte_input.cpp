#include "byte_input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

namespace entsync::aaf {

FileStamp FileStamp::of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

boost::system::result<OpenFile, int> OpenFile::open(const std::filesystem::path& path,
                                                    Links links) {
  const int flags =
      O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (links == Links::refuse ? O_NOFOLLOW : 0);
  const int descriptor = ::open(path.c_str(), flags);
  if (descriptor < 0) return errno;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return EINVAL;
  }
  return OpenFile(descriptor, FileStamp::of(status));
}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), stamp_(other.stamp_) {}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool OpenFile::unchanged() const {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 && FileStamp::of(status) == stamp_;
}

std::string_view FileInput::read() noexcept {
  for (;;) {
    const ssize_t got = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (got >= 0) return {buffer_.data(), static_cast<std::size_t>(got)};
    if (errno != EINTR) return fail(InputFault::unreadable);
  }
}

GzipInput::GzipInput(ByteInput& packed, std::uint64_t most) : packed_(packed), most_(most) {
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
}

GzipInput::~GzipInput() {
  inflateEnd(&stream_);
}

bool GzipInput::refill() noexcept {
  if (stream_.avail_in != 0) return true;
  const std::string_view bytes = packed_.read();
  // zlib's interface predates const; it does not write to its input.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  return !bytes.empty();
}

/// Whether another member follows; false at the end and after a fault.
bool GzipInput::next_member() noexcept {
  bool padding = false;
  while (refill()) {
    if (*stream_.next_in != 0) break;
    if (first_) break;  // inflate will tell what is wrong
    padding = true;
    ++stream_.next_in;
    --stream_.avail_in;
  }
  if (packed_.fault() != InputFault::none) {
    fail(packed_.fault());
    return false;
  }
  if (stream_.avail_in == 0) {
    if (first_) fail(InputFault::truncated);
    return false;
  }
  constexpr Bytef magic = 0x1F;
  if (!first_ && (padding || *stream_.next_in != magic)) {
    fail(InputFault::trailing);
    return false;
  }
  first_ = false;
  in_member_ = true;
  return true;
}

std::string_view GzipInput::give(std::size_t size) noexcept {
  given_ += size;
  if (given_ > most_) return fail(InputFault::too_large);
  return {buffer_.data(), size};
}

std::string_view GzipInput::read() noexcept {
  if (done_ || fault() != InputFault::none) return {};
  stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
  stream_.avail_out = static_cast<uInt>(buffer_.size());
  while (stream_.avail_out != 0) {
    if (!in_member_ && !next_member()) {
      done_ = true;
      break;
    }
    if (!refill())
      return fail(packed_.fault() == InputFault::none ? InputFault::truncated : packed_.fault());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      in_member_ = false;
      inflateReset(&stream_);
    } else if (status != Z_OK) {
      return fail(InputFault::corrupt);
    }
  }
  if (fault() != InputFault::none) return {};
  return give(buffer_.size() - stream_.avail_out);
}

}  // namespace entsync::aaf
