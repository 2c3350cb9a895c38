#pragma once
/// The markup of one request as a pugixml tree that is used again for every record, and the way
/// back from a place in the tree to bytes and lines of the request. pugixml is told to leave
/// references and line ends alone, so that every text still lies where it was delivered.

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

  /// Bytes after the request's first; `at` points to a name or text of the tree.
  [[nodiscard]] std::size_t offset_of(const char* at) const {
    return static_cast<std::size_t>(at - request_.text.data());
  }
  /// Lines after the request's first. Offsets must not go back between two calls.
  std::uint32_t line_of(std::size_t offset);

 private:
  pugi::xml_document document_;
  Request request_;
  std::size_t line_ = 0;
};

}  // namespace entsync::aaf
