#pragma once
/// Where the journal and its vault lie, and how both are opened together.

#include <memory>

#include "config/settings.hpp"
#include "core/value_policy.hpp"
#include "journal/journal.hpp"
#include "vault/vault.hpp"

namespace entsync {

struct JournalPlace {
  std::filesystem::path directory;
  VaultPlace vault;
};
JournalPlace journal_place(const config::Settings& settings);

/// The journal with its vault. To append, the vault is made when there is none yet. To read, who
/// may not read the vault's keys gets the journal without it: pseudonyms and numbers of values.
/// Records of changes need the policy of the rules; what is recorded without one is kept in the
/// vault whole.
Result<std::unique_ptr<Journal>> open_journal(const JournalPlace& place, Journal::Mode mode,
                                              ValuePolicy policy = {});

/// The vault of a journal that open_journal gave; null without one.
Vault* vault_of(Journal& journal);

}  // namespace entsync
