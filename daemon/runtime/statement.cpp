#include "statement.hpp"

#include <boost/json/array.hpp>
#include <string>

#include "inputs.hpp"
#include "run_on.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

asio::awaitable<Result<AgreementStatement>> read_and_count(Context& context, SchoolYear year) {
  auto ledger = open_ledger(context.config.settings);
  if (!ledger) co_return ledger.error();
  auto link = co_await open_directory(context);
  if (!link) co_return link.error();
  const Tree& tree = context.config.settings.tree;
  const auto base = [&context](Branch branch, const std::string& dn) {
    return ldap::SnapshotRequest::Base{branch, dn,
                                       statement_attributes(context.config.rules, branch)};
  };
  context.progress.start("directory", "entries");
  ldap::SnapshotRequest request{
      {base(Branch::people, tree.people), base(Branch::structures, tree.structures),
       base(Branch::groups, tree.groups)},
      context.config.rules.target,
      context.config.settings.ldap.page_size,
      [&context](std::uint64_t entries) { context.progress.advance("directory", entries); }};
  auto snapshot = co_await link->directory->read_snapshot(std::move(request));
  context.progress.finish("directory");
  if (!snapshot) co_return snapshot.error();
  context.throw_if_stopped();
  auto known = (*ledger)->known_entries();
  if (!known) co_return known.error();
  if (auto problem = doubt(*snapshot, *known, context.config.settings.minimum_directory_share))
    co_return Problems(std::move(*problem));
  auto count = [&] {
    return agreement_statement(context.config.registry, *snapshot, context.config.rules, year);
  };
  co_return co_await run_on(context.workers, std::move(count));
}

json::object counts_json(const AccountCounts& counts) {
  json::object object;
  for (const Profil profil : all_profils)
    object[to_string(profil)] = counts[static_cast<std::size_t>(profil)];
  return object;
}

json::object school_json(const SchoolStatement& school) {
  return {{"uai", school.ecole.uai.str()},       {"label", school.ecole.label},
          {"commune", school.ecole.commune},     {"state", to_string(school.ecole.etat)},
          {"in_directory", school.in_directory}, {"accounts", counts_json(school.accounts)}};
}

}  // namespace

asio::awaitable<Result<AgreementStatement>> make_statement(Context& context, SchoolYear year) {
  try {
    co_return co_await read_and_count(context, year);
  } catch (const Stopped&) {
  }
  co_return Problems(stopped_early());
}

json::object statement_json(const AgreementStatement& statement) {
  json::array collectivites;
  for (const CollectiviteStatement& collectivite : statement.collectivites) {
    json::array schools;
    for (const SchoolStatement& school : collectivite.schools)
      schools.push_back(school_json(school));
    collectivites.push_back(json::object{{"siret", collectivite.siret},
                                         {"amount", collectivite.amount.str()},
                                         {"accounts", counts_json(collectivite.accounts)},
                                         {"schools", std::move(schools)}});
  }
  return {{"school_year", statement.year.str()},
          {"amount_per_school", statement.amount_per_school.str()},
          {"schools", statement.schools},
          {"amount", statement.amount.str()},
          {"accounts", counts_json(statement.accounts)},
          {"collectivites", std::move(collectivites)}};
}

}  // namespace entsync
