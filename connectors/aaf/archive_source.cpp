#include "archive_source.hpp"

#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "entry_path.hpp"

namespace entsync::aaf {
namespace {

constexpr std::string_view retransfer =
    "transfer it again and compare its size with the sender's; nothing was changed";

std::size_t zeros_at_end(std::string_view bytes) {
  const auto last = bytes.find_last_not_of('\0');
  return last == std::string_view::npos ? bytes.size() : bytes.size() - last - 1;
}

bool is_gzip(std::string_view head) {
  return head.starts_with("\x1F\x8B");
}
bool is_zip(std::string_view head) {
  using namespace std::string_view_literals;
  return head.starts_with("PK\3\4"sv) || head.starts_with("PK\5\6"sv);
}
/// The magic of POSIX and GNU tar, at byte 257 of the first header.
bool is_tar(std::string_view head) {
  constexpr std::size_t magic_at = 257;
  return head.size() > magic_at && head.substr(magic_at).starts_with("ustar");
}

/// Whether `tail` ends with an "end of central directory" record (APPNOTE 4.3.16) and nothing more.
bool ends_with_zip_directory(std::string_view tail) {
  constexpr std::string_view signature = "PK\5\6";
  constexpr std::size_t record = 22;
  for (std::size_t at = tail.rfind(signature); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : tail.rfind(signature, at - 1)) {
    if (tail.size() - at < record) continue;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(tail[at + i]); };
    const std::size_t comment = byte(20) | static_cast<std::size_t>(byte(21)) << 8U;
    if (at + record + comment == tail.size()) return true;
  }
  return false;
}

la_ssize_t give_tar(archive* a, void* stream, const void** bytes) {
  auto& tar = *static_cast<TarStream*>(stream);
  const std::string_view next = tar.read();
  if (tar.fault() != InputFault::none) {
    archive_set_error(a, EIO, "input");
    return -1;
  }
  *bytes = next.data();
  return static_cast<la_ssize_t>(next.size());
}

}  // namespace

std::string_view TarStream::read() noexcept {
  const std::string_view bytes = input_.read();
  given_ += bytes.size();
  const std::size_t zeros = zeros_at_end(bytes);
  zeros_ = zeros == bytes.size() ? zeros_ + zeros : zeros;
  return bytes;
}

bool TarStream::ends_well(std::uint64_t consumed) noexcept {
  if (consumed > given_ || zeros_ < given_ - consumed) return false;
  for (;;) {
    const std::uint64_t before = zeros_;
    const std::string_view more = read();
    if (more.empty()) break;
    if (zeros_ != before + more.size()) return false;
  }
  constexpr std::uint64_t end_marker = 1024;
  return zeros_ >= end_marker;
}

ArchiveSource::ArchiveSource(std::string name, const ReadLimits& limits)
    : name_(std::move(name)), limits_(limits), budget_(name_, limits) {}

ArchiveSource::~ArchiveSource() = default;

Result<std::unique_ptr<Source>> ArchiveSource::open(const std::filesystem::path& path,
                                                    const ReadLimits& limits) {
  std::unique_ptr<ArchiveSource> source(new ArchiveSource(path.string(), limits));
  auto file = OpenFile::open(path, OpenFile::Links::follow);
  if (!file)
    return Problems({Severity::error,
                     "AAF-001",
                     {path.string(), 0, {}},
                     std::string("cannot be read: ") + std::strerror(file.error()),
                     "check the path and the rights of the service account"});
  source->file_.emplace(std::move(*file));
  std::array<char, 512> head{};
  const ssize_t got = ::pread(source->file_->descriptor(), head.data(), head.size(), 0);
  if (got < 0) return Problems(source->damaged(std::strerror(errno)));
  source->raw_ = std::make_unique<FileInput>(source->file_->descriptor());
  if (auto problem = source->start({head.data(), static_cast<std::size_t>(got)}))
    return Problems(*problem);
  return std::unique_ptr<Source>(std::move(source));
}

Result<std::unique_ptr<Source>> ArchiveSource::open(std::string_view bytes,
                                                    const ReadLimits& limits) {
  std::unique_ptr<ArchiveSource> source(new ArchiveSource("archive", limits));
  source->bytes_ = bytes;
  source->raw_ = std::make_unique<MemoryInput>(bytes);
  if (auto problem = source->start(bytes)) return Problems(*problem);
  return std::unique_ptr<Source>(std::move(source));
}

std::optional<Problem> ArchiveSource::start(std::string_view head) {
  archive_.reset(archive_read_new());
  if (!archive_) throw std::bad_alloc();
  if (is_zip(head)) return start_zip();
  if (is_gzip(head)) return start_tar(true);
  if (is_tar(head)) return start_tar(false);
  return Problem{
      Severity::error,
      "AAF-002",
      {name_, 0, {}},
      head.empty() ? "the file is empty" : "the file is not a .tgz, .tar.gz or .zip archive",
      "deliver an AAF archive, or name the folder that holds the XML files"};
}

/// Up to the last 64 KiB and a bit, where the central directory ends (a comment has 16 bits).
std::string ArchiveSource::zip_tail() const {
  constexpr std::size_t most = 65'535 + 22;
  if (!file_) return std::string(bytes_.substr(bytes_.size() - std::min(most, bytes_.size())));
  const auto size = static_cast<std::size_t>(file_->stamp().size);
  std::string tail(std::min(most, size), '\0');
  const ssize_t got = ::pread(file_->descriptor(), tail.data(), tail.size(),
                              static_cast<off_t>(size - tail.size()));
  tail.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return tail;
}

