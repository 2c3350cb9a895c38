#pragma once
/// The target of a request, taken apart: segments of the path and parameters of the query, decoded.
/// Whatever could be read in two ways is refused: dot segments, broken percent-encoding, control
/// characters, bytes that are not UTF-8, a parameter given twice.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.hpp"

namespace entsync::control {

struct Target {
  std::string path;  ///< as it was sent, without the query
  std::vector<std::string> segments{};
  std::map<std::string, std::string> query{};
};

Result<Target> parse_target(std::string_view text);

}  // namespace entsync::control
