#include "connectors/aaf/metadata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.hpp"
#include "support/folder.hpp"

namespace entsync::aaf {
namespace {

using entsync::test::Folder;
using test::document;
using test::file_name;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Metadata, IsReadFromComments) {
  const auto reading = test::read_xml(document(
      "<!-- versionAF=\"AAF-VE2407\" -->\n<!-- versionSDET = \"Annexe 4bis version 6.4\" -->\n"
      "<!--codeAcademieExport=\"016\"degre=\"1D\"-->"
      "<!--dateGenerationExport=\"15/09/2025\"-->"));
  EXPECT_THAT(
      reading.feed.metadata,
      ElementsAre(Pair("codeAcademieExport", "016"), Pair("dateGenerationExport", "15/09/2025"),
                  Pair("degre", "1D"), Pair("versionAF", "AAF-VE2407"),
                  Pair("versionSDET", "Annexe 4bis version 6.4")));
}

TEST(Metadata, OtherCommentsAreNotKept) {
  EXPECT_THAT(test::read_xml(document("<!-- contact=\"QUELQU'UN\" --><!-- x --><!-- versionAF -->"
                                      "<!-- versionAF=AAF --><!-- versionAF=\"AAF -->"))
                  .feed.metadata,
              IsEmpty());
}

TEST(Metadata, IsDecoded) {
  const auto reading = test::read_xml(document("<!-- versionSDET=\"\xE9t\xE9\" -->", "ISO-8859-1"));
  EXPECT_THAT(reading.feed.metadata, ElementsAre(Pair("versionSDET", "été")));
}

TEST(Metadata, PairsHaveBoundedNamesAndValues) {
  EXPECT_THAT(
      metadata_pairs("a=\"" + std::string(256, 'x') + "\" b=\"" + std::string(257, 'x') + "\""),
      ElementsAre(Pair("a", std::string(256, 'x'))));
  EXPECT_THAT(metadata_pairs(std::string(65, 'a') + "=\"x\" 1=\"x\" =\"x\" \"="), IsEmpty());
}

TEST(Metadata, FilesMustComeFromOneAcademie) {
  const auto file = [](const std::string& code) {
    return document("<!-- codeAcademieExport=\"" + code + "\" -->");
  };
  const Folder folder;
  const auto same = folder.write("a.tgz", test::pack_tgz({{file_name("Eleve"), file("016")},
                                                          {file_name("Eleve", 1), file("016")}}));
  EXPECT_EQ(test::code_of(test::read_path(same)), "");
  const auto mixed = folder.write("b.tgz", test::pack_tgz({{file_name("Eleve"), file("016")},
                                                           {file_name("Eleve", 1), file("017")}}));
  EXPECT_EQ(test::code_of(test::read_path(mixed)), "AAF-019");
}

}  // namespace
}  // namespace entsync::aaf
