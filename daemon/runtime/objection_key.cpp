#include "objection_key.hpp"

#include "secret/secret.hpp"

namespace entsync {
namespace {

/// Fewer could be tried one by one.
constexpr std::size_t shortest_key = 32;

}  // namespace

Result<ObjectionKey> ObjectionKey::read(const config::Settings& settings) {
  const std::string file = settings.objection_key_file.string();
  if (file.empty())
    return Problem{Severity::error,
                   "RGT-001",
                   {settings.source.string(), 0, "rights.objection_key_file"},
                   "objections are kept under a secret key, and none is named",
                   "make one (openssl rand -hex 32), mode 0600, and name its file"};
  auto secret = read_secret_line(
      settings.objection_key_file,
      {"RGT-002", "RGT-003", "RGT-004", "the key of the objections", "rights.objection_key_file"});
  if (!secret) return secret.error();
  if (secret->text().size() < shortest_key)
    return Problem{Severity::error,
                   "RGT-004",
                   {file, 0, "rights.objection_key_file"},
                   "the key of the objections is shorter than 32 characters",
                   "make one with: openssl rand -hex 32"};
  return ObjectionKey(Hmac(secret->text()), file);
}

std::string ObjectionKey::check() const {
  constexpr std::size_t digits = 16;
  return hmac_.of("check\n").substr(0, digits);
}

Result<void> ObjectionKey::expect(std::string_view check) const {
  if (check == this->check()) return {};
  return Problem{Severity::error,
                 "RGT-005",
                 {file_, 0, "rights.objection_key_file"},
                 "the list of objections was made with another key: nobody in it would be found",
                 "put the former key back; without it the objections have to be entered anew"};
}

}  // namespace entsync
