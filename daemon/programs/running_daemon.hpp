#pragma once
/// For commands that can work by themselves: the daemon of the configuration does their work while
/// it runs, because the state directory, the directory's password and the journal are its own then.

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync::programs {

/// Its answer, or what it refused and why; nothing when no daemon listens.
std::optional<Result<boost::json::value>> ask_running(const std::string& config,
                                                      std::string_view method,
                                                      const std::string& target);

}  // namespace entsync::programs
