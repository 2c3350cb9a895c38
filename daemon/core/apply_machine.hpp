#pragma once
/// Applies a plan as a machine without I/O: events go in, actions come out, and a driver does what
/// the actions say. The rules that must hold whatever happens on the wire live here and nowhere
/// else:
///
/// - the intent of a change is durable before the change is sent, its outcome is written after the
/// answer;
/// - at most `window` changes are in flight, never two on one DN, and a wave is answered whole
/// before the
///   next one starts;
/// - a lost connection makes every unanswered change *in doubt*: it is read again and compared with
/// before
///   and after, never sent again blindly; what cannot be read stays in doubt, with an open intent;
/// - a refused change does not stop its wave; too many refusals stop the run;
/// - what later changes would link to an entry that could not be created is taken out of them
/// before
///   their intent is written, so that no link leads to nothing;
/// - transient refusals (busy, unavailable) are retried with back-off inside a budget;
/// - a change whose entry moved on since the snapshot (assertion failed) is a conflict: not
/// overwritten,
///   reported for re-planning;
/// - a rest that is asked for comes when all that was intended is answered and nothing is open;
/// when
///   it is over, the same plan goes on. Who changed an entry meanwhile is somebody else like any
///   other: his change is found, not overwritten;
/// - a stop ends the wave at hand (drain), answers what is in flight (normal), or ends at once and
///   leaves open what has no outcome yet (now).

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "plan.hpp"
#include "stop_mode.hpp"

namespace entsync {

/// Final state of a change. Every change of a plan gets exactly one.
enum class Outcome : std::uint8_t {
  applied,      ///< the directory holds the change
  refused,      ///< the server said no; `code` says why
  conflict,     ///< the entry changed since the snapshot; left alone, to be planned again
  not_applied,  ///< never reached the directory (stopped before sending, or lost and read back as
                ///< before)
};
std::string_view to_string(Outcome outcome);

/// What a re-read of an entry in doubt showed.
enum class ReadBack : std::uint8_t {
  as_before,  ///< the change did not happen
  as_after,   ///< it did
  other,      ///< neither: somebody else changed the entry
};

struct ApplyOptions {
  std::size_t window = 16;  ///< changes in flight (limits.md §3: 8–32 is all there is to win)
  std::size_t intent_batch = 256;  ///< intents made durable by one commit
  std::size_t max_refusals = 50;   ///< refusals that stop the run
  int max_attempts = 5;            ///< sends of one change, transient refusals included
  int max_reconnects = 8;          ///< in a row without an answer in between
  int max_failed_reads = 8;        ///< of one entry in doubt, connection losses included
};

namespace apply {

// Events.
struct Start {};
struct IntentsDurable {};  ///< the last WriteIntents is on disk
struct JournalFailed {};   ///< it could not be written: nothing more may be sent
struct Answered {          ///< the server's final answer
  std::size_t change;
  int code;  ///< LDAP result code
};
struct ConnectionLost {};
struct Reconnected {};
struct ReconnectFailed {};
struct HasReadBack {
  std::size_t change;
  ReadBack state;
};
/// The entry could not be read. Says nothing about the change: it stays in doubt.
struct ReadFailed {
  std::size_t change;
};
struct TimerExpired {};
struct StopRequested {
  StopMode mode = StopMode::normal;
};
struct RestRequested {};  ///< somebody else wants to work on the directory
struct RestOver {};       ///< he has finished, or does not want to any more
using Event = std::variant<Start, IntentsDurable, JournalFailed, Answered, ConnectionLost,
                           Reconnected, ReconnectFailed, HasReadBack, ReadFailed, TimerExpired,
                           StopRequested, RestRequested, RestOver>;

// Actions.
struct WriteIntents {  ///< to be made durable in one commit, in this order
  std::vector<std::size_t> changes;
};
struct Send {
  std::size_t change;
};
struct ReadEntry {
  std::size_t change;
  /// The answer was lost, not given: the server may still be at work on the change, and what it
  /// shows counts only when it does not move any more.
  bool answer_lost;
};
struct WriteOutcome {
  std::size_t change;
  Outcome outcome;
  int code;
};
struct Reconnect {};
struct SetTimer {
  int milliseconds;
};
/// Nothing is open, and nothing is done before RestOver. Comes once for each rest that was asked
/// for, but for one that a Finish makes needless.
struct Rest {};
struct Finish {
  /// Every change has its outcome from the server, or led to an entry that somebody else made
  /// meanwhile and is planned again with it.
  bool completed;
  std::string why;  ///< when not
};
using Action =
    std::variant<WriteIntents, Send, ReadEntry, WriteOutcome, Reconnect, SetTimer, Rest, Finish>;

}  // namespace apply

struct ApplySummary {
  std::uint64_t applied = 0;
  std::uint64_t refused = 0;
  std::uint64_t conflict = 0;
  std::uint64_t not_applied = 0;
};

class ApplyMachine {
 public:
  /// The plan is only altered by taking out links to entries that could not be created.
  ApplyMachine(Plan& plan, ApplyOptions options);

