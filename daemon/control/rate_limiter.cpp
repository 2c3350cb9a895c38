#include "control/rate_limiter.hpp"

#include <algorithm>

namespace entsync::control {

bool RateLimiter::admit(const std::string& source, Time now) {
  if (buckets_.size() >= many_) forget_full(now);
  Bucket& bucket = buckets_.try_emplace(source, Bucket{burst_, now}).first->second;
  bucket = {tokens(bucket, now), std::max(now, bucket.filled)};
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

double RateLimiter::tokens(const Bucket& bucket, Time now) const {
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  return std::min(burst_, bucket.tokens + std::max(0.0, seconds) * per_second_);
}

void RateLimiter::forget_full(Time now) {
  std::erase_if(buckets_, [&](const auto& item) { return tokens(item.second, now) >= burst_; });
  // So that looking costs little for each source, however many there are.
  many_ = std::max<std::size_t>(256, buckets_.size() * 2);
}

}  // namespace entsync::control
