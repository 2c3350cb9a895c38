#include "identifiers.hpp"

#include <array>
#include <cstdio>

#include "random.hpp"

namespace generator {
namespace {

template <class... Numbers>
std::string print(const char* format, Numbers... numbers) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), format, numbers...);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// The digit that makes the Luhn sum of `digits` and itself a multiple of ten.
char luhn_key(const std::string& digits) {
  int sum = 0;
  bool twice = true;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string siret(std::string eight_digits) {
  eight_digits += luhn_key(eight_digits);
  eight_digits += "0001";
  eight_digits += luhn_key(eight_digits);
  return eight_digits;
}

/// Spread over the number space with gaps, in rising order, each serial once.
std::uint32_t spread(std::uint64_t seed, std::uint32_t base, std::uint32_t serial) {
  return base + serial * 3 + static_cast<std::uint32_t>(mix({seed, base, serial}) % 3);
}

std::string phone(const char* prefix, const char* spaced_prefix, std::uint32_t number,
                  const char* malformed) {
  const std::uint32_t a = number % 100;
  const std::uint32_t b = number / 100 % 100;
  const std::uint32_t form = number / 10000 % 40;
  if (form == 0) return print("%s%02u%02u", prefix, a, b);
  if (form == 1) return print("%s.%02u.%02u", prefix, a, b);
  if (form == 2) return print("%s %02u", prefix, a);  // too short
  if (form == 3) return print(malformed, a, b);       // not a PrintableString
  return print("%s %02u %02u", spaced_prefix, a, b);
}

}  // namespace

std::string uai_text(std::uint32_t number) {
  constexpr const char* letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  return print("%07u%c", number, letters[number % 23]);
}

std::string siret_of_ecole(std::uint32_t uai_number) {
  // 19 = établissement public local; the rest makes the UAI number fit into six digits.
  return siret(print("19%02u%04u", uai_number / 10000 % 100, uai_number % 10000));
}

std::string siret_of_commune(const Commune& commune) {
  return siret(print("21%02u%03u%01u", unsigned{commune.departement}, unsigned{commune.code},
                     commune.number / 1000 % 10));
}

std::uint32_t eleve_id(std::uint64_t seed, std::uint32_t serial) {
  return spread(seed, 1'000'000, serial);
}

std::uint32_t responsable_id(std::uint64_t seed, std::uint32_t serial) {
  return spread(seed, 3'000'000, serial);
}

std::uint32_t personnel_id(std::uint64_t seed, std::uint32_t serial) {
  if (serial % 250 == 249) return eleve_id(seed, serial);
  return spread(seed, 4'000, serial);
}

std::uint32_t classe_id(std::uint64_t seed, std::uint32_t serial) {
  return spread(seed, 70'000, serial);
}

std::uint32_t ine_number(std::uint32_t academie, std::uint32_t serial, std::uint32_t noise) {
  return 100'000'000U + (serial * 2U + academie) * 100U + noise;
}

std::string ine_text(std::uint32_t number) {
  if (number == 0) return {};
  const std::uint64_t hash = mix(number);
  return print("%09u%c%c", number % 1'000'000'000U, static_cast<char>('A' + hash % 26),
               static_cast<char>('A' + hash / 26 % 26));
}

std::string mobile_text(std::uint32_t number) {
  return phone("063998", "+33 6 39 98", number, "06 39 98 %02u %02u (numéro du père)");
}

std::string fixe_text(std::uint32_t number) {
  return phone("053649", "+33 5 36 49", number, "05 36 49 %02u %02u après 18 h à la maison");
}

}  // namespace generator
