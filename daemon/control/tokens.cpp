#include "control/tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <utility>

#include "core/text.hpp"
#include "core/uai.hpp"

namespace entsync::control {
namespace {

constexpr std::string_view beginning = "entsync-";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = line.find(':');
    fields.push_back(trim(line.substr(0, end)));
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  return fields;
}

std::optional<std::uint8_t> lower_hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<Sha256Value> digest_of(std::string_view text) {
  Sha256Value value{};
  if (text.size() != 2 * value.size()) return std::nullopt;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto high = lower_hex_digit(text[2 * i]);
    const auto low = lower_hex_digit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    value[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return value;
}

/// The schools of a field, or nothing when it names none or something else.
std::optional<Schools> schools_of(std::string_view text) {
  Schools schools;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    if (word.empty()) continue;
    const auto uai = Uai::parse(word);
    if (!uai) return std::nullopt;
    schools.insert(uai->str());
  }
  if (schools.empty()) return std::nullopt;
  return schools;
}

/// The token of a line, or what is wrong with it.
std::variant<Token, std::string> token_of(std::string_view line) {
  const auto fields = fields_of(line);
  if (fields.size() < 3 || fields.size() > 5) return "it does not have three to five fields";
  if (!is_plain_name(fields[0])) return "its name has other characters than letters, digits, -_.";
  const auto role = parse_role(fields[1]);
  if (!role) return "its role is not operator, auditor or viewer";
  const auto digest = digest_of(fields[2]);
  if (!digest) return "its third field is not a SHA-256 of 64 lower-case hexadecimal digits";
  Token token{std::string(fields[0]), *role, *digest};
  const bool has_schools = fields.size() == 5;
  if (fields.size() > 3 && !(has_schools && fields[3].empty())) {
    token.last_day = Date::from_iso(fields[3]);
    if (!token.last_day) return "its last day is not a date like 2027-08-31";
  }
  if (!has_schools) return token;
  const auto schools = schools_of(fields[4]);
  // Never read as "all schools": an empty field is a mistake.
  if (!schools) return "its fifth field is not a list of UAIs";
  token.schools = *schools;
  return token;
}

}  // namespace

Result<Tokens> Tokens::parse(std::string_view text, const std::string& file) {
  Tokens tokens;
  Problems problems;
  std::uint64_t number = 0;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto token = token_of(line);
    std::string wrong;
    if (const auto* why = std::get_if<std::string>(&token)) wrong = *why;
    for (const Token& other : tokens.tokens_)
      if (wrong.empty() && other.name == std::get<Token>(token).name)
        wrong = "its name is used twice: the journal could not tell who it was";
    if (wrong.empty())
      tokens.tokens_.push_back(std::move(std::get<Token>(token)));
    else
      problems.error("CTL-044", {file, number, {}}, "this is no token: " + wrong,
                     "write name:role:sha256[:last day[:UAI …]], as entsync token new prints it");
  }
  if (problems.has_errors()) return problems;
  return tokens;
}

std::variant<const Token*, std::string> Tokens::find(std::string_view secret,
                                                     const Date& today) const {
  Sha256 hash;
  hash.update(secret);
  const Sha256Value digest = hash.finish();
  const Token* found = nullptr;
  for (const Token& token : tokens_)
    if (CRYPTO_memcmp(token.digest.data(), digest.data(), digest.size()) == 0) found = &token;
  if (found == nullptr) return "the token is not known";
  if (found->last_day && *found->last_day < today)
    return "the token " + found->name + " has expired";
  return found;
}

Result<std::string> new_token() {
  Sha256Value bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1)
    return Problem{Severity::error,
                   "CTL-045",
                   {},
                   "the system gives no random bits",
                   "look into the state of the machine"};
  return std::string(beginning) + hex(bits);
}

std::string token_line(const std::string& secret, const Token& token) {
  std::string line =
      token.name + ":" + std::string(to_string(token.role)) + ":" + sha256_hex(secret);
  if (token.last_day || !token.schools.empty()) line += ":";
  if (token.last_day) line += token.last_day->iso();
  char before = ':';
  for (const std::string& uai : token.schools) {
    line += before + uai;
    before = ' ';
  }
  return line;
}

}  // namespace entsync::control
