#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "runtime/journal_place.hpp"
#include "runtime/retention.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

int status(const std::string& config) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const config::Settings& settings = context->config.settings;
  auto journal = open_journal(journal_place(settings), Journal::Mode::read);
  auto rows =
      journal ? retention_status(**journal, settings) : Result<std::vector<Kept>>(journal.error());
  if (!rows) {
    print(rows.error());
    return exit_failed;
  }
  std::printf("%-44s %12s %10s  %s\n", "what is kept", "how many", "for days", "the next goes on");
  for (const Kept& row : *rows)
    std::printf("%-44s %12llu %10s  %s\n", row.what.c_str(),
                static_cast<unsigned long long>(row.count),
                row.days == 0 && row.first.empty() ? "-" : std::to_string(row.days).c_str(),
                row.first.empty() ? "-" : row.first.c_str());
  if (vault_of(**journal) == nullptr) std::printf("the keys of the vault cannot be read here\n");
  if (!settings.retention.justification.empty())
    std::printf("longer than a year because: %s\n", settings.retention.justification.c_str());
  return exit_done;
}

}  // namespace

void add_retention(CLI::App& app, const std::string& config, Chosen& chosen) {
  CLI::App* retention =
      app.add_subcommand("retention", "What is kept of records and values, and until when");
  retention->require_subcommand(1);
  CLI::App* command = retention->add_subcommand(
      "status", "How much there is of each, its term, and when the next of it goes");
  command->callback([&config, &chosen] { chosen = [&config] { return status(config); }; });
}

}  // namespace entsync::programs
