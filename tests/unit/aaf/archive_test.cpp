// Archives are hostile until read to their end: each defect has its own refusal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/aaf/entry_path.hpp"
#include "connectors/aaf/source.hpp"
#include "samples.hpp"
#include "support/folder.hpp"

namespace entsync::aaf {
namespace {

using entsync::test::Folder;
using test::code_of;
using test::document;
using test::Entry;
using test::file_name;
using test::gzip;
using test::pack_tar;
using test::pack_tgz;
using test::pack_zip;
using test::pupil;
using test::read_path;
using test::small_complet;

std::string code_of_archive(const std::string& bytes, const ReadLimits& limits = {}) {
  const Folder folder;
  return code_of(read_path(folder.write("delivery", bytes), {}, limits));
}
std::vector<Entry> with(std::vector<Entry> entries, const Entry& one) {
  entries.push_back(one);
  return entries;
}

TEST(Archive, TgzTarAndZipGiveTheSameRecords) {
  for (const std::string& directory :
       {std::string(), std::string("./"), std::string("AAF_20250915/")}) {
    const auto entries = small_complet(directory);
    for (const std::string& bytes : {pack_tgz(entries), pack_tar(entries), pack_zip(entries)}) {
      const Folder folder;
      const auto feed = read_path(folder.write("ENT1DVA.20250915.x", bytes));
      ASSERT_TRUE(feed) << to_string(feed.error());
      EXPECT_EQ(feed->records(Category::eleve).size(), 2);
      EXPECT_EQ(feed->records(Category::pers_rel_eleve).size(), 1);
      EXPECT_EQ(feed->records(Category::pers_educ_nat).size(), 1);
      EXPECT_EQ(feed->records(Category::etab_educ_nat).size(), 1);
      EXPECT_EQ(feed->files().front().name, file_name("Eleve"));
    }
  }
}

TEST(Archive, LeadingDirectoryEntriesAreHarmless) {
  std::vector<Entry> entries{{"./", "", Entry::Kind::directory},
                             {"./x/", "", Entry::Kind::directory}};
  for (const Entry& entry : small_complet("./x/")) entries.push_back(entry);
  EXPECT_EQ(code_of_archive(pack_tgz(entries)), "");
}

TEST(Archive, MissingFileOrFolder) {
  const Folder folder;
  EXPECT_EQ(code_of(read_path(folder.path() / "nowhere")), "AAF-001");
}

TEST(Archive, FileThatIsNoArchive) {
  EXPECT_EQ(code_of_archive(""), "AAF-002");
  EXPECT_EQ(code_of_archive("hello"), "AAF-002");
  EXPECT_EQ(code_of_archive(document(pupil("1"))), "AAF-002");
  EXPECT_EQ(code_of_archive(std::string(10'000, '\0')), "AAF-002");
}

TEST(Archive, GzipOfSomethingElseIsDamaged) {
  EXPECT_EQ(code_of_archive(gzip(document(pupil("1")))), "AAF-003");
  EXPECT_EQ(code_of_archive(gzip("")), "AAF-003");
}

TEST(Archive, TgzCutAnywhereIsDamaged) {
  const std::string whole = pack_tgz(small_complet());
  for (std::size_t size = 3; size < whole.size(); ++size)
    ASSERT_EQ(code_of_archive(whole.substr(0, size)), "AAF-003") << size;
}

TEST(Archive, TarCutBetweenTwoEntriesAndPackedWellIsDamaged) {
  const std::string one = pack_tar({small_complet().front()});
  // Without the zeros at its end the archive looks whole to libarchive.
  const std::string cut = one.substr(0, (one.find_last_not_of('\0') / 512 + 1) * 512);
  EXPECT_EQ(code_of_archive(gzip(cut)), "AAF-003");
  EXPECT_EQ(code_of_archive(gzip(cut + std::string(1'024, '\0'))), "");
}

TEST(Archive, AnyByteOfTgzThatFlipsIsDamageAndNotTheFaultOfTheXml) {
  const std::string whole = pack_tgz(small_complet());
  constexpr std::size_t gzip_header = 10;
  for (std::size_t at = gzip_header; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_EQ(code_of_archive(damaged), "AAF-003") << at;
  }
}

TEST(Archive, WrongChecksumOfGzipIsNoticedThoughAllDataIsThere) {
  std::string bytes = pack_tgz(small_complet());
  bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);
  EXPECT_EQ(code_of_archive(bytes), "AAF-003");
}

TEST(Archive, BytesAfterTheEndAreRefused) {
  const std::string tar = pack_tar(small_complet());
  EXPECT_EQ(code_of_archive(gzip(tar) + "garbage"), "AAF-003");
  EXPECT_EQ(code_of_archive(gzip(tar + "garbage")), "AAF-003");
  EXPECT_EQ(code_of_archive(gzip(tar + tar)), "AAF-003");
  EXPECT_EQ(code_of_archive(tar + "garbage"), "AAF-003");
  EXPECT_EQ(code_of_archive(gzip(tar + std::string(1U << 20U, '\0') + "x")), "AAF-003");
  EXPECT_EQ(code_of_archive(pack_zip(small_complet()) + "garbage"), "AAF-003");
  EXPECT_EQ(code_of_archive(pack_zip(small_complet()) + std::string(1, '\0')), "AAF-003");
}

TEST(Archive, PaddingWithZerosAndSeveralMembersAreNormal) {
  const std::string tar = pack_tar(small_complet());
  EXPECT_EQ(code_of_archive(gzip(tar) + std::string(512, '\0')), "");
  EXPECT_EQ(code_of_archive(gzip(tar + std::string(20'480, '\0'))), "");
  EXPECT_EQ(code_of_archive(gzip(tar.substr(0, 1'000)) + gzip(tar.substr(1'000))), "");
  EXPECT_EQ(code_of_archive(gzip(tar) + std::string(512, '\0') + gzip("")), "AAF-003");
}

TEST(Archive, ZipCutAnywhereIsDamaged) {
  const std::string whole = pack_zip({small_complet().back()});
  for (std::size_t size = 4; size < whole.size(); ++size)
    ASSERT_EQ(code_of_archive(whole.substr(0, size)), "AAF-003") << size;
}

TEST(Archive, DamagedContentOfZipIsNotTheFaultOfTheXml) {
  const std::string whole = pack_zip({{file_name("Eleve"), document(pupil("1"))}});
  const std::size_t name = whole.find(file_name("Eleve"));
  const std::size_t directory = whole.find("PK\1\2");
  for (std::size_t at = name + 60; at + 30 < directory; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x04);
    ASSERT_EQ(code_of_archive(damaged), "AAF-003") << at;
  }
}

TEST(Archive, PasswordProtectedZip) {
  EXPECT_EQ(code_of_archive(pack_zip(small_complet(), "secret")), "AAF-004");
}

TEST(Archive, EscapingPaths) {
  for (const char* name : {"../x.xml", "a/../../x.xml", "/etc/x.xml", "..", "a/..", "C:/x.xml",
                           "c:x.xml", "a\\b.xml", "..\\x.xml", "a\nb.xml"})
    EXPECT_EQ(code_of_archive(pack_tgz(with(small_complet(), {name, "x"}))), "AAF-005") << name;
  EXPECT_EQ(
      code_of_archive(pack_zip(with(small_complet(), {"../../" + file_name("Eleve", 1), "x"}))),
      "AAF-005");
}

TEST(Archive, MessageOfAnEscapingPathIsPrintable) {
  const Folder folder;
  const auto result =
      read_path(folder.write("x", pack_tgz({{"../\x1B[31m" + std::string(500, 'a'), "x"}})));
  ASSERT_EQ(code_of(result), "AAF-005");
  const std::string item = result.error().list.front().where.item;
  EXPECT_LT(item.size(), 130);
  EXPECT_EQ(item.find('\x1B'), std::string::npos);
}

TEST(Archive, LinksAndDevices) {
  EXPECT_EQ(
      code_of_archive(pack_tgz(with(small_complet(), {"x", "/etc/passwd", Entry::Kind::symlink}))),
      "AAF-006");
  EXPECT_EQ(
      code_of_archive(pack_tgz(with(
          small_complet(), {file_name("Eleve", 1), file_name("Eleve"), Entry::Kind::hardlink}))),
      "AAF-006");
  EXPECT_EQ(code_of_archive(pack_tgz(with(small_complet(), {"x", "", Entry::Kind::device}))),
            "AAF-006");
  EXPECT_EQ(
      code_of_archive(pack_zip(with(small_complet(), {"x", "/etc/passwd", Entry::Kind::symlink}))),
      "AAF-006");
}

TEST(Archive, TooManyEntries) {
  ReadLimits limits;
  limits.entries = 4;
  EXPECT_EQ(code_of_archive(pack_tgz(small_complet()), limits), "");
  EXPECT_EQ(code_of_archive(pack_tgz(with(small_complet(), {"x", ""})), limits), "AAF-008");
  EXPECT_EQ(code_of_archive(pack_zip(with(small_complet(), {"x", ""})), limits), "AAF-008");
}

TEST(Archive, TooLargeEntry) {
  ReadLimits limits;
  limits.entry_bytes = document(pupil("1") + pupil("2")).size();
  const auto entry = [](const std::string& content) {
    return std::vector<Entry>{{file_name("Eleve"), content}};
  };
  const std::string fits = document(pupil("1") + pupil("2"));
  EXPECT_EQ(code_of_archive(pack_tgz(entry(fits)), limits), "");
  EXPECT_EQ(code_of_archive(pack_tgz(entry(fits + "\n")), limits), "AAF-009");
  EXPECT_EQ(code_of_archive(pack_zip(entry(fits + "\n")), limits), "AAF-009");
}

TEST(Archive, TooLargeInAll) {
  ReadLimits limits;
  limits.total_bytes = 0;
  for (const Entry& entry : small_complet()) limits.total_bytes += entry.content.size();
  EXPECT_EQ(code_of_archive(pack_zip(small_complet()), limits), "");
  --limits.total_bytes;
  EXPECT_EQ(code_of_archive(pack_zip(small_complet()), limits), "AAF-010");
}

TEST(Archive, BombInAFileThatNobodyReadsIsStopped) {
  ReadLimits limits;
  limits.total_bytes = 1U << 20U;
  const std::vector<Entry> entries{{"zeros.bin", std::string(3U << 20U, '\0')}};
  EXPECT_EQ(code_of_archive(pack_tgz(entries), limits), "AAF-010");
}

TEST(Archive, WithoutAnyAafFile) {
  EXPECT_EQ(code_of_archive(pack_tgz({})), "AAF-011");
  EXPECT_EQ(code_of_archive(pack_tgz({{"readme.txt", "x"}})), "AAF-011");
  EXPECT_EQ(code_of_archive(pack_zip({{"readme.txt", "x"}})), "AAF-011");
}

TEST(Archive, InMemoryIsReadLikeAFile) {
  for (const std::string& bytes :
       {pack_tgz(small_complet()), pack_tar(small_complet()), pack_zip(small_complet())}) {
    const auto source = open_archive_bytes(bytes, {});
    ASSERT_TRUE(source);
    std::vector<std::string> names;
    std::string content;
    for (;;) {
      const auto next = (*source)->next();
      ASSERT_TRUE(next);
      if (!*next) break;
      names.push_back(**next);
      for (;;) {
        const auto read = (*source)->read();
        ASSERT_TRUE(read);
        if (read->empty()) break;
        content += *read;
      }
    }
    EXPECT_EQ(names.size(), 4);
    std::string expected;
    for (const Entry& entry : small_complet()) expected += entry.content;
    EXPECT_EQ(content, expected);
  }
}

TEST(EntryPath, IsCleanedWithoutChangingItsMeaning) {
  EXPECT_EQ(clean_entry_path("a/b.xml"), "a/b.xml");
  EXPECT_EQ(clean_entry_path("./a//./b.xml"), "a/b.xml");
  EXPECT_EQ(clean_entry_path("a/b/"), "a/b");
  EXPECT_EQ(clean_entry_path("..a/b..xml"), "..a/b..xml");
  for (const char* bad :
       {"", ".", "./", "/", "/a", "..", "a/..", "../a", "C:", "C:/a", "a\\b", "a\x7F"})
    EXPECT_EQ(clean_entry_path(bad), std::nullopt) << bad;
}

TEST(EntryPath, BelowAFolderMeansInsideIt) {
  EXPECT_EQ(below("a/b.xml", ""), "a/b.xml");
  EXPECT_EQ(below("a/b.xml", "a"), "b.xml");
  EXPECT_EQ(below("ab/b.xml", "a"), std::nullopt);
  EXPECT_EQ(below("a", "a"), std::nullopt);
}

}  // namespace
}  // namespace entsync::aaf
