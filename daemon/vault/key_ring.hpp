#pragma once
/// A file of secret keys that follow each other: one `number key` a line, the key as 64 hexadecimal
/// digits. The highest number is in use; the others stay for what was made with them.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cipher.hpp"
#include "core/problem.hpp"

namespace entsync {

struct RingKey {
  std::uint32_t number = 0;
  CipherKey bytes{};
};

class KeyRing {
 public:
  /// Reads the file. VLT-001 when it cannot be read, VLT-002 when others can read it, VLT-003 when
  /// it holds no keys; `name` is what the messages call it, `key` the setting that names it.
  static Result<KeyRing> read(const std::filesystem::path& file, const std::string& name,
                              const std::string& key);
  /// Makes the file with its first key (mode 0600), unless it is there by then. VLT-004.
  static Result<void> make(const std::filesystem::path& file, const std::string& name);

  /// Adds a key with the next number and makes the file anew. VLT-004.
  Result<void> add();
  /// Leaves the key in use only, in the file too. VLT-004.
  Result<void> drop_former();

  [[nodiscard]] const RingKey& current() const { return keys_.back(); }
  [[nodiscard]] const RingKey* find(std::uint32_t number) const;
  /// Rising numbers; never empty.
  [[nodiscard]] const std::vector<RingKey>& keys() const { return keys_; }

 private:
  KeyRing(std::filesystem::path file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {}
  Result<void> write(const std::vector<RingKey>& keys);

  std::filesystem::path file_;
  std::string name_;
  std::vector<RingKey> keys_;
};

}  // namespace entsync
