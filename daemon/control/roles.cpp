#include "control/roles.hpp"

#include <array>

namespace entsync::control {
namespace {

constexpr unsigned bit(Role role) {
  return 1U << static_cast<unsigned>(role);
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::viewer:
      return "viewer";
    case Role::auditor:
      return "auditor";
    case Role::operator_:
      return "operator";
  }
  return "operator";
}

void Roles::add(Role role) {
  bits_ = static_cast<std::uint8_t>(bits_ | bit(role) | bit(Role::viewer));
}

bool Roles::include(Role role) const {
  return (bits_ & bit(role)) != 0;
}

std::string to_string(Roles roles) {
  constexpr std::array all{Role::operator_, Role::auditor, Role::viewer};
  std::string text;
  for (const Role role : all) {
    if (!roles.include(role)) continue;
    if (!text.empty()) text += ", ";
    text += to_string(role);
  }
  return text.empty() ? "no role" : text;
}

Roles RoleTable::of(uid_t user, const std::vector<gid_t>& groups) const {
  Roles roles;
  if (user == 0 || user == daemon_) roles.add(Role::operator_);
  for (const gid_t group : groups)
    if (const auto found = of_group_.find(group); found != of_group_.end())
      roles.add(found->second);
  return roles;
}

}  // namespace entsync::control
