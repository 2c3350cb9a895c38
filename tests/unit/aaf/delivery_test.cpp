// A delivery as a set of files.

#include "connectors/aaf/delivery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "digest/sha256.hpp"
#include "samples.hpp"
#include "support/folder.hpp"

namespace entsync::aaf {
namespace {

using entsync::test::Folder;
using test::code_of;
using test::document;
using test::Entry;
using test::file_name;
using test::pack_tgz;
using test::pupil;
using test::read_path;
using test::small_complet;

Result<Feed> read_entries(const std::vector<Entry>& entries, const std::string& folder_name = {}) {
  const Folder folder;
  return read_path(folder.write("x.tgz", pack_tgz(entries)), folder_name);
}

TEST(Delivery, FeedKnowsItsKindDateFilesAndDigests) {
  const auto entries = small_complet();
  const auto feed = read_entries(entries);
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->kind(), DeliveryKind::complet);
  EXPECT_EQ(feed->date().iso(), "2025-09-15");
  EXPECT_EQ(feed->academie(), "AC-X");
  ASSERT_EQ(feed->files().size(), 4);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(feed->files()[i].name, entries[i].name);
    EXPECT_EQ(feed->files()[i].sha256, sha256_hex(entries[i].content));
    EXPECT_EQ(feed->files()[i].bytes, entries[i].content.size());
    EXPECT_EQ(feed->files()[i].academie, "AC-X");
    bytes += entries[i].content.size();
  }
  EXPECT_EQ(feed->files()[0].records, 2);
  EXPECT_EQ(feed->files()[1].category, Category::pers_rel_eleve);
  EXPECT_EQ(feed->bytes, bytes);
}

TEST(Delivery, DigestIsOfTheBytesAsDelivered) {
  const std::string latin1 =
      document("<!-- \xE9 -->\r\n" + test::add_request("1", test::attr("ENTPersonNom", {"\xE9"})),
               "ISO-8859-1");
  const auto feed = read_entries({{file_name("Eleve"), latin1}});
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->files().front().sha256, sha256_hex(latin1));
}

TEST(Delivery, DeltaIsReadWithItsRequests) {
  const auto feed = read_entries(
      {{file_name("Eleve", 0, "Delta"), document(pupil("1") + test::delete_request("1"))}});
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->kind(), DeliveryKind::delta);
  EXPECT_EQ(feed->records(Category::eleve).size(), 2);
}

TEST(Delivery, PartsMayComeInAnyOrder) {
  std::vector<Entry> entries;
  for (unsigned part = 0; part < 5; ++part)
    entries.push_back({file_name("Eleve", part), document(pupil(std::to_string(part)))});
  do {
    const auto feed = read_entries(entries);
    ASSERT_TRUE(feed);
    std::set<std::string> ids;
    for (const FeedRecord& record : feed->records(Category::eleve)) {
      ids.emplace(record.id());
      EXPECT_EQ(feed->files()[record.position().file].name,
                file_name("Eleve", static_cast<unsigned>(std::stoul(std::string(record.id())))));
    }
    EXPECT_EQ(ids.size(), 5);
  } while (std::ranges::next_permutation(entries, {}, &Entry::name).found);
}

TEST(Delivery, OtherFilesArePassedOver) {
  auto entries = small_complet();
  for (const std::string& name :
       {std::string("ficAlimMENESR.dtd"), std::string("x.md5"), file_name("MatiereEducNat"),
        file_name("MefEducNat"), "._" + file_name("Eleve"), "__MACOSX/._" + file_name("Eleve"),
        std::string("readme.xml"), std::string("a/b/c/d.txt")})
    entries.push_back({name, "not XML"});
  const auto feed = read_entries(entries);
  ASSERT_TRUE(feed) << to_string(feed.error());
  EXPECT_EQ(feed->files().size(), 4);
}

TEST(Delivery, FilesOfTwoDirectoriesNeedAFolder) {
  auto entries = small_complet("AC-X/");
  for (const Entry& entry : small_complet("AC-Y/")) entries.push_back(entry);
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-012");
  for (const char* folder : {"AC-X", "AC-Y", "./AC-X/"}) {
    const auto feed = read_entries(entries, folder);
    ASSERT_TRUE(feed) << to_string(feed.error());
    EXPECT_EQ(feed->files().size(), 4);
  }
  entries = small_complet();
  entries.push_back({"x/" + file_name("Eleve", 1), document(pupil("3"))});
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-012");
}

TEST(Delivery, FolderMayHoldOneDirectoryMore) {
  const auto feed = read_entries(small_complet("AC-X/ENT1D/"), "AC-X");
  ASSERT_TRUE(feed) << to_string(feed.error());
  EXPECT_EQ(feed->files().front().name, file_name("Eleve"));
  EXPECT_EQ(code_of(read_entries(small_complet("AC-X/ENT1D/b/"), "AC-X")), "AAF-027");
}

