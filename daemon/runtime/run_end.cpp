#include "run_end.hpp"

#include "checkpoints.hpp"
#include "files.hpp"
#include "journal/journal.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

void write_report(Context& context, const RunReport& report) {
  const auto directory = context.config.settings.state_directory / "reports";
  auto written = make_private_directory(directory);
  if (written) written = write_file_atomically(directory / (report.run + ".txt"), render(report));
  if (!written) context.log.problems(written.error());
}

std::string outcome_detail(const RunReport& report, int exit_code) {
  return "exit " + std::to_string(exit_code) + ", applied " +
         std::to_string(report.applied.applied) + ", refused " +
         std::to_string(report.applied.refused) + ", conflict " +
         std::to_string(report.applied.conflict) + ", not applied " +
         std::to_string(report.applied.not_applied) +
         (report.hold_id.empty() ? "" : ", held " + report.hold_id);
}

}  // namespace

Problems closing_problems(const RunResult& result) {
  Problems problems = result.problems;
  if (result.exit_code == exit_held)
    problems.error("HOLD-011", {}, "plan " + result.report.hold_id + " waits for a decision",
                   "entsync hold show " + result.report.hold_id);
  return problems;
}

namespace {

/// Schools that an alert names; the report of the run names all.
constexpr std::size_t most_schools_named = 20;

std::optional<Alert> end_alert(const RunResult& result) {
  if (result.exit_code == exit_failed)
    return Alert{"failed", "run failed", to_string(result.problems), result.report.run};
  if (result.exit_code != exit_held) return std::nullopt;
  std::string text = "entsync hold show " + result.report.hold_id + "\n";
  for (const Hold& hold : result.report.holds) text += to_string(hold) + "\n";
  return Alert{"held", "changes wait for a decision", std::move(text), result.report.run};
}

std::optional<Alert> agreements_alert(const RunReport& report) {
  std::size_t count = 0;
  std::string text;
  for (const Problem& problem : report.findings.list) {
    if (problem.code != "DATA-005") continue;
    if (++count <= most_schools_named) text += to_string(problem) + "\n";
  }
  if (count == 0) return std::nullopt;
  if (count > most_schools_named)
    text += "and " + std::to_string(count - most_schools_named) + " more: entsync registry list\n";
  return Alert{"overdue-agreement",
               std::to_string(count) + " schools are served without an agreement", std::move(text),
               report.run};
}

std::optional<Alert> rectifications_alert(const RunReport& report) {
  if (report.rectifications.empty()) return std::nullopt;
  std::string text;
  for (const std::string& line : report.rectifications) text += line + "\n";
  return Alert{"rectification", "schools are waited for to correct data",
               text + "entsync rights rectify list\n", report.run};
}

}  // namespace

std::vector<Alert> alerts_of(const RunResult& result) {
  std::vector<Alert> alerts;
  if (auto alert = end_alert(result)) alerts.push_back(std::move(*alert));
  if (auto alert = agreements_alert(result.report)) alerts.push_back(std::move(*alert));
  if (auto alert = rectifications_alert(result.report)) alerts.push_back(std::move(*alert));
  return alerts;
}

std::string log_last_line(Context& context, const RunResult& result) {
  std::string line = last_line(result.report);
  context.log.info("RUN-004", line);
  return line;
}

void fail(RunResult& result, Problems problems) {
  result.exit_code = exit_code_of(problems);
  result.report.failed = true;
  result.problems = std::move(problems);
}

Problems run_failed(std::string what, std::string remedy) {
  return Problem{Severity::error, "RUN-020", {}, std::move(what), std::move(remedy)};
}

std::string not_taken(const ApplySummary& applied) {
  return "the directory refused " + std::to_string(applied.refused) + " changes, " +
         std::to_string(applied.conflict) + " entries were changed by somebody else meanwhile";
}

asio::awaitable<void> conclude(Context& context, Journal& journal, const Cause& cause,
                               RunResult& result) {
  context.progress.finish("run");
  result.report.times = context.progress.times();
  const auto fail_with = [&result](Problems problems) {
    result.problems.append(std::move(problems));
    result.report.failed = true;
    result.exit_code = exit_failed;
  };
  auto written = append_event(journal, AuditType::run_finished, cause,
                              outcome_detail(result.report, result.exit_code));
  if (!written) fail_with(written.error());
  // Nothing may come between the end of a run and its checkpoint: see CheckpointWalk.
  auto sealed = seal_journal(context, journal, cause.run);
  if (!sealed) fail_with(sealed.error());
  write_report(context, result.report);
  if (sealed && *sealed) {
    std::string checkpoint = std::move(**sealed);
    co_await hand_out_checkpoint(context, std::move(checkpoint));
  }
}

}  // namespace entsync
