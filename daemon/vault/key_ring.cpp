#include "key_ring.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "secret/random_secret.hpp"
#include "secret/secret.hpp"

namespace entsync {
namespace {

constexpr std::size_t longest_file = 65'536;
constexpr const char* make_remedy = "make room, or give the service account the right to write it";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<RingKey> parse_line(std::string_view line) {
  RingKey key;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const char* const end = line.data() + space;
  const auto [stop, error] = std::from_chars(line.data(), end, key.number);
  const std::string_view digits = line.substr(space + 1);
  if (error != std::errc() || stop != end || key.number == 0 ||
      digits.size() != 2 * key.bytes.size())
    return std::nullopt;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    const int high = digit(digits[2 * i]);
    const int low = digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return key;
}

std::string line_of(const RingKey& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string line = std::to_string(key.number) + " ";
  for (const unsigned byte : key.bytes) {
    line += digits[byte >> 4U];
    line += digits[byte & 15U];
  }
  return line + "\n";
}

RingKey random_key(std::uint32_t number) {
  RingKey key{number, {}};
  fill_random(key.bytes);
  return key;
}

}  // namespace

Result<KeyRing> KeyRing::read(const std::filesystem::path& file, const std::string& name,
                              const std::string& key) {
  auto secret = read_secret_file(file, longest_file, {"VLT-001", "VLT-002", "VLT-003", name, key});
  if (!secret) return secret.error();
  KeyRing ring(file, name);
  std::string_view rest = secret->text();
  std::uint64_t line = 0;
  while (!rest.empty()) {
    ++line;
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto found = parse_line(rest.substr(0, end));
    if (!found || (!ring.keys_.empty() && ring.keys_.back().number >= found->number))
      return Problem{Severity::error,
                     "VLT-003",
                     {file.string(), line, key},
                     name + " does not hold `number key` lines with rising numbers",
                     "put the file back as it was made, from where its copy is kept"};
    ring.keys_.push_back(*found);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (ring.keys_.empty())
    return Problem{Severity::error,
                   "VLT-003",
                   {file.string(), 0, key},
                   name + " is empty",
                   "put the file back as it was made, from where its copy is kept"};
  return ring;
}

Result<void> KeyRing::make(const std::filesystem::path& file, const std::string& name) {
  return make_secret_file(file, line_of(random_key(1)), {"VLT-004", name, make_remedy});
}

const RingKey* KeyRing::find(std::uint32_t number) const {
  const auto found = std::ranges::find(keys_, number, &RingKey::number);
  return found == keys_.end() ? nullptr : &*found;
}

Result<void> KeyRing::add() {
  std::vector<RingKey> keys = keys_;
  keys.push_back(random_key(keys.back().number + 1));
  return write(keys);
}

Result<void> KeyRing::drop_former() {
  return write({keys_.back()});
}

Result<void> KeyRing::write(const std::vector<RingKey>& keys) {
  std::string text;
  for (const RingKey& key : keys) text += line_of(key);
  auto written = replace_secret_file(file_, text, {"VLT-004", name_, make_remedy});
  OPENSSL_cleanse(text.data(), text.size());
  if (written) keys_ = keys;
  return written;
}

}  // namespace entsync
