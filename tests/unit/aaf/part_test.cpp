// Single records of a delivery, read by their places.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "connectors/aaf/part_reader.hpp"
#include "samples.hpp"
#include "support/folder.hpp"

namespace entsync::aaf {
namespace {

using test::add_request;
using test::attr;
using test::document;
using test::file_name;
using test::words;

std::string named(std::string_view id, std::string_view name) {
  return add_request(id, attr("ENTPersonNom", {std::string(name)}) + "\n\n" +
                             attr("ENTPersonPrenom", {"L\xE9"
                                                      "a"}));
}

/// A Complet whose pupils stand in two files, one of them in ISO-8859-1 with a record between that
/// is rejected.
class Part : public testing::Test {
 protected:
  Part() {
    for (const test::Entry& entry : test::small_complet()) folder_.write(entry.name, entry.content);
    folder_.write(file_name("Eleve", 1),
                  document("<!-- a comment -->\n" + named("71", "H\xC9LO\xCFSE") + "\n" +
                               add_request("72", attr("ENTPersonNom", {"&unknown;"})) + "\n" +
                               named("73", "DURAND") + "\n\n" + named("74", "N\xD2") + "\n",
                           "ISO-8859-1"));
    auto feed = test::read_path(folder_.path());
    EXPECT_TRUE(feed);
    whole_.emplace(std::move(*feed));
    for (const SourceFile& file : whole_->files())
      files_.push_back(
          {folder_.path() / file.name, stamp_of(folder_.path() / file.name), file.bytes});
    for (const Category category : all_categories)
      for (const FeedRecord& record : whole_->records(category)) {
        const SourcePosition at = record.position();
        files_[at.file].head = std::min(files_[at.file].head, at.offset);
      }
  }

  [[nodiscard]] RecordPlace place_of(const FeedRecord& record) const {
    const SourcePosition at = record.position();
    std::uint64_t end = whole_->files()[at.file].bytes;
    for (const FeedRecord& other : whole_->records(record.category()))
      if (other.position().file == at.file && other.position().offset > at.offset)
        end = std::min(end, other.position().offset);
    return {{record.category(), std::string(record.id())}, at.file, at.offset, end, at.line};
  }

  [[nodiscard]] Result<Feed> read(std::vector<RecordPlace> places) const {
    Feed outline(whole_->academie(), whole_->kind(), whole_->date());
    for (const SourceFile& file : whole_->files()) outline.add_file(file);
    return read_records(std::move(outline),
                        {files_, std::move(places), words().vocabulary, {}, {}});
  }

  [[nodiscard]] const FeedRecord& pupil(std::string_view id) const {
    return *std::ranges::find(whole_->records(Category::eleve), id, &FeedRecord::id);
  }

  entsync::test::Folder folder_;
  std::optional<Feed> whole_;
  std::vector<PartFile> files_;
};

TEST_F(Part, EveryRecordAloneSaysWhatItSaysInTheWhole) {
  for (const Category category : all_categories)
    for (const FeedRecord& record : whole_->records(category)) {
      const auto part = read({place_of(record)});
      ASSERT_TRUE(part) << to_string(part.error());
      ASSERT_EQ(part->records(category).size(), 1);
      const FeedRecord& alone = part->records(category).front();
      EXPECT_EQ(alone.id(), record.id());
      EXPECT_EQ(alone.position(), record.position());
      ASSERT_EQ(alone.value_count(), record.value_count());
      for (std::size_t i = 0; i < record.value_count(); ++i) {
        EXPECT_EQ(alone.value(i).text, record.value(i).text);
        EXPECT_EQ(alone.value(i).position, record.value(i).position);
      }
      EXPECT_EQ(part->files(), whole_->files());
    }
}

TEST_F(Part, RecordsComeInTheOrderOfTheFiles) {
  const auto part = read({place_of(pupil("74")), place_of(pupil("71"))});
  ASSERT_TRUE(part) << to_string(part.error());
  ASSERT_EQ(part->records(Category::eleve).size(), 2);
  EXPECT_EQ(part->records(Category::eleve).front().id(), "71");
}

TEST_F(Part, AnotherRecordAtThePlaceIsAChangedDelivery) {
  RecordPlace place = place_of(pupil("73"));
  place.key.id = "75";
  EXPECT_EQ(test::code_of(read({place})), "AAF-067");
}

TEST_F(Part, AFileThatWasTouchedIsAChangedDelivery) {
  const RecordPlace place = place_of(pupil("73"));
  std::filesystem::last_write_time(folder_.path() / file_name("Eleve", 1),
                                   std::filesystem::file_time_type::clock::now());
  EXPECT_EQ(test::code_of(read({place})), "AAF-067");
}

TEST_F(Part, AFileThatIsGoneIsAChangedDelivery) {
  const RecordPlace place = place_of(pupil("73"));
  std::filesystem::remove(folder_.path() / file_name("Eleve", 1));
  EXPECT_EQ(test::code_of(read({place})), "AAF-067");
}

}  // namespace
}  // namespace entsync::aaf
