#include "text_builder.hpp"

#include "core/text.hpp"

namespace entsync::aaf {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The longest name has 8 characters, the longest sensible number 9.
constexpr std::size_t longest_reference = 32;

}  // namespace

void TextBuilder::start(Charset charset, std::string& out) {
  charset_ = charset;
  out_ = &out;
  out_->clear();
  where_ = nullptr;
}

TextFault TextBuilder::add(std::string_view raw) {
  for (;;) {
    const std::size_t ampersand = raw.find('&');
    add_plain(raw.substr(0, ampersand));
    if (ampersand == std::string_view::npos) return TextFault::none;
    raw.remove_prefix(ampersand);
    if (const TextFault fault = add_reference(raw); fault != TextFault::none) return fault;
  }
}

void TextBuilder::add_cdata(std::string_view raw) {
  add_plain(raw);
}

void TextBuilder::finish() {
  while (!out_->empty() && is_space(out_->back())) out_->pop_back();
}

/// Line ends become LF (XML 1.0, section 2.11); white space before the first character is dropped.
void TextBuilder::add_plain(std::string_view raw) {
  if (where_ == nullptr) {
    while (!raw.empty() && is_space(raw.front())) raw.remove_prefix(1);
    if (raw.empty()) return;
    where_ = raw.data();
  }
  for (;;) {
    const std::size_t cr = raw.find('\r');
    append_decoded(charset_, raw.substr(0, cr), *out_);
    if (cr == std::string_view::npos) return;
    *out_ += '\n';
    raw.remove_prefix(cr + 1);
    if (raw.starts_with('\n')) raw.remove_prefix(1);
  }
}

/// Takes one reference off the front of `raw`.
TextFault TextBuilder::add_reference(std::string_view& raw) {
  const std::size_t semicolon = raw.substr(0, longest_reference).find(';');
  if (semicolon == std::string_view::npos) return TextFault::malformed;
  const Reference decoded = decode_reference(raw.substr(1, semicolon - 1));
  if (decoded.fault != TextFault::none) return decoded.fault;
  append(decoded.value, raw.data());
  raw.remove_prefix(semicolon + 1);
  return TextFault::none;
}

void TextBuilder::append(char32_t c, const char* where) {
  if (where_ == nullptr) {
    if (c < 0x80 && is_space(static_cast<char>(c))) return;
    where_ = where;
  }
  append_utf8(*out_, c);
}

}  // namespace entsync::aaf
