#pragma once
/// Drives an ApplyMachine against a directory and a journal in memory, as the runtime's driver
/// does, with one fault at a chosen step; and does what a restart does with the journal that is
/// left. Every rule that must hold whatever happens is checked while it runs.

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/apply_machine.hpp"
#include "core/read_back.hpp"
#include "support/scene.hpp"

namespace entsync::test {

enum class Way : std::uint8_t {
  none,
  refuse,           ///< the server says no to the n-th send
  transient_busy,   ///< the server is busy at the n-th send
  lost_before,      ///< the connection is lost before the server acts on the n-th send
  lost_after,       ///< it is lost after the server acted
  late_answer,      ///< the same, and the old answer turns up after the read-back
  stop,             ///< a stop is asked for at the n-th send
  drain,            ///< a stop at the end of the wave
  stop_now,         ///< a stop that waits for nothing
  intents_fail,     ///< the n-th write of intents fails
  outcomes_fail,    ///< the journal fails when the n-th outcome is to be written
  reconnect_fails,  ///< lost, and the connection comes back at the fourth try only
  reconnect_never,  ///< lost for good
  other,            ///< lost, and somebody else changed the entry before it is read again
  assertion,        ///< somebody else changed the entry before the n-th send
  crash,            ///< the process dies at the n-th action
  read_fails,  ///< lost after the server acted, and the entry can be read at the third try only
  read_never,  ///< the same, and it can never be read
};

struct Fault {
  Way way = Way::none;
  std::size_t at = 0;  ///< from 1
};

/// Intents and outcomes as they are on disk.
struct MemoryJournal {
  struct Intent {
    Change change;
    std::vector<Outcome> outcomes;
    bool really_applied = false;
  };
  std::deque<Intent> intents;

  /// Settles what a crash left open, as a restart does: read back, then an outcome.
  void recover(const MemoryDirectory& directory, const Rules& rules);
};

class Simulation {
 public:
  Simulation(const Rules& rules, MemoryDirectory& directory, TestLedger& ledger,
             MemoryJournal& journal, Plan& plan, ApplyOptions options, Fault fault,
             std::uint32_t seed);

  /// Somebody wants a rest at every `sends`-th send, and takes it.
  void rest_every(std::size_t sends) { rest_every_ = sends; }
  void run();
  /// Somebody who changed an entry that this plan only marks absent takes his change back: nobody
  /// else would, because the entries of absent persons are not synchronised.
  void take_back_touches();

  [[nodiscard]] bool fired() const { return fired_; }
  [[nodiscard]] bool finished() const { return finish_.has_value(); }
  [[nodiscard]] const apply::Finish& finish() const { return *finish_; }
  [[nodiscard]] const ApplySummary& summary() const { return machine_.summary(); }
  [[nodiscard]] std::size_t sends() const { return sends_; }
  [[nodiscard]] std::size_t actions() const { return actions_; }
  [[nodiscard]] std::size_t rests() const { return rests_; }

 private:
  struct OnWire {
    std::size_t change;
    std::size_t number;  ///< of the send, from 1
  };

  void perform(const apply::WriteIntents& action);
  void perform(const apply::Send& action);
  void perform(const apply::ReadEntry& action);
  void perform(const apply::WriteOutcome& action);
  void perform(const apply::Reconnect& action);
  void perform(const apply::SetTimer& action);
  void perform(const apply::Rest& action);
  void perform(const apply::Finish& action);
  bool next_event();
  void answer(OnWire sent);
  int act(std::size_t change);
  void lose_connection(std::optional<std::size_t> acted);
  void touch(std::size_t change);
  void make_outcomes_durable();
  [[nodiscard]] bool is_due(Way way, std::size_t number) const {
    return fault_.way == way && !fired_ && number == fault_.at;
  }
  std::uint32_t random(std::uint32_t below);

  const Rules& rules_;
  MemoryDirectory& directory_;
  TestLedger& ledger_;
  MemoryJournal& journal_;
  Plan& plan_;
  ApplyOptions options_;
  Fault fault_;
  std::uint32_t seed_;
  ApplyMachine machine_;
  std::deque<apply::Event> events_;
  std::vector<OnWire> wire_;
  std::vector<std::size_t> reads_;
  std::vector<std::optional<std::size_t>> intent_of_;  ///< index in the journal, by change
  std::vector<int> outcomes_of_;
  std::vector<int> applied_;
  std::vector<std::pair<std::size_t, Outcome>> pending_outcomes_;
  std::optional<apply::Answered> late_;
  struct Touch {
    std::string dn;
    std::string attribute;
    std::string before;
  };
  std::vector<Touch> touches_;
  std::optional<apply::Finish> finish_;
  std::size_t sends_ = 0;
  std::size_t outcomes_ = 0;
  std::size_t intent_writes_ = 0;
  std::size_t actions_ = 0;
  int timers_ = 0;
  int failing_reconnects_ = 0;
  int failing_reads_ = 0;
  std::size_t rest_every_ = 0;  ///< 0: nobody wants one
  std::size_t rests_ = 0;
  bool resting_ = false;
  bool journal_dead_ = false;
  bool told_ = false;  ///< the machine knows that the journal failed
  bool fired_ = false;
  bool crashed_ = false;
};

}  // namespace entsync::test
