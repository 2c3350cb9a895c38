#pragma once
/// The secret key of the list of objections. The list holds digests made with it, so that who reads
/// the list finds nobody, and who has the key finds whoever he asks for.

#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "core/problem.hpp"
#include "digest/hmac.hpp"

namespace entsync {

class ObjectionKey {
 public:
  /// From the file of [rights]. Refused when it is not named, or others may read it (RGT-001 to
  /// RGT-004).
  static Result<ObjectionKey> read(const config::Settings& settings);

  [[nodiscard]] std::string digest(std::string_view text) const { return hmac_.of(text); }
  /// Kept beside each digest, to be told from other keys.
  [[nodiscard]] std::string check() const;
  /// RGT-005 when a digest was made with another key.
  Result<void> expect(std::string_view check) const;

 private:
  ObjectionKey(Hmac hmac, std::string file) : hmac_(std::move(hmac)), file_(std::move(file)) {}
  Hmac hmac_;
  std::string file_;
};

}  // namespace entsync
