#include "samples.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <stdexcept>

#include "connectors/aaf/file_reader.hpp"

namespace entsync::aaf::test {
namespace {

void check(bool fine, const char* what) {
  if (!fine) throw std::runtime_error(what);
}

std::string requested(std::string_view element, std::string_view id, std::string_view category,
                      std::string_view body) {
  const std::string_view kind =
      category == "EtabEducNat" ? "categorieStructure" : "categoriePersonne";
  std::string out = "<" + std::string(element) + ">\n <operationalAttributes><attr name=\"";
  out += kind;
  out += "\"><value>" + std::string(category) + "</value></attr></operationalAttributes>\n";
  out += " <identifier><id>" + std::string(id) + "</id></identifier>\n";
  out += body;
  out += "</" + std::string(element) + ">\n";
  return out;
}

/// An archive being written to memory.
class Packer {
 public:
  Packer() : archive_(archive_write_new()) { buffer_.resize(std::size_t{4} << 20U); }
  ~Packer() { archive_write_free(archive_); }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  archive* get() { return archive_; }
  void open() {
    check(archive_write_open_memory(archive_, buffer_.data(), buffer_.size(), &used_) == ARCHIVE_OK,
          "archive_write_open_memory");
  }
  void put(const Entry& entry) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname(header, entry.name.c_str());
    archive_entry_set_perm(header, 0644);
    const bool file = entry.kind == Entry::Kind::file;
    archive_entry_set_size(header, file ? static_cast<la_int64_t>(entry.content.size()) : 0);
    switch (entry.kind) {
      case Entry::Kind::file:
        archive_entry_set_filetype(header, AE_IFREG);
        break;
      case Entry::Kind::directory:
        archive_entry_set_filetype(header, AE_IFDIR);
        break;
      case Entry::Kind::device:
        archive_entry_set_filetype(header, AE_IFCHR);
        break;
      case Entry::Kind::symlink:
        archive_entry_set_filetype(header, AE_IFLNK);
        archive_entry_set_symlink(header, entry.content.c_str());
        break;
      case Entry::Kind::hardlink:
        archive_entry_set_filetype(header, AE_IFREG);
        archive_entry_set_hardlink(header, entry.content.c_str());
        break;
    }
    check(archive_write_header(archive_, header) == ARCHIVE_OK, archive_error_string(archive_));
    if (file)
      check(archive_write_data(archive_, entry.content.data(), entry.content.size()) >= 0,
            "archive_write_data");
    archive_entry_free(header);
  }
  std::string close() {
    check(archive_write_close(archive_) == ARCHIVE_OK, "archive_write_close");
    return buffer_.substr(0, used_);
  }

 private:
  archive* archive_;
  std::string buffer_;
  std::size_t used_ = 0;
};

std::string pack(Packer& packer, const std::vector<Entry>& entries) {
  packer.open();
  for (const Entry& entry : entries) packer.put(entry);
  return packer.close();
}

std::string place(const SourcePosition& position) {
  return std::to_string(position.file) + ":" + std::to_string(position.line) + "@" +
         std::to_string(position.offset);
}

}  // namespace

const Words& words() {
  static const Words all;
  return all;
}

std::string attr(std::string_view name, const std::vector<std::string>& values) {
  std::string out = "  <attr name=\"" + std::string(name) + "\">";
  for (const std::string& value : values) out += "<value>" + value + "</value>";
  return out + "</attr>\n";
}

std::string add_request(std::string_view id, std::string_view attributes,
                        std::string_view category) {
  return requested("addRequest", id, category,
                   " <attributes>\n" + std::string(attributes) + " </attributes>\n");
}

std::string pupil(std::string_view id) {
  return add_request(id, attr("ENTPersonJointure", {std::string(id)}) +
                             attr("ENTPersonNom", {"EXEMPLE"}) + attr("ENTPersonPrenom", {"Zoé"}));
}

std::string modify_request(std::string_view id, std::string_view modifications) {
  return requested("modifyRequest", id, "Eleve",
                   " <modifications>\n" + std::string(modifications) + " </modifications>\n");
}

std::string delete_request(std::string_view id) {
  return requested("deleteRequest", id, "Eleve", "");
}

std::string document(std::string_view requests, std::string_view encoding) {
  std::string out;
  if (!encoding.empty())
    out = "<?xml version=\"1.0\" encoding=\"" + std::string(encoding) + "\"?>\n";
  out += "<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n";
  return out + std::string(requests) + "</ficAlimMENESR>\n";
}

const FeedRecord& Reading::record() const {
  if (refusal) throw std::runtime_error(to_string(*refusal));
  check(feed.records(category).size() == 1, "there is not exactly one record");
  return feed.records(category).front();
}

