#pragma once
/// How a run ends, whatever it did: its result, its last record in the journal, its report, and
/// what it tells the people who started it.

#include "alerts.hpp"
#include "audit_trail.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "report.hpp"

namespace entsync {

class Journal;

struct RunResult {
  int exit_code = exit_failed;
  Problems problems;  ///< why it failed
  RunReport report;
};

/// What went wrong and what waits for a human, as a run says it at its end.
Problems closing_problems(const RunResult& result);

/// The last line of a run in the log (RUN-004); gives the text for those who print it too.
std::string log_last_line(Context& context, const RunResult& result);

/// What people have to be told of when a run has ended: that it failed or what waits, and which
/// schools are served although even the grace of their agreement is over.
std::vector<Alert> alerts_of(const RunResult& result);

/// The result of a run that these problems ended.
void fail(RunResult& result, Problems problems);

/// RUN-020: the run or the plan was not applied whole.
Problems run_failed(std::string what, std::string remedy);

/// After everything was sent: what was not taken.
std::string not_taken(const ApplySummary& applied);

/// The last record of a run, its checkpoint and its report.
asio::awaitable<void> conclude(Context& context, Journal& journal, const Cause& cause,
                               RunResult& result);

}  // namespace entsync
