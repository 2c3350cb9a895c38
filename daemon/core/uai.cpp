#include "uai.hpp"

#include <algorithm>

#include "text.hpp"

namespace entsync {
namespace {

constexpr std::string_view letters = "ABCDEFGHJKLMNPRSTUVWXYZ";

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string normalised(std::string_view text) {
  std::string upper(trim(text));
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

char check_letter(std::string_view seven_digits) {
  unsigned n = 0;
  for (const char c : seven_digits) n = n * 10 + static_cast<unsigned>(c - '0');
  return letters[n % letters.size()];
}

}  // namespace

std::string Uai::why_invalid(std::string_view text) {
  const std::string uai = normalised(text);
  const std::string_view view = uai;
  if (view.size() == 7 && all_digits(view.substr(0, 6)) && !all_digits(view))
    return "seven characters instead of eight; a spreadsheet may have dropped the leading zero";
  if (view.size() != 8 || !all_digits(view.substr(0, 7)))
    return "a UAI is seven digits followed by one letter";
  if (check_letter(view.substr(0, 7)) != view[7])
    return std::string("the check letter of ") + std::string(view.substr(0, 7)) + " is " +
           check_letter(view.substr(0, 7));
  return {};
}

std::optional<Uai> Uai::parse(std::string_view text) {
  if (!why_invalid(text).empty()) return std::nullopt;
  return Uai(normalised(text));
}

bool is_valid_siret(std::string_view digits) {
  if ((digits.size() != 14 && digits.size() != 9) || !all_digits(digits)) return false;
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    unsigned d = static_cast<unsigned>(digits[digits.size() - 1 - i] - '0');
    if (i % 2 == 1) d *= 2;
    sum += d > 9 ? d - 9 : d;
  }
  return sum % 10 == 0;
}

}  // namespace entsync
