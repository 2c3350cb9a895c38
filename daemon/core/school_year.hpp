#pragma once
/// A school year as agreements name it: "2026-2027", from 1 September to 31 August.

#include <optional>
#include <string>
#include <string_view>

#include "date.hpp"

namespace entsync {

class SchoolYear {
 public:
  /// Nothing when it is not two years that follow each other.
  static std::optional<SchoolYear> parse(std::string_view text);
  /// The one that the day is in.
  static SchoolYear of(Date day);

  [[nodiscard]] std::string str() const;
  [[nodiscard]] Date first_day() const;
  [[nodiscard]] Date last_day() const;
  bool operator==(const SchoolYear&) const = default;

 private:
  explicit SchoolYear(int year) : year_(year) {}
  int year_;  ///< in which it begins
};

}  // namespace entsync
