#pragma once
/// The markup of one request as a pugixml tree that is used again for every record. pugixml is told
/// to leave references and line ends alone, so that every text still lies where it was delivered.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string>

#include "scanner.hpp"

namespace entsync::aaf {

/// Why a request is not well-formed XML; the whole file is refused then.
struct Malformed {
  std::size_t offset = 0;  ///< bytes after the request's first
  std::uint32_t line = 0;  ///< lines after the request's first
  std::string what;
};

class RequestTree {
 public:
  /// Parses in place: the text of `request` is used up, and must stay where it is.
  std::optional<Malformed> parse(const Request& request);
  [[nodiscard]] pugi::xml_node root() const { return document_.first_child(); }

 private:
  pugi::xml_document document_;
};

}  // namespace entsync::aaf
