#pragma once
/// What every run that writes has open, and what every such run does with it: the lock, the ledger,
/// the journal and the link to the directory, opened in this order, with what a crash left open
/// settled before anything else. A run of a part beside a whole run is a guest in the workplace of
/// that one: the lock and the journal are its own, and it has settled already.

#include <cstdint>
#include <memory>
#include <optional>

#include "apply_driver.hpp"
#include "audit_trail.hpp"
#include "context.hpp"
#include "journal/journal.hpp"
#include "run_lock.hpp"
#include "state/ledger.hpp"

namespace entsync {

/// Takes the journal back from the context before it is closed.
struct CloseJournal {
  Context* context = nullptr;  ///< null for a guest: it is closed by whoever opened it
  void operator()(Journal* journal) const;
};

/// What a run that writes has open; in order of opening.
struct Workplace {
  std::optional<RunLock> lock;  ///< none of a guest
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Journal, CloseJournal> journal;
  DirectoryLink link;
  bool begun = false;  ///< the journal is to tell how the run ended
};

asio::awaitable<Result<Workplace>> open_workplace(Context& context, const Cause& cause);
/// That of the run that main() of this context has under way, for a guest, with a link and a ledger
/// of his own. It outlives his.
asio::awaitable<Result<Workplace>> enter_workplace(Context& beside);

/// One record that is not of a run: into the journal of the run at hand, else into the one of the
/// state directory. False, with the reason in the log, when it could not be journaled.
bool record(Context& context, AuditType type, const Cause& cause, std::string detail);

/// One record that is not of a change.
Result<void> append_event(Journal& journal, AuditType type, const Cause& cause, std::string detail);

/// The identities that the creates of a plan give.
std::vector<Identity> identities_of(const Plan& plan);

/// Applies a plan whole. All its identities are remembered before anything is sent: a new entry
/// links to others that are created after it, and a crash in between must not let their identifiers
/// go to somebody else.
asio::awaitable<ApplyResult> apply_plan(Context& context, Workplace& place, Plan& plan,
                                        const Cause& cause);
/// The same for a plan that gives way to parts, in the room of the context.
asio::awaitable<ApplyResult> apply_giving_way(Context& context, Workplace& place, Plan& plan,
                                              const Cause& cause);

/// Drops every plan that waits, but for the one of the id `kept`. Like everything that becomes of a
/// held plan it is journaled before it happens: a record may come twice, never not at all.
Result<void> supersede_held(Context& context, Workplace& place, const std::string& kept,
                            const Cause& cause);

/// How many entries the directory has more after a plan.
std::int64_t entry_balance(const Plan& plan);

/// Entries that the directory holds after a plan; what was refused may be missing.
std::uint64_t entries_after(std::uint64_t before, std::int64_t balance,
                            const ApplySummary& applied);

}  // namespace entsync
