#pragma once
/// The way back from a place in the text of a request to its bytes and lines.

#include <cstddef>
#include <cstdint>
#include <span>

#include "scanner.hpp"

namespace entsync::aaf {

class RequestPlaces {
 public:
  RequestPlaces() = default;
  explicit RequestPlaces(const Request& request)
      : begin_(request.text.data()), newlines_(request.newlines) {}

  /// Bytes after the request's first; `at` points into its text.
  [[nodiscard]] std::size_t offset_of(const char* at) const {
    return static_cast<std::size_t>(at - begin_);
  }
  /// Lines after the request's first. Offsets must not go back between two calls.
  std::uint32_t line_of(std::size_t offset) {
    while (line_ < newlines_.size() && newlines_[line_] < offset) ++line_;
    return static_cast<std::uint32_t>(line_);
  }

 private:
  const char* begin_ = nullptr;
  std::span<const std::uint32_t> newlines_;
  std::size_t line_ = 0;
};

}  // namespace entsync::aaf
