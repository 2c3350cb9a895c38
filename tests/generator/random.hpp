#pragma once
/// Random numbers that are the same on every machine: the standard library's distributions are not.

#include <cstdint>
#include <initializer_list>

namespace generator {

/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c), the finalizer alone: a hash of 64 bits.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

/// One seed out of several numbers, so that every part of the model draws from its own sequence.
constexpr std::uint64_t mix(std::initializer_list<std::uint64_t> numbers) {
  std::uint64_t result = 0;
  for (const std::uint64_t number : numbers) result = mix(result ^ number);
  return result;
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    const std::uint64_t result = mix(state_);
    state_ += 0x9E3779B97F4A7C15ULL;
    return result;
  }
  /// 0 … n-1; n > 0. The bias of the multiplication is below n / 2^32.
  constexpr std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((next() >> 32U) * n) >> 32U);
  }
  /// first … last, both included.
  constexpr std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + below(last - first + 1);
  }
  /// 0 ≤ x < 1.
  constexpr double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  constexpr bool chance(double probability) { return unit() < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace generator
