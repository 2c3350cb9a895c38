#include "control/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace entsync::control {
namespace {

bool answers(const Endpoint& endpoint, std::string_view method) {
  return endpoint.method == method ||
         (method == "HEAD" && endpoint.method == "GET" && endpoint.handle);
}

void allow(std::vector<std::string>& methods, std::string method) {
  if (std::ranges::find(methods, method) == methods.end()) methods.push_back(std::move(method));
}

}  // namespace

Router::Router(std::vector<Endpoint> endpoints) {
  for (Endpoint& endpoint : endpoints) {
    const std::string shown = endpoint.method + " " + endpoint.pattern;
    if (static_cast<bool>(endpoint.handle) == static_cast<bool>(endpoint.stream))
      throw std::invalid_argument("endpoint " + shown + " needs one handler");
    Entry entry{std::move(endpoint), {}};
    entry.segments = parse(entry.endpoint.pattern);
    for (const Entry& other : entries_)
      if (other.endpoint.method == entry.endpoint.method && have_one_shape(other, entry))
        throw std::invalid_argument("endpoint " + shown + " is there twice");
    entries_.push_back(std::move(entry));
  }
  std::ranges::stable_sort(entries_, is_more_literal);
}

Route Router::find(std::string_view method, const std::vector<std::string>& path) const {
  Route route;
  const Entry* shape = nullptr;
  for (const Entry& entry : entries_) {
    if (!matches(entry, path)) continue;
    // A path has one meaning: what a less literal pattern would do with it does not count.
    if (shape == nullptr) shape = &entry;
    if (!have_one_shape(*shape, entry)) continue;
    allow(route.allowed, entry.endpoint.method);
    if (entry.endpoint.method == "GET" && entry.endpoint.handle) allow(route.allowed, "HEAD");
    if (route.endpoint != nullptr || !answers(entry.endpoint, method)) continue;
    route.endpoint = &entry.endpoint;
    for (std::size_t i = 0; i < path.size(); ++i)
      if (entry.segments[i].is_parameter) route.parameters[entry.segments[i].text] = path[i];
  }
  return route;
}

std::vector<Router::Segment> Router::parse(const std::string& pattern) {
  if (!pattern.starts_with('/')) throw std::invalid_argument("pattern " + pattern);
  std::vector<Segment> segments;
  std::string_view rest = std::string_view(pattern).substr(1);
  while (true) {
    const std::size_t end = rest.find('/');
    const std::string_view part = rest.substr(0, end);
    const bool is_parameter = part.starts_with('{') && part.ends_with('}');
    const std::string_view text = is_parameter ? part.substr(1, part.size() - 2) : part;
    const auto has_name = [&](const Segment& s) { return s.is_parameter && s.text == text; };
    if (text.empty() || text.find_first_of("{}") != std::string_view::npos ||
        (is_parameter && std::ranges::any_of(segments, has_name)))
      throw std::invalid_argument("pattern " + pattern);
    segments.push_back({std::string(text), is_parameter});
    if (end == std::string_view::npos) return segments;
    rest.remove_prefix(end + 1);
  }
}

bool Router::matches(const Entry& entry, const std::vector<std::string>& path) {
  return std::equal(entry.segments.begin(), entry.segments.end(), path.begin(), path.end(),
                    [](const Segment& segment, const std::string& part) {
                      return segment.is_parameter ? !part.empty() : segment.text == part;
                    });
}

bool Router::is_more_literal(const Entry& a, const Entry& b) {
  return std::lexicographical_compare(
      a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
      [](const Segment& x, const Segment& y) { return !x.is_parameter && y.is_parameter; });
}

bool Router::have_one_shape(const Entry& a, const Entry& b) {
  return std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                    [](const Segment& x, const Segment& y) {
                      return x.is_parameter == y.is_parameter &&
                             (x.is_parameter || x.text == y.text);
                    });
}

}  // namespace entsync::control
