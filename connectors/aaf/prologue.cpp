#include "prologue.hpp"

namespace entsync::aaf {
namespace {

void skip_space(std::string_view& text) {
  while (!text.empty() && is_xml_space(text.front())) text.remove_prefix(1);
}

bool is_name_end(char c) {
  return is_xml_space(c) || c == '=' || c == '"' || c == '\'';
}

struct PseudoAttribute {
  std::string_view name;
  std::string_view value;
};

/// Takes `name="value"` off the front.
std::optional<PseudoAttribute> take_pair(std::string_view& text) {
  PseudoAttribute pair;
  std::size_t end = 0;
  while (end < text.size() && !is_name_end(text[end])) ++end;
  pair.name = text.substr(0, end);
  text.remove_prefix(end);
  skip_space(text);
  if (pair.name.empty() || !text.starts_with('=')) return std::nullopt;
  text.remove_prefix(1);
  skip_space(text);
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return std::nullopt;
  const std::size_t close = text.find(text.front(), 1);
  if (close == std::string_view::npos) return std::nullopt;
  pair.value = text.substr(1, close - 1);
  text.remove_prefix(close + 1);
  return pair;
}

/// Walks over the parts of a DOCTYPE.
class DoctypeWalk {
 public:
  explicit DoctypeWalk(std::string_view text) : text_(text) {}

  Doctype run() {
    constexpr std::string_view opening = "<!DOCTYPE";
    at_ = opening.size();
    bool inside = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        if (inside) return {DoctypeState::malformed, at_};
        if (!skip_past(std::string_view(&text_[at_], 1), 1)) return {};
      } else if (c == '[') {
        if (inside) return {DoctypeState::malformed, at_};
        inside = true;
        ++at_;
      } else if (c == ']') {
        if (!inside) return {DoctypeState::malformed, at_};
        inside = false;
        ++at_;
      } else if (c == '>') {
        if (inside) return {DoctypeState::malformed, at_};
        return {DoctypeState::whole, at_ + 1};
      } else if (c == '<') {
        if (!inside) return {DoctypeState::malformed, at_};
        if (const auto verdict = markup()) return *verdict;
      } else {
        ++at_;
      }
    }
    return {};
  }

 private:
  /// One declaration, comment or instruction of the internal subset; a verdict when it is the last
  /// thing to look at.
  std::optional<Doctype> markup() {
    constexpr std::string_view entity = "<!ENTITY";
    const std::string_view rest = text_.substr(at_);
    if (rest.size() < entity.size() && entity.starts_with(rest)) return Doctype{};
    if (rest.starts_with(entity)) return Doctype{DoctypeState::entity, at_};
    if (rest.starts_with("<!--")) return skip_past("-->", 4) ? std::nullopt : unfinished();
    if (rest.starts_with("<?")) return skip_past("?>", 2) ? std::nullopt : unfinished();
    if (!rest.starts_with("<!")) return Doctype{DoctypeState::malformed, at_};
    return declaration();
  }

  std::optional<Doctype> declaration() {
    for (at_ += 2; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '>') {
        ++at_;
        return std::nullopt;
      }
      if (c == '<') return Doctype{DoctypeState::malformed, at_};
      if (c == '"' || c == '\'') {
        if (!skip_past(std::string_view(&text_[at_], 1), 1)) return unfinished();
      } else {
        ++at_;
      }
    }
    return unfinished();
  }

  static std::optional<Doctype> unfinished() { return Doctype{}; }

  bool skip_past(std::string_view end, std::size_t from) {
    const std::size_t found = text_.find(end, at_ + from);
    if (found == std::string_view::npos) return false;
    at_ = found + end.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Declaration> parse_declaration(std::string_view text) {
  constexpr std::string_view opening = "<?xml";
  constexpr std::string_view closing = "?>";
  text.remove_prefix(opening.size());
  text.remove_suffix(closing.size());
  Declaration declaration;
  bool versioned = false;
  for (skip_space(text); !text.empty(); skip_space(text)) {
    const auto pair = take_pair(text);
    if (!pair) return std::nullopt;
    if (pair->name == "version" && !versioned) {
      versioned = true;
    } else if (pair->name == "encoding" && declaration.encoding.empty() && !pair->value.empty()) {
      declaration.encoding = pair->value;
    } else if (pair->name != "standalone") {
      return std::nullopt;
    }
  }
  if (!versioned) return std::nullopt;
  return declaration;
}

Doctype scan_doctype(std::string_view text) {
  return DoctypeWalk(text).run();
}

}  // namespace entsync::aaf
