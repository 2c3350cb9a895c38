#pragma once
/// What somebody may do with the daemon. Roles are given to unix groups, never to single requests:
/// an operator may change things, an auditor may read the journal, a viewer may look at the state.
/// Operators and auditors are viewers too; neither is the other. Root and the account of the daemon
/// are both: the journal's file is theirs. A role may be limited to schools. Whoever is in no
/// configured group has no role at all.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace entsync::control {

enum class Role : std::uint8_t { viewer, auditor, operator_ };

std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view name);

/// A set of roles, closed under inclusion: whoever has operator_ or auditor has viewer.
class Roles {
 public:
  Roles() = default;
  Roles(Role role) { add(role); }  // NOLINT: conversion intended

  void add(Role role);
  void add(Roles others) { bits_ = static_cast<std::uint8_t>(bits_ | others.bits_); }
  [[nodiscard]] bool include(Role role) const;
  [[nodiscard]] bool empty() const { return bits_ == 0; }

  bool operator==(const Roles&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

/// "operator, viewer", or "no role".
std::string to_string(Roles roles);

/// UAIs.
using Schools = std::set<std::string>;

/// Roles that somebody has for some schools only, closed under inclusion as Roles are.
class LimitedRoles {
 public:
  void add(Role role, const Schools& schools);
  void add(const LimitedRoles& others);
  /// Empty when he has it for none.
  [[nodiscard]] Schools of(Role role) const;
  [[nodiscard]] bool empty() const { return schools_.empty(); }

  bool operator==(const LimitedRoles&) const = default;

 private:
  std::map<Role, Schools> schools_;
};

/// "operator of 0310001H", or "" without any.
std::string to_string(const LimitedRoles& roles);

/// A role of a unix group for these schools alone.
struct Perimeter {
  std::string group;
  Role role = Role::viewer;
  Schools schools{};
};

/// Names of unix groups, from the configuration.
struct RoleGroups {
  std::vector<std::string> operators{};
  std::vector<std::string> auditors{};
  std::vector<std::string> viewers{};
  std::vector<Perimeter> perimeters{};
};

/// Who has which role, by number.
class RoleTable {
 public:
  explicit RoleTable(uid_t daemon) : daemon_(daemon) {}

  void grant(gid_t group, Role role) { of_group_[group].add(role); }
  void grant(gid_t group, Role role, const Schools& schools) {
    limited_of_group_[group].add(role, schools);
  }
  [[nodiscard]] Roles of(uid_t user, const std::vector<gid_t>& groups) const;
  [[nodiscard]] LimitedRoles limited_of(const std::vector<gid_t>& groups) const;

 private:
  uid_t daemon_;
  std::map<gid_t, Roles> of_group_;
  std::map<gid_t, LimitedRoles> limited_of_group_;
};

}  // namespace entsync::control
