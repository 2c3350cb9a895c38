// What the decoder of audit records accepts must be the one form that the encoder writes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/audit_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto record = entsync::decode_audit_record(bytes);
  if (record && entsync::encode(*record) != bytes) std::abort();
  return 0;
}
