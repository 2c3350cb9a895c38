#include "read_retention.hpp"

#include "core/audit_record.hpp"

namespace entsync::config {
namespace {

/// CNIL, recommendation 2021-122: six months to a year; longer only for internal control with a
/// recorded reason, and three years at most.
constexpr int longest_days = 1095;

void days(TomlTable& table, std::string_view key, int min, int max, int& to) {
  if (const auto n = table.integer(key, min, max)) to = static_cast<int>(*n);
}

}  // namespace

void read_retention(TomlTable table, Settings& settings) {
  Retention& retention = settings.retention;
  days(table, "journal_days", shortest_journal_days, longest_days, retention.journal_days);
  retention.values_days = std::min(retention.values_days, retention.journal_days);
  days(table, "values_days", 1, retention.journal_days, retention.values_days);
  days(table, "grace_days", 0, Retention::most_grace_days, retention.grace_days);
  days(table, "report_days", 1, longest_days, retention.report_days);
  retention.justification = table.text_or("justification", {});
  if (retention.justification.empty())
    for (const auto& [key, value] : {std::pair{"journal_days", retention.journal_days},
                                     std::pair{"values_days", retention.values_days}})
      if (value > Retention::usual_days)
        table.error(key, "more than a year is kept without a reason",
                    "write the decision into justification, or keep 365 days (CNIL 2021-122)");
  table.finish();
}

}  // namespace entsync::config
