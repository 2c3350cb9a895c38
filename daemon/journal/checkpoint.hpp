#pragma once
/// A checkpoint of the journal: what it held at one moment, in a few lines that are signed and
/// copied off the host. Whoever rewrites the journal later cannot rewrite the copies. The text is a
/// checkpoint as transparency logs write them (https://c2sp.org/tlog-checkpoint): origin, number of
/// records, root of the Merkle tree in base64, then lines of our own:
///
///   entsync journal of /var/lib/entsync
///   1842
///   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///   number 17
///   time 2026-09-15T02:41:07.120Z
///   run 20260915T023000Z-1f4c
///   head 7d1f…   (chain hash of the last record, hexadecimal)
///   previous 53aa…   (SHA-256 of the signed text of checkpoint 16; zeros for the first)
///   next-key entsync-2027+5d2a…   (only when the key changes: the key that signs from now on)
///
/// `number` and `previous` chain the checkpoints, so that one that is taken out is missed.

#include <cstdint>
#include <string>
#include <string_view>

#include "chain.hpp"
#include "core/problem.hpp"
#include "merkle.hpp"

namespace entsync {

struct Checkpoint {
  std::string origin;  ///< which journal; one line
  std::uint64_t size = 0;
  TreeHash root{};
  std::uint64_t number = 1;  ///< from 1, without gaps
  std::string time;          ///< RFC 3339 UTC with milliseconds
  std::string run;           ///< that ended; empty for the one of a day
  ChainHash head{};
  Sha256Value previous{};
  std::string next_key;  ///< verifier key; empty unless the key changes

  bool operator==(const Checkpoint&) const = default;
};

/// The text that is signed; ends with a line break.
std::string to_text(const Checkpoint& checkpoint);

/// JRN-020 for anything that to_text() does not write.
Result<Checkpoint> parse_checkpoint(std::string_view text);

}  // namespace entsync
