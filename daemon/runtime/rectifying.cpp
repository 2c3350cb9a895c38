#include "rectifying.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "core/uai.hpp"
#include "explaining.hpp"
#include "instant.hpp"
#include "journal_place.hpp"
#include "rectifications.hpp"
#include "run_lock.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

/// Of a ticket's reference, so that the record takes it, and of a value.
constexpr std::size_t longest_reference = 80;
constexpr std::size_t longest_claim = 1000;

Problem refused_ticket(const char* code, const std::string& subject, std::string what,
                       std::string remedy) {
  return {Severity::error, code, {{}, 0, subject}, std::move(what), std::move(remedy)};
}

std::string first_of(const Explanation& explanation, std::string_view name) {
  for (const ExplainedAttribute& attribute : explanation.attributes)
    if (equals_ignoring_case(attribute.name, name) && !attribute.desired.empty())
      return attribute.desired.front();
  return {};
}

std::string name_of(const Explanation& explanation) {
  const std::string given = first_of(explanation, "givenName");
  const std::string family = first_of(explanation, "sn");
  return given + (given.empty() || family.empty() ? "" : " ") + family;
}

DeliveredPlace place_of(const ExplainedSource& source, const Explanation& explanation) {
  const ExplainedSource& place = source.file.empty() ? explanation.where : source;
  return {place.file, place.line, explanation.delivered};
}

/// The person and the attribute that a request means.
struct Meant {
  Explanation explanation;
  ExplainedAttribute attribute;
};

asio::awaitable<Result<Meant>> look_up_meant(Context& context, std::string subject,
                                             std::string name) {
  std::string what = subject;
  std::string asked = {};
  auto explanations = co_await explain_now(context, std::move(what), std::move(asked));
  if (!explanations) co_return explanations.error();
  if (explanations->empty()) co_return Problems(nobody_knows(subject));
  Meant meant;
  meant.explanation = std::move(explanations->front());
  if (meant.explanation.where.file.empty() || meant.explanation.profil.empty())
    co_return Problems(refused_ticket(
        "RGT-040", subject, "no delivery has a record of this person now",
        "what the directory alone still holds ends with the account: entsync explain " + subject));
  for (const ExplainedAttribute& attribute : meant.explanation.attributes)
    if (equals_ignoring_case(attribute.name, name)) meant.attribute = attribute;
  if (meant.attribute.name.empty())
    co_return Problems(
        refused_ticket("RGT-032", subject, "no rule gives this entry a value of " + printable(name),
                       "see what it has and whose it is: entsync explain " + subject));
  if (meant.attribute.owner != "source")
    co_return Problems(refused_ticket(
        "RGT-032", subject,
        meant.attribute.name + (meant.attribute.owner == "initial"
                                    ? " was set when the entry was created, and no delivery "
                                      "changes it"
                                    : " belongs to the ENT, and no delivery brings it"),
        "it is corrected in the ENT, by its administrators"));
  co_return meant;
}

/// Which of the delivered values is contested; nothing: that there is none.
Result<std::optional<std::size_t>> contested_index(const RectificationRequest& request,
                                                   const ExplainedAttribute& attribute) {
  const std::vector<std::string>& values = attribute.desired;
  if (request.contested) {
    const auto found = std::ranges::find(values, *request.contested);
    if (found != values.end())
      return std::optional(static_cast<std::size_t>(found - values.begin()));
    return refused_ticket("RGT-034", request.subject,
                          "the deliveries do not carry this value of " + attribute.name,
                          "what the directory alone holds goes with the next run: entsync explain");
  }
  if (values.size() > 1)
    return refused_ticket("RGT-033", request.subject,
                          attribute.name + " has " + std::to_string(values.size()) + " values",
                          "say which one is contested: --contested VALUE");
  if (values.empty()) return std::optional<std::size_t>();
  return std::optional<std::size_t>(0);
}

/// The school whose head corrects it.
Result<std::string> school_of(const std::string& asked, const Explanation& explanation) {
  if (asked.empty() && !explanation.schools.empty()) return explanation.schools.front();
  const auto uai = Uai::parse(asked);
  if (uai && std::ranges::find(explanation.schools, uai->str()) != explanation.schools.end())
    return uai->str();
  return refused_ticket("RGT-037", explanation.subject, "this is no school of the person",
                        "see them: entsync explain " + explanation.subject);
}

