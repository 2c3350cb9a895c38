#include "scanner.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <optional>

#include "entry_path.hpp"
#include "prologue.hpp"

namespace entsync::aaf {
namespace {

constexpr std::string_view root_name = "ficAlimMENESR";

/// The grammar nests four deep (request, attributes, attr, value).
constexpr int deepest = 16;

constexpr std::string_view ask_again =
    "have the académie export and transfer the file again; nothing was changed";

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

/// The name at the start of `text`, as far as it goes.
std::string_view name_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && !ends_name(text[end])) ++end;
  return text.substr(0, end);
}

std::optional<RequestKind> request_kind(std::string_view name) {
  for (const RequestName& known : request_names)
    if (known.name == name) return known.kind;
  return std::nullopt;
}

/// Index of the `>` that ends the tag whose inside starts at `from`, past quoted values.
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

/// Whether `tag`, what follows a `<`, opens a request. Asked for every start tag: the first letter
/// decides.
bool opens_request(std::string_view tag) {
  for (const RequestName& known : request_names)
    if (tag.front() == known.name.front() && tag.starts_with(known.name))
      return tag.size() > known.name.size() && ends_name(tag[known.name.size()]);
  return false;
}

std::size_t count_lines(std::string_view text) {
  std::size_t lines = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    ++lines;
  return lines;
}

bool could_become(std::string_view text, std::string_view opening) {
  return text.size() < opening.size() && opening.starts_with(text);
}

}  // namespace

Scanner::Scanner(std::uint64_t record_bytes)
    // Deltas inside a record have 32 bits.
    : record_bytes_(std::min<std::uint64_t>(record_bytes, std::uint64_t{1} << 30U)),
      charset_note_("no encoding is declared, so it must be UTF-8") {}

void Scanner::feed(std::string_view chunk) {
  buffer_.erase(0, at_);
  base_ += at_;
  at_ = 0;
  buffer_ += chunk;
}

Scanner::Step Scanner::next() {
  if (!fault_.code.empty()) return Step::fault;
  Step result = Step::more;
  while (!step(result)) {
  }
  return result;
}

/// One construct. True when `result` is to be returned.
bool Scanner::step(Step& result) {
  if (line_ > std::numeric_limits<std::uint32_t>::max()) {
    result = fail("AAF-009", 0, "the file has more than 4 294 967 295 lines",
                  "no AAF part is that large; check the export");
    return true;
  }
  if (state_ == State::start) return start(result);
  if (state_ == State::declaration) return declaration(result);
  if (walking_) return cut_request(result);
  if (skip_space()) return markup(result);
  return at_end(result);
}

Scanner::Step Scanner::fail(std::string code, std::size_t at, std::string what,
                            std::string remedy) {
  fault_ = {std::move(code), std::move(what), std::move(remedy),
            line_ + count_lines(rest().substr(0, at)), base_ + at_ + at};
  return Step::fault;
}

Scanner::Step Scanner::malformed(std::size_t at, std::string what) {
  return fail("AAF-035", at, "the XML is malformed: " + std::move(what), std::string(ask_again));
}

Scanner::Step Scanner::too_large() {
  return fail("AAF-042", 0,
              "a record or another piece of markup begins here that is longer than " +
                  std::to_string(record_bytes_) + " bytes",
              "an AAF record has some thousand bytes; have the académie check the export");
}

/// The construct at at_ has no end yet.
Scanner::Step Scanner::incomplete() {
  if (rest().size() > record_bytes_) return too_large();
  if (!finished_) return Step::more;
  return fail("AAF-031", 0, "the file ends in the middle of what begins here; it is cut off",
              "transfer it again and compare its size with the sender's; nothing was changed");
}

