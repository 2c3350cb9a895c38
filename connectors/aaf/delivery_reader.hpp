#pragma once
/// Reads the AAF files of a Source into one Feed, and judges them as a set: one directory, one
/// date, one kind, each part once. Other files are passed over.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "delivery.hpp"
#include "record_reader.hpp"
#include "source.hpp"

namespace entsync::aaf {

class DeliveryReader {
 public:
  /// `request` must outlive the reader. `folder`: its folder as a clean path.
  DeliveryReader(const ReadRequest& request, std::string folder);

  /// Once only. The Feed is whole when it is returned.
  Result<Feed> read(Source& source);

 private:
  std::optional<Problem> take(Source& source, const std::string& entry);
  std::optional<Problem> place(std::string_view path, const FileName& file);
  std::optional<Problem> read_file(Source& source, const std::string& name, Category category);
  [[nodiscard]] Problem root_cause(Source& source, Problem refusal) const;
  [[nodiscard]] Problem nothing_found() const;
  [[nodiscard]] Problem problem(std::string code, std::string file, std::string what,
                                std::string remedy) const;

  const ReadRequest& request_;
  std::string folder_;
  RecordReader records_;
  std::optional<Feed> feed_;
  std::string directory_;  ///< where the AAF files lie, below folder_
  std::set<std::pair<Category, unsigned>> parts_;
};

}  // namespace entsync::aaf
