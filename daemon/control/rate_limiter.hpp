#pragma once
/// A token bucket for each user: `burst` requests at once, `per_second` in the long run. Time is
/// given, not read. Users whose bucket is full again are forgotten.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <unordered_map>

namespace entsync::control {

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  RateLimiter(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  /// Whether `user` may make one more request at `now`.
  bool admit(uid_t user, Time now);
  [[nodiscard]] std::size_t users() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens;
    Time filled;
  };
  [[nodiscard]] double tokens(const Bucket& bucket, Time now) const;
  void forget_full(Time now);

  double per_second_;
  double burst_;
  std::unordered_map<uid_t, Bucket> buckets_;
};

}  // namespace entsync::control
