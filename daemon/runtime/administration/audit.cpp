#include <charconv>

#include "core/text.hpp"
#include "runtime/administration/endpoints.hpp"
#include "runtime/audit_reading.hpp"
#include "runtime/instant.hpp"
#include "runtime/journal_place.hpp"
#include "runtime/run_on.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

constexpr std::uint64_t most_records = 10'000;

/// A number of the query; `otherwise` when it is not there, nothing when it is none.
std::optional<std::uint64_t> number(const Request& request, const std::string& name,
                                    std::uint64_t otherwise) {
  const std::string text = parameter(request, name);
  if (text.empty()) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct AuditPage {
  JournalQuery query;
  AuditExtent extent;
};

Result<AuditPage> measured(const JournalPlace& place, const Cause& cause, AuditQuestion question) {
  auto journal = open_journal(place, Journal::Mode::read);
  if (!journal) return journal.error();
  if (auto refused = unsealing_refused(**journal, cause, question)) return *refused;
  auto extent = measure(**journal, question.query);
  if (!extent) return extent.error();
  return AuditPage{std::move(question.query), *extent};
}

bool is_wrong_question(const Problems& problems) {
  const std::string& code = problems.list.front().code;
  return code == "JRN-010" || code == "READ-004";
}

Answer shown_page(const JournalPlace& place, const AuditPage& page, AuditForm form) {
  auto journal = open_journal(place, Journal::Mode::read);
  if (!journal) return Answer::problem(500, journal.error());
  std::string text(page.query.after == 0 ? heading(form) : "");
  auto done = show(**journal, page.query, form, [&](std::string_view record) { text += record; });
  if (!done) return Answer::problem(500, done.error());
  json::object answer{{"records", page.extent.records},
                      {"subjects", page.extent.subjects},
                      {"next", nullptr},
                      {"text", text}};
  if (page.extent.more) answer["next"] = page.extent.last;
  return Answer::json(answer);
}

asio::awaitable<Answer> audit(std::shared_ptr<Desk> desk, Request request) {
  if (request.schools && !request.schools->contains(parameter(request, "school")))
    co_return outside_schools(*request.schools);
  const std::string unseal = parameter(request, "unseal");
  if (!unseal.empty() && unseal != "1")
    co_return bad_request("'" + unseal + "' is no value of unseal", "allowed: 1, or leave it out");
  if (request.schools && !unseal.empty()) co_return outside_schools(*request.schools);
  const std::string asked = parameter(request, "form");
  const auto form = parse_audit_form(asked.empty() ? "text" : asked);
  if (!form) co_return bad_request("'" + asked + "' is no form", "allowed: text, json, csv");
  const auto limit = number(request, "limit", 1000);
  const auto after = number(request, "after", 0);
  if (!limit || !after || *limit == 0 || *limit > most_records)
    co_return bad_request("limit or after is no number that is allowed",
                          "limit: 1 to 10000; after: what `next` of the answer before said");
  AuditQuestion question{{.subject = parameter(request, "person"),
                          .school = parameter(request, "school"),
                          .run = parameter(request, "run"),
                          .attribute = parameter(request, "attribute"),
                          .actor = parameter(request, "actor"),
                          .from = parameter(request, "from"),
                          .to = parameter(request, "to"),
                          .limit = *limit,
                          .after = *after,
                          .reveal = unseal == "1" ? Reveal::values : Reveal::identity},
                         parameter(request, "ticket")};
  const Cause cause{new_run_id(), actor_of(request), parameter(request, "reason")};
  const JournalPlace place = journal_place(desk->context.config.settings);
  auto measuring = [place, cause, question] { return measured(place, cause, question); };
  auto page = co_await run_on(desk->context.workers, std::move(measuring));
  if (!page) co_return Answer::problem(is_wrong_question(page.error()) ? 400 : 500, page.error());
  if (!co_await record_reading(desk->context, cause, question, page->extent))
    co_return not_journaled();
  auto showing = [place, page = std::move(*page), form = *form] {
    return shown_page(place, page, form);
  };
  co_return co_await run_on(desk->context.workers, std::move(showing));
}

Answer verified(const std::filesystem::path& state) {
  auto journal = Journal::open(state, Journal::Mode::read);
  if (!journal) return Answer::problem(500, journal.error());
  auto report = (*journal)->verify({});
  if (!report) return Answer::problem(500, report.error());
  json::array faults;
  for (const Fault& fault : report->faults)
    faults.push_back(json::object{{"kind", to_string(fault.kind)}, {"what", fault.what}});
  return Answer::json(json::object{{"whole", report->good},
                                   {"records", report->records - report->removed},
                                   {"removed", report->removed},
                                   {"head", report->head},
                                   {"checkpoints", report->checkpoints},
                                   {"attested", report->attested},
                                   {"faults", faults}});
}

asio::awaitable<Answer> verify(std::shared_ptr<Desk> desk, Request request) {
  const Cause cause{new_run_id(), actor_of(request), "verification"};
  auto work = [state = desk->state_directory()] { return verified(state); };
  Answer answer = co_await run_on(desk->context.workers, std::move(work));
  if (!record(desk->context, AuditType::read, cause, "journal: verified"))
    co_return not_journaled();
  co_return answer;
}

constexpr std::size_t longest_reading = 300;

/// What a command shows by itself, from files and the directory, while the journal is the daemon's.
Answer note_reading(Desk& desk, const Request& request) {
  const std::string what = text_in(request, "what");
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  if (what.empty() || what.size() > longest_reading)
    return bad_request("it is not said what is read",
                       "add \"what\", of at most " + std::to_string(longest_reading) + " bytes");
  const Cause cause{new_run_id(), actor_of(request), reason};
  if (!record(desk.context, AuditType::read, cause, printable(what))) return not_journaled();
  return Answer::json(json::object{{"journaled", true}});
}

}  // namespace

void add_audit(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints
      .add("GET", "/v1/audit", Role::auditor,
           [desk](Request request) { return audit(desk, std::move(request)); })
      .by_school = true;
  endpoints.add("GET", "/v1/audit/verification", Role::auditor,
                [desk](Request request) { return verify(desk, std::move(request)); });
  endpoints.add_ready("POST", "/v1/readings", Role::operator_,
                      [desk](const Request& request) { return note_reading(*desk, request); });
}

}  // namespace entsync
