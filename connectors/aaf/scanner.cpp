#include "scanner.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "entry_path.hpp"
#include "prologue.hpp"

namespace entsync::aaf {
namespace {

constexpr std::string_view root_name = "ficAlimMENESR";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view declaration_opening = "<?xml";

constexpr std::string_view export_again =
    "have the académie export and transfer the file again; nothing was changed";
constexpr std::string_view transfer_again =
    "transfer it again and compare its size with the sender's; nothing was changed";
constexpr std::string_view change_encoding =
    "AAF files are UTF-8, ISO-8859-1, ISO-8859-15 or windows-1252; have it exported so";

std::size_t count_lines(std::string_view text) {
  std::size_t lines = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    ++lines;
  return lines;
}

bool begins_declaration(std::string_view text) {
  return text.starts_with(declaration_opening) && text.size() > declaration_opening.size() &&
         is_xml_space(text[declaration_opening.size()]);
}

/// UTF-16 and UTF-32 show themselves by a mark or by the zeros of their ASCII characters.
bool has_wide_characters(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv) ||
         bytes.starts_with("\0"sv) || (bytes.size() > 1 && bytes[1] == '\0');
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
  for (;;)
    if (const Verdict verdict = step()) return *verdict;
}

/// One construct.
Scanner::Verdict Scanner::step() {
  if (line_ > std::numeric_limits<std::uint32_t>::max())
    return fail("AAF-009", 0, "the file has more than 4 294 967 295 lines",
                "no AAF part is that large; check the export");
  if (state_ == State::start) return start();
  if (state_ == State::declaration) return declaration();
  if (state_ == State::request) return cut_request();
  if (skip_space()) return markup();
  return at_end();
}

// Faults
// -------------------------------------------------------------------------------------------

/// `at` counts from at_.
Scanner::Step Scanner::fail(std::string code, std::size_t at, std::string what,
                            std::string_view remedy) {
  fault_ = {std::move(code), std::move(what), std::string(remedy),
            line_ + count_lines(rest().substr(0, at)), base_ + at_ + at};
  return Step::fault;
}

Scanner::Step Scanner::malformed(std::size_t at, std::string what) {
  return fail("AAF-035", at, "the XML is malformed: " + std::move(what), export_again);
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
              transfer_again);
}

Scanner::Step Scanner::illegal(std::string_view bytes, const BadByte& bad) {
  std::array<char, 5> hex{};
  std::snprintf(hex.data(), hex.size(), "0x%02X",
                static_cast<unsigned>(static_cast<unsigned char>(bytes[bad.offset])));
  const std::string byte = "byte " + std::string(hex.data());
  if (bad.control)
    return fail("AAF-038", bad.offset, byte + " begins a character that XML forbids", export_again);
  return fail(
      "AAF-037", bad.offset,
      byte + " is not " + std::string(to_string(charset_)) + " (" + charset_note_ + ")",
      "have the académie declare the encoding that the file is written in; nothing was changed");
}

/// Nothing is left in the buffer, and no construct is open.
Scanner::Step Scanner::at_end() {
  if (!finished_) return Step::more;
  if (state_ == State::epilogue) return Step::end;
  return fail("AAF-031", 0,
              state_ == State::content
                  ? "the file ends before </ficAlimMENESR>; it is cut off"
                  : "the file ends before its root element begins; it is cut off",
              transfer_again);
}

// Going on
// -----------------------------------------------------------------------------------------