TEST(Delivery, FolderOfADirectoryIsTheOnlyPartThatIsLookedAt) {
  const Folder folder;
  for (const char* academie : {"AC-X", "AC-Y"}) {
    std::filesystem::create_directories(folder.path() / academie / "ENT1D");
    for (const Entry& entry : small_complet(std::string(academie) + "/ENT1D/"))
      folder.write(entry.name, entry.content);
  }
  std::filesystem::create_symlink("/", folder.path() / "AC-Y" / "link");
  EXPECT_EQ(code_of(read_path(folder.path(), "AC-X")), "");
  EXPECT_EQ(code_of(read_path(folder.path(), "AC-Y")), "AAF-007");
  std::filesystem::create_directory_symlink(folder.path() / "AC-X", folder.path() / "AC-Z");
  EXPECT_EQ(code_of(read_path(folder.path(), "AC-Z")), "AAF-007");
  EXPECT_EQ(code_of(read_path(folder.path(), "AC-Z/ENT1D")), "AAF-007");
}

TEST(Delivery, FolderThatIsNotThereIsNamed) {
  const auto result = read_entries(small_complet("AC-X/"), "AC-Z");
  ASSERT_EQ(code_of(result), "AAF-017");
  EXPECT_NE(result.error().list.front().what.find("AC-Z"), std::string::npos);
  const Folder folder;
  EXPECT_EQ(code_of(read_path(folder.path(), "AC-Z")), "AAF-001");
}

TEST(Delivery, FolderMayNotLeadOutside) {
  for (const char* folder : {"..", "/etc", "a/../..", "a\\b", "."})
    EXPECT_EQ(code_of(read_entries(small_complet(), folder)), "AAF-029") << folder;
}

TEST(Delivery, FilesMustAgreeOnDateAndKind) {
  auto entries = small_complet();
  entries.push_back({file_name("Eleve", 1, "Complet", "20250916"), document(pupil("3"))});
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-013");
  entries.back() = {file_name("Eleve", 1, "Delta"), document(pupil("3"))};
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-014");
}

TEST(Delivery, PartThatIsThereTwiceIsRefused) {
  auto entries = small_complet();
  entries.push_back(entries.front());
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-015");
  entries.back().name = "ENT2D_" + entries.front().name;
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-015");
}

TEST(Delivery, FileThatIsStillBeingTransferredIsRefused) {
  for (const std::string& name :
       {file_name("Eleve", 1) + ".part", file_name("Eleve", 1) + ".filepart",
        file_name("Eleve", 1) + ".tmp", "." + file_name("Eleve", 1) + ".Ab12cD"}) {
    auto entries = small_complet();
    entries.push_back({name, "x"});
    EXPECT_EQ(code_of(read_entries(entries)), "AAF-018") << name;
  }
}

TEST(Delivery, DefectOfOneFileRefusesAllAndNamesIt) {
  auto entries = small_complet();
  entries[2].content.resize(entries[2].content.size() - 30);
  const auto result = read_entries(entries);
  ASSERT_EQ(code_of(result), "AAF-031");
  EXPECT_EQ(result.error().list.front().where.file, file_name("EtabEducNat"));
  EXPECT_EQ(result.error().list.front().where.item, "AC-X");
}

TEST(Delivery, EmptyFileRefusesAll) {
  auto entries = small_complet();
  entries[1].content.clear();
  EXPECT_EQ(code_of(read_entries(entries)), "AAF-030");
}

TEST(Delivery, RejectedRecordsOfAllFilesAreBoundedTogether) {
  ReadLimits limits;
  limits.rejected_records = 1;
  const Folder folder;
  const std::string bad = document(test::add_request("1", "<autre/>"));
  const auto path =
      folder.write("x.tgz", pack_tgz({{file_name("Eleve", 0), bad}, {file_name("Eleve", 1), bad}}));
  EXPECT_EQ(code_of(read_path(path, {}, limits)), "AAF-044");
}

TEST(Delivery, ContradictionsCountAsRejectedRecords) {
  ReadLimits limits;
  limits.rejected_records = 1;
  const Folder folder;
  const auto path = folder.write(
      "x.tgz", pack_tgz({{file_name("Eleve"),
                          document(pupil("1") +
                                   test::add_request("1", test::attr("ENTPersonNom", {"Y"})))}}));
  EXPECT_EQ(code_of(read_path(path, {}, limits)), "AAF-044");
  EXPECT_EQ(code_of(read_path(path)), "");
}

TEST(Delivery, ProgressGrowsToTheWholeAndMayCancel) {
  const Folder folder;
  const auto path = folder.write("x.tgz", pack_tgz(small_complet()));
  std::vector<std::uint64_t> seen;
  const auto feed =
      read_delivery({path, {}, "AC-X", test::words().vocabulary, {}, {}, [&](std::uint64_t bytes) {
                       seen.push_back(bytes);
                     }});
  ASSERT_TRUE(feed);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(seen.back(), feed->bytes);
  struct Stop {};
  EXPECT_THROW((void)read_delivery({path,
                                    {},
                                    "AC-X",
                                    test::words().vocabulary,
                                    {},
                                    {},
                                    [](std::uint64_t) { throw Stop(); }}),
               Stop);
}

}  // namespace
}  // namespace entsync::aaf
