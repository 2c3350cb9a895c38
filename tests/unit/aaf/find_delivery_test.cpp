#include <gtest/gtest.h>

#include "samples.hpp"
#include "support/folder.hpp"

namespace entsync::aaf {
namespace {

namespace fs = std::filesystem;
using entsync::test::Folder;
using test::file_name;

std::string delta_name() {
  return file_name("Eleve", 0, "Delta");
}

/// The Complet, and behind it the Deltas: "a + b + c".
std::string found_in(const Folder& folder) {
  const auto found = find_delivery(folder.path());
  if (!found) return found.error().list.front().code;
  std::string text = found->complet.lexically_relative(folder.path()).string();
  for (const fs::path& delta : found->deltas)
    text += " + " + delta.lexically_relative(folder.path()).string();
  return text;
}
void touch(const Folder& folder, const std::string& name) {
  fs::create_directories((folder.path() / name).parent_path());
  folder.write(name, "x");
}

TEST(FindDelivery, ArchiveIsItself) {
  const Folder folder;
  const fs::path file = folder.write("anything", "x");
  EXPECT_EQ(find_delivery(file).value().complet, file);
}

TEST(FindDelivery, FolderWithAafFilesIsItselfEvenBesideArchives) {
  const Folder folder;
  touch(folder, file_name("Eleve"));
  touch(folder, "ENT1DVA.20260101.tgz");
  EXPECT_EQ(found_in(folder), ".");
}

TEST(FindDelivery, NewestDateInTheNameWins) {
  const Folder folder;
  touch(folder, "ENT1DVA.20250916.tgz");
  touch(folder, "ENT1DVA.20250914.zip");
  touch(folder, "ENT1DVA.20250915.tar.gz");
  touch(folder, "ENT1DVA.20250917.tgz.part");
  touch(folder, "ENT1DVA.20251399.tgz");
  touch(folder, "no-date.tgz");
  EXPECT_EQ(found_in(folder), "ENT1DVA.20250916.tgz");
}

TEST(FindDelivery, DatesMayStandAnywhereInTheName) {
  const Folder folder;
  touch(folder, "Complet031-ENT.20250915.0230.tgz");
  touch(folder, "123456789_x.tgz");
  EXPECT_EQ(found_in(folder), "Complet031-ENT.20250915.0230.tgz");
}

TEST(FindDelivery, CompletComesBeforeDeltaOfTheSameDay) {
  const Folder folder;
  touch(folder, "A_Delta_20250915.tgz");
  touch(folder, "B_Complet_20250915.tgz");
  EXPECT_EQ(found_in(folder), "B_Complet_20250915.tgz");
  touch(folder, "C_Delta_20250916.tgz");
  EXPECT_EQ(found_in(folder), "B_Complet_20250915.tgz + C_Delta_20250916.tgz");
}

TEST(FindDelivery, DeltasFollowTheNewestCompletInTheOrderOfTheirDays) {
  const Folder folder;
  touch(folder, "AC-X.20250917.Delta.tgz");
  touch(folder, "AC-X.20250914.Delta.tgz");
  touch(folder, "AC-X.20250916.Delta/" + delta_name());
  touch(folder, "AC-X.20250915.zip");
  touch(folder, "AC-X.20250913.zip");
  EXPECT_EQ(found_in(folder), "AC-X.20250915.zip + AC-X.20250916.Delta + AC-X.20250917.Delta.tgz");
}

TEST(FindDelivery, AFolderIsADeltaByItsFilesNotByItsName) {
  const Folder folder;
  touch(folder, "20250915/" + file_name("Eleve"));
  touch(folder, "20250916/" + delta_name());
  touch(folder, "20250917/ENT1D/" + delta_name());
  EXPECT_EQ(found_in(folder), "20250915 + 20250916 + 20250917");
}

TEST(FindDelivery, DeltasWithoutACompletAreRefused) {
  const Folder folder;
  touch(folder, "AC-X.20250916.Delta.tgz");
  EXPECT_EQ(found_in(folder), "AAF-080");
}

TEST(FindDelivery, TwoDeltasOfOneDayAreRefusedUnlessACompletMakesThemOld) {
  const Folder folder;
  touch(folder, "AC-X.20250915.tgz");
  touch(folder, "AC-X.20250916.Delta.tgz");
  touch(folder, "AC-Y.20250916.Delta.tgz");
  EXPECT_EQ(found_in(folder), "AAF-028");
  touch(folder, "AC-X.20250916.tgz");
  EXPECT_EQ(found_in(folder), "AC-X.20250916.tgz");
}

TEST(FindDelivery, TwoOfOneDayAndKindAreRefused) {
  const Folder folder;
  touch(folder, "ENT1DVA.20250915.tgz");
  touch(folder, "ENT2DVA.20250915.tgz");
  EXPECT_EQ(found_in(folder), "AAF-028");
  touch(folder, "ENT1DVA.20250916.tgz");
  EXPECT_EQ(found_in(folder), "ENT1DVA.20250916.tgz");
}

TEST(FindDelivery, DatedFoldersAreDeliveries) {
  const Folder folder;
  touch(folder, "20250915/" + file_name("Eleve"));
  touch(folder, "20250916/ENT1D/" + file_name("Eleve"));
  touch(folder, "20250917/notes.txt");
  EXPECT_EQ(found_in(folder), "20250916");
}

TEST(FindDelivery, FoldersWithoutDateArePartsOfOneDelivery) {
  const Folder folder;
  touch(folder, "AC-X/" + file_name("Eleve"));
  touch(folder, "AC-Y/" + file_name("Eleve"));
  EXPECT_EQ(found_in(folder), ".");
}

TEST(FindDelivery, LinksAreNotFollowed) {
  const Folder folder;
  const Folder outside;
  touch(outside, "ENT1DVA.20250920.tgz");
  touch(folder, "ENT1DVA.20250915.tgz");
  fs::create_symlink(outside.path() / "ENT1DVA.20250920.tgz",
                     folder.path() / "ENT1DVA.20250920.tgz");
  EXPECT_EQ(found_in(folder), "ENT1DVA.20250915.tgz");
}

TEST(FindDelivery, NothingToFindIsToldApart) {
  const Folder folder;
  EXPECT_EQ(found_in(folder), "AAF-045");
  EXPECT_EQ(find_delivery(folder.path() / "nowhere").error().list.front().code, "AAF-001");
}

}  // namespace
}  // namespace entsync::aaf
