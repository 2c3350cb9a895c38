#pragma once
/// What a verification finds, and what it is called.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

enum class FaultKind : std::uint8_t {
  altered,             ///< a record or its hash is not what was written
  removed,             ///< records are missing between others
  inserted,            ///< a record that was not written there
  swapped,             ///< two records stand in each other's place
  cut,                 ///< records are missing at the end
  rewritten,           ///< whole in itself, but not what a checkpoint attests
  checkpoint_missing,  ///< one that was signed is not there
  checkpoint_forged,   ///< not signed by the key in use, or malformed
  re_signed,           ///< signed with a key that came into use later
  clock,               ///< a record is older than one before it
  pairing,             ///< an outcome without its intent
  index,               ///< the derived tables do not say what the records say
  vault,               ///< the vault does not hold what the records say
  file,                ///< damaged pages, foreign tables
};
std::string_view to_string(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::altered;
  std::uint64_t seq = 0;  ///< record it belongs to; 0 when it belongs to none
  std::string what;
};
using Finding = std::optional<Fault>;

inline std::string numbered(std::uint64_t seq) {
  return "record " + std::to_string(seq);
}

}  // namespace entsync
