#include "base64.hpp"

namespace entsync {

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned block = 0;
    for (std::size_t k = 0; k < 3; ++k)
      block =
          (block << 8U) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : digits[(block >> (18 - 6 * k)) & 63U];
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const auto digit = [](char c) -> int {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    int block = 0;
    int padding = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const bool pad = text[i + k] == '=' && i + 4 == text.size() && k >= 2;
      const int d = pad ? 0 : digit(text[i + k]);
      if (d < 0 || (padding > 0 && !pad)) return std::nullopt;
      padding += pad ? 1 : 0;
      block = block * 64 + d;
    }
    for (int k = 0; k < 3 - padding; ++k) out += static_cast<char>((block >> (16 - 8 * k)) & 255);
  }
  return out;
}

}  // namespace entsync
