#include "file_reader.hpp"

#include <algorithm>
#include <array>

#include "entry_path.hpp"
#include "metadata.hpp"

namespace entsync::aaf {
namespace {

/// Attribute names come from outside: past this many they are counted together.
constexpr std::size_t most_dropped_names = 1'000;
constexpr std::string_view other_names = "(other attributes)";

/// What comments may tell us; anything else in a comment is not ours to keep.
constexpr std::array metadata_names{std::string_view("versionAF"), std::string_view("versionSDET"),
                                    std::string_view("codeAcademieExport"),
                                    std::string_view("degre"),
                                    std::string_view("dateGenerationExport")};

}  // namespace

FileReader::FileReader(Feed& feed, RecordReader& records, const ReadLimits& limits,
                       std::string name, Category category)
    : feed_(feed),
      records_(records),
      limits_(limits),
      name_(std::move(name)),
      scanner_(limits.record_bytes) {
  context_.category = category;
  context_.kind = feed.kind();
  SourceFile file;
  file.academie = feed.academie();
  file.name = name_;
  file.category = category;
  context_.file = feed.add_file(std::move(file));
}

std::optional<Problem> FileReader::feed(std::string_view chunk) {
  bytes_ += chunk.size();
  feed_.bytes += chunk.size();
  digest_.update(chunk);
  scanner_.feed(chunk);
  return drain();
}

std::optional<Problem> FileReader::finish() {
  scanner_.finish();
  if (auto problem = drain()) return problem;
  SourceFile& file = feed_.files()[context_.file];
  file.sha256 = hex(digest_.finish());
  file.bytes = bytes_;
  return std::nullopt;
}

std::optional<Problem> FileReader::drain() {
  for (;;) {
    std::optional<Problem> problem;
    switch (scanner_.next()) {
      case Scanner::Step::more:
      case Scanner::Step::end:
        return std::nullopt;
      case Scanner::Step::fault:
        return refuse(scanner_.fault());
      case Scanner::Step::comment:
        problem = take_comment();
        break;
      case Scanner::Step::request:
        problem = take_request();
        break;
    }
    if (problem) return problem;
  }
}

Problem FileReader::refuse(const FileFault& fault) const {
  return {Severity::error,
          fault.code,
          {name_, fault.line, feed_.academie()},
          fault.what + " (byte " + std::to_string(fault.offset) + ")",
          fault.remedy};
}

std::optional<Problem> FileReader::take_request() {
  const Request& request = scanner_.request();
  context_.charset = scanner_.charset();
  switch (records_.read(request, context_)) {
    case RecordReader::Outcome::usable:
      feed_.add_record(records_.draft());
      count_dropped();
      return std::nullopt;
    case RecordReader::Outcome::malformed: {
      const Malformed& bad = records_.malformed();
      return refuse({"AAF-035", "the XML is malformed: " + bad.what,
                     "have the académie export and transfer the file again; nothing was changed",
                     request.line + bad.line, request.offset + bad.offset});
    }
    case RecordReader::Outcome::rejected:
      break;
  }
  for (RejectedRecord& rejected : records_.rejected()) feed_.add_rejected(std::move(rejected));
  if (feed_.rejected().size() <= limits_.rejected_records) return std::nullopt;
  return refuse({"AAF-044",
                 "more than " + std::to_string(limits_.rejected_records) +
                     " records of the delivery had to be rejected; the last one (" +
                     records_.code() + ") begins here: " + records_.reason(),
                 "the export is wrong as a whole; have the académie check it", request.line,
                 request.offset});
}

void FileReader::count_dropped() {
  for (const std::string_view name : records_.dropped()) {
    const bool room = feed_.dropped().size() < most_dropped_names || feed_.dropped().contains(name);
    feed_.count_dropped(room ? name : other_names);
  }
}

/// The first file that names something decides; they may not disagree on who exported them.
std::optional<Problem> FileReader::take_comment() {
  for (const auto& [name, raw] : metadata_pairs(scanner_.comment())) {
    if (std::ranges::find(metadata_names, name) == metadata_names.end()) continue;
    std::string value;
    append_decoded(scanner_.charset(), raw, value);
    const auto known = feed_.metadata.find(std::string(name));
    if (known == feed_.metadata.end()) {
      feed_.metadata.emplace(name, std::move(value));
    } else if (name == "codeAcademieExport" && known->second != value) {
      return Problem{Severity::error,
                     "AAF-019",
                     {name_, 0, feed_.academie()},
                     "this file was exported by académie '" + printable(value) +
                         "', others of the delivery by '" + printable(known->second) + "'",
                     "put each académie's files into a folder of its own"};
    }
  }
  return std::nullopt;
}

}  // namespace entsync::aaf
