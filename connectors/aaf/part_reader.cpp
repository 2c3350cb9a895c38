#include "part_reader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "byte_input.hpp"
#include "record_reader.hpp"
#include "scanner.hpp"

namespace entsync::aaf {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * second_ns + time.tv_nsec;
}

std::string stamp_of(const struct stat& status) {
  std::string text;
  for (const std::int64_t part :
       {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
        static_cast<std::int64_t>(status.st_size), nanoseconds(status.st_mtim),
        nanoseconds(status.st_ctim)})
    text += (text.empty() ? "" : " ") + std::to_string(part);
  return text;
}

std::string stamp_of(const OpenFile& file) {
  struct stat status {};
  return ::fstat(file.descriptor(), &status) == 0 ? stamp_of(status) : std::string{};
}

Problem changed(const std::filesystem::path& path, std::uint64_t line) {
  return {Severity::error,
          "AAF-067",
          {path.filename().string(), line, {}},
          "this file of the delivery is not the one that was applied",
          "the whole delivery is read instead"};
}

/// The records of one file.
class FilePart {
 public:
  FilePart(Feed& feed, RecordReader& records, const PartFile& file, const ReadLimits& limits,
           Category category, std::uint32_t number)
      : feed_(feed), records_(records), file_(file), scanner_(limits.record_bytes) {
    context_.category = category;
    context_.kind = feed.kind();
    context_.file = number;
  }

  Result<void> read(std::span<const RecordPlace> places) {
    auto opened = OpenFile::open(file_.path, OpenFile::Links::refuse);
    if (!opened || stamp_of(*opened) != file_.stamp) return changed(file_.path, 0);
    if (!pass(*opened, 0, file_.head)) return changed(file_.path, 0);
    for (auto step = scanner_.next(); step != Scanner::Step::more; step = scanner_.next())
      if (step == Scanner::Step::fault || step == Scanner::Step::end) return changed(file_.path, 0);
    for (const RecordPlace& place : places)
      if (!read(*opened, place)) return changed(file_.path, place.line);
    if (stamp_of(*opened) != file_.stamp) return changed(file_.path, 0);
    return {};
  }

 private:
  /// Gives bytes of the file to the scanner.
  bool pass(const OpenFile& file, std::uint64_t start, std::uint64_t end) {
    buffer_.resize(end - start);
    std::size_t have = 0;
    while (have < buffer_.size()) {
      const ssize_t got = ::pread(file.descriptor(), buffer_.data() + have, buffer_.size() - have,
                                  static_cast<off_t>(start + have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      have += static_cast<std::size_t>(got);
    }
    scanner_.feed(buffer_);
    return true;
  }

  /// What stands behind the record, up to the next usable one, is passed over.
  bool read(const OpenFile& file, const RecordPlace& place) {
    if (!pass(file, place.start, place.end)) return false;
    bool found = false;
    for (auto step = scanner_.next(); step != Scanner::Step::more; step = scanner_.next()) {
      if (step == Scanner::Step::fault) return false;
      if (step == Scanner::Step::end) break;
      if (step != Scanner::Step::request || found) continue;
      found = true;
      Request request = scanner_.request();
      request.offset = place.start;
      request.line = place.line;
      context_.charset = scanner_.charset();
      if (records_.read(request, context_) != RecordReader::Outcome::usable ||
          records_.draft().id != place.key.id)
        return false;
      feed_.add_record(records_.draft());
    }
    return found;
  }

  Feed& feed_;
  RecordReader& records_;
  const PartFile& file_;
  Scanner scanner_;
  RecordContext context_;
  std::string buffer_;
};

}  // namespace

std::string stamp_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) ? stamp_of(status)
                                                                        : std::string{};
}

bool is_older(const std::filesystem::path& path, std::int64_t moment_ns, std::uint64_t bytes) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<std::uint64_t>(status.st_size) == bytes &&
         std::max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)) < moment_ns;
}

Result<Feed> read_records(Feed&& outline, PartRequest request) {
  Feed feed = std::move(outline);
  std::vector<std::uint64_t> counts;
  for (const SourceFile& file : feed.files()) counts.push_back(file.records);
  RecordReader records(request.vocabulary, request.required);
  auto& places = request.places;
  std::ranges::sort(places, {}, [](const RecordPlace& p) { return std::tie(p.file, p.start); });
  for (auto first = places.begin(); first != places.end();) {
    const std::uint32_t number = first->file;
    const auto last =
        std::find_if(first, places.end(), [&](const RecordPlace& p) { return p.file != number; });
    FilePart part(feed, records, request.files[number], request.limits,
                  feed.files()[number].category, number);
    if (auto read = part.read({first, last}); !read) return read.error();
    first = last;
  }
  // The outline counts the records of the whole.
  for (std::size_t i = 0; i < counts.size(); ++i) feed.files()[i].records = counts[i];
  return feed;
}

}  // namespace entsync::aaf
