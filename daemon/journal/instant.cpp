#include "instant.hpp"

#include <chrono>

#include "core/date.hpp"

namespace entsync {
namespace {

/// Reads from the front; a wrong character leaves `good` false.
struct Scanner {
  std::string_view rest;
  bool good = true;

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
        good = false;
        return 0;
      }
      value = value * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }

  bool take(char a, char b) {
    if (rest.empty() || (rest.front() != a && rest.front() != b)) return false;
    rest.remove_prefix(1);
    return true;
  }

  void expect(char a, char b) { good = take(a, b) && good; }
};

int fraction_milliseconds(Scanner& scanner) {
  int value = scanner.digits(1) * 100;
  for (const int weight : {10, 1}) {
    if (scanner.rest.empty() || scanner.rest.front() < '0' || scanner.rest.front() > '9') break;
    value += scanner.digits(1) * weight;
  }
  while (!scanner.rest.empty() && scanner.rest.front() >= '0' && scanner.rest.front() <= '9')
    scanner.rest.remove_prefix(1);
  return value;
}

/// Offset from UTC in minutes.
int zone_minutes(Scanner& scanner) {
  if (scanner.take('Z', 'z')) return 0;
  const bool west = scanner.take('-', '-');
  if (!west) scanner.expect('+', '+');
  const int hours = scanner.digits(2);
  scanner.expect(':', ':');
  const int minutes = scanner.digits(2);
  if (hours > 23 || minutes > 59) scanner.good = false;
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<std::int64_t> instant_milliseconds(std::string_view text) {
  if (text.size() < 20) return std::nullopt;  // 1970-01-01T00:00:00Z
  const auto date = Date::from_iso(text.substr(0, 10));
  if (!date) return std::nullopt;
  Scanner scanner{text.substr(10)};
  scanner.expect('T', 't');
  const int hour = scanner.digits(2);
  scanner.expect(':', ':');
  const int minute = scanner.digits(2);
  scanner.expect(':', ':');
  const int second = scanner.digits(2);
  const int milliseconds = scanner.take('.', '.') ? fraction_milliseconds(scanner) : 0;
  const int zone = zone_minutes(scanner);
  if (!scanner.good || !scanner.rest.empty() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const std::int64_t days = date->days().time_since_epoch().count();
  const std::int64_t minutes = (days * 24 + hour) * 60 + minute - zone;
  return (minutes * 60 + second) * 1000 + (second == 60 ? 0 : milliseconds);
}

Problem not_an_instant(const char* which) {
  return {Severity::error,
          "JRN-010",
          {{}, 0, which},
          "a bound of the period is not an RFC 3339 date-time",
          "write it like 2026-01-31T00:00:00Z or 2026-01-31T00:00:00+01:00"};
}

}  // namespace entsync
