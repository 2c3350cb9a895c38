#pragma once
/// Carries out what the ApplyMachine says: journal on its own thread, changes and read-backs on the
/// directory connections, timers on the loop. Holds no rules of its own; see
/// core/apply_machine.hpp. The identities that the plan gives must be in the ledger before: an
/// entry links to others that are created after it.

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit_trail.hpp"
#include "context.hpp"
#include "core/apply_machine.hpp"
#include "inputs.hpp"
#include "journal/journal.hpp"

namespace entsync {

struct ApplyResult {
  ApplySummary summary;
  bool completed = false;  ///< every change has its answer, and none was left out
  std::string why;         ///< when not
};

class ApplyDriver {
 public:
  /// `link` is the first connection; more are opened as configured.
  ApplyDriver(Context& context, DirectoryLink link, Journal& journal, Cause cause,
              ApplyOptions options);

  /// Applies the plan; may be run once. Resumes on the loop.
  asio::awaitable<ApplyResult> run(Plan& plan);
  /// Ends the plan before its time. Callable on the loop at any time.
  void request_stop(StopMode mode);
  /// Asks for a rest, or says that it is over. `on_rest` is called when it has come: everything
  /// that was sent is answered and journaled.
  void ask_for_rest(bool rest);
  std::function<void()> on_rest;

 private:
  void push(apply::Event event);
  void perform(std::vector<apply::Action> actions);
  void perform(const apply::WriteIntents& action);
  void perform(const apply::Send& action);
  void perform(const apply::ReadEntry& action);
  void perform(const apply::WriteOutcome& action);
  void perform(const apply::Reconnect& action);
  void perform(const apply::SetTimer& action);
  void perform(const apply::Rest& action);
  void perform(const apply::Finish& action);

  asio::awaitable<void> write_intents(std::vector<std::size_t> changes);
  asio::awaitable<void> send(std::size_t change);
  asio::awaitable<void> read_entry(std::size_t change, bool answer_lost);
  asio::awaitable<void> reconnect();
  asio::awaitable<void> wait(int milliseconds);
  asio::awaitable<void> rest();
  asio::awaitable<void> flush_later();
  asio::awaitable<std::optional<std::uint64_t>> append(std::vector<AuditRecord> intents);
  asio::awaitable<bool> flush();
  asio::awaitable<void> flush_soon();
  asio::awaitable<void> flush_at_last();
  void spawn(asio::awaitable<void> task);
  void use(DirectoryLink link);
  asio::awaitable<void> open_more_connections();

  Context& context_;
  std::vector<std::shared_ptr<ldap::Directory>> directories_;
  bool assertions_ = false;
  Journal& journal_;
  Cause cause_;
  ApplyOptions options_;
  Plan* plan_ = nullptr;
  std::unique_ptr<ApplyMachine> machine_;
  std::deque<apply::Event> events_;
  asio::steady_timer wake_;
  asio::steady_timer timer_;
  asio::steady_timer flush_timer_;
  std::vector<std::uint64_t> intent_seq_;
  std::vector<AuditRecord> outcomes_;
  std::size_t tasks_ = 0;
  std::size_t next_connection_ = 0;
  unsigned epoch_ = 0;  ///< counts reconnections: answers of an earlier connection do not count
  bool started_ = false;
  bool rest_wanted_ = false;
  bool flush_armed_ = false;
  bool append_failed_ = false;  ///< at least once
  ApplyResult result_;
};

}  // namespace entsync
