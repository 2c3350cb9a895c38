#include "instant.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>

#include "clock.hpp"

namespace entsync {
namespace {

std::string print(const char* format, std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> buffer{};
  std::strftime(buffer.data(), buffer.size(), format, &utc);
  return buffer.data();
}

}  // namespace

std::string now_rfc3339() {
  return rfc3339_of(std::chrono::duration_cast<std::chrono::milliseconds>(
                        process_clock().now().time_since_epoch())
                        .count());
}

std::string rfc3339_of(std::int64_t milliseconds) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{
      std::chrono::milliseconds(milliseconds)};
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                static_cast<int>((time - second).count()));
  return print("%Y-%m-%dT%H:%M:%S", second) + fraction.data();
}

std::string rfc3339(std::chrono::sys_seconds time) {
  return print("%Y-%m-%dT%H:%M:%SZ", time);
}

std::chrono::sys_seconds present_second() {
  return std::chrono::floor<std::chrono::seconds>(process_clock().now());
}

Date today() {
  return Date(std::chrono::floor<std::chrono::days>(process_clock().now()));
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string new_run_id() {
  std::random_device random;
  std::array<char, 8> suffix{};
  std::snprintf(suffix.data(), suffix.size(), "-%04x", random() & 0xFFFFU);
  return print("%Y%m%dT%H%M%SZ", process_clock().now()) + suffix.data();
}

}  // namespace entsync
