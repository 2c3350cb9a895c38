#include "journal_place.hpp"

#include "files.hpp"

namespace entsync {
namespace {

namespace fs = std::filesystem;

fs::path or_else(const fs::path& configured, const fs::path& otherwise) {
  return configured.empty() ? otherwise : configured;
}

}  // namespace

JournalPlace journal_place(const config::Settings& settings) {
  const fs::path folder = or_else(settings.vault.directory, settings.state_directory / "vault");
  return {settings.state_directory,
          {folder / "keys.db", or_else(settings.vault.key_file, folder / "vault.key"),
           or_else(settings.vault.pseudonym_key_file, folder / "pseudonym.key")}};
}

Result<std::unique_ptr<Journal>> open_journal(const JournalPlace& place, Journal::Mode mode,
                                              ValuePolicy policy) {
  JournalOptions options;
  const bool appending = mode == Journal::Mode::append;
  if (appending)
    if (auto made = make_private_directory(place.vault.keys.parent_path()); !made)
      return made.error();
  std::error_code error;
  const bool in_use = fs::exists(place.directory / "journal.db", error);
  auto vault = Vault::open(place.vault, appending ? sqlite::Access::write : sqlite::Access::read,
                           std::move(policy), in_use);
  if (vault)
    options.vault = std::move(*vault);
  else if (appending)
    return vault.error();
  return Journal::open(place.directory, mode, std::move(options));
}

Vault* vault_of(Journal& journal) {
  return dynamic_cast<Vault*>(journal.vault());
}

}  // namespace entsync
