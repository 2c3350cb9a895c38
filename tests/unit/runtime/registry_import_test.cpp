#include "runtime/registry_import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "config/load_registry.hpp"
#include "runtime/files.hpp"

namespace entsync::test {
namespace {

namespace fs = std::filesystem;

const std::string present_text = "format = 1\n[[ecole]]\nuai = \"0660713S\"\n";
const std::string next_text = present_text + "[[ecole]]\nuai = \"0400740M\"\n";

class RegistryImport : public testing::Test {
 protected:
  RegistryImport() {
    std::string name = (fs::temp_directory_path() / "entsync-registry-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    write(folder_ / "next.toml", next_text);
    write(file(), present_text);
    ::chmod(file().c_str(), 0640);
  }
  ~RegistryImport() override { fs::remove_all(folder_); }
  RegistryImport(const RegistryImport&) = delete;
  RegistryImport& operator=(const RegistryImport&) = delete;

  [[nodiscard]] fs::path file() const { return folder_ / "registre.toml"; }
  [[nodiscard]] std::string held_by(const char* name) const {
    return read_file(folder_ / name).value();
  }
  static void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_)) ++count;
    return count;
  }

  fs::path folder_;
};

TEST_F(RegistryImport, KeepsModeAndTheFileBefore) {
  Problems warnings;
  const Registry present = config::load_registry(file(), warnings).value();
  const NewRegistry next = read_new_registry(folder_ / "next.toml").value();
  ASSERT_TRUE(replace_registry(file(), present, next));
  EXPECT_EQ(held_by("registre.toml"), next_text);
  EXPECT_EQ(held_by("registre.toml.previous"), present_text);
  struct ::stat now {};
  ASSERT_EQ(::stat(file().c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777U, 0640U);
  EXPECT_EQ(files(), 3U);
}

TEST_F(RegistryImport, GoesThroughALinkToTheFileBehindIt) {
  fs::create_symlink(file(), folder_ / "link.toml");
  Problems warnings;
  const Registry present = config::load_registry(file(), warnings).value();
  const NewRegistry next = read_new_registry(folder_ / "next.toml").value();
  ASSERT_TRUE(replace_registry(folder_ / "link.toml", present, next));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.toml"));
  EXPECT_EQ(held_by("registre.toml"), next_text);
}

TEST_F(RegistryImport, IsRefusedWhenTheFileIsNotTheOneThatWasLookedAt) {
  Problems warnings;
  const Registry present = config::load_registry(file(), warnings).value();
  const NewRegistry next = read_new_registry(folder_ / "next.toml").value();
  write(file(), present_text + "# by somebody else\n");
  const auto replaced = replace_registry(file(), present, next);
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().list.front().code, "REG-001");
  EXPECT_EQ(held_by("registre.toml"), present_text + "# by somebody else\n");
  EXPECT_EQ(files(), 2U);
}

}  // namespace
}  // namespace entsync::test