Result<ContestedValue> contested_value(Ledger& ledger, const RectificationRequest& request,
                                       const Meant& meant) {
  const auto index = contested_index(request, meant.attribute);
  if (!index) return index.error();
  auto school = school_of(request.school, meant.explanation);
  if (!school) return school.error();
  ContestedValue found;
  found.name = name_of(meant.explanation);
  found.profil = meant.explanation.profil;
  Rectification& ticket = found.ticket;
  ticket.subject = meant.explanation.subject;
  ticket.attribute = meant.attribute.name;
  ticket.school = std::move(*school);
  ticket.received = Date::from_iso(request.received).value_or(today());
  ticket.ticket = request.ticket;
  ticket.source = place_of({}, meant.explanation);
  if (*index) {
    found.value = meant.attribute.desired[**index];
    if (**index < meant.attribute.sources.size())
      ticket.source = place_of(meant.attribute.sources[**index], meant.explanation);
    auto digest = ledger.contested_digest(ticket.subject, ticket.attribute, found.value);
    if (!digest) return digest.error();
    ticket.contested = std::move(*digest);
  }
  if (found.value == request.claimed)
    return refused_ticket("RGT-035", ticket.subject,
                          "the deliveries carry what is claimed to be right already",
                          "see what the next run does: entsync explain " + ticket.subject);
  return found;
}

/// The value of a ticket that is open, as far as the deliveries still carry it.
Result<ContestedValue> value_of_ticket(Ledger& ledger, Rectification ticket, const Meant& meant) {
  ContestedValue found;
  found.name = name_of(meant.explanation);
  found.profil = meant.explanation.profil;
  found.is_delivered = ticket.contested.empty() && meant.attribute.desired.empty();
  for (std::size_t i = 0; i < meant.attribute.desired.size(); ++i) {
    const std::string& value = meant.attribute.desired[i];
    const auto digest = ledger.contested_digest(ticket.subject, ticket.attribute, value);
    if (!digest) return digest.error();
    if (*digest != ticket.contested) continue;
    found.is_delivered = true;
    found.value = value;
    if (i < meant.attribute.sources.size())
      ticket.source = place_of(meant.attribute.sources[i], meant.explanation);
  }
  found.ticket = std::move(ticket);
  return found;
}

/// An order about a ticket, and that its notice is read; the seq of the first record.
Result<std::uint64_t> journal_ticket(Context& context, const Rectification& ticket,
                                     const Cause& cause, const std::string& what,
                                     const std::string& shown = {}) {
  auto journal = open_journal(journal_place(context.config.settings), Journal::Mode::append);
  if (!journal) return journal.error();
  std::vector<AuditRecord> records{
      ticket_record(AuditType::order, ticket, cause, what, ticket.source)};
  if (!shown.empty()) {
    AuditRecord reading = event_record(
        AuditType::read, cause, "notice of rectification " + std::to_string(ticket.number) + shown);
    reading.subject = ticket.subject;
    records.push_back(std::move(reading));
  }
  return (*journal)->append(std::move(records));
}

Result<Rectification> with_number(const std::vector<Rectification>& tickets, std::uint64_t number) {
  const auto found = std::ranges::find(tickets, number, &Rectification::number);
  if (found != tickets.end()) return *found;
  return refused_ticket("RGT-038", std::to_string(number), "there is no ticket of this number",
                        "see the list: entsync rights rectify list --all");
}

}  // namespace

Problems check(const RectificationRequest& request) {
  Problems problems;
  const auto day = Date::from_iso(request.received);
  if (!day || *day > today())
    problems.add(refused_ticket("RGT-030", request.subject,
                                "the day on which the request arrived is no day, or one to come",
                                "write it as 2026-09-01"));
  if (request.ticket.size() > longest_reference || request.claimed.size() > longest_claim)
    problems.add(refused_ticket("RGT-031", request.subject,
                                "the reference has at most " + std::to_string(longest_reference) +
                                    " bytes, and a value at most " + std::to_string(longest_claim),
                                "say it shorter; the request itself is kept elsewhere"));
  if (!is_valid_utf8(request.claimed))
    problems.add(refused_ticket("RGT-031", request.subject, "the claimed value is no text in UTF-8",
                                "write it in a terminal of this encoding"));
  return problems;
}