std::vector<std::string> Reading::texts(FeedAttribute attribute) const {
  std::vector<std::string> all;
  for (const FeedValue value : record().values(attribute)) all.emplace_back(value.text);
  return all;
}

std::vector<std::string> Reading::rejections() const {
  std::vector<std::string> codes;
  for (const RejectedRecord& rejected : feed.rejected()) codes.push_back(rejected.code);
  return codes;
}

Reading read_xml(std::string_view xml, const ReadOptions& options) {
  Reading reading{Feed("AC-X", options.kind, Date()), std::nullopt, options.category};
  RecordReader records(words().vocabulary, options.required);
  FileReader reader(reading.feed, records, options.limits, "file.xml", options.category);
  while (!xml.empty() && !reading.refusal) {
    const std::string_view chunk = xml.substr(0, options.chunk);
    xml.remove_prefix(chunk.size());
    // A copy of its own, so that a read behind its end is seen.
    const std::string copy(chunk);
    reading.refusal = reader.feed(copy);
  }
  if (!reading.refusal) reading.refusal = reader.finish();
  return reading;
}

std::string describe(const Feed& feed) {
  std::string out = feed.academie() + " " + feed.date().iso() +
                    (feed.kind() == DeliveryKind::complet ? " Complet " : " Delta ") +
                    std::to_string(feed.bytes) + "\n";
  for (const SourceFile& file : feed.files())
    out += file.name + " " + file.sha256 + " " + std::to_string(file.bytes) + " " +
           std::to_string(file.records) + " " + std::string(to_string(file.category)) + "\n";
  for (const Category category : all_categories) {
    for (const FeedRecord& record : feed.records(category)) {
      out += std::string(record.id()) + " " + std::string(to_string(category)) + " " +
             std::to_string(static_cast<int>(record.request())) + " " + place(record.position());
      for (const FeedValue value : record.values()) {
        out += "\n  " + std::to_string(value.attribute) + "=" + std::string(value.text) + " " +
               place(value.position);
      }
      out += "\n";
    }
  }
  for (const RejectedRecord& rejected : feed.rejected())
    out += "rejected " + rejected.id + " " +
           (rejected.category ? std::string(to_string(*rejected.category)) : "?") + " " +
           rejected.code + " " + rejected.reason + " " + place(rejected.position) + "\n";
  for (const auto& [name, count] : feed.dropped())
    out += "dropped " + name + " " + std::to_string(count) + "\n";
  for (const auto& [name, value] : feed.metadata) out += name + "=" + value + "\n";
  return out;
}

std::string pack_tar(const std::vector<Entry>& entries) {
  Packer packer;
  archive_write_set_format_pax_restricted(packer.get());
  return pack(packer, entries);
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  check(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
        "deflateInit2");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  check(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string pack_tgz(const std::vector<Entry>& entries) {
  return gzip(pack_tar(entries));
}

std::string pack_zip(const std::vector<Entry>& entries, const std::string& password) {
  Packer packer;
  archive_write_set_format_zip(packer.get());
  if (!password.empty()) {
    check(archive_write_set_options(packer.get(), "zip:encryption=aes256") == ARCHIVE_OK,
          "zip:encryption");
    archive_write_set_passphrase(packer.get(), password.c_str());
  }
  return pack(packer, entries);
}

std::string file_name(std::string_view category, unsigned part, std::string_view kind,
                      std::string_view date) {
  return "ENT_" + std::string(kind) + "_" + std::string(date) + "_" + std::string(category) + "_" +
         std::to_string(10'000 + part).substr(1) + ".xml";
}

std::vector<Entry> small_complet(const std::string& directory) {
  const std::string parent =
      add_request("9000501", attr("ENTPersonNom", {"ESSAI"}), "PersRelEleve");
  const std::string teacher =
      add_request("9000801", attr("ENTPersonNom", {"MODELE"}), "PersEducNat");
  const std::string school =
      add_request("901", attr("ENTStructureNomCourant", {"E.E.PU$ESSAI$VILLE"}), "EtabEducNat");
  return {{directory + file_name("Eleve"), document(pupil("9000101") + pupil("9000102"))},
          {directory + file_name("PersRelEleve"), document(parent)},
          {directory + file_name("EtabEducNat"), document(school)},
          {directory + file_name("PersEducNat"), document(teacher)}};
}

Result<Feed> read_path(const std::filesystem::path& path, const std::string& folder,
                       const ReadLimits& limits) {
  return read_delivery({path, folder, "AC-X", words().vocabulary, {}, limits, {}});
}

std::string code_of(const Result<Feed>& result) {
  if (result) return {};
  check(result.error().list.size() == 1, "there is not exactly one problem");
  return result.error().list.front().code;
}

}  // namespace entsync::aaf::test