/// Passes over one construct of `size` bytes; false, with the fault set, when it is too large or
/// one of them is illegal.
bool Scanner::consume(std::size_t size) {
  if (size > record_bytes_) {
    too_large();
    return false;
  }
  const std::string_view bytes = rest().substr(0, size);
  if (const auto bad = find_bad_byte(charset_, bytes)) {
    std::array<char, 5> hex{};
    std::snprintf(hex.data(), hex.size(), "0x%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(bytes[bad->offset])));
    if (bad->control)
      fail("AAF-038", bad->offset,
           "byte " + std::string(hex.data()) + " begins a character that XML forbids",
           std::string(ask_again));
    else
      fail("AAF-037", bad->offset,
           "byte " + std::string(hex.data()) + " is not " + std::string(to_string(charset_)) +
               " (" + charset_note_ + ")",
           "have the académie declare the encoding that the file is written in; nothing was "
           "changed");
    return false;
  }
  line_ += count_lines(bytes);
  at_ += size;
  return true;
}

/// The byte order mark, and encodings that cannot even be scanned.
bool Scanner::start(Step& result) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const std::string_view bytes = rest();
  if (bytes.empty() && finished_) {
    result = fail("AAF-030", 0, "the file is empty", std::string(ask_again));
    return true;
  }
  if (bytes.size() < mark.size() && !finished_) {
    result = Step::more;
    return true;
  }
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv) ||
      bytes.starts_with("\0"sv) || (bytes.size() > 1 && bytes[1] == '\0')) {
    result =
        fail("AAF-036", 0, "the file is written in UTF-16 or UTF-32",
             "AAF files are UTF-8, ISO-8859-1, ISO-8859-15 or windows-1252; have it exported so");
    return true;
  }
  if (bytes.starts_with(mark)) {
    charset_note_ = "the file begins with a UTF-8 byte order mark";
    at_ += mark.size();
  }
  state_ = State::declaration;
  return false;
}

bool Scanner::declaration(Step& result) {
  constexpr std::string_view opening = "<?xml";
  const std::string_view text = rest();
  const bool marked = base_ + at_ != 0;
  if (!finished_ && text.size() <= opening.size() &&
      (opening.starts_with(text) || text == opening)) {
    result = Step::more;
    return true;
  }
  state_ = State::prologue;
  if (!text.starts_with(opening) || text.size() <= opening.size() ||
      !is_xml_space(text[opening.size()]))
    return false;
  const std::size_t end = text.find("?>");
  if (end == std::string_view::npos) {
    state_ = State::declaration;
    result = incomplete();
    return true;
  }
  const auto declared = parse_declaration(text.substr(0, end + 2));
  if (!declared) {
    result = malformed(0, "the XML declaration cannot be understood");
    return true;
  }
  if (!declared->encoding.empty()) {
    const auto charset = parse_charset(declared->encoding);
    if (!charset || (marked && *charset != Charset::utf8)) {
      result =
          fail("AAF-036", 0,
               "the declared encoding '" + printable(declared->encoding) + "' " +
                   (charset ? "contradicts the UTF-8 byte order mark" : "is not supported"),
               "AAF files are UTF-8, ISO-8859-1, ISO-8859-15 or windows-1252; have it exported so");
      return true;
    }
    charset_ = *charset;
    charset_note_ = "as declared in the first line";
  }
  if (!consume(end + 2)) {
    result = Step::fault;
    return true;
  }
  return false;
}

/// Whether something other than white space follows.
bool Scanner::skip_space() {
  std::size_t size = 0;
  const std::string_view text = rest();
  while (size < text.size() && is_xml_space(text[size])) ++size;
  line_ += count_lines(text.substr(0, size));
  at_ += size;
  return size < text.size();
}

/// Nothing is left in the buffer, and no construct is open.
bool Scanner::at_end(Step& result) {
  if (!finished_)
    result = Step::more;
  else if (state_ == State::epilogue)
    result = Step::end;
  else if (state_ == State::content)
    result = fail("AAF-031", 0, "the file ends before </ficAlimMENESR>; it is cut off",
                  "transfer it again and compare its size with the sender's; nothing was changed");
  else
    result = fail("AAF-031", 0, "the file ends before its root element begins; it is cut off",
                  "transfer it again and compare its size with the sender's; nothing was changed");
  return true;
}

