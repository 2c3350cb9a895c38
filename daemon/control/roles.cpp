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

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : {Role::viewer, Role::auditor, Role::operator_})
    if (name == to_string(role)) return role;
  return std::nullopt;
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

void LimitedRoles::add(Role role, const Schools& schools) {
  if (schools.empty()) return;
  schools_[role].insert(schools.begin(), schools.end());
  schools_[Role::viewer].insert(schools.begin(), schools.end());
}

void LimitedRoles::add(const LimitedRoles& others) {
  for (const auto& [role, schools] : others.schools_) add(role, schools);
}

Schools LimitedRoles::of(Role role) const {
  const auto found = schools_.find(role);
  return found == schools_.end() ? Schools() : found->second;
}

std::string to_string(const LimitedRoles& roles) {
  constexpr std::array all{Role::operator_, Role::auditor, Role::viewer};
  std::string text;
  for (const Role role : all) {
    const Schools schools = roles.of(role);
    if (schools.empty()) continue;
    if (!text.empty()) text += ", ";
    text.append(to_string(role)).append(" of");
    for (const std::string& uai : schools) text += " " + uai;
  }
  return text;
}

Roles RoleTable::of(uid_t user, const std::vector<gid_t>& groups) const {
  Roles roles;
  if (user == 0 || user == daemon_) {
    roles.add(Role::operator_);
    roles.add(Role::auditor);
  }
  for (const gid_t group : groups)
    if (const auto found = of_group_.find(group); found != of_group_.end())
      roles.add(found->second);
  return roles;
}

LimitedRoles RoleTable::limited_of(const std::vector<gid_t>& groups) const {
  LimitedRoles roles;
  for (const gid_t group : groups)
    if (const auto found = limited_of_group_.find(group); found != limited_of_group_.end())
      roles.add(found->second);
  return roles;
}

}  // namespace entsync::control
