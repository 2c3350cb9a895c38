#include "explaining.hpp"

#include "audit_reading.hpp"
#include "core/explain.hpp"
#include "core/text.hpp"
#include "journal_place.hpp"
#include "scoped_inputs.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

/// Of a person only the part is read when it can be. Schools, jointures and DNs may be anybody's.
Scope scope_of(const std::string& what) {
  auto person = parse_scope(ScopeText{.person = what});
  return person ? std::move(*person) : everything;
}

asio::awaitable<Result<std::vector<Explanation>>> gather_and_explain(Context& context,
                                                                     std::string what,
                                                                     std::string attribute) {
  auto ledger = open_ledger(context.config.settings);
  if (!ledger) co_return ledger.error();
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  auto inputs = co_await gather_scope(context, *link->directory, **ledger, scope_of(what));
  if (!inputs) co_return inputs.error();
  context.throw_if_stopped();
  auto work = [&]() -> Result<std::vector<Explanation>> {
    auto model = make_model(context.config, *inputs, **ledger);
    if (!model) return model.error();
    return explain(planner_input(context.config, *inputs, *model), what, attribute);
  };
  co_return co_await run_on(context.workers, std::move(work));
}

/// Records at the beginning of a run, among which its release is.
constexpr std::uint64_t first_records = 8;

/// The record by which somebody let the held plan of this run go; nothing when it was not held.
Result<std::optional<AuditRecord>> release_of(Journal& journal, const std::string& run) {
  JournalQuery query;
  query.run = run;
  query.limit = first_records;
  std::optional<AuditRecord> release;
  auto read = journal.query(query, [&](const AuditRecord& record, const auto&) {
    if (record.type == AuditType::released && !release) release = record;
  });
  if (!read) return read.error();
  return release;
}

/// What stands between two texts in a third; empty when they are not there.
std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const std::size_t from = text.find(before);
  if (from == std::string::npos) return {};
  const std::size_t begin = from + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

/// The first of two approvals of the plan that this release let go. It is of no run of changes: it
/// is looked for from the end of the run that made the plan on.
Result<std::optional<AuditRecord>> first_approval_of(Journal& journal, const AuditRecord& release) {
  const std::string plan = between(release.detail, "plan ", " ");
  JournalQuery query;
  query.run = between(release.detail, "made by run ", ";");
  query.newest_first = true;
  query.limit = 1;
  auto made = journal.query(
      query, [&](const AuditRecord& record, const auto&) { query.after = record.seq; });
  if (!made) return made.error();
  std::optional<AuditRecord> approval;
  if (query.after == 0) return approval;
  JournalQuery since;
  since.after = query.after;
  since.until = release.seq;
  auto read = journal.query(since, [&](const AuditRecord& record, const auto&) {
    if (record.type == AuditType::released && !approval &&
        record.detail.starts_with("first approval of plan " + plan))
      approval = record;
  });
  if (!read) return read.error();
  return approval;
}

std::string said_by(const AuditRecord& record) {
  return record.time + " by " + printable(record.actor) +
         (record.reason.empty() ? "" : ": " + printable(record.reason));
}

/// Who let the change go, when it was held.
Result<std::string> approved(Journal& journal, const AuditRecord& change) {
  auto release = release_of(journal, change.run);
  if (!release) return release.error();
  if (!*release) return std::string();
  auto first = first_approval_of(journal, **release);
  if (!first) return first.error();
  std::string text;
  if (*first) text += "    first approved " + said_by(**first) + "\n";
  return text + "    released " + said_by(**release) + "\n      " + printable((**release).detail) +
         "\n";
}

/// The journaled change behind the present values of one attribute; empty when the journal has
/// none.
Result<std::string> story_of(Journal& journal, const std::string& subject,
                             const std::string& attribute) {
  auto cause = journal.last_cause(subject, attribute);
  if (!cause) return cause.error();
  if (!*cause) return std::string();
  const AuditRecord& record = **cause;
  std::string text;
  for (const AttributeTrace& trace : record.attributes) {
    if (!equals_ignoring_case(trace.attribute, attribute)) continue;
    text += "  " + trace.attribute + " was last written " + said_by(record) + ", run " + record.run;
    if (!trace.file.empty())
      text += ", because of " + printable(trace.file) + ":" + std::to_string(trace.line);
    text += ", rule " + record.rule + "." + trace.attribute + "\n";
  }
  auto approval = approved(journal, record);
  if (!approval) return approval.error();
  return text + *approval;
}

/// The explanation, with the journaled change behind each value, when the journal has one.
Result<std::string> explained(Journal& journal, const Explanation& explanation,
                              const std::string& attribute) {
  std::string text = render(explanation);
  std::vector<std::string> attributes;
  for (const ExplainedAttribute& one : explanation.attributes) attributes.push_back(one.name);
  if (!attribute.empty()) {
    if (attributes.empty())
      text += "  " + printable(attribute) + ": no rule gives this entry a value of it now\n";
    attributes = {attribute};
  }
  for (const std::string& name : attributes) {
    auto story = story_of(journal, explanation.subject, name);
    if (!story) return story.error();
    text += *story;
    if (story->empty() && !attribute.empty())
      text += "  " + printable(name) +
              ": no change that the journal still has wrote it: it is older, or not ours\n";
  }
  return text;
}

}  // namespace

Problem nobody_knows(const std::string& what) {
  return {Severity::error,
          "EXPL-001",
          {{}, 0, what},
          "neither the deliveries nor the directory know this key or DN",
          "give a key (AC-X/Eleve/123), a jointure (AC-X$123), the UAI of a school, or a DN"};
}

asio::awaitable<Result<std::vector<Explanation>>> explain_now(Context& context, std::string what,
                                                              std::string attribute) {
  try {
    co_return co_await gather_and_explain(context, std::move(what), std::move(attribute));
  } catch (const Stopped&) {
  }
  co_return Problems(stopped_early());
}

asio::awaitable<Result<std::vector<std::string>>> explain_journaled(Context& context,
                                                                    std::string what,
                                                                    std::string attribute,
                                                                    const Cause& cause) {
  const std::string subject = what;
  const std::string asked = attribute;
  auto explanations = co_await explain_now(context, std::move(what), std::move(attribute));
  if (!explanations) co_return explanations.error();
  if (explanations->empty()) co_return nobody_knows(subject);
  if (!record(context, AuditType::read, cause, "explanation of " + subject + " shown"))
    co_return reading_not_journaled();
  auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::read);
  if (!journal) co_return journal.error();
  std::vector<std::string> texts;
  for (const Explanation& explanation : *explanations) {
    auto text = explained(**journal, explanation, asked);
    if (!text) co_return text.error();
    texts.push_back(std::move(*text));
  }
  co_return texts;
}

}  // namespace entsync
