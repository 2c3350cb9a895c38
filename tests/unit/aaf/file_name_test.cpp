#include <gtest/gtest.h>

#include "connectors/aaf/delivery.hpp"

namespace entsync::aaf {
namespace {

TEST(FileName, IsRecognisedByItsSuffixWhateverThePrefix) {
  for (const std::string prefix :
       {"ENT", "ENT_0123456A", "ENT2DVA-ENT16", "EnvOLE_ENT1DVA_0123456A", "FULL_Complet_service",
        "ENTBFC_BESANCON"}) {
    const auto name = parse_file_name(prefix + "_Complet_20250915_PersRelEleve_0039.xml");
    ASSERT_TRUE(name) << prefix;
    EXPECT_EQ(name->kind, DeliveryKind::complet);
    EXPECT_EQ(name->date.iso(), "2025-09-15");
    EXPECT_EQ(name->category, Category::pers_rel_eleve);
    EXPECT_EQ(name->part, 39);
  }
}

TEST(FileName, EleveIsNotMistakenForPersRelEleve) {
  EXPECT_EQ(parse_file_name("ENT_Delta_20250915_Eleve_0000.xml")->category, Category::eleve);
  EXPECT_EQ(parse_file_name("ENT_Delta_20250915_Eleve_0000.xml")->kind, DeliveryKind::delta);
  EXPECT_EQ(parse_file_name("ENT_Delta_20250915_PersEducNat_0000.xml")->category,
            Category::pers_educ_nat);
  EXPECT_EQ(parse_file_name("ENT_Delta_20250915_EtabEducNat_12345.xml")->part, 12'345);
}

TEST(FileName, OthersAreNotAaf) {
  for (const std::string name :
       {"", ".xml", "Eleve_0000.xml", "Complet_20250915_Eleve_0000.xml",
        "_Complet_20250915_Eleve_0000.xml", "ENT_complet_20250915_Eleve_0000.xml",
        "ENT_Complet_20251315_Eleve_0000.xml", "ENT_Complet_2025091_Eleve_0000.xml",
        "ENT_Complet_20250915_Eleve_000.xml", "ENT_Complet_20250915_Eleve_00a0.xml",
        "ENT_Complet_20250915_Eleve_1234567890.xml", "ENT_Complet_20250915_Eleve_0000.XML",
        "ENT_Complet_20250915_Eleve_0000.xml.gz", "ENT_Complet_20250915_MatiereEducNat_0000.xml",
        "ENT_Complet_20250915_eleve_0000.xml", "._ENT_Complet_20250915_Eleve_0000.xml",
        "ENT_Complet_20250915_Eleve_0000.xml "})
    EXPECT_FALSE(parse_file_name(name)) << name;
  EXPECT_FALSE(parse_file_name(std::string(250, 'a') + "_Complet_20250915_Eleve_0000.xml"));
}

}  // namespace
}  // namespace entsync::aaf
