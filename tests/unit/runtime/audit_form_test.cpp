#include "runtime/audit_form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.hpp"

namespace entsync {
namespace {

using testing::HasSubstr;

AuditRecord change_of(std::string value) {
  AuditRecord record;
  record.seq = 7;
  record.time = "2026-09-02T01:00:00.000Z";
  record.type = AuditType::intent;
  record.operation = "modify";
  record.rule = "r";
  record.attributes.push_back({"sn", {"before"}, {std::move(value)}, "Eleve.xml", "", 12, 0});
  return record;
}

TEST(AuditForm, BytesThatAreNoTextBreakNoForm) {
  for (const AuditForm form : {AuditForm::text, AuditForm::json, AuditForm::csv}) {
    const std::string text = shown(form, change_of("\xFF\xFE"), std::nullopt);
    EXPECT_TRUE(is_valid_utf8(text)) << text;
    EXPECT_THAT(text, HasSubstr("(binary)"));
  }
}

TEST(AuditForm, ACellIsQuotedAndNoFormula) {
  EXPECT_THAT(shown(AuditForm::csv, change_of("a \"b\""), std::nullopt),
              HasSubstr("\"a \"\"b\"\"\""));
  for (const char* formula : {"=1+1", "+33", "-1", "@x"})
    EXPECT_THAT(shown(AuditForm::csv, change_of(formula), std::nullopt),
                HasSubstr("\"'" + std::string(formula) + "\""));
}

TEST(AuditForm, AStoryNamesFileAndLine) {
  EXPECT_THAT(shown(AuditForm::text, change_of("after"), std::nullopt),
              HasSubstr("+ sn: after    (r.sn, Eleve.xml:12)"));
}

}  // namespace
}  // namespace entsync
