#pragma once
/// What a journal asks of the vault that keeps the personal part of its records: to take it out
/// before a record is chained, and to put it back for somebody who may read it. The journal itself
/// knows no key and no cipher; entsync-verify works without a vault.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit_record.hpp"
#include "core/problem.hpp"

namespace entsync {

/// How much of a record is put back.
enum class Reveal : std::uint8_t {
  nothing,   ///< as it is chained: pseudonyms, names of attributes, numbers of values
  identity,  ///< whose it is
  values,    ///< and what was written and removed
};

class ValueVault {
 public:
  virtual ~ValueVault() = default;

  /// Takes the personal part out of each record; gives for each the bytes to be kept beside it,
  /// empty when there is none, and sets `vaulted` to their digest. The keys are durable when it
  /// returns.
  virtual Result<std::vector<std::string>> put(std::span<AuditRecord> records) = 0;

  /// Puts back what `reveal` asks for. False when the key was destroyed: the record stays as it is.
  /// VLT-006 when the bytes are not those that were put.
  virtual Result<bool> restore(AuditRecord& record, std::string_view bytes, Reveal reveal) = 0;

  /// What stands for this subject or DN in records, under every key that was ever in use.
  virtual std::vector<std::string> pseudonyms(std::string_view text) const = 0;
};

}  // namespace entsync
