#include <cstdio>
#include <memory>
#include <optional>

#include "commands.hpp"
#include "journal/instant.hpp"
#include "runtime/instant.hpp"
#include "runtime/journal_place.hpp"
#include "runtime/reconciling.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

constexpr std::int64_t day_ms = std::int64_t{24} * 60 * 60 * 1000;

struct ReconcileArguments {
  std::string from;
  std::string to;
  std::string reason;
};

Result<std::int64_t> instant_of(const std::string& text, const char* option,
                                std::int64_t otherwise) {
  if (text.empty()) return otherwise;
  if (const auto instant = instant_milliseconds(text)) return *instant;
  return not_an_instant(option);
}

/// The last day by default.
Result<Period> period_of(const ReconcileArguments& arguments) {
  const std::int64_t now = instant_milliseconds(now_rfc3339()).value_or(0);
  const auto to = instant_of(arguments.to, "--to", now);
  if (!to) return to.error();
  const auto from = instant_of(arguments.from, "--from", *to - day_ms);
  if (!from) return from.error();
  return Period{*from, *to};
}

void print_write(const char* what, const ServerWrite& write) {
  std::printf("%s  %s  %s %s by %s", rfc3339_of(write.time).c_str(), what,
              std::string(to_string(write.kind)).c_str(), write.dn.c_str(), write.author.c_str());
  const char* before = ": ";
  for (const std::string& name : write.attributes) {
    std::printf("%s%s", before, name.c_str());
    before = ", ";
  }
  std::printf("\n");
}

int show(const Reconciliation& found, Period period) {
  for (const JournaledWrite& write : found.unknown_to_server)
    std::printf("%s  NOT IN THE SERVER'S LOG  %s %s, record %llu\n",
                rfc3339_of(write.ended).c_str(), std::string(to_string(write.kind)).c_str(),
                write.dn.c_str(), static_cast<unsigned long long>(write.seq));
  for (const ServerWrite& write : found.unknown_to_journal)
    print_write("NOT IN THE JOURNAL", write);
  for (const ServerWrite& write : found.by_others) print_write("by others", write);
  const std::size_t missing = found.unknown_to_server.size() + found.unknown_to_journal.size();
  std::printf(
      "%s to %s: %llu changes in both; %zu only in the journal, %zu by our account only in the "
      "server's log; %zu by others in what is ours\n",
      rfc3339_of(period.from).c_str(), rfc3339_of(period.to).c_str(),
      static_cast<unsigned long long>(found.agreed), found.unknown_to_server.size(),
      found.unknown_to_journal.size(), found.by_others.size());
  if (found.before_log != 0)
    std::printf("%llu changes are older than the server's log and could not be compared\n",
                static_cast<unsigned long long>(found.before_log));
  return missing == 0 ? exit_done : exit_out_of_sync;
}

int reconcile_now(const std::string& config, const ReconcileArguments& arguments) {
  auto period = period_of(arguments);
  if (!period) {
    print(period.error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto journal = open_journal(journal_place(context->config.settings), Journal::Mode::read);
  auto found = journal ? run(*context, reconcile_with_server(*context, **journal, *period))
                       : Result<Reconciliation>(journal.error());
  if (!found) {
    print(found.error());
    return exit_failed;
  }
  const std::size_t shown =
      found->unknown_to_server.size() + found->unknown_to_journal.size() + found->by_others.size();
  if (!journal_reading(*context, arguments.reason,
                       "journal: compared with the server's log, " + rfc3339_of(period->from) +
                           " to " + rfc3339_of(period->to) + "; " + std::to_string(shown) +
                           " writes shown"))
    return exit_failed;
  return show(*found, *period);
}

}  // namespace

void add_reconcile(CLI::App& audit, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<ReconcileArguments>();
  CLI::App* command = audit.add_subcommand(
      "reconcile", "Compare the journal with the directory server's own log of changes");
  command->add_option("--from", arguments->from, "Not before (RFC 3339); a day before --to")
      ->type_name("TIME");
  command->add_option("--to", arguments->to, "Before (RFC 3339); now")->type_name("TIME");
  command->add_option("--reason", arguments->reason, "Why you read; journaled with your name")
      ->required();
  command->footer(
      "Needs the accesslog overlay (slapo-accesslog(5)) with logops writes and logsuccess TRUE, "
      "and\n"
      "[ldap] accesslog. Listed are changes that only one of both knows, and what others wrote in\n"
      "attributes that the rules own, with its author: the next run overwrites or keeps it.\n"
      "Exit codes: 0 both say the same; 1 failed; 2 usage or configuration; 3 something is "
      "missing\n"
      "in one of them.");
  command->callback([=, &config, &chosen] {
    chosen = [=, &config] { return reconcile_now(config, *arguments); };
  });
}

}  // namespace entsync::programs
