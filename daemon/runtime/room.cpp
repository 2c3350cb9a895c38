#include "room.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace entsync {
namespace {

using RoomClock = std::chrono::steady_clock;

GivingWay::Time room_time() {
  return RoomClock::now().time_since_epoch();
}

}  // namespace

/// A coroutine that waits for something to change.
class Room::Waiting {
 public:
  explicit Waiting(Room& room) : room_(room), timer_(room.loop_) {
    place_ = room_.waiting_.insert(room_.waiting_.end(), &timer_);
  }
  ~Waiting() {
    room_.waiting_.erase(place_);
    if (!ticket_) return;
    room_.way_.give_up(*ticket_);
    room_.look();
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  asio::awaitable<void> change(RoomClock::time_point end) {
    timer_.expires_at(end);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  bool may_enter() {
    if (!ticket_) {
      ticket_ = room_.way_.ask();
      room_.look();
    }
    return room_.way_.may_enter(*ticket_);
  }
  void enter() { room_.way_.enter(*std::exchange(ticket_, std::nullopt)); }

 private:
  Room& room_;
  asio::steady_timer timer_;
  std::list<asio::steady_timer*>::iterator place_;
  std::optional<GivingWay::Ticket> ticket_;
};

Room::Run::Run(Room& room) : room_(room) {
  room_.open_ = true;
  room_.visits_ = 0;
  room_.set_phase(GivingWay::Phase::closed);
}

Room::Run::~Run() {
  room_.open_ = false;
  room_.vouched_.clear();
  room_.set_phase(GivingWay::Phase::closed);
}

Room::Reading::Reading(Room& room) : room_(room) {
  room_.set_phase(GivingWay::Phase::reading);
}

Room::Reading::~Reading() {
  room_.set_phase(GivingWay::Phase::closed);
}

Room::Applying::Applying(Room& room, std::function<void(bool)> tell) : room_(room) {
  room_.tell_ = std::move(tell);
  room_.set_phase(GivingWay::Phase::applying);
}

Room::Applying::~Applying() {
  room_.tell_ = nullptr;
  room_.set_phase(GivingWay::Phase::closed);
}

void Room::set_phase(GivingWay::Phase phase) {
  way_.set_phase(phase);
  rest_asked_ = false;
  look();
}

void Room::rests() {
  if (way_.phase() != GivingWay::Phase::applying) return;  // it has been stopped meanwhile
  rest_asked_ = false;
  way_.rests(room_time());
  look();
}

asio::awaitable<void> Room::emptied() {
  Waiting waiting(*this);
  while (way_.is_occupied()) co_await waiting.change(RoomClock::time_point::max());
}

void Room::vouch(std::map<std::string, std::string> digests) {
  vouched_ = std::move(digests);
  look();
}

Room::Stay::~Stay() {
  if (room_ != nullptr) room_->leave();
}

void Room::leave() {
  way_.leave();
  look();
}

asio::awaitable<Room::Stay> Room::enter(From from, RoomClock::time_point end,
                                        std::function<bool()> given_up) {
  Waiting waiting(*this);
  while (open_ && !given_up() && RoomClock::now() < end) {
    const bool wants = from == From::at_once || !vouched_.empty();
    if (wants && waiting.may_enter()) {
      waiting.enter();
      ++visits_;
      co_return Stay(this);
    }
    co_await waiting.change(end);
  }
  co_return Stay(nullptr);
}

/// Does what follows from the state; whoever waits looks for himself.
void Room::look() {
  if (way_.rest_is_over()) {
    way_.goes_on(room_time());
    if (tell_) tell_(false);
  }
  const GivingWay::Time now = room_time();
  if (way_.wants_rest(now) && !std::exchange(rest_asked_, true) && tell_) tell_(true);
  if (const auto again = way_.ask_again(now)) {
    timer_.expires_at(
        RoomClock::time_point(std::chrono::duration_cast<RoomClock::duration>(*again)));
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) look();
    });
  }
  for (asio::steady_timer* timer : waiting_) timer->cancel();
}

}  // namespace entsync
