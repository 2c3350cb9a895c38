#include "requested_accounts.hpp"

#include <algorithm>

#include "core/agent_feed.hpp"
#include "demande_files.hpp"
#include "instant.hpp"

namespace entsync {
namespace {

std::vector<SourceFile> source_files(const DemandeFiles& read, const std::string& source) {
  std::vector<SourceFile> files;
  for (const DemandeFileRead& file : read.files)
    files.push_back(
        {source, file.name, file.sha256, file.bytes, file.requests, Category::pers_collectivite});
  return files;
}

}  // namespace

Result<std::unique_ptr<RequestedAccounts>> read_requested_accounts(
    const config::Configuration& configuration, Ledger& ledger, Date today, Problems& findings) {
  const config::Requests& requests = configuration.settings.requests;
  const auto taken = ledger.taken_demandes();
  if (!taken) return taken.error();
  const auto remembered = ledger.link_requests();
  if (!remembered) return remembered.error();
  std::optional<DemandeFiles> files;
  if (!requests.path.empty()) {
    if (auto read = read_demande_files(requests.path)) {
      files = std::move(*read);
    } else {
      // It stops nobody else: the deliveries are there.
      for (Problem problem : read.error().list) {
        problem.severity = Severity::warning;
        findings.add(std::move(problem));
      }
    }
  }
  if (!files && remembered->empty()) return std::unique_ptr<RequestedAccounts>();
  Agents agents = Agents::of(
      with_remembered(files ? files->demandes : std::vector<Demande>(), *remembered),
      configuration.registry, *taken, requests.rules, configuration.settings.absence, today);
  std::optional<CompletFeed> feed;
  if (files) {
    findings.append(std::move(files->refused));
    feed = AgentFeed::of(agents, source_files(*files, requests.source), requests.source,
                         configuration.rules, today);
  }
  findings.append(agents.refused());
  findings.append(agents.findings());
  return std::make_unique<RequestedAccounts>(RequestedAccounts{std::move(agents), std::move(feed)});
}

Date day_of_requests(std::span<const Date> deliveries, bool by_delivery_day) {
  Date day = by_delivery_day ? Date() : today();
  for (const Date one : deliveries) day = std::max(day, one);
  return day;
}

}  // namespace entsync
