#pragma once
/// What a verification finds: the first fault, or nothing.

#include <cstdint>
#include <optional>
#include <string>

namespace entsync {

struct Fault {
  std::uint64_t seq = 0;  ///< record it belongs to; 0 when it belongs to none
  std::string what;
};
using Finding = std::optional<Fault>;

inline std::string numbered(std::uint64_t seq) {
  return "record " + std::to_string(seq);
}

}  // namespace entsync
