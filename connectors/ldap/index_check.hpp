#pragma once
/// The equality indexes of an OpenLDAP database, from the values of olcDbIndex (slapd-mdb(5),
/// "index"): "uid,mail eq,sub", "default pres,eq", "cn".

#include <span>
#include <string>
#include <vector>

#include "connectors/ldap/schema.hpp"

namespace entsync::ldap {

/// Those of `needed` that no value gives an equality index, in their order.
std::vector<std::string> without_index(std::span<const std::string> values,
                                       std::span<const std::string> needed, const Aliases& aliases);

}  // namespace entsync::ldap
