#include "connectors/ldap/inflight.hpp"

#include <algorithm>

namespace entsync::ldap {

InFlight::Serial InFlight::accept() {
  waiting_.push_back(++last_);
  return last_;
}

std::optional<InFlight::Serial> InFlight::next() const {
  if (waiting_.empty() || sent_.size() >= limits_.unanswered) return std::nullopt;
  return waiting_.front();
}

void InFlight::sent(int message_id, Time now) {
  sent_.insert_or_assign(message_id, Sent{waiting_.front(), now});
  waiting_.pop_front();
}

void InFlight::refuse_next() {
  waiting_.pop_front();
}

InFlight::Arrival InFlight::arrival(const Sent& sent, Time now) const {
  const Duration silence = now - sent.heard;
  return {sent.serial, silence, silence * 5 > limits_.silence * 4};
}

std::optional<InFlight::Arrival> InFlight::progressed(int message_id, Time now) {
  const auto found = sent_.find(message_id);
  if (found == sent_.end()) return std::nullopt;
  const Arrival result = arrival(found->second, now);
  found->second.heard = now;
  return result;
}

std::optional<InFlight::Arrival> InFlight::answered(int message_id, Time now) {
  const auto found = sent_.find(message_id);
  if (found == sent_.end()) return std::nullopt;
  const Arrival result = arrival(found->second, now);
  sent_.erase(found);
  return result;
}

InFlight::Forgotten InFlight::forget(Serial serial) {
  if (const auto waiting = std::ranges::find(waiting_, serial); waiting != waiting_.end()) {
    waiting_.erase(waiting);
    return {true, std::nullopt};
  }
  const auto sent = std::ranges::find_if(
      sent_, [serial](const auto& known) { return known.second.serial == serial; });
  if (sent == sent_.end()) return {};
  const int message_id = sent->first;
  sent_.erase(sent);
  return {true, message_id};
}

std::optional<InFlight::Time> InFlight::deadline() const {
  if (sent_.empty()) return std::nullopt;
  const auto first =
      std::ranges::min_element(sent_, {}, [](const auto& known) { return known.second.heard; });
  return first->second.heard + limits_.silence;
}

bool InFlight::has_overdue(Time now) const {
  const auto first = deadline();
  return first && *first <= now;
}

std::vector<InFlight::Serial> InFlight::take_all() {
  std::vector<Serial> all(waiting_.begin(), waiting_.end());
  for (const auto& [message_id, sent] : sent_) all.push_back(sent.serial);
  std::ranges::sort(all);
  waiting_.clear();
  sent_.clear();
  return all;
}

}  // namespace entsync::ldap
