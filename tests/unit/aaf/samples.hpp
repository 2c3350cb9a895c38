#pragma once
/// Invented AAF files, and archives of any shape, for the tests of the reader.

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/aaf/delivery.hpp"

namespace entsync::aaf::test {

/// The attributes that the tests want to keep.
struct Words {
  Vocabulary vocabulary;
  FeedAttribute nom = vocabulary.add("ENTPersonNom");
  FeedAttribute prenom = vocabulary.add("ENTPersonPrenom");
  FeedAttribute autres = vocabulary.add("ENTPersonAutresPrenoms");
  FeedAttribute classes = vocabulary.add("ENTPersonClasses");
  FeedAttribute parents = vocabulary.add("ENTEleveAutoriteParentale");
  FeedAttribute structure = vocabulary.add("ENTStructureNomCourant");
};
const Words& words();

/// `<attr name="…"><value>…</value>…</attr>`; values are markup already.
std::string attr(std::string_view name, const std::vector<std::string>& values);
/// A whole addRequest of this category.
std::string add_request(std::string_view id, std::string_view attributes,
                        std::string_view category = "Eleve");
/// An Eleve with a name, enough to be usable.
std::string pupil(std::string_view id);
std::string modify_request(std::string_view id, std::string_view modifications);
std::string delete_request(std::string_view id);
/// `requests` in a root, with an XML declaration that names `encoding` unless that is empty.
std::string document(std::string_view requests, std::string_view encoding = "UTF-8");

/// What reading one file gave.
struct Reading {
  Feed feed;
  std::optional<Problem> refusal;

  /// The code of the refusal, "" when there is none.
  [[nodiscard]] std::string code() const { return refusal ? refusal->code : std::string(); }
  /// The only record, of the category that was read.
  [[nodiscard]] const FeedRecord& record() const;
  /// The texts of an attribute of the only record.
  [[nodiscard]] std::vector<std::string> texts(FeedAttribute attribute) const;
  /// The codes of the rejected records, in order.
  [[nodiscard]] std::vector<std::string> rejections() const;
  Category category = Category::eleve;
};

struct ReadOptions {
  Category category = Category::eleve;
  DeliveryKind kind = DeliveryKind::complet;
  std::size_t chunk = std::numeric_limits<std::size_t>::max();
  std::array<std::vector<FeedAttribute>, 4> required = {};
  ReadLimits limits = {};
};
Reading read_xml(std::string_view xml, const ReadOptions& options = {});

/// Everything that a Feed holds, as text, to compare two of them.
std::string describe(const Feed& feed);

/// One thing in an archive.
struct Entry {
  enum class Kind : std::uint8_t { file, directory, symlink, hardlink, device };
  std::string name;
  std::string content;  ///< of a file; of a link: where it leads
  Kind kind = Kind::file;
};
std::string pack_tar(const std::vector<Entry>& entries);
std::string gzip(std::string_view bytes);
std::string pack_tgz(const std::vector<Entry>& entries);
std::string pack_zip(const std::vector<Entry>& entries, const std::string& password = {});

/// `ENT_Complet_20250915_<category>_<part>.xml`
std::string file_name(std::string_view category, unsigned part = 0,
                      std::string_view kind = "Complet", std::string_view date = "20250915");
/// The four files of a small Complet.
std::vector<Entry> small_complet(const std::string& directory = {});

Result<Feed> read_path(const std::filesystem::path& path, const std::string& folder = {},
                       const ReadLimits& limits = {});
/// The code of the only problem, "" when there is a Feed.
std::string code_of(const Result<Feed>& result);

}  // namespace entsync::aaf::test
