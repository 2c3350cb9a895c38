#pragma once
/// Bearer tokens: what the daemon keeps of them, and how one is made. A token is 256 random bits,
/// so its plain SHA-256 is enough in the file: slow hashes with a salt protect secrets that can be
/// guessed, and this one cannot (NIST SP 800-63B §5.1.2.2 asks for them below 112 bits only). The
/// file gives nobody a token; it must still be the service's alone, for who writes it lets people
/// in.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/roles.hpp"
#include "core/date.hpp"
#include "core/problem.hpp"
#include "digest/sha256.hpp"

namespace entsync::control {

struct Token {
  std::string name;  ///< is_plain_name()
  Role role = Role::viewer;
  Sha256Value digest{};
  std::optional<Date> last_day{};  ///< of UTC; none: until it is taken out
  Schools schools{};               ///< that the role is limited to; empty: it is for all
};

class Tokens {
 public:
  /// One a line, "name:role:sha256[:last day[:UAI …]]"; the last day may be empty. Empty lines and
  /// lines that begin with # say nothing.
  static Result<Tokens> parse(std::string_view text, const std::string& file);

  /// The token, or why there is none. Takes the same time whatever is wrong with it.
  [[nodiscard]] std::variant<const Token*, std::string> find(std::string_view secret,
                                                             const Date& today) const;
  [[nodiscard]] std::size_t size() const { return tokens_.size(); }

 private:
  std::vector<Token> tokens_;
};

/// 256 bits of OpenSSL's random generator, with a beginning that scanners for leaked secrets know.
Result<std::string> new_token();

/// The line of the file for a token with this secret; the digest is made of it.
std::string token_line(const std::string& secret, const Token& token);

}  // namespace entsync::control
