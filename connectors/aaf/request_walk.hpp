#pragma once
/// Finds where a request ends: walks from tag to tag – past comments, CDATA, instructions and
/// quoted values, in which anything may look like a tag – and counts how deep it is.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/feed.hpp"

namespace entsync::aaf {

/// The kind of request that an element of this name is.
std::optional<RequestKind> request_kind(std::string_view name);

/// The name at the start of `text`, as far as it goes.
std::string_view name_at(std::string_view text);

/// Index of the `>` that ends the tag whose inside starts at `from`, past quoted values; npos when
/// it is not there yet.
std::size_t find_tag_end(std::string_view text, std::size_t from);

/// Whether `text` is too short to tell, but may go on as `opening`.
bool could_become(std::string_view text, std::string_view opening);

class RequestWalk {
 public:
  enum class State : std::uint8_t {
    whole,
    more,         ///< the text goes on
    nested,       ///< another request begins inside
    too_deep,     ///< elements nested more than `deepest`
    declaration,  ///< `<!` that begins neither comment nor CDATA
  };
  /// The grammar nests four deep (request, attributes, attr, value).
  static constexpr int deepest = 16;

  void start() { *this = {}; }
  /// Goes on in `text`, which starts with the request and may be longer than at the last call.
  State advance(std::string_view text);

  /// How far: the size of the request when it is whole, else where the walk stopped.
  [[nodiscard]] std::size_t at() const { return at_; }
  /// Whether there was no comment, CDATA section or instruction.
  [[nodiscard]] bool plain() const { return plain_; }

 private:
  State special(std::string_view text);
  State tag(std::string_view text);

  std::size_t at_ = 0;
  int depth_ = 0;
  bool plain_ = true;
};

}  // namespace entsync::aaf
