#include "usual_request.hpp"

#include <array>
#include <cstring>

#include "attribute_name.hpp"
#include "prologue.hpp"

namespace entsync::aaf {
namespace {

/// What a byte of character data asks for. Those without a bit are of no interest.
enum Interest : std::uint8_t { newline = 1, high = 2, ends = 4 };

/// `<` ends character data, and so does a control character, which no tag follows.
constexpr std::array<std::uint8_t, 256> interests = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    if (c >= 0x80) table[c] = high;
    if (c == '<' || (c < 0x20 && !is_xml_space(static_cast<char>(c)))) table[c] = ends;
  }
  table['\n'] = newline;
  return table;
}();

}  // namespace

inline std::uint32_t UsualRequest::offset() const {
  return static_cast<std::uint32_t>(at_ - begin_);
}

inline void UsualRequest::skip_space() {
  for (; at_ != end_ && is_xml_space(*at_); ++at_)
    if (*at_ == '\n') newlines_.push_back(offset());
}

/// Takes `tag` when it stands here. Its length is known to the compiler, so that comparing takes a
/// few instructions; as calls of memcmp these were a twentieth of a run without changes.
template <std::size_t extent>
inline bool UsualRequest::opens(const char (&tag)[extent]) {
  constexpr std::size_t length = extent - 1;
  if (static_cast<std::size_t>(end_ - at_) < length || std::memcmp(at_, tag, length) != 0)
    return false;
  at_ += length;
  return true;
}

/// The same behind white space, which is taken in any case.
template <std::size_t extent>
inline bool UsualRequest::next(const char (&tag)[extent]) {
  skip_space();
  return opens(tag);
}

bool UsualRequest::read(std::string_view text, Charset charset) {
  charset_ = charset;
  begin_ = at_ = text.data();
  end_ = begin_ + text.size();
  attributes_.clear();
  values_.clear();
  newlines_.clear();
  if (!opens("<addRequest>") || !read_operational()) return false;
  if (!next("<identifier>") || !next("<id>") || !this->text(id_) || !opens("</id>") ||
      !next("</identifier>") || !next("<attributes>"))
    return false;
  while (!next("</attributes>"))
    if (!opens("<attr name=\"") || !read_attribute()) return false;
  if (!next("</addRequest>")) return false;
  size_ = offset();
  return true;
}

bool UsualRequest::read_operational() {
  return next("<operationalAttributes>") && next("<attr name=\"") && name(category_name_) &&
         opens("\">") && next("<value>") && text(category_) && opens("</value>") &&
         next("</attr>") && next("</operationalAttributes>");
}

bool UsualRequest::read_attribute() {
  Attribute attribute;
  attribute.first = static_cast<std::uint32_t>(values_.size());
  if (!name(attribute.name) || !opens("\">")) return false;
  while (!next("</attr>"))
    if (!read_value()) return false;
  attribute.last = static_cast<std::uint32_t>(values_.size());
  attributes_.push_back(attribute);
  return true;
}

bool UsualRequest::read_value() {
  std::string_view value;
  if (!opens("<value/>") && !(opens("<value>") && text(value) && opens("</value>"))) return false;
  values_.push_back(value);
  return true;
}

bool UsualRequest::name(std::string_view& name) {
  const char* const first = at_;
  while (at_ != end_ && is_name_character(*at_)) ++at_;
  name = {first, static_cast<std::size_t>(at_ - first)};
  return !name.empty() && name.size() <= longest_attribute_name;
}

/// Character data, of which every byte is legal.
bool UsualRequest::text(std::string_view& text) {
  const char* const first = at_;
  unsigned seen = 0;
  for (; at_ != end_; ++at_) {
    const unsigned interest = interests[static_cast<unsigned char>(*at_)];
    if (interest == 0) continue;
    if (interest == ends) break;
    if (interest == newline) newlines_.push_back(offset());
    seen |= interest;
  }
  text = {first, static_cast<std::size_t>(at_ - first)};
  return (seen & high) == 0 || !find_bad_byte(charset_, text);
}

}  // namespace entsync::aaf