bool Scanner::markup(Step& result) {
  const std::string_view text = rest();
  if (text.front() != '<') {
    if (state_ == State::epilogue) return after_root(result);
    result = malformed(0, state_ == State::content ? "text stands between the records"
                                                   : "text stands before the root element");
    return true;
  }
  if (text.size() == 1) {
    result = incomplete();
    return true;
  }
  if (text[1] == '!' || text[1] == '?') return special(result);
  switch (state_) {
    case State::prologue:
      return root(result);
    case State::content:
      return text[1] == '/' ? root_end(result) : begin_request(result);
    default:
      return after_root(result);
  }
}

/// Comments, instructions and the DOCTYPE.
bool Scanner::special(Step& result) {
  const std::string_view text = rest();
  if (text[1] == '?') return instruction(result);
  if (text.starts_with("<!--")) return comment(result);
  if (state_ == State::prologue && !typed_ && text.starts_with("<!DOCTYPE")) return doctype(result);
  if (could_become(text, "<!--") || could_become(text, "<!DOCTYPE")) {
    result = incomplete();
    return true;
  }
  if (state_ == State::epilogue) return after_root(result);
  result = malformed(0, "a declaration or CDATA section stands where none may be");
  return true;
}

bool Scanner::comment(Step& result) {
  constexpr std::size_t opening = 4;
  const std::size_t end = rest().find("-->", opening);
  if (end == std::string_view::npos) {
    result = incomplete();
    return true;
  }
  comment_ = rest().substr(opening, end - opening);
  result = consume(end + 3) ? Step::comment : Step::fault;
  return true;
}

bool Scanner::instruction(Step& result) {
  constexpr std::string_view opening = "<?xml";
  const std::string_view text = rest();
  const std::size_t end = text.find("?>", 2);
  const bool declaration = text.starts_with(opening) && text.size() > opening.size() &&
                           is_xml_space(text[opening.size()]);
  if (declaration && state_ == State::epilogue) return after_root(result);
  if (end == std::string_view::npos) {
    result = incomplete();
    return true;
  }
  if (declaration) {
    result = malformed(0, "the XML declaration does not stand at the very beginning");
    return true;
  }
  if (consume(end + 2)) return false;
  result = Step::fault;
  return true;
}

bool Scanner::doctype(Step& result) {
  const Doctype found = scan_doctype(rest());
  switch (found.state) {
    case DoctypeState::unfinished:
      result = incomplete();
      return true;
    case DoctypeState::malformed:
      result = malformed(found.at, "the DOCTYPE cannot be understood");
      return true;
    case DoctypeState::entity:
      result =
          fail("AAF-039", found.at, "the DOCTYPE declares an entity",
               "no AAF export does that: treat the file as an attack and ask where it comes from");
      return true;
    case DoctypeState::whole:
      break;
  }
  typed_ = true;
  if (consume(found.at)) return false;
  result = Step::fault;
  return true;
}

bool Scanner::root(Step& result) {
  const std::string_view text = rest();
  const std::size_t end = find_tag_end(text, 1);
  if (end == std::string_view::npos) {
    result = incomplete();
    return true;
  }
  if (name_at(text.substr(1)) != root_name) {
    result = fail("AAF-034", 0, "the root element is not ficAlimMENESR",
                  "this is not an AAF file, or it was changed; have it exported again");
    return true;
  }
  if (text.find('<', 1) < end) {
    result = malformed(0, "the tag of the root element has no end");
    return true;
  }
  state_ = text[end - 1] == '/' ? State::epilogue : State::content;
  if (consume(end + 1)) return false;
  result = Step::fault;
  return true;
}

bool Scanner::root_end(Step& result) {
  const std::string_view text = rest();
  const std::size_t end = text.find('>');
  if (end == std::string_view::npos) {
    result = incomplete();
    return true;
  }
  std::string_view name = text.substr(2, end - 2);
  while (!name.empty() && is_xml_space(name.back())) name.remove_suffix(1);
  if (name != root_name) {
    result = malformed(0, "an end tag stands between the records that belongs to no start tag");
    return true;
  }
  state_ = State::epilogue;
  if (consume(end + 1)) return false;
  result = Step::fault;
  return true;
}

