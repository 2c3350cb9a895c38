#pragma once
/// The hash chain of the journal:
///
///   hash(n) = SHA-256(0x00 ‖ hash(n-1) ‖ canonical bytes of record n), hash(0) = 32 zero bytes
///
/// so a record that is edited, removed, inserted or moved no longer fits the hash after it. The
/// leading byte is the domain of a leaf, as in RFC 6962 §2.1, so that inner nodes of a tree (0x01)
/// can never be mistaken for records. The chain has no key: who may write the file can compute it
/// anew from any point on, and records cut off its end leave a shorter chain that is as good as the
/// longer one. Both are found only by somebody who keeps an earlier head elsewhere.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

using ChainHash = std::array<std::uint8_t, 32>;

/// Computes links of a chain. Holds a digest context, so that a link costs one hash and no set-up;
/// not for two threads at once.
class ChainHasher {
 public:
  ChainHasher();
  ChainHasher(ChainHasher&&) noexcept;
  ChainHasher& operator=(ChainHasher&&) noexcept;
  ~ChainHasher();

  /// The hash that follows `previous` when the next record has these canonical bytes.
  ChainHash next(const ChainHash& previous, std::string_view canonical_bytes);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// A hash as stored: nothing when it has not 32 bytes.
std::optional<ChainHash> chain_hash_from(std::string_view bytes);
std::string_view bytes_of(const ChainHash& hash);
std::string hexadecimal(const ChainHash& hash);

}  // namespace entsync
