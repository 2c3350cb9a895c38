#pragma once
/// Plans and reports as stable text: the same value gives the same bytes. A plan's text holds
/// personal data (old and new values) and is for the screen or a protected file, never for a log; a
/// summary's text holds counts only.

#include <cstdint>
#include <string>
#include <string_view>

#include "judge.hpp"
#include "plan.hpp"

namespace entsync {

/// One change: a line with glyph, label, subject, DN, schools and reason, then a line for each
/// attribute with values, source and rule.
std::string render(const Change& change, const Plan& plan);

/// Head with deliveries and fingerprint, every change by wave, counts.
std::string render(const Plan& plan);

/// What waits beside a plan because entries are restricted; empty when nothing does.
std::string render_pending(const Plan& pending);

/// Table of counts by label and operation; "nothing to do" when there is none.
std::string render(const PlanCounts& counts);

/// Holds and what is held, one line each.
std::string render(const Verdict& verdict);

/// "1 234 567" with thin groups for people.
std::string grouped(std::uint64_t number);

}  // namespace entsync
