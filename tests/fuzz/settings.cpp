// A configuration file of any bytes: accepted, or refused with problems that name the file; never a
// crash.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/load_settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entsync;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Problems warnings;
  const auto read = config::parse_settings(text, "entsync.toml", warnings);
  if (read) return 0;
  if (read.error().list.empty()) std::abort();
  for (const Problem& problem : read.error().list)
    if (problem.code.empty() || problem.where.file.empty()) std::abort();
  return 0;
}
