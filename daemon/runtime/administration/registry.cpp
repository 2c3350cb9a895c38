#include "runtime/administration/endpoints.hpp"
#include "runtime/instant.hpp"
#include "runtime/registry_import.hpp"
#include "runtime/registry_json.hpp"
#include "runtime/statement.hpp"
#include "runtime/workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;
using control::Answer;
using control::Request;
using control::Role;

constexpr std::size_t longest_summary = 300;

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// What a command is about to do to the file, while the journal is the daemon's.
Answer note_import(Desk& desk, const Request& request) {
  const std::string reason = text_in(request, "reason");
  if (reason.empty()) return reason_missing();
  const std::string digest = text_in(request, "digest");
  if (!is_sha256(digest))
    return bad_request("it is not said which registry comes", "add \"digest\", its SHA-256");
  const std::string what = text_in(request, "what");
  if (what.empty() || what.size() > longest_summary)
    return bad_request("it is not said what changes",
                       "add \"what\", of at most " + std::to_string(longest_summary) + " bytes");
  if (!desk.note_order(request, import_detail(digest, what), reason)) return not_journaled();
  return Answer::json(json::object{{"journaled", true}});
}

asio::awaitable<Answer> statement(std::shared_ptr<Desk> desk, Request request) {
  const std::string annee = parameter(request, "annee");
  const auto year = annee.empty() ? SchoolYear::of(today()) : SchoolYear::parse(annee);
  if (!year) co_return bad_request("this is not a school year", "write ?annee=2026-2027");
  const std::shared_ptr<Context> context = co_await desk->steering.read_beside();
  if (!context) co_return Answer::problem(503, daemon_is_ending());
  const auto made = co_await make_statement(*context, *year);
  if (!made) co_return Answer::problem(status_of(made.error()), made.error());
  co_return Answer::json(statement_json(*made));
}

}  // namespace

void add_registry(Endpoints& endpoints, const std::shared_ptr<Desk>& desk) {
  endpoints
      .add_ready("GET", "/v1/registry", Role::viewer,
                 [desk](const Request& request) {
                   return Answer::json(
                       registry_json(desk->context.config.registry, today(), request.schools));
                 })
      .by_school = true;
  endpoints.add("GET", "/v1/registry/statement", Role::viewer,
                [desk](Request request) { return statement(desk, std::move(request)); });
  endpoints.add_ready("POST", "/v1/registry/imports", Role::operator_,
                      [desk](const Request& request) { return note_import(*desk, request); });
}

}  // namespace entsync
