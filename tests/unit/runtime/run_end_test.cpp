#include "runtime/run_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entsync::test {
namespace {

using testing::HasSubstr;
using testing::Not;

RunResult ended(int exit_code) {
  RunResult result;
  result.exit_code = exit_code;
  result.report.run = "R1";
  return result;
}

TEST(RunEnd, OfARunThatWentWellNobodyIsTold) {
  EXPECT_TRUE(alerts_of(ended(exit_done)).empty());
}

TEST(RunEnd, SchoolsServedWithoutAnAgreementAreToldBesideWhatElseHappened) {
  RunResult result = ended(exit_held);
  result.report.hold_id = "H1";
  for (int n = 0; n < 21; ++n)
    result.report.findings.warning("DATA-005", {{}, 0, "UAI" + std::to_string(n)}, "over");
  result.report.findings.warning("DATA-004", {{}, 0, "OTHER"}, "in grace");
  const std::vector<Alert> alerts = alerts_of(result);
  ASSERT_EQ(alerts.size(), 2U);
  EXPECT_EQ(alerts[0].kind, "held");
  EXPECT_EQ(alerts[1].kind, "overdue-agreement");
  EXPECT_EQ(alerts[1].subject, "21 schools are served without an agreement");
  EXPECT_EQ(alerts[1].run, "R1");
  EXPECT_THAT(alerts[1].text, HasSubstr("[UAI19]: over"));
  EXPECT_THAT(alerts[1].text, Not(HasSubstr("UAI20")));
  EXPECT_THAT(alerts[1].text, Not(HasSubstr("OTHER")));
  EXPECT_THAT(alerts[1].text, HasSubstr("and 1 more: entsync registry list"));
}

TEST(RunEnd, RemindersOfRectificationsAreToldByNumberAndSchool) {
  RunResult result = ended(exit_done);
  result.report.rectifications = {"school 0310001H: first reminder of rectification 3"};
  const std::vector<Alert> alerts = alerts_of(result);
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].kind, "rectification");
  EXPECT_EQ(alerts[0].text,
            "school 0310001H: first reminder of rectification 3\nentsync rights rectify list\n");
}

}  // namespace
}  // namespace entsync::test
