#pragma once
/// What a run tells when it has ended: counts per profile and operation, what was left alone and
/// why, time per stage, peak memory. Keys and places only, no personal data.

#include <string>
#include <vector>

#include "apply_driver.hpp"
#include "planning.hpp"

namespace entsync {

struct RunReport {
  std::string run;
  bool failed = false;
  /// "AC-X Complet 2026-09-15 (7 files, a.tgz)", "AC-X Deltas 2026-09-16 (4 files, b.tgz), …"
  std::vector<std::string> deliveries;
  PlanCounts planned;  ///< of what went
  PlanCounts held;
  std::string season;  ///< whose limits judged; empty: those of ordinary days
  std::vector<Hold> holds;
  std::string hold_id;
  ApplySummary applied;
  std::vector<ReviewItem> review;
  Problems findings;  ///< about the deliveries
  Problems problems;  ///< about the plan and the run
  std::vector<RejectedRecord> rejected;
  std::vector<Place> rejected_places;  ///< file, line and key of each rejected record
  std::map<std::string, std::uint64_t, std::less<>> dropped;
  PopulationCounts counts;
  std::uint64_t persons = 0;
  std::uint64_t schools = 0;
  std::uint64_t unknown = 0;
  std::uint64_t outside = 0;
  std::uint64_t absent_already = 0;
  std::uint64_t objected = 0;
  std::uint64_t died = 0;
  std::vector<std::string> pending;  ///< what waits because entries are restricted, a line each
  std::vector<std::pair<std::string, double>> times;
  std::vector<std::string> rectifications{};  ///< reminders of tickets, a line for each school
};

/// Takes what the deliveries and the planning say into the report.
void describe_inputs(RunReport& report, const Inputs& inputs);
void describe_planning(RunReport& report, const Planning& planning);

/// The rejected records as warnings of their own codes, for the log.
Problems rejected_problems(const RunReport& report);
/// How many records were rejected, and the first `most` of them; empty when there is none.
std::string render_rejected(const RunReport& report, std::size_t most);

/// The whole report, for the file that every run leaves in `reports`.
std::string render(const RunReport& report);
/// The last line: "run …: eleve +12 ~34; … in 8.2 s (deliveries 3.1, …), peak memory 412 MiB".
std::string last_line(const RunReport& report);
/// Largest resident size of this process so far, in MiB.
std::uint64_t peak_memory_mib();

}  // namespace entsync