  /// What to do next. The returned actions are to be carried out in order. After Finish the machine
  /// ignores events.
  std::vector<apply::Action> resume(const apply::Event& event);

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const ApplySummary& summary() const { return summary_; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
  [[nodiscard]] std::size_t answered() const { return done_; }

 private:
  enum class State : std::uint8_t { planned, dropped, intended, sent, doubtful, waiting, done };
  enum class Link : std::uint8_t { up, lost, reconnecting, given_up };

  void on(const apply::Start&);
  void on(const apply::IntentsDurable&);
  void on(const apply::JournalFailed&);
  void on(const apply::Answered& event);
  void on(const apply::ConnectionLost&);
  void on(const apply::Reconnected&);
  void on(const apply::ReconnectFailed&);
  void on(const apply::HasReadBack& event);
  void on(const apply::ReadFailed& event);
  void on(const apply::TimerExpired&);
  void on(const apply::StopRequested& event);
  void on(const apply::RestRequested&);
  void on(const apply::RestOver&);

  void proceed();
  void finish_plan();
  [[nodiscard]] bool nothing_open() const;
  void send_ready();
  void settle(std::size_t change, Outcome outcome, int code);
  void refuse(std::size_t change, int code);
  void retry_later(std::size_t change, int code);
  void stop(std::string why);
  void read_again(std::size_t change);
  void doubt_what_is_sent();
  void reconnect_later();
  /// With the link given up, changes in doubt keep an open intent: the next start resolves them.
  void give_up(std::string why);
  [[nodiscard]] std::size_t wave_end(std::size_t from) const;
  [[nodiscard]] bool leads_to_failed(std::string_view value) const;
  bool take_out_failed_links(std::size_t change);

  Plan& plan_;
  ApplyOptions options_;
  std::vector<State> states_;
  std::vector<std::uint8_t> attempts_;
  std::vector<std::uint8_t> failed_reads_;
  std::vector<int> answers_;       ///< code that put a change in doubt, 0 when its answer was lost
  std::deque<std::size_t> ready_;  ///< intended and free to be sent
  std::vector<std::size_t> waiting_;        ///< for the back-off timer
  std::unordered_set<std::string> failed_;  ///< DNs of creates that did not happen
  std::vector<apply::Action> actions_;
  ApplySummary summary_;
  std::size_t wave_first_ = 0;
  std::size_t wave_last_ = 0;
  std::size_t intended_ = 0;  ///< changes before this one have had their intent written
  std::size_t in_flight_ = 0;
  std::size_t doubtful_ = 0;
  std::size_t done_ = 0;
  std::size_t dropped_ = 0;  ///< changes of which failed links left nothing
  int reconnects_ = 0;
  int backoff_ms_ = 0;
  Link link_ = Link::up;
  bool writing_intents_ = false;
  std::size_t writing_first_ = 0;
  bool timer_armed_ = false;
  bool stopping_ = false;
  bool drain_ = false;
  bool rest_wanted_ = false;
  bool resting_ = false;
  bool journal_failed_ = false;
  bool finished_ = false;
  std::string why_;
};

}  // namespace entsync
