#pragma once
/// How a program that is asked to stop ends what is under way. A milder way can be made a harder
/// one while it goes on, never the other way round; the enumerators are in that order.

#include <cstdint>
#include <optional>
#include <string_view>

namespace entsync {

enum class StopMode : std::uint8_t {
  drain,   ///< the wave of changes at hand is finished
  normal,  ///< what is in flight is answered and its outcomes are written
  now,     ///< nothing is waited for: open intents are settled at the next start
};

constexpr std::string_view to_string(StopMode mode) {
  switch (mode) {
    case StopMode::drain:
      return "drain";
    case StopMode::normal:
      return "normal";
    case StopMode::now:
      return "now";
  }
  return "?";
}

constexpr std::optional<StopMode> parse_stop_mode(std::string_view text) {
  for (const StopMode mode : {StopMode::drain, StopMode::normal, StopMode::now})
    if (text == to_string(mode)) return mode;
  return std::nullopt;
}

}  // namespace entsync