std::optional<Problem> ArchiveSource::start_zip() {
  if (!ends_with_zip_directory(zip_tail()))
    return damaged("the zip archive is cut, or bytes follow its end");
  archive* a = archive_.get();
  archive_read_support_format_zip_seekable(a);
  constexpr std::size_t block = std::size_t{64} << 10U;
  const int status = file_ ? archive_read_open_fd(a, file_->descriptor(), block)
                           : archive_read_open_memory(a, bytes_.data(), bytes_.size());
  if (status != ARCHIVE_OK) return failure();
  return std::nullopt;
}

std::optional<Problem> ArchiveSource::start_tar(bool packed) {
  if (packed) unpacked_ = std::make_unique<GzipInput>(*raw_, limits_.total_bytes);
  tar_.emplace(packed ? static_cast<ByteInput&>(*unpacked_) : *raw_);
  archive* a = archive_.get();
  archive_read_support_format_tar(a);
  if (archive_read_open(a, &*tar_, nullptr, give_tar, nullptr) != ARCHIVE_OK) return failure();
  return std::nullopt;
}

Problem ArchiveSource::damaged(std::string what) const {
  return {Severity::error,
          "AAF-003",
          {name_, 0, printable(path_)},
          "the archive is damaged: " + std::move(what),
          std::string(retransfer)};
}

/// What stopped libarchive: its input, or the archive itself.
Problem ArchiveSource::failure() const {
  switch (tar_ ? tar_->fault() : InputFault::none) {
    case InputFault::none:
      break;
    case InputFault::unreadable:
      return Problem{
          Severity::error,
          "AAF-003",
          {name_, 0, printable(path_)},
          "the archive cannot be read to its end: the disk or the share failed",
          "look for disk errors in the kernel log and at the network share, then run again"};
    case InputFault::truncated:
      return damaged("the gzip stream is cut");
    case InputFault::corrupt:
      return damaged("the gzip stream has a wrong checksum or broken data");
    case InputFault::trailing:
      return damaged("bytes follow the end of the gzip stream");
    case InputFault::too_large:
      return budget_.too_large();
  }
  const char* text = archive_error_string(archive_.get());
  return damaged(text == nullptr ? "it cannot be unpacked" : printable(text));
}

std::optional<Problem> ArchiveSource::check_entry(archive_entry* entry) {
  if (auto problem = budget_.count_entry()) return problem;
  const char* raw = archive_entry_pathname(entry);
  if (raw == nullptr) raw = archive_entry_pathname_utf8(entry);
  if (raw == nullptr) return damaged("an entry has no readable name");
  path_ = raw;
  if (archive_entry_is_encrypted(entry) != 0)
    return Problem{Severity::error,
                   "AAF-004",
                   {name_, 0, printable(path_)},
                   "the archive is protected by a password",
                   "have it delivered without one, over a protected channel"};
  const auto kind = archive_entry_filetype(entry);
  if ((kind != AE_IFREG && kind != AE_IFDIR) || archive_entry_hardlink(entry) != nullptr)
    return Problem{Severity::error,
                   "AAF-006",
                   {name_, 0, printable(path_)},
                   "the archive holds a link or a device",
                   "an AAF archive holds plain files only; ask the sender how it was made"};
  auto clean = clean_entry_path(path_);
  // "./" is how tar names the directory that everything lies in.
  if (!clean && kind == AE_IFDIR && path_.find_first_not_of("./") == std::string::npos &&
      path_.starts_with('.') && path_.find("..") == std::string::npos)
    clean = ".";
  if (!clean) return escaping_path(path_, name_);
  path_ = std::move(*clean);
  return std::nullopt;
}

Result<std::optional<std::string>> ArchiveSource::next() {
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_.get(), &entry);
    if (status == ARCHIVE_EOF) return finish();
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return Problems(failure());
    if (auto problem = check_entry(entry)) return Problems(*problem);
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    budget_.begin_file();
    entry_done_ = false;
    return std::optional<std::string>(path_);
  }
}

Result<std::optional<std::string>> ArchiveSource::finish() {
  path_.clear();
  if (tar_) {
    const auto consumed = static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0));
    const bool well = tar_->ends_well(consumed);
    if (tar_->fault() != InputFault::none) return Problems(failure());
    if (!well) return Problems(damaged("it has no end mark, or bytes follow it"));
  }
  if (file_ && !file_->unchanged())
    return Problems(
        {Severity::error,
         "AAF-016",
         {name_, 0, {}},
         "the delivery changed while it was read",
         "it is probably still being transferred: wait for its end, or move it into place "
         "when it is complete"});
  return std::optional<std::string>();
}

Result<std::string_view> ArchiveSource::read() {
  if (entry_done_) return std::string_view();
  const la_ssize_t got = archive_read_data(archive_.get(), buffer_->data(), buffer_->size());
  if (got < 0) return Problems(failure());
  entry_done_ = got == 0;
  if (auto problem = budget_.count_bytes(path_, static_cast<std::uint64_t>(got)))
    return Problems(*problem);
  return std::string_view(buffer_->data(), static_cast<std::size_t>(got));
}

}  // namespace entsync::aaf
