#include "inputs.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "alerts.hpp"
#include "connectors/aaf/delivery.hpp"
#include "core/snapshot_attributes.hpp"
#include "files.hpp"
#include "instant.hpp"
#include "network.hpp"

namespace entsync {
Result<std::unique_ptr<Ledger>> open_ledger(const config::Settings& settings) {
  if (auto made = make_private_directory(settings.state_directory); !made) return made.error();
  return Ledger::open(settings.state_directory);
}

Problems check_offline(Context& context) {
  Problems problems;
  for (const config::Academie& academie : context.config.settings.academies)
    if (auto folder = aaf::clean_folder(academie.delivery, academie.folder, academie.code); !folder)
      problems.append(folder.error());
  problems.append(check_network(context.config.settings.control));
  problems.append(check_notify(context.config.settings.notify));
  problems.append(ldap::check_options(connect_options(context.config.settings.ldap, context.log)));
  return problems;
}

Result<std::vector<Delivery>> read_deliveries(Context& context, Ledger& ledger) {
  context.progress.start("deliveries", "MiB");
  std::vector<Delivery> deliveries;
  Problems problems;
  std::uint64_t before = 0;
  for (const config::Academie& academie : context.config.settings.academies) {
    std::uint64_t here = 0;
    auto delivery = read_chain(context, academie, ledger, [&](std::uint64_t bytes) {
      here = bytes;
      context.progress.advance("deliveries", (before + here) >> 20U);
    });
    before += here;
    if (delivery)
      deliveries.push_back(std::move(*delivery));
    else
      problems.append(delivery.error());
  }
  context.progress.finish("deliveries");
  if (problems.has_errors()) return problems;
  return deliveries;
}

asio::awaitable<Result<DirectoryLink>> open_directory(Context& context) {
  auto executor = co_await asio::this_coro::executor;
  auto directory = co_await ldap::connect(
      executor, context.workers, connect_options(context.config.settings.ldap, context.log));
  if (!directory) co_return directory.error();
  auto server = co_await (*directory)->read_server_info();
  if (!server) co_return server.error();
  const Problems schema =
      co_await (*directory)->read_schema(server->subschema_dn, context.config.rules.target);
  if (schema.has_errors()) co_return schema;
  context.log.problems(schema);
  co_return DirectoryLink{std::move(*directory), std::move(*server)};
}

asio::awaitable<Result<DirectorySnapshot>> take_snapshot(Context& context,
                                                         ldap::Directory& directory) {
  context.progress.start("directory", "entries");
  const Tree& tree = context.config.settings.tree;
  const auto base = [&context](Branch branch, const std::string& dn) {
    return ldap::SnapshotRequest::Base{branch, dn,
                                       snapshot_attributes(context.config.rules, branch)};
  };
  ldap::SnapshotRequest request{
      {base(Branch::people, tree.people), base(Branch::structures, tree.structures),
       base(Branch::groups, tree.groups)},
      context.config.rules.target,
      context.config.settings.ldap.page_size,
      [&context](std::uint64_t entries) { context.progress.advance("directory", entries); }};
  auto snapshot = co_await directory.read_snapshot(std::move(request));
  context.progress.finish("directory");
  co_return snapshot;
}

std::optional<Problem> doubt(const DirectorySnapshot& snapshot,
                             std::optional<std::uint64_t> known_entries, double minimum_share) {
  if (!known_entries) return std::nullopt;
  if (static_cast<double>(snapshot.size()) >= minimum_share * static_cast<double>(*known_entries))
    return std::nullopt;
  return Problem{
      Severity::error,
      "DIR-001",
      {{}, 0, "directory"},
      "the directory shows " + std::to_string(snapshot.size()) + " entries, " +
          std::to_string(*known_entries) + " are known to be there",
      "check the rights of the service account and the branches; if entries were removed on "
      "purpose, lower limits.minimum_directory_share for one run"};
}

namespace {

template <class T>
asio::awaitable<void> into(asio::awaitable<T> from, std::optional<T>& to) {
  to.emplace(co_await std::move(from));
}

/// One side of the comparison. Made while the directory is still being read, which leaves a good
/// part of the second core free once the deliveries are read.
struct Source {
  std::vector<Delivery> deliveries;
  Population population;
  Problems findings;
  std::unique_ptr<RequestedAccounts> requests;
};

Result<Source> read_source(Context& context, Ledger& ledger, const DeliveriesRead& told) {
  auto deliveries = read_deliveries(context, ledger);
  if (!deliveries) return deliveries.error();
  std::vector<const CompletFeed*> feeds;
  std::vector<Date> days;
  Problems findings;
  for (const Delivery& delivery : *deliveries) {
    feeds.push_back(&delivery.feed);
    days.push_back(delivery.feed.feed().date());
    findings.append(delivery.findings);
  }
  const Date day = day_of_requests(days, context.config.settings.absence.by_delivery_day);
  auto requests = read_requested_accounts(context.config, ledger, day, findings);
  if (!requests) return requests.error();
  std::span<const WorkLink> links;
  if (*requests) links = (**requests).agents.links();
  if (*requests && (**requests).feed) feeds.push_back(&*(**requests).feed);
  Population population =
      Population::build(feeds, context.config.rules, context.config.registry, findings, links);
  population.note_links_without_person(findings);
  if (told) told(*deliveries);
  return Source{std::move(*deliveries), std::move(population), std::move(findings),
                std::move(*requests)};
}

}  // namespace

asio::awaitable<Result<Inputs>> gather(Context& context, ldap::Directory& directory, Ledger& ledger,
                                       DeliveriesRead told) {
  using namespace asio::experimental::awaitable_operators;
  std::optional<Result<DirectorySnapshot>> snapshot;
  std::optional<Result<Source>> source;
  auto read = [&context, &ledger, &told] { return read_source(context, ledger, told); };
  auto reading = into(run_on(context.workers, std::move(read)), source);
  auto searching = into(take_snapshot(context, directory), snapshot);
  try {
    co_await (std::move(reading) && std::move(searching));
  } catch (const asio::multiple_exceptions&) {  // the one that ends first cancels the other
    context.throw_if_stopped();
    throw;
  }
  Problems problems;
  if (!*source) problems.append(source->error());
  if (!*snapshot) problems.append(snapshot->error());
  if (problems.has_errors()) co_return problems;
  auto known = ledger.known_entries();
  if (!known) co_return known.error();
  if (auto problem = doubt(**snapshot, *known, context.config.settings.minimum_directory_share))
    co_return Problems(std::move(*problem));
  Source& read_from = **source;
  co_return Inputs{std::move(read_from.deliveries),
                   std::move(read_from.population),
                   std::move(read_from.findings),
                   std::move(**snapshot),
                   {},
                   {},
                   std::move(read_from.requests)};
}

}  // namespace entsync
