#include "giving_way.hpp"

#include <algorithm>

namespace entsync {

void GivingWay::set_phase(Phase phase) {
  phase_ = phase;
  resting_ = false;
  served_ = false;
  undisturbed_until_ = {};
}

GivingWay::Ticket GivingWay::ask() {
  queue_.push_back(next_);
  return next_++;
}

void GivingWay::give_up(Ticket ticket) {
  std::erase(queue_, ticket);
}

bool GivingWay::may_enter(Ticket ticket) const {
  if (inside_ || queue_.empty() || queue_.front() != ticket) return false;
  return phase_ == Phase::reading || (resting_ && !served_);
}

void GivingWay::enter(Ticket ticket) {
  std::erase(queue_, ticket);
  inside_ = true;
  served_ = resting_;
}

void GivingWay::leave() {
  inside_ = false;
}

bool GivingWay::wants_rest(Time now) const {
  return phase_ == Phase::applying && !resting_ && !queue_.empty() && !inside_ &&
         now >= undisturbed_until_;
}

std::optional<GivingWay::Time> GivingWay::ask_again(Time now) const {
  if (phase_ != Phase::applying || resting_ || queue_.empty() || now >= undisturbed_until_)
    return std::nullopt;
  return undisturbed_until_;
}

void GivingWay::rests(Time now) {
  resting_ = true;
  served_ = false;
  rest_began_ = now;
}

bool GivingWay::rest_is_over() const {
  return resting_ && !inside_ && (served_ || queue_.empty());
}

void GivingWay::goes_on(Time now) {
  if (!resting_) return;
  undisturbed_until_ = now + (now - rest_began_);
  resting_ = false;
  served_ = false;
}

}  // namespace entsync
