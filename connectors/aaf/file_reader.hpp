#pragma once
/// Reads one AAF XML file, chunk by chunk, into a Feed: its records, its rejected records, the
/// names of what was dropped, the metadata of its comments, and its digest.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/feed.hpp"
#include "delivery.hpp"
#include "digest/sha256.hpp"
#include "record_reader.hpp"
#include "scanner.hpp"

namespace entsync::aaf {

class FileReader {
 public:
  /// `name` is how the file is called in the Feed and in messages. Feed, reader and limits must
  /// outlive this object.
  FileReader(Feed& feed, RecordReader& records, const ReadLimits& limits, std::string name,
             Category category);

  /// The problem that refuses the delivery, if any; after it nothing more may be called.
  std::optional<Problem> feed(std::string_view chunk);
  std::optional<Problem> finish();

 private:
  std::optional<Problem> drain();
  std::optional<Problem> take_request();
  std::optional<Problem> take_comment();
  [[nodiscard]] Problem refuse(const FileFault& fault) const;
  void count_dropped();

  Feed& feed_;
  RecordReader& records_;
  const ReadLimits& limits_;
  RecordContext context_;
  std::string name_;
  Scanner scanner_;
  Sha256 digest_;
  std::uint64_t bytes_ = 0;
};

}  // namespace entsync::aaf
