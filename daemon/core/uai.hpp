#pragma once
/// UAI, the national number of a school: seven digits and a check letter. The only way to a Uai is
/// its parser, so a value of this type is always valid.

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace entsync {

class Uai {
 public:
  /// Trims and upper-cases, then checks form and letter: letter = "ABCDEFGHJKLMNPRSTUVWXYZ"[n mod
  /// 23].
  static std::optional<Uai> parse(std::string_view text);
  /// Why `text` is not a UAI, in one sentence; empty when it is one.
  static std::string why_invalid(std::string_view text);

  [[nodiscard]] const std::string& str() const { return text_; }
  /// The département on three digits, e.g. "066".
  [[nodiscard]] std::string_view departement() const {
    return std::string_view(text_).substr(0, 3);
  }

  bool operator==(const Uai&) const = default;
  auto operator<=>(const Uai&) const = default;

 private:
  explicit Uai(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Luhn check of a 14-digit SIRET or 9-digit SIREN. La Poste (SIREN 356000000) is the known
/// exception and never is the collectivité of a school.
bool is_valid_siret(std::string_view digits);

}  // namespace entsync
