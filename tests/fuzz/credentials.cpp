// A tokens file and a field Authorization of any bytes: taken whole, or refused line by line with
// its number; never a token that nobody was given, and never a bearer token of other characters.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/bearer.hpp"
#include "control/tokens.hpp"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entsync;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view token = control::bearer_token(text);
  must(token.size() <= text.size());
  for (const char c : token) must(c > ' ' && c < 0x7F && c != ':' && c != '"');
  const auto tokens = control::Tokens::parse(text, "tokens");
  if (!tokens) {
    for (const Problem& problem : tokens.error().list)
      must(problem.code == "CTL-044" && problem.where.line > 0);
    return 0;
  }
  const auto found = tokens->find(text, *Date::from_iso("2026-11-25"));
  must(found.index() == 1);  // no input holds the SHA-256 of itself
  return 0;
}
