#pragma once
/// Cuts one AAF file, which arrives in chunks of any size, into requests and comments, and proves
/// on the way that it is one whole document: one root `ficAlimMENESR`, closed, nothing after it,
/// every byte legal in the declared encoding. Knows where markup begins and ends – also behind
/// comments, CDATA and quotes – and leaves its meaning to RecordReader.
///
/// Memory: the largest request plus one chunk. Positions are bytes and lines of the file as
/// delivered.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "charset.hpp"
#include "core/feed.hpp"
#include "request_walk.hpp"
#include "usual_request.hpp"

namespace entsync::aaf {

/// Why a whole file, and with it the delivery, is refused.
struct FileFault {
  std::string code;
  std::string what;
  std::string remedy;
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
};

/// One addRequest, modifyRequest or deleteRequest, from `<` to `>`.
struct Request {
  RequestKind kind = RequestKind::add;
  std::span<char> text;  ///< may be parsed in place; valid until the next feed()
  /// What it holds, when it has the usual form. Then it need not be parsed.
  const UsualRequest* usual = nullptr;
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  bool plain = true;                        ///< no comment, CDATA or instruction inside
  std::span<const std::uint32_t> newlines;  ///< where LFs stand in `text`
};

class Scanner {
 public:
  enum class Step : std::uint8_t { more, comment, request, end, fault };

  explicit Scanner(std::uint64_t record_bytes);

  void feed(std::string_view chunk);
  /// No more chunks will come.
  void finish() { finished_ = true; }
  /// Goes on to the next thing of interest; `more` asks for feed() or finish().
  Step next();

  [[nodiscard]] const Request& request() const { return request_; }
  /// Text between `<!--` and `-->`, as delivered, valid until the next feed().
  [[nodiscard]] std::string_view comment() const { return comment_; }
  [[nodiscard]] const FileFault& fault() const { return fault_; }
  [[nodiscard]] Charset charset() const { return charset_; }

 private:
  enum class State : std::uint8_t { start, declaration, prologue, content, request, epilogue };
  /// What next() is to return; nothing to go on.
  using Verdict = std::optional<Step>;

  [[nodiscard]] std::string_view rest() const {
    return {buffer_.data() + at_, buffer_.size() - at_};
  }
  Step fail(std::string code, std::size_t at, std::string what, std::string_view remedy);
  Step malformed(std::size_t at, std::string what);
  Step too_large();
  Step incomplete();
  Step illegal(std::string_view bytes, const BadByte& bad);

  Verdict step();
  Verdict pass(std::size_t size);
  bool skip_space();
  Step at_end();

  Verdict start();
  Verdict declaration();
  Verdict declared(std::string_view encoding);
  Verdict markup();
  Verdict special();
  Verdict comment_here();
  Verdict instruction();
  Verdict doctype();
  Verdict root();
  Verdict root_end();
  Step after_root();
  Verdict begin_request();
  Verdict cut_request();
  Step hand_out_usual();
  Step hand_out_request();
  void describe_request(std::size_t size);

  std::uint64_t record_bytes_;
  std::string buffer_;
  std::size_t at_ = 0;      ///< first byte of buffer_ not yet passed
  std::uint64_t base_ = 0;  ///< offset of buffer_[0] in the file
  std::uint64_t line_ = 1;  ///< of at_
  State state_ = State::start;
  bool finished_ = false;
  bool typed_ = false;  ///< a DOCTYPE was seen
  Charset charset_ = Charset::utf8;
  std::string charset_note_;  ///< how the charset was determined, for messages

  RequestWalk walk_;
  UsualRequest usual_;
  std::vector<std::uint32_t> newlines_;
  Request request_;
  std::string_view comment_;
  FileFault fault_;
};

}  // namespace entsync::aaf
