#pragma once
/// Finds the endpoint for a method and a path. Patterns are compared segment by segment with the
/// decoded path; an empty segment matches nothing, so that "/v1//holds" and "/v1/holds/" are
/// unknown paths and not other spellings of a known one.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "control/endpoint.hpp"

namespace entsync::control {

struct Route {
  const Endpoint* endpoint = nullptr;  ///< null: the path is unknown, or the method is not allowed
  std::map<std::string, std::string> parameters{};  ///< of the path
  std::vector<std::string> allowed{};  ///< methods that the path knows; empty: an unknown path
};

class Router {
 public:
  /// Throws std::invalid_argument when a pattern is malformed, two endpoints are the same, or one
  /// has not exactly one handler.
  explicit Router(std::vector<Endpoint> endpoints);

  [[nodiscard]] Route find(std::string_view method, const std::vector<std::string>& path) const;

 private:
  struct Segment {
    std::string text;  ///< the literal, or the name of the parameter
    bool is_parameter = false;
  };
  struct Entry {
    Endpoint endpoint;
    std::vector<Segment> segments;
  };
  static std::vector<Segment> parse(const std::string& pattern);
  static bool matches(const Entry& entry, const std::vector<std::string>& path);
  static bool is_more_literal(const Entry& a, const Entry& b);
  static bool have_one_shape(const Entry& a, const Entry& b);

  std::vector<Entry> entries_;  ///< the more literal ones first
};

}  // namespace entsync::control
