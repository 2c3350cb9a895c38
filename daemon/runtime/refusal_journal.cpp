#include "refusal_journal.hpp"

#include "instant.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

/// Who was refused before he could ask anything has no method.
std::string asked(const control::Refusal& refusal) {
  return refusal.method.empty() ? "a connection" : refusal.method + " " + refusal.path;
}

constexpr std::chrono::seconds merge_period{60};
/// A count is written at most this much after its period.
constexpr std::chrono::seconds merge_looks{5};

}  // namespace

RefusalJournal::RefusalJournal(Context& context)
    : context_(context), tally_(merge_period), timer_(context.loop) {}

void RefusalJournal::note(const control::Refusal& refusal) {
  if (tally_.is_first(refusal, std::chrono::steady_clock::now())) write(refusal, asked(refusal));
  if (!waits_) look_again();
}

void RefusalJournal::close() {
  timer_.cancel();
  write(tally_.take_all());
}

void RefusalJournal::write(const control::Refusal& refusal, const std::string& detail) {
  const Cause cause{new_run_id(), refusal.caller.actor(), refusal.why};
  record(context_, AuditType::access_refused, cause, detail);
  context_.log.warning("ADM-003",
                       detail + " was refused to " + refusal.caller.actor() + ": " + refusal.why);
}

void RefusalJournal::write(const std::vector<control::RefusalTally::Merged>& merged) {
  for (const auto& [last, count] : merged)
    write(last, std::to_string(count) + " more like " + asked(last));
}

void RefusalJournal::look_again() {
  waits_ = true;
  timer_.expires_after(merge_looks);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    waits_ = false;
    write(tally_.take_due(std::chrono::steady_clock::now()));
    if (!tally_.empty()) look_again();
  });
}

}  // namespace entsync