/// Passes over one construct of `size` bytes, unless it is too large or one of them is illegal.
Scanner::Verdict Scanner::pass(std::size_t size) {
  if (size > record_bytes_) return too_large();
  const std::string_view bytes = rest().substr(0, size);
  if (const auto bad = find_bad_byte(charset_, bytes)) return illegal(bytes, *bad);
  line_ += count_lines(bytes);
  at_ += size;
  return std::nullopt;
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

// The prologue
// -------------------------------------------------------------------------------------

/// The byte order mark, and encodings that cannot even be scanned.
Scanner::Verdict Scanner::start() {
  const std::string_view bytes = rest();
  if (bytes.size() < byte_order_mark.size() && !finished_) return Step::more;
  if (bytes.empty()) return fail("AAF-030", 0, "the file is empty", export_again);
  if (has_wide_characters(bytes))
    return fail("AAF-036", 0, "the file is written in UTF-16 or UTF-32", change_encoding);
  if (bytes.starts_with(byte_order_mark)) {
    charset_note_ = "the file begins with a UTF-8 byte order mark";
    at_ += byte_order_mark.size();
  }
  state_ = State::declaration;
  return std::nullopt;
}

Scanner::Verdict Scanner::declaration() {
  const std::string_view text = rest();
  if (!finished_ && (could_become(text, declaration_opening) || text == declaration_opening))
    return Step::more;
  if (begins_declaration(text)) {
    const std::size_t end = text.find("?>");
    if (end == std::string_view::npos) return incomplete();
    const auto parsed = parse_declaration(text.substr(0, end + 2));
    if (!parsed) return malformed(0, "the XML declaration cannot be understood");
    if (!parsed->encoding.empty())
      if (const Verdict refused = declared(parsed->encoding)) return refused;
    if (const Verdict refused = pass(end + 2)) return refused;
  }
  state_ = State::prologue;
  return std::nullopt;
}

Scanner::Verdict Scanner::declared(std::string_view encoding) {
  const auto charset = parse_charset(encoding);
  const bool marked = base_ + at_ != 0;
  if (!charset || (marked && *charset != Charset::utf8))
    return fail("AAF-036", 0,
                "the declared encoding '" + printable(encoding) + "' " +
                    (charset ? "contradicts the UTF-8 byte order mark" : "is not supported"),
                change_encoding);
  charset_ = *charset;
  charset_note_ = "as declared in the first line";
  return std::nullopt;
}

// Markup between the records
// -----------------------------------------------------------------------

Scanner::Verdict Scanner::markup() {
  const std::string_view text = rest();
  if (text.front() != '<') {
    if (state_ == State::epilogue) return after_root();
    return malformed(0, state_ == State::content ? "text stands between the records"
                                                 : "text stands before the root element");
  }
  if (text.size() == 1) return incomplete();
  if (text[1] == '!' || text[1] == '?') return special();
  switch (state_) {
    case State::prologue:
      return root();
    case State::content:
      return text[1] == '/' ? root_end() : begin_request();
    default:
      return after_root();
  }
}

/// Comments, instructions and the DOCTYPE.
Scanner::Verdict Scanner::special() {
  const std::string_view text = rest();
  if (text[1] == '?') return instruction();
  if (text.starts_with("<!--")) return comment_here();
  if (state_ == State::prologue && !typed_ && text.starts_with("<!DOCTYPE")) return doctype();
  if (could_become(text, "<!--") || could_become(text, "<!DOCTYPE")) return incomplete();
  if (state_ == State::epilogue) return after_root();
  return malformed(0, "a declaration or CDATA section stands where none may be");
}

Scanner::Verdict Scanner::comment_here() {
  constexpr std::size_t opening = 4;
  constexpr std::string_view closing = "-->";
  const std::size_t end = rest().find(closing, opening);
  if (end == std::string_view::npos) return incomplete();
  comment_ = rest().substr(opening, end - opening);
  if (const Verdict refused = pass(end + closing.size())) return refused;
  return Step::comment;
}

Scanner::Verdict Scanner::instruction() {
  const std::string_view text = rest();
  const bool declaration = begins_declaration(text);
  if (declaration && state_ == State::epilogue) return after_root();
  const std::size_t end = text.find("?>", 2);
  if (end == std::string_view::npos) return incomplete();
  if (declaration) return malformed(0, "the XML declaration does not stand at the very beginning");
  return pass(end + 2);
}

Scanner::Verdict Scanner::doctype() {
  const Doctype found = scan_doctype(rest());
  switch (found.state) {
    case DoctypeState::unfinished:
      return incomplete();
    case DoctypeState::malformed:
      return malformed(found.at, "the DOCTYPE cannot be understood");
    case DoctypeState::entity:
      return fail(
          "AAF-039", found.at, "the DOCTYPE declares an entity",
          "no AAF export does that: treat the file as an attack and ask where it comes from");
    case DoctypeState::whole:
      break;
  }
  typed_ = true;
  return pass(found.at);
}

Scanner::Verdict Scanner::root() {
  const std::string_view text = rest();
  const std::size_t end = find_tag_end(text, 1);
  if (end == std::string_view::npos) return incomplete();
  if (name_at(text.substr(1)) != root_name)
    return fail("AAF-034", 0, "the root element is not ficAlimMENESR",
                "this is not an AAF file, or it was changed; have it exported again");
  if (text.find('<', 1) < end) return malformed(0, "the tag of the root element has no end");
  state_ = text[end - 1] == '/' ? State::epilogue : State::content;
  return pass(end + 1);
}

Scanner::Verdict Scanner::root_end() {
  const std::string_view text = rest();
  const std::size_t end = text.find('>');
  if (end == std::string_view::npos) return incomplete();
  std::string_view name = text.substr(2, end - 2);
  while (!name.empty() && is_xml_space(name.back())) name.remove_suffix(1);
  if (name != root_name)
    return malformed(0, "an end tag stands between the records that belongs to no start tag");
  state_ = State::epilogue;
  return pass(end + 1);
}

Scanner::Step Scanner::after_root() {
  const std::string_view text = rest();
  const std::string_view name = name_at(text.substr(1));
  const bool may_go_on = name.size() + 1 == text.size() && text.size() <= root_name.size() + 1;
  if (text.front() == '<' && may_go_on && !finished_) return Step::more;
  if (text.front() == '<' && (name == root_name || name == "?xml"))
    return fail("AAF-033", 0, "a second document begins here", export_again);
  return fail("AAF-032", 0, "something follows the end of the document", export_again);
}

// Requests
// -----------------------------------------------------------------------------------------

Scanner::Verdict Scanner::begin_request() {
  const std::string_view text = rest();
  const std::string_view name = name_at(text.substr(1));
  const bool may_go_on = name.size() + 1 == text.size();
  if (may_go_on) return incomplete();
  const auto kind = request_kind(name);
  if (!kind)
    return fail("AAF-043", 0,
                "an element stands between the records that is no add, modify or deleteRequest",
                "the export does not follow the AAF grammar; have the académie check it");
  request_.kind = *kind;
  if (usual_.read(text.substr(0, record_bytes_), charset_)) return hand_out_usual();
  walk_.start();
  state_ = State::request;
  return std::nullopt;
}

/// Goes on to the end of the request.
Scanner::Verdict Scanner::cut_request() {
  const RequestWalk::State state = walk_.advance(rest());
  // However the file is cut into chunks, the limit comes first.
  if (walk_.at() > record_bytes_) return too_large();
  switch (state) {
    case RequestWalk::State::more:
      return incomplete();
    case RequestWalk::State::nested:
      return fail("AAF-040", walk_.at(), "a request begins inside another one", export_again);
    case RequestWalk::State::too_deep:
      return fail("AAF-041", walk_.at(),
                  "elements are nested more than " + std::to_string(RequestWalk::deepest) + " deep",
                  export_again);
    case RequestWalk::State::declaration:
      return malformed(walk_.at(), "a declaration stands inside a record");
    case RequestWalk::State::whole:
      break;
  }
  return hand_out_request();
}

/// Every byte of it has been looked at.
Scanner::Step Scanner::hand_out_usual() {
  describe_request(usual_.size());
  request_.usual = &usual_;
  request_.newlines = usual_.newlines();
  at_ += usual_.size();
  line_ += usual_.newlines().size();
  return Step::request;
}

Scanner::Step Scanner::hand_out_request() {
  const std::size_t size = walk_.at();
  const std::string_view text = rest().substr(0, size);
  newlines_.clear();
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    newlines_.push_back(static_cast<std::uint32_t>(at));
  describe_request(size);
  request_.usual = nullptr;
  request_.plain = walk_.plain();
  request_.newlines = newlines_;
  state_ = State::content;
  return pass(size).value_or(Step::request);
}

void Scanner::describe_request(std::size_t size) {
  request_.text = {buffer_.data() + at_, size};
  request_.offset = base_ + at_;
  request_.line = line_;
}

}  // namespace entsync::aaf
