#include "value_policy.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace entsync {
namespace {

/// Attributes that hold secrets in the schemas in use (RFC 4519, ppolicy, samba, SUPANN).
constexpr std::array<std::string_view, 7> secrets{
    "userpassword",    "pwdhistory",      "authpassword", "krbprincipalkey",
    "sambantpassword", "sambalmpassword", "unicodepwd",
};

std::string key_of(std::string_view attribute) {
  return ascii_lower(attribute.substr(0, attribute.find(';')));
}

bool is_secret(std::string_view key) {
  return std::ranges::find(secrets, key) != secrets.end();
}

}  // namespace

std::string_view to_string(ValueClass which) {
  switch (which) {
    case ValueClass::clear:
      return "clear";
    case ValueClass::vault:
      return "vault";
    case ValueClass::digest:
      return "digest";
    case ValueClass::never:
      return "never";
  }
  return "?";
}

bool ValuePolicy::set(std::string_view attribute, ValueClass which) {
  std::string key = key_of(attribute);
  if (is_secret(key)) return which == ValueClass::never;
  const ValueClass before = of(key);
  if (before != ValueClass::vault && before != which) return false;
  switch (which) {
    case ValueClass::clear:
      clear_.insert(std::move(key));
      break;
    case ValueClass::digest:
      digest_.insert(std::move(key));
      break;
    case ValueClass::never:
      never_.insert(std::move(key));
      break;
    case ValueClass::vault:
      break;
  }
  return true;
}

ValueClass ValuePolicy::of(std::string_view attribute) const {
  const std::string key = key_of(attribute);
  if (is_secret(key) || never_.contains(key)) return ValueClass::never;
  if (clear_.contains(key)) return ValueClass::clear;
  if (digest_.contains(key)) return ValueClass::digest;
  return ValueClass::vault;
}

}  // namespace entsync
