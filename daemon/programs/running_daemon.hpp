#pragma once
/// For commands that can work by themselves: the daemon of the configuration does their work while
/// it runs, because the state directory, the directory's password and the journal are its own then.

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "control/client.hpp"
#include "core/problem.hpp"

namespace entsync::programs {

/// Of an answer that needs no more than a look, and of one that comes when all is applied.
inline constexpr std::chrono::minutes time_to_look{2};
inline constexpr std::chrono::hours time_to_apply{24};

/// Its answer, or what it refused and why; nothing when no daemon listens.
std::optional<Result<boost::json::value>> ask_running(
    const std::string& config, std::string_view method, const std::string& target,
    const std::optional<boost::json::value>& body = {},
    std::chrono::milliseconds time = time_to_look);

/// The problems that it listed in an answer, with their places; nothing when it listed none.
std::optional<Problems> problems_of(const control::Reply& reply);

/// Prints how a run in the daemon ended, and gives its exit code.
int print_result(const Result<boost::json::value>& answer);

}  // namespace entsync::programs
