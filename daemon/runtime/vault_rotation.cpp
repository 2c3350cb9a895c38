#include "vault_rotation.hpp"

#include "journal_place.hpp"
#include "run_lock.hpp"
#include "workplace.hpp"

namespace entsync {
namespace {

Result<std::uint64_t> rotate(SubjectKeys& keys) {
  if (auto added = keys.ring().add(); !added) return added.error();
  auto wrapped = keys.rewrap();
  if (!wrapped) return wrapped;
  if (auto dropped = keys.ring().drop_former(); !dropped) return dropped.error();
  return wrapped;
}

}  // namespace

Result<std::uint64_t> rotate_vault_key(const config::Settings& settings, const Cause& cause) {
  auto lock = RunLock::take(settings.state_directory, "vault rotate by " + cause.actor);
  if (!lock) return lock.error();
  auto journal = open_journal(journal_place(settings), Journal::Mode::append);
  if (!journal) return journal.error();
  if (auto written =
          append_event(**journal, AuditType::order, cause, "the key of the vault is replaced");
      !written)
    return written.error();
  return vault_of(**journal)->with_keys(rotate);
}

}  // namespace entsync
