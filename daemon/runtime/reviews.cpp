#include "reviews.hpp"

#include <algorithm>
#include <set>

#include "core/dn.hpp"
#include "core/text.hpp"
#include "instant.hpp"
#include "journal_place.hpp"
#include "run_lock.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

constexpr const char* see_the_list = "see the list: entsync review list";

std::string_view decision_verb(ReviewDecision::Kind kind) {
  return kind == ReviewDecision::Kind::link ? "linked to" : "separated from";
}

Result<ReviewList> read_list(Ledger& ledger, const std::string& subject) {
  auto open = ledger.reviews();
  if (!open) return open.error();
  auto decisions = ledger.decisions();
  if (!decisions) return decisions.error();
  ReviewList list{std::move(*open), std::move(*decisions)};
  if (subject.empty()) return list;
  std::erase_if(list.open, [&](const OpenReview& one) { return one.item.subject != subject; });
  std::erase_if(list.decisions,
                [&](const TakenDecision& one) { return one.decision.subject != subject; });
  return list;
}

/// Normal forms of the entries that may be linked to the key or separated from it.
std::set<std::string> candidates_in(const ReviewList& list) {
  std::set<std::string> entries;
  for (const OpenReview& one : list.open)
    if (one.item.decidable)
      for (const std::string& dn : one.item.candidates) entries.insert(dn::normalise(dn));
  return entries;
}

Result<std::vector<std::string>> entries_meant(const ReviewList& list, const ReviewOrder& order) {
  const std::set<std::string> open = candidates_in(list);
  if (!order.entry.empty()) {
    const std::string wanted = dn::normalise(order.entry);
    const bool was_decided = std::ranges::any_of(
        list.decisions, [&](const TakenDecision& one) { return one.decision.entry == wanted; });
    if (open.contains(wanted) || was_decided) return std::vector{wanted};
    return Problem{Severity::error,
                   "REV-002",
                   {{}, 0, order.subject},
                   "this entry is no candidate of the key: " + printable(order.entry),
                   see_the_list};
  }
  if (open.empty())
    return Problem{Severity::error,
                   "REV-001",
                   {{}, 0, order.subject},
                   "the review list has nothing to be decided about this key",
                   see_the_list};
  if (order.kind == ReviewDecision::Kind::link && open.size() > 1)
    return Problem{
        Severity::error,
        "REV-003",
        {{}, 0, order.subject},
        "the key has " + std::to_string(open.size()) + " candidates, and one can be linked",
        "name it with --entry"};
  return std::vector(open.begin(), open.end());
}

Result<void> write_down(Context& context, const std::vector<TakenDecision>& decisions,
                        const Cause& cause) {
  auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::append);
  if (!journal) return journal.error();
  std::vector<AuditRecord> records;
  for (const TakenDecision& taken : decisions) {
    AuditRecord record =
        event_record(AuditType::order, cause,
                     taken.decision.subject + " " +
                         std::string(decision_verb(taken.decision.kind)) + " the entry");
    record.subject = taken.decision.subject;
    record.dn = taken.decision.entry;
    records.push_back(std::move(record));
  }
  auto written = (*journal)->append(std::move(records));
  if (!written) return written.error();
  return {};
}

}  // namespace

Result<ReviewList> read_reviews(const std::filesystem::path& state_directory,
                                const std::string& subject) {
  auto ledger = Ledger::open(state_directory);
  if (!ledger) return ledger.error();
  return read_list(**ledger, subject);
}

std::string render(const OpenReview& review) {
  std::string out = printable(review.item.subject) + "  since " + review.since + "  " +
                    printable(review.item.reason) +
                    (review.item.decidable && !review.item.candidates.empty()
                         ? "\n"
                         : " (to be mended at its source)\n");
  for (std::size_t i = 0; i < review.item.candidates.size(); ++i) {
    const std::string keys = i < review.item.keys.size() ? review.item.keys[i] : std::string();
    out += "    " + printable(review.item.candidates[i]) + "  " +
           (keys.empty() ? "without a key" : printable(keys)) + "\n";
  }
  return out;
}

std::string render(const TakenDecision& taken) {
  return printable(taken.decision.subject) + "  " +
         std::string(decision_verb(taken.decision.kind)) + " " + printable(taken.decision.entry) +
         "\n    by " + printable(taken.actor) + " at " + taken.at + ": " + printable(taken.reason) +
         "\n";
}

Result<std::vector<TakenDecision>> decide_review(Context& context, const ReviewOrder& order,
                                                 const Cause& cause) {
  const std::filesystem::path& state = context.config.settings.state_directory;
  auto lock = RunLock::take(state, "review by " + cause.actor);
  if (!lock) return lock.error();
  auto ledger = Ledger::open(state);
  if (!ledger) return ledger.error();
  const auto list = read_list(**ledger, order.subject);
  if (!list) return list.error();
  const auto entries = entries_meant(*list, order);
  if (!entries) return entries.error();
  std::vector<TakenDecision> decisions;
  for (const std::string& entry : *entries)
    decisions.push_back(
        {{order.kind, order.subject, entry}, cause.actor, cause.reason, now_rfc3339()});
  if (auto written = write_down(context, decisions, cause); !written) return written.error();
  if (auto kept = (*ledger)->decide(decisions); !kept) return kept.error();
  return decisions;
}

}  // namespace entsync
