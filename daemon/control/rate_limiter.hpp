#pragma once
/// A token bucket for each source of requests: `burst` at once, `per_second` in the long run. Time
/// is given, not read. Sources whose bucket is full again are forgotten.

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace entsync::control {

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  RateLimiter(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  /// Whether `source` may make one more request at `now`.
  bool admit(const std::string& source, Time now);
  [[nodiscard]] std::size_t sources() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens;
    Time filled;
  };
  [[nodiscard]] double tokens(const Bucket& bucket, Time now) const;
  void forget_full(Time now);

  double per_second_;
  double burst_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::size_t many_ = 256;  ///< sources that are remembered before full buckets are looked for
};

}  // namespace entsync::control
