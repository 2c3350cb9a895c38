// Deliveries that lie unpacked in a folder.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>

#include "connectors/aaf/source.hpp"
#include "samples.hpp"
#include "support/folder.hpp"

namespace entsync::aaf {
namespace {

namespace fs = std::filesystem;
using entsync::test::Folder;
using test::code_of;
using test::document;
using test::Entry;
using test::file_name;
using test::pupil;
using test::read_path;
using test::small_complet;

/// A Complet in a folder, below `directory` of it.
class Delivered {
 public:
  explicit Delivered(const std::string& directory = {}) {
    if (!directory.empty()) fs::create_directories(path() / directory);
    for (const Entry& entry : small_complet(directory.empty() ? "" : directory + "/"))
      folder_.write(entry.name, entry.content);
  }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }
  [[nodiscard]] const Folder& folder() const { return folder_; }

 private:
  Folder folder_;
};

TEST(DeliveredFolder, IsReadAtItsTopAndOneDirectoryDown) {
  for (const char* directory : {"", "ENT1D"}) {
    const Delivered delivered(directory);
    const auto feed = read_path(delivered.path());
    ASSERT_TRUE(feed) << to_string(feed.error());
    EXPECT_EQ(feed->records(Category::eleve).size(), 2);
  }
}

TEST(DeliveredFolder, FilesAreReadInTheOrderOfTheirNames) {
  const Delivered delivered;
  const auto feed = read_path(delivered.path());
  ASSERT_TRUE(feed);
  std::vector<std::string> names;
  for (const SourceFile& file : feed->files()) names.push_back(file.name);
  EXPECT_TRUE(std::ranges::is_sorted(names));
}

TEST(DeliveredFolder, IsNotSearchedDeeper) {
  const Delivered delivered("a/b");
  EXPECT_EQ(code_of(read_path(delivered.path())), "AAF-011");
}

TEST(DeliveredFolder, GivesTheSameFeedAsItsArchive) {
  const Delivered delivered;
  const Folder other;
  auto entries = small_complet();
  std::ranges::sort(entries, {}, &Entry::name);
  const auto unpacked = read_path(delivered.path());
  const auto packed = read_path(other.write("x.tgz", test::pack_tgz(entries)));
  ASSERT_TRUE(unpacked);
  ASSERT_TRUE(packed);
  EXPECT_EQ(test::describe(*unpacked), test::describe(*packed));
}

TEST(DeliveredFolder, SymbolicLinksAndSpecialFilesAreRefused) {
  {
    const Delivered delivered;
    fs::create_symlink("/etc/passwd", delivered.path() / file_name("Eleve", 1));
    EXPECT_EQ(code_of(read_path(delivered.path())), "AAF-007");
  }
  {
    const Delivered delivered;
    fs::create_directory_symlink("/", delivered.path() / "x");
    EXPECT_EQ(code_of(read_path(delivered.path())), "AAF-007");
  }
  {
    const Delivered delivered;
    ASSERT_EQ(::mkfifo((delivered.path() / "x").c_str(), 0600), 0);
    EXPECT_EQ(code_of(read_path(delivered.path())), "AAF-007");
  }
}

TEST(DeliveredFolder, PathThatIsAPipeIsRefusedWithoutWaiting) {
  const Folder folder;
  ASSERT_EQ(::mkfifo((folder.path() / "x").c_str(), 0600), 0);
  EXPECT_EQ(code_of(read_path(folder.path() / "x")), "AAF-001");
}

/// Root may read everything: such a test runs as nobody.
class WithoutPrivileges {
 public:
  WithoutPrivileges() : before_(::geteuid()) {
    constexpr uid_t nobody = 65'534;
    if (before_ == 0 && ::seteuid(nobody) != 0) throw std::runtime_error("seteuid");
  }
  ~WithoutPrivileges() {
    if (::seteuid(before_) != 0) std::abort();
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

 private:
  uid_t before_;
};

TEST(DeliveredFolder, UnreadableFileIsNamed) {
  const Delivered delivered;
  for (const Entry& entry : small_complet())
    fs::permissions(delivered.path() / entry.name, fs::perms::all);
  fs::permissions(delivered.path(), fs::perms::all);
  fs::permissions(delivered.path() / file_name("Eleve"), fs::perms::none);
  const WithoutPrivileges nobody;
  const auto result = read_path(delivered.path());
  ASSERT_EQ(code_of(result), "AAF-001");
  EXPECT_NE(result.error().list.front().where.file.find(file_name("Eleve")), std::string::npos);
}

TEST(DeliveredFolder, LimitsHoldThereToo) {
  const Delivered delivered;
  ReadLimits limits;
  limits.entries = 3;
  EXPECT_EQ(code_of(read_path(delivered.path(), {}, limits)), "AAF-008");
  limits = {};
  limits.entry_bytes = 500;
  EXPECT_EQ(code_of(read_path(delivered.path(), {}, limits)), "AAF-009");
  limits = {};
  limits.total_bytes = 1'000;
  EXPECT_EQ(code_of(read_path(delivered.path(), {}, limits)), "AAF-010");
}

/// Reads the folder and calls `meddle` when the first bytes were read.
std::string code_when(const fs::path& path, const std::function<void()>& meddle) {
  bool done = false;
  const auto progress = [&](std::uint64_t) {
    if (!done) meddle();
    done = true;
  };
  return code_of(read_delivery({path, {}, "AC-X", test::words().vocabulary, {}, {}, progress}));
}
void append(const fs::path& file) {
  std::ofstream(file, std::ios::app) << "\n";
}

TEST(DeliveredFolder, ThatChangesWhileItIsReadIsRefused) {
  // Files are read in the order of their names: Eleve first, PersRelEleve last.
  {
    const Delivered delivered;
    EXPECT_EQ(code_when(delivered.path(), [&] { append(delivered.path() / file_name("Eleve")); }),
              "AAF-016");
  }
  {
    const Delivered delivered;
    EXPECT_EQ(
        code_when(delivered.path(), [&] { append(delivered.path() / file_name("PersRelEleve")); }),
        "AAF-016");
  }
  {
    const Delivered delivered;
    EXPECT_EQ(code_when(delivered.path(),
                        [&] { fs::remove(delivered.path() / file_name("PersRelEleve")); }),
              "AAF-016");
  }
  {
    const Delivered delivered;
    EXPECT_EQ(
        code_when(
            delivered.path(),
            [&] { delivered.folder().write(file_name("Eleve", 1), document(pupil("9000103"))); }),
        "AAF-016");
  }
  {
    const Delivered delivered;
    EXPECT_EQ(code_when(delivered.path(),
                        [&] {
                          const fs::path file = delivered.path() / file_name("PersRelEleve");
                          fs::remove(file);
                          fs::create_symlink("/dev/null", file);
                        }),
              "AAF-016");
  }
}

TEST(DeliveredFolder, PartThatArrivesBehindAllOthersIsNoticed) {
  const Delivered delivered;
  const auto arrives = [&] {
    delivered.folder().write(file_name("PersRelEleve", 1), document(""));
  };
  EXPECT_EQ(code_when(delivered.path(), arrives), "AAF-016");
}

TEST(DeliveredFolder, FileWrittenToAfterItWasReadIsNoticedAtTheEnd) {
  const Delivered delivered;
  std::size_t calls = 0;
  const auto progress = [&](std::uint64_t) {
    if (++calls == 3) append(delivered.path() / file_name("Eleve"));
  };
  EXPECT_EQ(code_of(read_delivery(
                {delivered.path(), {}, "AC-X", test::words().vocabulary, {}, {}, progress})),
            "AAF-016");
}

TEST(DeliveredFolder, BrokenFileOfATransferThatGoesOnIsNotTheFaultOfTheXml) {
  const Delivered delivered;
  delivered.folder().write(file_name("Eleve"), document(pupil("1")) + document(pupil("2")));
  const auto arrives = [&] { append(delivered.path() / file_name("PersRelEleve")); };
  EXPECT_EQ(code_of(read_path(delivered.path())), "AAF-033");
  EXPECT_EQ(code_when(delivered.path(), arrives), "AAF-016");
}

TEST(DeliveredFolder, ArchiveThatChangesWhileItIsReadIsRefused) {
  const Folder folder;
  const fs::path zip = folder.write("x.zip", test::pack_zip(small_complet()));
  EXPECT_EQ(code_when(zip,
                      [&] {
                        std::fstream file(zip, std::ios::in | std::ios::out);
                        file.seekp(0);
                        file.write("P", 1);
                        file.close();
                        // The clock of a file system may be coarse: set the time apart.
                        fs::last_write_time(
                            zip, fs::file_time_type::clock::now() + std::chrono::seconds(5));
                      }),
            "AAF-016");
}

}  // namespace
}  // namespace entsync::aaf
