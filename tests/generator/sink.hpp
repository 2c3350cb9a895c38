#pragma once
/// Where the files of a delivery go: a directory, a .tgz or a .zip. Archives are byte-identical for
/// identical content: fixed owner, mode, and the delivery's date as time.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "world.hpp"

namespace generator {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  /// Throws std::runtime_error when it cannot be written.
  virtual void put(std::string_view name, std::string_view content) = 0;
  virtual void close() = 0;
};

std::unique_ptr<Sink> make_directory_sink(const std::filesystem::path& directory);
/// `name` of the archive without extension.
std::unique_ptr<Sink> make_archive_sink(const std::filesystem::path& directory,
                                        std::string_view name, Format format, Day date);
/// Creates the directory, and takes out the XML files of an earlier delivery of ours: parts of two
/// dates would be no delivery. Archives stay, a folder may hold many.
void prepare_directory(const std::filesystem::path& directory);

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace generator
