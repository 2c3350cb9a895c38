#pragma once
/// The registry as JSON: one form for the control API and for `entsync registry list`.

#include <boost/json/object.hpp>
#include <optional>

#include "control/roles.hpp"
#include "core/date.hpp"
#include "core/registry.hpp"

namespace entsync {

/// All schools, or only those of `only`; whether each is in scope on `day`.
boost::json::object registry_json(const Registry& registry, Date day,
                                  const std::optional<control::Schools>& only = {});

}  // namespace entsync
