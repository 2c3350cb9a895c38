#pragma once
/// The daemon's figures in Prometheus' text form: how the last run went, what waits, how old the
/// deliveries are. Names of académies are the only labels; nothing of persons.

#include <string>

#include "steering.hpp"

namespace entsync {

std::string metrics_text(const config::Settings& settings, const ServiceView& view);

}  // namespace entsync
