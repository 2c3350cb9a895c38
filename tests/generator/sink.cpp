#include "sink.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <stdexcept>

namespace generator {
namespace {

namespace fs = std::filesystem;

class DirectorySink : public Sink {
 public:
  explicit DirectorySink(fs::path directory) : directory_(std::move(directory)) {}
  void put(std::string_view name, std::string_view content) override {
    write_file(directory_ / name, content);
  }
  void close() override {}

 private:
  fs::path directory_;
};

struct FreeArchive {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

class ArchiveSink : public Sink {
 public:
  ArchiveSink(const fs::path& file, Format format, Day date)
      : archive_(archive_write_new()), time_(static_cast<time_t>(date) * 86400) {
    if (format == Format::tgz) {
      check(archive_write_add_filter_gzip(archive_.get()));
      check(archive_write_set_format_ustar(archive_.get()));
      // gzip would note the time of writing.
      check(archive_write_set_filter_option(archive_.get(), "gzip", "timestamp", nullptr));
    } else {
      check(archive_write_set_format_zip(archive_.get()));
    }
    check(archive_write_open_filename(archive_.get(), file.c_str()));
  }

  void put(std::string_view name, std::string_view content) override {
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), std::string(name).c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), time_, 0);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    check(archive_write_header(archive_.get(), entry.get()));
    if (archive_write_data(archive_.get(), content.data(), content.size()) !=
        static_cast<la_ssize_t>(content.size()))
      throw std::runtime_error(reason());
  }

  void close() override { check(archive_write_close(archive_.get())); }

 private:
  void check(int result) {
    if (result < ARCHIVE_WARN) throw std::runtime_error(reason());
  }
  std::string reason() {
    const char* text = archive_error_string(archive_.get());
    return std::string("cannot write the archive: ") + (text == nullptr ? "unknown reason" : text);
  }

  std::unique_ptr<archive, FreeArchive> archive_;
  time_t time_;
};

}  // namespace

std::unique_ptr<Sink> make_directory_sink(const fs::path& directory) {
  return std::make_unique<DirectorySink>(directory);
}

std::unique_ptr<Sink> make_archive_sink(const fs::path& directory, std::string_view name,
                                        Format format, Day date) {
  const fs::path file = directory / (std::string(name) + (format == Format::tgz ? ".tgz" : ".zip"));
  return std::make_unique<ArchiveSink>(file, format, date);
}

void prepare_directory(const fs::path& directory) {
  fs::create_directories(directory);
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("ENTOCC_") && entry.path().extension() == ".xml") fs::remove(entry.path());
  }
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return content;
}

void write_file(const fs::path& file, std::string_view content) {
  std::ofstream out(file, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace generator
