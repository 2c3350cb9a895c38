#pragma once
/// Whether the object classes of the server (RFC 4512 §4.2.1) can hold the entries that the rules
/// make.

#include <span>
#include <string>

#include "connectors/ldap/schema.hpp"
#include "core/directory_needs.hpp"
#include "core/problem.hpp"

namespace entsync::ldap {

/// LDAP-055 for a class that the server does not know, LDAP-058 for an attribute that a class
/// demands and nobody writes, LDAP-059 for one that is written and no class allows; of a shape that
/// lacks a class only the first. Each once, with the shapes that it concerns. `aliases` are those
/// of apply_schema().
Problems check_shapes(std::span<const std::string> object_classes,
                      std::span<const EntryShape> shapes, const Aliases& aliases);

}  // namespace entsync::ldap
