#pragma once
/// The accounts and links that request files ask for, as `entsync requests list` and the control
/// API show them: what holds today by the requests and the registry. Keys, days and schools, no
/// names.

#include <boost/json/object.hpp>
#include <vector>

#include "config/load_settings.hpp"
#include "core/agents.hpp"

namespace entsync {

/// What earlier runs followed. Before the first run there is no state, and none is made.
struct FollowedRequests {
  TakenDemandes taken;
  std::vector<Demande> of_links;
};
Result<FollowedRequests> followed_before(const config::Settings& settings);

/// The accounts and links on this day, in the order in which they were asked for first; an error
/// when a file cannot be read. Without configured requests there are no accounts.
Result<boost::json::object> requests_json(const config::Configuration& configuration, Date today);

}  // namespace entsync
