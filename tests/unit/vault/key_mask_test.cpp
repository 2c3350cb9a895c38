#include "vault/key_mask.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

std::string masked(std::string_view text) {
  return mask_keys(text, [](std::string_view key) { return "<" + std::string(key) + ">"; });
}

TEST(KeyMask, FindsTheKeysOfPersonsWhereverTheyStand) {
  EXPECT_EQ(masked("AC-X/Eleve/1"), "<AC-X/Eleve/1>");
  EXPECT_EQ(masked("explanation of AC-X/Eleve/1 shown"), "explanation of <AC-X/Eleve/1> shown");
  EXPECT_EQ(masked("journal: person AC-X/PersRelEleve/7; 2 records"),
            "journal: person <AC-X/PersRelEleve/7>; 2 records");
  EXPECT_EQ(masked("(AC-A/PersEducNat/1, AC-B/Eleve/2.)"),
            "(<AC-A/PersEducNat/1>, <AC-B/Eleve/2>.)");
  EXPECT_EQ(masked("those of AC-LÎLE/Eleve/é-1_2, whom nobody has"),
            "those of <AC-LÎLE/Eleve/é-1_2>, whom nobody has");
}

TEST(KeyMask, LeavesWhatIsNoKeyOfAPerson) {
  for (const char* text : {"", "a school of 0660001A", "AC-X/EtabEducNat/3", "/Eleve/",
                           "a /Eleve/ b", "POST /v1/sync", "Eleve/1"})
    EXPECT_EQ(masked(text), text);
}

}  // namespace
}  // namespace entsync
