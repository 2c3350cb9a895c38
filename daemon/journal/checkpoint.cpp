#include "checkpoint.hpp"

#include <openssl/evp.h>

#include <charconv>
#include <optional>

#include "instant.hpp"

namespace entsync {
namespace {

std::string base64(const TreeHash& hash) {
  // 32 bytes are 44 characters, and OpenSSL ends them with a zero.
  std::array<unsigned char, 45> text{};
  const int length = EVP_EncodeBlock(text.data(), hash.data(), static_cast<int>(hash.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

std::optional<TreeHash> hash_from_base64(std::string_view text) {
  std::array<unsigned char, 33> bytes{};
  if (text.size() != 44 ||
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size())) != static_cast<int>(bytes.size()))
    return std::nullopt;
  TreeHash hash{};
  std::copy_n(bytes.begin(), hash.size(), hash.begin());
  if (base64(hash) != text) return std::nullopt;
  return hash;
}

std::optional<ChainHash> hash_from_hexadecimal(std::string_view text) {
  ChainHash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const char* first = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(first, first + 2, hash[i], 16);
    if (error != std::errc() || end != first + 2) return std::nullopt;
  }
  if (hexadecimal(hash) != text) return std::nullopt;
  return hash;
}

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(number) != text) return std::nullopt;
  return number;
}

/// Takes the lines of a text one by one.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    const std::size_t end = rest_.find('\n');
    if (end == rest_.npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }
  /// The rest of a line that begins with `word` and a space.
  std::optional<std::string_view> value(std::string_view word) {
    const auto line = next();
    if (!line || line->size() <= word.size() || !line->starts_with(word) ||
        (*line)[word.size()] != ' ')
      return std::nullopt;
    return line->substr(word.size() + 1);
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

template <class T>
bool take(const std::optional<T>& value, T& out) {
  if (value) out = *value;
  return value.has_value();
}

bool take_text(const std::optional<std::string_view>& value, std::string& out) {
  if (value) out = *value;
  return value.has_value() && !value->empty();
}

bool parse_lines(Lines& lines, Checkpoint& out) {
  const auto number = [](const std::optional<std::string_view>& text) {
    return text ? number_from(*text) : std::nullopt;
  };
  const auto hash = [](const std::optional<std::string_view>& text) {
    return text ? hash_from_hexadecimal(*text) : std::nullopt;
  };
  if (!take_text(lines.next(), out.origin) || !take(number(lines.next()), out.size)) return false;
  const auto root = lines.next();
  if (!root || !take(hash_from_base64(*root), out.root)) return false;
  if (!take(number(lines.value("number")), out.number)) return false;
  if (!take_text(lines.value("time"), out.time) || !instant_milliseconds(out.time)) return false;
  const auto run = lines.value("run");
  if (!run) return false;
  out.run = *run == "-" ? std::string_view{} : *run;
  if (!take(hash(lines.value("head")), out.head) ||
      !take(hash(lines.value("previous")), out.previous))
    return false;
  return lines.at_end() || (take_text(lines.value("next-key"), out.next_key) && lines.at_end());
}

}  // namespace

std::string to_text(const Checkpoint& checkpoint) {
  std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
                     base64(checkpoint.root) + "\n";
  text += "number " + std::to_string(checkpoint.number) + "\n";
  text += "time " + checkpoint.time + "\n";
  text += "run " + (checkpoint.run.empty() ? "-" : checkpoint.run) + "\n";
  text += "head " + hexadecimal(checkpoint.head) + "\n";
  text += "previous " + hexadecimal(checkpoint.previous) + "\n";
  if (!checkpoint.next_key.empty()) text += "next-key " + checkpoint.next_key + "\n";
  return text;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint checkpoint;
  Lines lines(text);
  if (parse_lines(lines, checkpoint) && to_text(checkpoint) == text) return checkpoint;
  return Problem{Severity::error,
                 "JRN-020",
                 {},
                 "this is no checkpoint of a journal",
                 "name a file that holds checkpoints as entsync writes them"};
}

}  // namespace entsync
