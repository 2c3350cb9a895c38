#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "runtime/instant.hpp"
#include "runtime/vault_rotation.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

int rotate(const std::string& config, const std::string& reason) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  const Cause cause{new_run_id(), calling_user(), reason};
  const auto wrapped = rotate_vault_key(context->config.settings, cause);
  if (!wrapped) {
    print(wrapped.error());
    return exit_failed;
  }
  std::printf("the key of the vault was replaced; %llu keys were wrapped anew\n",
              static_cast<unsigned long long>(*wrapped));
  return exit_done;
}

}  // namespace

void add_vault(CLI::App& app, const std::string& config, Chosen& chosen) {
  CLI::App* vault = app.add_subcommand("vault", "The keys of the journal's vault");
  vault->require_subcommand(1);
  auto reason = std::make_shared<std::string>();
  CLI::App* command = vault->add_subcommand(
      "rotate", "Replace the key of the vault, and wrap the keys of all persons anew");
  command->add_option("--reason", *reason, "Why; journaled with your name")->required();
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return rotate(config, *reason); }; });
}

}  // namespace entsync::programs
