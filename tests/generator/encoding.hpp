#pragma once
/// Text encodings of AAF files. XML in UTF-8 becomes XML in another encoding; characters that the
/// encoding lacks (œ in ISO-8859-1) become numeric references, as in the deliveries of 2013.

#include <optional>
#include <string>
#include <string_view>

#include "world.hpp"

namespace generator {

std::string_view encoding_name(Encoding encoding);
std::optional<Encoding> parse_encoding(std::string_view name);
/// `xml` is well-formed UTF-8. UTF-8 itself is returned unchanged.
std::string encoded(std::string_view xml, Encoding encoding);

}  // namespace generator
