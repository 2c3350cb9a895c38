#pragma once
/// Where runs of parts work beside a whole run: core/giving_way.hpp with a clock and with
/// coroutines that wait. The whole run opens it, says what it does, and closes it before anything
/// that nobody may come between; who is inside is waited for. Lives on the loop.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "core/giving_way.hpp"

namespace entsync {

namespace asio = boost::asio;

class Room {
 public:
  explicit Room(asio::io_context& loop) : timer_(loop), loop_(loop) {}

  // The whole run -----------------------------------------------------------------------------

  /// Opens the room while it lives, closed at first.
  class Run {
   public:
    explicit Run(Room& room);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

   private:
    Room& room_;
  };

  /// While it lives a part works beside the run.
  class Reading {
   public:
    explicit Reading(Room& room);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    Room& room_;
  };

  /// While it lives the run is asked to rest, and told when the rest is over, by `tell`.
  class Applying {
   public:
    Applying(Room& room, std::function<void(bool rest)> tell);
    ~Applying();
    Applying(const Applying&) = delete;
    Applying& operator=(const Applying&) = delete;

   private:
    Room& room_;
  };

  /// The run that was asked to rest does so.
  void rests();
  /// Nobody is inside any more. Who is asks for this only while the room is closed.
  asio::awaitable<void> emptied();
  /// How many have been inside since the room was opened.
  [[nodiscard]] std::size_t visits() const { return visits_; }

  /// Digests of the deliveries, by académie, of which this run left the index: it has read them
  /// whole and goes on with them.
  void vouch(std::map<std::string, std::string> digests);
  [[nodiscard]] const std::map<std::string, std::string>& vouched() const { return vouched_; }

  // Parts -------------------------------------------------------------------------------------

  /// A part that is inside, until it dies.
  class Stay {
   public:
    explicit Stay(Room* room) : room_(room) {}
    Stay(Stay&& other) noexcept : room_(std::exchange(other.room_, nullptr)) {}
    Stay& operator=(Stay&&) = delete;
    ~Stay();
    explicit operator bool() const { return room_ != nullptr; }

   private:
    Room* room_;
  };

  /// From when on a part wants to enter.
  enum class From : std::uint8_t {
    at_once,  ///< as soon as it may
    vouched,  ///< when the run has left the index of its deliveries
  };
  [[nodiscard]] bool is_open() const { return open_; }
  /// Waits until the part may enter. False when the run has ended first, when the time is over, or
  /// when `given_up` says so (look_again() asks it).
  asio::awaitable<Stay> enter(From from, std::chrono::steady_clock::time_point end,
                              std::function<bool()> given_up);
  [[nodiscard]] bool is_occupied() const { return way_.is_occupied(); }
  /// Something that `given_up` depends on has changed.
  void look_again() { look(); }

 private:
  class Waiting;

  void look();
  void set_phase(GivingWay::Phase phase);
  void leave();

  GivingWay way_;
  bool open_ = false;
  bool rest_asked_ = false;
  std::size_t visits_ = 0;
  std::map<std::string, std::string> vouched_;
  std::function<void(bool)> tell_;
  asio::steady_timer timer_;  ///< until the run has gone on for long enough
  std::list<asio::steady_timer*> waiting_;
  asio::io_context& loop_;
};

}  // namespace entsync
