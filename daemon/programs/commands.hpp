#pragma once
/// The subcommands of `entsync`. Each adds itself to the command line and, when chosen, leaves what
/// is to be done in `chosen`.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace entsync::programs {

using Chosen = std::function<int()>;

void add_plan(CLI::App& app, const std::string& config, Chosen& chosen);
void add_apply(CLI::App& app, const std::string& config, Chosen& chosen);
void add_sync(CLI::App& app, const std::string& config, Chosen& chosen);
void add_hold(CLI::App& app, const std::string& config, Chosen& chosen);
void add_review(CLI::App& app, const std::string& config, Chosen& chosen);
void add_rights(CLI::App& app, const std::string& config, Chosen& chosen);
void add_explain(CLI::App& app, const std::string& config, Chosen& chosen);
void add_why(CLI::App& app, const std::string& config, Chosen& chosen);
void add_audit(CLI::App& app, const std::string& config, Chosen& chosen);
/// `audit` is the command of add_audit().
void add_reconcile(CLI::App& audit, const std::string& config, Chosen& chosen);
void add_incident(CLI::App& app, const std::string& config, Chosen& chosen);
void add_retention(CLI::App& app, const std::string& config, Chosen& chosen);
void add_vault(CLI::App& app, const std::string& config, Chosen& chosen);
void add_daemon(CLI::App& app, const std::string& config, Chosen& chosen);
void add_schedule(CLI::App& app, const std::string& config, Chosen& chosen);
void add_year(CLI::App& app, const std::string& config, Chosen& chosen);
void add_registry(CLI::App& app, const std::string& config, Chosen& chosen);
void add_requests(CLI::App& app, const std::string& config, Chosen& chosen);
void add_token(CLI::App& app, Chosen& chosen);
void add_check_config(CLI::App& app, const std::string& config, Chosen& chosen);

}  // namespace entsync::programs
