#include "explaining.hpp"

#include "audit_reading.hpp"
#include "core/explain.hpp"
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

asio::awaitable<Result<std::vector<Explanation>>> explain_now(Context& context, std::string what,
                                                              std::string attribute) {
  try {
    co_return co_await gather_and_explain(context, std::move(what), std::move(attribute));
  } catch (const Stopped&) {
  }
  co_return Problems(stopped_early());
}

/// The explanation, with the journaled change behind each value, when the journal has one.
Result<std::string> explained(Journal& journal, const Explanation& explanation) {
  std::string text = render(explanation);
  for (const ExplainedAttribute& attribute : explanation.attributes) {
    auto cause = journal.last_cause(explanation.subject, attribute.name);
    if (!cause) return cause.error();
    if (!*cause) continue;
    const AuditRecord& record = **cause;
    for (const AttributeTrace& trace : record.attributes) {
      if (trace.attribute != attribute.name) continue;
      text += "  " + attribute.name + " was last written " + record.time + " by " + record.actor +
              ", run " + record.run;
      if (!trace.file.empty())
        text += ", because of " + trace.file + ":" + std::to_string(trace.line);
      text += ", rule " + record.rule + "." + attribute.name + "\n";
    }
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

asio::awaitable<Result<std::vector<std::string>>> explain_journaled(Context& context,
                                                                    std::string what,
                                                                    std::string attribute,
                                                                    const Cause& cause) {
  const std::string subject = what;
  auto explanations = co_await explain_now(context, std::move(what), std::move(attribute));
  if (!explanations) co_return explanations.error();
  if (explanations->empty()) co_return nobody_knows(subject);
  if (!record(context, AuditType::read, cause, "explanation of " + subject + " shown"))
    co_return reading_not_journaled();
  auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::read);
  if (!journal) co_return journal.error();
  std::vector<std::string> texts;
  for (const Explanation& explanation : *explanations) {
    auto text = explained(**journal, explanation);
    if (!text) co_return text.error();
    texts.push_back(std::move(*text));
  }
  co_return texts;
}

}  // namespace entsync
