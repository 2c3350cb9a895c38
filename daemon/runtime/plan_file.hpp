#pragma once
/// Plans on disk: one JSON document with a change per line, so that it can be read by people, by
/// tools and line by line in bounded memory; it ends with the SHA-256 of all that stands before, so
/// that a plan that was altered or cut short is not applied. Files are written aside, synced and
/// renamed, mode 0600: they hold personal data.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/judge.hpp"
#include "core/plan.hpp"
#include "core/problem.hpp"

namespace entsync {

/// Digest of the delivery that was the last one applied when a plan was made, by académie.
using LastApplied = std::map<std::string, std::string>;

struct PlanFile {
  Plan plan;
  std::vector<Hold> holds;  ///< why the judge holds it; empty when it does not
  LastApplied after;
};

/// The document. The same plan gives the same bytes.
std::string plan_json(const Plan& plan, const std::vector<Hold>& holds, const LastApplied& after);

Result<void> save_plan(const std::filesystem::path& path, const Plan& plan,
                       const std::vector<Hold>& holds, const LastApplied& after);
Result<PlanFile> load_plan(const std::filesystem::path& path);
/// The same, and a plan that contradicts itself is refused (PLAN-001): the file may be of an
/// earlier version.
Result<PlanFile> load_checked_plan(const std::filesystem::path& path);
/// `file` is only for messages.
Result<PlanFile> parse_plan(std::string_view text, const std::string& file);

/// Digest of what a plan would do, whatever its id and time: the id of a held plan.
std::string plan_digest(const Plan& plan);

}  // namespace entsync