asio::awaitable<Result<ContestedValue>> gather_contested(Context& context,
                                                         RectificationRequest request) {
  std::string subject = request.subject;
  std::string attribute = request.attribute;
  auto meant = co_await look_up_meant(context, std::move(subject), std::move(attribute));
  if (!meant) co_return meant.error();
  auto ledger = Ledger::open(context.config.settings.state_directory);
  if (!ledger) co_return ledger.error();
  co_return contested_value(**ledger, request, *meant);
}

asio::awaitable<Result<ContestedValue>> gather_ticket(Context& context, Rectification ticket) {
  std::string subject = ticket.subject;
  std::string attribute = ticket.attribute;
  auto meant = co_await look_up_meant(context, std::move(subject), std::move(attribute));
  if (!meant) co_return meant.error();
  auto ledger = Ledger::open(context.config.settings.state_directory);
  if (!ledger) co_return ledger.error();
  co_return value_of_ticket(**ledger, std::move(ticket), *meant);
}

Result<Rectification> open_rectification(Context& context, Rectification ticket,
                                         const Cause& cause) {
  const std::filesystem::path& state = context.config.settings.state_directory;
  auto lock = RunLock::take(state, "rights by " + cause.actor);
  if (!lock) return lock.error();
  auto ledger = Ledger::open(state);
  if (!ledger) return ledger.error();
  const auto tickets = (*ledger)->rectifications();
  if (!tickets) return tickets.error();
  for (const Rectification& one : *tickets)
    if (one.subject == ticket.subject && one.attribute == ticket.attribute &&
        one.contested == ticket.contested && one.state != RectificationState::closed)
      return refused_ticket("RGT-036", ticket.subject,
                            "this value is contested already by rectification " +
                                std::to_string(one.number) + ", " +
                                std::string(to_string(one.state)) + " since " + one.since.iso(),
                            "see: entsync rights rectify show " + std::to_string(one.number));
  const auto number = (*ledger)->next_rectification();
  if (!number) return number.error();
  ticket.number = *number;
  ticket.state = RectificationState::open;
  ticket.opened = ticket.since = today();
  ticket.actor = cause.actor;
  ticket.reason = cause.reason;
  ticket.changed_at = now_rfc3339();
  const auto seq =
      journal_ticket(context, ticket, cause,
                     "opened, received on " + ticket.received.iso() + ", for school " +
                         ticket.school + (ticket.ticket.empty() ? "" : "; ticket " + ticket.ticket),
                     " made");
  if (!seq) return seq.error();
  ticket.opened_seq = *seq;
  if (auto kept = (*ledger)->set_rectifications({ticket}); !kept) return kept.error();
  return ticket;
}

Result<Rectification> close_rectification(Context& context, std::uint64_t number,
                                          const Cause& cause) {
  const std::filesystem::path& state = context.config.settings.state_directory;
  auto lock = RunLock::take(state, "rights by " + cause.actor);
  if (!lock) return lock.error();
  auto ledger = Ledger::open(state);
  if (!ledger) return ledger.error();
  const auto tickets = (*ledger)->rectifications();
  if (!tickets) return tickets.error();
  auto ticket = with_number(*tickets, number);
  if (!ticket) return ticket.error();
  if (ticket->state == RectificationState::closed)
    return refused_ticket("RGT-039", ticket->subject,
                          "rectification " + std::to_string(number) + " was closed on " +
                              ticket->since.iso() + " already",
                          "open another one when the value is contested again");
  ticket->state = RectificationState::closed;
  ticket->since = today();
  ticket->actor = cause.actor;
  ticket->reason = cause.reason;
  ticket->changed_at = now_rfc3339();
  if (const auto seq = journal_ticket(context, *ticket, cause, "closed"); !seq) return seq.error();
  if (auto kept = (*ledger)->set_rectifications({*ticket}); !kept) return kept.error();
  return ticket;
}

Result<std::vector<Rectification>> read_rectifications(Context& context) {
  auto ledger = Ledger::open(context.config.settings.state_directory);
  if (!ledger) return ledger.error();
  return (*ledger)->rectifications();
}

Result<Rectification> read_rectification(Context& context, std::uint64_t number) {
  const auto tickets = read_rectifications(context);
  if (!tickets) return tickets.error();
  return with_number(*tickets, number);
}

}  // namespace entsync
