#pragma once
/// Which values of the directory the journal may hold as they are. Default-deny: an attribute that
/// the rules do not name is for the vault. CNIL's recommendation on logging (2021-122) asks for
/// logs without the personal data of the main processing.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace entsync {

enum class ValueClass : std::uint8_t {
  clear,   ///< says nothing of a person by itself: a code, a class, a UAI
  vault,   ///< readable only with the keys of the vault
  digest,  ///< a keyed digest only: whether a value is a certain one, never which one
  never,   ///< not even that: passwords, tokens
};
std::string_view to_string(ValueClass which);

class ValuePolicy {
 public:
  /// False when another class has the attribute already, or it is a password and may only be
  /// `never`.
  bool set(std::string_view attribute, ValueClass which);
  /// Names are compared without case (RFC 4512 §2.5), options after a semicolon do not count.
  [[nodiscard]] ValueClass of(std::string_view attribute) const;

 private:
  std::set<std::string> clear_;
  std::set<std::string> digest_;
  std::set<std::string> never_;
};

}  // namespace entsync
