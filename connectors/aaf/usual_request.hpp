#pragma once
/// The form that exports give to nearly every addRequest: the elements of the grammar in its order,
/// white space between them, `name` the only XML attribute, no comment, CDATA section or
/// instruction. One pass over the bytes finds where such a request ends, that every byte of it is
/// legal, and where its names and values stand.
///
/// Nothing is judged here. A request of any other form, or one that does not lie there whole, goes
/// the long way through RequestWalk and RequestTree, which know all of XML and say what is wrong.
/// Both ways read the same in a request of this form; how a file is cut into chunks decides which
/// one is taken, so that tests compare them by cutting.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "charset.hpp"

namespace entsync::aaf {

class UsualRequest {
 public:
  struct Attribute {
    std::string_view name;  ///< 1–64 of [0-9A-Za-z_-]
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  /// Whether `text` begins with a whole request of this form. The views live as long as `text`.
  bool read(std::string_view text, Charset charset);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Where LFs stand, in bytes after the request's first.
  [[nodiscard]] std::span<const std::uint32_t> newlines() const { return newlines_; }

  /// The one attribute of operationalAttributes; texts are as delivered, references and all.
  [[nodiscard]] std::string_view category_name() const { return category_name_; }
  [[nodiscard]] std::string_view category() const { return category_; }
  [[nodiscard]] std::string_view id() const { return id_; }
  [[nodiscard]] std::span<const Attribute> attributes() const { return attributes_; }
  [[nodiscard]] std::span<const std::string_view> values_of(const Attribute& attribute) const {
    return std::span(values_).subspan(attribute.first, attribute.last - attribute.first);
  }

 private:
  bool read_operational();
  bool read_attribute();
  bool read_value();
  bool name(std::string_view& name);
  bool text(std::string_view& text);
  template <std::size_t extent>
  bool opens(const char (&tag)[extent]);
  template <std::size_t extent>
  bool next(const char (&tag)[extent]);
  void skip_space();
  [[nodiscard]] std::uint32_t offset() const;

  Charset charset_ = Charset::utf8;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;

  std::size_t size_ = 0;
  std::string_view category_name_;
  std::string_view category_;
  std::string_view id_;
  std::vector<Attribute> attributes_;
  std::vector<std::string_view> values_;
  std::vector<std::uint32_t> newlines_;
};

}  // namespace entsync::aaf
