#pragma once
/// A delivery that lies unpacked in a directory: the files directly in it and one directory down,
/// in the order of their paths. Symbolic links and special files are refused, and so is a folder
/// that somebody writes to while it is read: names, sizes and times must be the same before and
/// after.

#include <optional>
#include <string>
#include <vector>

#include "budget.hpp"
#include "byte_input.hpp"
#include "source.hpp"

namespace entsync::aaf {

class FolderSource final : public Source {
 public:
  static Result<std::unique_ptr<Source>> open(const std::filesystem::path& root,
                                              std::string_view folder, const ReadLimits& limits);

  Result<std::optional<std::string>> next() override;
  Result<std::string_view> read() override;

 private:
  struct File {
    std::string path;  ///< below root_
    FileStamp stamp;
    bool operator==(const File&) const = default;
  };

  FolderSource(std::filesystem::path root, std::string folder, const ReadLimits& limits);
  Result<std::vector<File>> list() const;
  std::optional<Problem> list_directory(const std::string& directory, bool descend, Budget& budget,
                                        std::vector<File>& files) const;
  [[nodiscard]] Problem changed(const std::string& path) const;

  std::filesystem::path root_;
  std::string folder_;
  ReadLimits limits_;
  Budget budget_;
  std::vector<File> files_;
  std::size_t next_ = 0;
  std::optional<OpenFile> open_;
  std::uint64_t bytes_ = 0;
  std::optional<FileInput> input_;
};

}  // namespace entsync::aaf