bool Scanner::after_root(Step& result) {
  const std::string_view text = rest();
  const std::string_view name = name_at(text.substr(1));
  if (!finished_ && text.front() == '<' && name.size() + 1 == text.size() &&
      text.size() <= root_name.size() + 1) {
    result = Step::more;
    return true;
  }
  if (text.front() == '<' && (name == root_name || name == "?xml"))
    result = fail("AAF-033", 0, "a second document begins here", std::string(ask_again));
  else
    result =
        fail("AAF-032", 0, "something follows the end of the document", std::string(ask_again));
  return true;
}

bool Scanner::begin_request(Step& result) {
  const std::string_view text = rest();
  const std::string_view name = name_at(text.substr(1));
  if (name.size() + 1 == text.size()) {  // it may go on
    result = incomplete();
    return true;
  }
  const auto kind = request_kind(name);
  if (!kind) {
    result = fail("AAF-043", 0,
                  "an element stands between the records that is no add, modify or deleteRequest",
                  "the export does not follow the AAF grammar; have the académie check it");
    return true;
  }
  request_.kind = *kind;
  request_.plain = true;
  walking_ = true;
  walk_ = 0;
  depth_ = 0;
  return false;
}

/// Goes on to the end of the request; hands it out when it is whole.
bool Scanner::cut_request(Step& result) {
  switch (walk_request()) {
    case Walk::fault:
      result = Step::fault;
      return true;
    case Walk::more:
      result = incomplete();
      return true;
    case Walk::whole:
      break;
  }
  walking_ = false;
  const std::size_t size = walk_;
  newlines_.clear();
  const std::string_view text = rest().substr(0, size);
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    newlines_.push_back(static_cast<std::uint32_t>(at));
  request_.text = {buffer_.data() + at_, size};
  request_.offset = base_ + at_;
  request_.line = line_;
  request_.newlines = newlines_;
  result = consume(size) ? Step::request : Step::fault;
  return true;
}

Scanner::Walk Scanner::walk_request() {
  for (;;) {
    const std::string_view text = rest();
    const std::size_t open = text.find('<', walk_);
    walk_ = open == std::string_view::npos ? text.size() : open;
    if (walk_ > record_bytes_) {
      too_large();
      return Walk::fault;
    }
    if (walk_ + 1 >= text.size()) return Walk::more;
    const char c = text[walk_ + 1];
    const Walk done = c == '!' || c == '?' ? walk_special() : walk_tag();
    if (done != Walk::whole) return done;
    if (depth_ == 0) return Walk::whole;
  }
}

Scanner::Walk Scanner::walk_special() {
  struct Kind {
    std::string_view opening;
    std::string_view closing;
  };
  constexpr std::array kinds{Kind{"<!--", "-->"}, Kind{"<![CDATA[", "]]>"}, Kind{"<?", "?>"}};
  const std::string_view text = rest();
  const std::string_view here = text.substr(walk_);
  request_.plain = false;
  for (const Kind& kind : kinds) {
    if (could_become(here, kind.opening)) return Walk::more;
    if (!here.starts_with(kind.opening)) continue;
    const std::size_t end = text.find(kind.closing, walk_ + kind.opening.size());
    if (end == std::string_view::npos) return Walk::more;
    walk_ = end + kind.closing.size();
    return Walk::whole;
  }
  malformed(walk_, "a declaration stands inside a record");
  return Walk::fault;
}

Scanner::Walk Scanner::walk_tag() {
  const std::string_view text = rest();
  const std::size_t end = find_tag_end(text, walk_ + 1);
  if (end == std::string_view::npos) return Walk::more;
  if (text[walk_ + 1] == '/') {
    --depth_;
  } else {
    if (depth_ > 0 && opens_request(text.substr(walk_ + 1, end - walk_))) {
      fail("AAF-040", walk_, "a request begins inside another one", std::string(ask_again));
      return Walk::fault;
    }
    if (text[end - 1] != '/' && ++depth_ > deepest) {
      fail("AAF-041", walk_, "elements are nested more than " + std::to_string(deepest) + " deep",
           std::string(ask_again));
      return Walk::fault;
    }
  }
  walk_ = end + 1;
  return Walk::whole;
}

}  // namespace entsync::aaf
