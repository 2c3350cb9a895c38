#include "reconciling.hpp"

#include <optional>
#include <utility>

#include "core/dn.hpp"
#include "core/text.hpp"
#include "instant.hpp"
#include "journal/instant.hpp"
#include "journal_place.hpp"

namespace entsync {
namespace {

Result<std::vector<JournaledWrite>> applied_changes(Journal& journal, Period period) {
  JournalQuery query;
  query.from = rfc3339_of(period.from);
  query.to = rfc3339_of(period.to);
  query.reveal = Reveal::identity;
  std::vector<JournaledWrite> writes;
  auto read = journal.query(query, [&](const AuditRecord& intent,
                                       const std::optional<AuditRecord>& outcome) {
    const auto operation = parse_operation(intent.operation);
    if (intent.type != AuditType::intent || !operation || !outcome || outcome->outcome != "applied")
      return;
    writes.push_back({intent.seq, instant_milliseconds(intent.time).value_or(0),
                      instant_milliseconds(outcome->time).value_or(0), write_kind(*operation),
                      intent.dn});
  });
  if (!read) return read.error();
  return writes;
}

/// What the rules write, once or every night.
std::set<std::string> owned_attributes(const Rules& rules) {
  std::set<std::string> names;
  const auto add = [&](const EntryRules& entry) {
    for (const AttributeRule& rule : entry.attributes)
      if (rule.owner != Owner::ent) names.insert(ascii_lower(rules.target.name(rule.attribute)));
  };
  for (const EntryRules& person : rules.persons) add(person);
  for (const GroupRules& group : rules.groups) add(group.entry);
  add(rules.structure);
  const TargetNames& own = rules.names;
  for (const TargetAttribute attribute :
       {own.object_class, own.identifiant, own.login, own.member, own.absent_since,
        own.deletion_date, own.account_state, own.account_lock, own.restriction})
    if (attribute != TargetVocabulary::npos)
      names.insert(ascii_lower(rules.target.name(attribute)));
  return names;
}

/// A DN as it may stand in records: in normal form, or as a pseudonym of either way to write it.
std::vector<std::string> names_of(Journal& journal, const std::string& dn) {
  std::vector<std::string> names{dn};
  if (const ValueVault* vault = journal.vault(); vault != nullptr)
    for (std::string& pseudonym : vault->pseudonyms(dn)) names.push_back(std::move(pseudonym));
  return names;
}

}  // namespace

asio::awaitable<Result<Reconciliation>> reconcile_with_server(Context& context, Journal& journal,
                                                              Period period) {
  const config::Settings& settings = context.config.settings;
  const Period wider{period.from - clock_tolerance_ms, period.to + clock_tolerance_ms};
  auto changes = applied_changes(journal, wider);
  if (!changes) co_return changes.error();
  auto executor = co_await asio::this_coro::executor;
  auto directory = co_await ldap::connect(executor, context.workers,
                                          connect_options(settings.ldap, context.log));
  if (!directory) co_return directory.error();
  ldap::AccessLogRequest request{settings.ldap.accesslog, wider.from, wider.to,
                                 settings.ldap.page_size};
  auto writes = co_await (*directory)->read_access_log(std::move(request));
  if (!writes) co_return writes.error();
  const Tree& tree = settings.tree;
  Testimonies given;
  given.server = std::move(*writes);
  given.journal = std::move(*changes);
  given.our_dn = settings.ldap.bind_dn;
  given.bases = {tree.people, tree.structures, tree.groups};
  given.attributes = owned_attributes(context.config.rules);
  given.names = [&journal](const std::string& dn) { return names_of(journal, dn); };
  given.from = period.from;
  given.to = period.to;
  co_return reconcile(std::move(given));
}

}  // namespace entsync
