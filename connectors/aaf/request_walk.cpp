#include "request_walk.hpp"

#include <array>
#include <cstring>

#include "prologue.hpp"

namespace entsync::aaf {
namespace {

struct RequestName {
  std::string_view name;
  RequestKind kind;
};
constexpr std::array request_names{RequestName{"addRequest", RequestKind::add},
                                   RequestName{"modifyRequest", RequestKind::modify},
                                   RequestName{"deleteRequest", RequestKind::remove}};

bool ends_name(char c) {
  return is_xml_space(c) || c == '>' || c == '/';
}

/// Whether `tag`, what follows a `<`, opens a request. Asked for every start tag: the first letter
/// decides.
bool opens_request(std::string_view tag) {
  for (const RequestName& known : request_names)
    if (tag.front() == known.name.front() && tag.starts_with(known.name))
      return tag.size() > known.name.size() && ends_name(tag[known.name.size()]);
  return false;
}

}  // namespace

std::optional<RequestKind> request_kind(std::string_view name) {
  for (const RequestName& known : request_names)
    if (known.name == name) return known.kind;
  return std::nullopt;
}

std::string_view name_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && !ends_name(text[end])) ++end;
  return text.substr(0, end);
}

std::size_t find_tag_end(std::string_view text, std::size_t from) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* at = begin + from; at < end; ++at) {
    if (*at == '>') return static_cast<std::size_t>(at - begin);
    if (*at != '"' && *at != '\'') continue;
    at = static_cast<const char*>(std::memchr(at + 1, *at, static_cast<std::size_t>(end - at) - 1));
    if (at == nullptr) break;
  }
  return std::string_view::npos;
}

bool could_become(std::string_view text, std::string_view opening) {
  return text.size() < opening.size() && opening.starts_with(text);
}

RequestWalk::State RequestWalk::advance(std::string_view text) {
  for (;;) {
    const std::size_t open = text.find('<', at_);
    at_ = open == std::string_view::npos ? text.size() : open;
    if (at_ + 1 >= text.size()) return State::more;
    const char c = text[at_ + 1];
    const State state = c == '!' || c == '?' ? special(text) : tag(text);
    if (state != State::whole || depth_ == 0) return state;
  }
}

/// Past one comment, CDATA section or instruction.
RequestWalk::State RequestWalk::special(std::string_view text) {
  struct Kind {
    std::string_view opening;
    std::string_view closing;
  };
  constexpr std::array kinds{Kind{"<!--", "-->"}, Kind{"<![CDATA[", "]]>"}, Kind{"<?", "?>"}};
  const std::string_view here = text.substr(at_);
  plain_ = false;
  for (const Kind& kind : kinds) {
    if (could_become(here, kind.opening)) return State::more;
    if (!here.starts_with(kind.opening)) continue;
    const std::size_t end = here.find(kind.closing, kind.opening.size());
    if (end == std::string_view::npos) return State::more;
    at_ += end + kind.closing.size();
    return State::whole;
  }
  return State::declaration;
}

/// Past one start or end tag.
RequestWalk::State RequestWalk::tag(std::string_view text) {
  const std::size_t end = find_tag_end(text, at_ + 1);
  if (end == std::string_view::npos) return State::more;
  if (text[at_ + 1] == '/') {
    --depth_;
  } else {
    if (depth_ > 0 && opens_request(text.substr(at_ + 1, end - at_))) return State::nested;
    if (text[end - 1] != '/' && ++depth_ > deepest) return State::too_deep;
  }
  at_ = end + 1;
  return State::whole;
}

}  // namespace entsync::aaf
