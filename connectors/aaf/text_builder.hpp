#pragma once
/// Character data of XML to the text of one value: references, line ends, encoding, outer white
/// space. Decoding happens once: `&amp;eacute;` stays `&eacute;`.

#include <string>
#include <string_view>

#include "charset.hpp"
#include "entities.hpp"

namespace entsync::aaf {

/// Collects one value from its pieces as trimmed UTF-8, and remembers where its first character
/// stood.
class TextBuilder {
 public:
  /// Starts a value, which goes to `out` (cleared).
  void start(Charset charset, std::string& out);
  /// Character data between tags. The piece stays where it is until where() was asked.
  TextFault add(std::string_view raw);
  /// The inside of a CDATA section: references are plain text there.
  void add_cdata(std::string_view raw);
  /// Takes the white space off the end.
  void finish();
  /// The first byte of the value as delivered; null when it is empty.
  [[nodiscard]] const char* where() const { return where_; }

 private:
  void add_plain(std::string_view raw);
  TextFault add_reference(std::string_view& raw);
  void append(char32_t c, const char* where);

  Charset charset_ = Charset::utf8;
  std::string* out_ = nullptr;
  const char* where_ = nullptr;
};

}  // namespace entsync::aaf
