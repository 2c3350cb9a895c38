#include "requested_accounts.hpp"

#include "core/agent_feed.hpp"
#include "demande_files.hpp"

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
  if (requests.path.empty()) return std::unique_ptr<RequestedAccounts>();
  auto read = read_demande_files(requests.path);
  if (!read) {
    // It stops nobody else: the deliveries are there.
    for (Problem problem : read.error().list) {
      problem.severity = Severity::warning;
      findings.add(std::move(problem));
    }
    return std::unique_ptr<RequestedAccounts>();
  }
  const auto taken = ledger.taken_demandes();
  if (!taken) return taken.error();
  Agents agents = Agents::of(read->demandes, configuration.registry, *taken, requests.rules,
                             configuration.settings.absence, today);
  findings.append(std::move(read->refused));
  findings.append(agents.refused());
  findings.append(agents.findings());
  CompletFeed feed = AgentFeed::of(agents, source_files(*read, requests.source), requests.source,
                                   configuration.rules, today);
  return std::make_unique<RequestedAccounts>(RequestedAccounts{std::move(agents), std::move(feed)});
}

}  // namespace entsync
