// Any bytes as an archive: a Feed or one refusal, never a crash, and never more than the limits
// allow.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connectors/aaf/delivery_reader.hpp"
#include "connectors/aaf/source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entsync;
  static const Vocabulary vocabulary = [] {
    Vocabulary all;
    all.add("ENTPersonNom");
    return all;
  }();
  aaf::ReadLimits limits;
  limits.record_bytes = std::uint64_t{64} << 10U;
  limits.entry_bytes = std::uint64_t{1} << 20U;
  limits.total_bytes = std::uint64_t{4} << 20U;
  limits.entries = 50;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto source = aaf::open_archive_bytes(bytes, limits);
  if (!source) return 0;
  const aaf::ReadRequest request{"archive", {}, "AC-X", vocabulary, {}, limits, {}};
  const auto feed = aaf::DeliveryReader(request, {}).read(**source);
  if (!feed) {
    if (feed.error().list.size() != 1 || feed.error().list.front().code.empty()) std::abort();
  } else if (feed->files().empty() || feed->bytes > limits.total_bytes) {
    std::abort();
  }
  return 0;
}
