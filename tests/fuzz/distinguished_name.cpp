// DNs come from the directory, so from anybody who may write there. The normal form must be a fixed
// point, an escaped value must come back as it was, and a parent must be shorter than its child.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/dn.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entsync;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string normal = dn::normalise(text);
  if (dn::parse(text)) require(dn::normalise(normal) == normal);
  if (dn::is_plain(text)) require(normal == text && dn::parse(text).has_value());
  require(text.empty() || dn::parent(text).size() < text.size());

  const auto rdns = dn::parse("cn=" + dn::escape(text));
  require(rdns && rdns->size() == 1 && rdns->front().size() == 1);
  require(rdns->front().front().value == text);
  return 0;
}
