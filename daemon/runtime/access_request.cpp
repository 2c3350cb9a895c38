#include "access_request.hpp"

#include <algorithm>

#include "audit_reading.hpp"
#include "core/text.hpp"
#include "explaining.hpp"
#include "instant.hpp"
#include "journal_place.hpp"
#include "planning.hpp"
#include "rights.hpp"
#include "scoped_inputs.hpp"

namespace entsync {
namespace {

/// Of the texts of a request, so that the record of the reading takes them.
constexpr std::size_t longest_text = 80;

Problem refused_access(const char* code, const std::string& subject, std::string what,
                       std::string remedy) {
  return {Severity::error, code, {{}, 0, subject}, std::move(what), std::move(remedy)};
}

/// People of whom the role alone is looked up; more are told as persons without one.
constexpr std::size_t most_looked_up = 200;

/// What the person's part of both sides says, before the entry and the journal are read.
struct FoundPerson {
  AccessSources sources;
  std::set<std::string> keys;  ///< of the person, under which records may stand
  Asker asker = Asker::person;
};

Result<FoundPerson> find_person(const PlannerInput& input, const AccessRequest& request) {
  auto explanations = explain(input, request.subject, {});
  if (explanations.empty()) return nobody_knows(request.subject);
  FoundPerson found;
  found.sources.explanation = std::move(explanations.front());
  found.sources.entry = entry_of_key(input, request.subject);
  found.keys.insert(request.subject);
  if (found.sources.entry != no_entry)
    for (std::string& key : keys_of_entry(input, found.sources.entry))
      found.keys.insert(std::move(key));
  const EntryIndex shown = input.snapshot.find(found.sources.explanation.dn);
  if (found.sources.entry == no_entry &&
      (found.sources.explanation.dn.empty() || shown != no_entry))
    return refused_access("RGT-023", request.subject,
                          "it is not certain which entry of the directory is this person's",
                          "decide it first: entsync review list");
  if (!request.proof.empty()) {
    found.asker = Asker::proven;
  } else if (request.requester != request.subject) {
    found.asker = Asker::responsable;
    found.sources.requester = entry_of_key(input, request.requester);
    if (!is_responsable_of(input, found.sources.requester, found.sources.entry))
      return refused_access(
          "RGT-020", request.subject,
          "the entry of this person does not lead to " + request.requester + " as a responsable",
          "check both keys; a right that the directory does not know is proven by --proof");
  }
  return found;
}

/// The changes that were applied, and the number of records that were read for them.
Result<std::uint64_t> read_changes(const JournalPlace& place, const std::set<std::string>& keys,
                                   std::vector<AuditRecord>& changes) {
  auto journal = open_journal(place, Journal::Mode::read);
  if (!journal) return journal.error();
  if ((*journal)->vault() == nullptr) return vault_not_readable();
  std::uint64_t records = 0;
  for (const std::string& key : keys) {
    JournalQuery query;
    query.subject = key;
    query.reveal = Reveal::values;
    auto read = (*journal)->query(query, [&](const AuditRecord& record, const auto& outcome) {
      ++records;
      if (record.type == AuditType::intent && outcome &&
          outcome->outcome == to_string(Outcome::applied))
        changes.push_back(record);
    });
    if (!read) return read.error();
  }
  std::ranges::sort(changes, {}, &AuditRecord::seq);
  return records;
}

/// The object classes of people whom the part did not hold, and nothing else of them.
asio::awaitable<Result<OtherPeople>> look_up(ldap::Directory& directory,
                                             std::set<std::string> people) {
  OtherPeople found;
  for (const std::string& dn : people) {
    if (found.size() >= most_looked_up) break;
    std::string asked = dn;
    auto entry = co_await directory.read_whole_entry(std::move(asked));
    if (!entry) co_return entry.error();
    if (!*entry) continue;
    for (auto& [name, value] : (*entry)->values)
      if (equals_ignoring_case(name, "objectClass")) found[dn].push_back(std::move(value));
  }
  co_return found;
}

asio::awaitable<Result<GatheredAccess>> gather_whole(Context& context, const AccessRequest& request,
                                                     ProcessingRegister processing) {
  const config::Settings& settings = context.config.settings;
  auto scope = parse_scope(ScopeText{.person = request.subject});
  if (!scope) co_return scope.error();
  auto ledger = open_ledger(settings);
  if (!ledger) co_return ledger.error();
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  auto inputs = co_await gather_scope(context, *link->directory, **ledger, *scope);
  if (!inputs) co_return inputs.error();
  context.throw_if_stopped();

  std::optional<Model> model;
  auto finding = [&]() -> Result<FoundPerson> {
    auto made = make_model(context.config, *inputs, **ledger);
    if (!made) return made.error();
    model.emplace(std::move(*made));
    return find_person(planner_input(context.config, *inputs, *model), request);
  };
  auto found = co_await run_on(context.workers, std::move(finding));
  if (!found) co_return found.error();
  AccessSources& sources = found->sources;
  if (sources.entry != no_entry) {
    std::string dn(inputs->snapshot.entry(sources.entry).dn());
    auto entry = co_await link->directory->read_whole_entry(std::move(dn));
    if (!entry) co_return entry.error();
    if (*entry) sources.values = std::move((*entry)->values);
  }

  std::set<std::string> strangers;
  auto recalling = [&]() -> Result<std::uint64_t> {
    auto records = read_changes(journal_place(settings), found->keys, sources.changes);
    if (records) strangers = unread_people(planner_input(context.config, *inputs, *model), sources);
    return records;
  };
  const auto records = co_await run_on(context.workers, std::move(recalling));
  if (!records) co_return records.error();
  auto others = co_await look_up(*link->directory, std::move(strangers));
  if (!others) co_return others.error();
  sources.others = std::move(*others);

  auto telling = [&]() -> Result<GatheredAccess> {
    auto registers = read_rights(context, request.subject);
    if (!registers) return registers.error();
    sources.values_days = settings.retention.values_days;
    GatheredAccess gathered;
    gathered.records = *records;
    gathered.answer.package =
        make_access_package(planner_input(context.config, *inputs, *model), sources);
    gathered.answer.registers = std::move(*registers);
    gathered.answer.processing = std::move(processing);
    gathered.answer.controller = settings.controller;
    gathered.answer.asker = found->asker;
    gathered.answer.received = Date::from_iso(request.received).value_or(today());
    gathered.answer.made = today();
    gathered.answer.ticket = request.ticket;
    gathered.answer.values_days = settings.retention.values_days;
    return gathered;
  };
  co_return co_await run_on(context.workers, std::move(telling));
}

}  // namespace

Problems check(const AccessRequest& request) {
  Problems problems;
  const auto day = Date::from_iso(request.received);
  if (!day || *day > today())
    problems.add(refused_access("RGT-022", request.subject,
                                "the day on which the request arrived is no day, or one to come",
                                "write it as 2026-09-01"));
  if (request.requester.empty() == request.proof.empty())
    problems.add(refused_access(
        "RGT-021", request.subject, "it is not said who asks",
        "give either --requester, the key of who asks, or --proof, where the proof is kept"));
  for (const std::string& text : {request.requester, request.proof, request.ticket})
    if (text.size() > longest_text)
      problems.add(refused_access("RGT-024", request.subject,
                                  "requester, proof and ticket have at most " +
                                      std::to_string(longest_text) + " bytes each",
                                  "name the place of the proof shorter, without a name"));
  return problems;
}

asio::awaitable<Result<GatheredAccess>> gather_access(Context& context, AccessRequest request,
                                                      ProcessingRegister processing) {
  try {
    co_return co_await gather_whole(context, request, std::move(processing));
  } catch (const Stopped&) {
  }
  co_return Problems(stopped_early());
}

std::string describe(const AccessRequest& request, const GatheredAccess& gathered) {
  return "access package of " + request.subject + " for " +
         (request.proof.empty() ? request.requester : "who proved it: " + request.proof) + "; " +
         std::to_string(gathered.records) + " records of 1 subject" +
         (request.ticket.empty() ? "" : "; ticket " + request.ticket);
}

}  // namespace entsync
