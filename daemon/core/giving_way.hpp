#pragma once
/// How a whole run gives way to runs of parts that somebody waits for: who may work on the
/// directory when. A machine without I/O; the runtime tells it what happens and what time it is,
/// and does what it answers.
///
/// - Parts enter one at a time, in the order in which they came.
/// - While the run reads, a part works beside it. While it makes identities and its plan, nobody
///   enters: both would give the same login away. While it applies, a part enters when the run
///   rests with nothing open.
/// - After a part that it rested for the run goes on for at least as long as it rested: parts never
///   take more than half of its time.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace entsync {

class GivingWay {
 public:
  using Time = std::chrono::nanoseconds;  ///< of a clock that is never put back
  using Ticket = std::uint64_t;

  enum class Phase : std::uint8_t {
    closed,    ///< nobody enters
    reading,   ///< a part works beside the run
    applying,  ///< a part enters when the run rests
  };

  /// The run goes on to another phase. Somebody who is inside stays: before it closes a phase the
  /// run waits until nobody is.
  void set_phase(Phase phase);
  [[nodiscard]] Phase phase() const { return phase_; }

  /// A part wants to enter.
  Ticket ask();
  /// A part that waits does not want to any more.
  void give_up(Ticket ticket);
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

  /// Whether the part may enter now.
  [[nodiscard]] bool may_enter(Ticket ticket) const;
  void enter(Ticket ticket);
  void leave();
  [[nodiscard]] bool is_occupied() const { return inside_; }

  /// Whether the run that applies shall rest, as far as it does not yet.
  [[nodiscard]] bool wants_rest(Time now) const;
  /// When wants_rest() is to be asked again although nothing has happened.
  [[nodiscard]] std::optional<Time> ask_again(Time now) const;
  /// The run rests: it has nothing open and waits to be told that the rest is over.
  void rests(Time now);
  /// Whether the run that rests shall go on: nobody is inside, nobody may enter.
  [[nodiscard]] bool rest_is_over() const;
  void goes_on(Time now);

 private:
  Phase phase_ = Phase::closed;
  std::deque<Ticket> queue_;
  Ticket next_ = 1;
  bool inside_ = false;
  bool served_ = false;  ///< a part has been inside during this rest
  bool resting_ = false;
  Time rest_began_{};
  Time undisturbed_until_{};
};

}  // namespace entsync
