#pragma once
/// Counts what a delivery asks of us against ReadLimits, for archives and folders alike.

#include <optional>
#include <string>

#include "delivery.hpp"

namespace entsync::aaf {

class Budget {
 public:
  /// `delivery` is the name for messages.
  Budget(std::string delivery, const ReadLimits& limits)
      : delivery_(std::move(delivery)), limits_(limits) {}

  /// One more entry, file or directory. The problem when that is one too many.
  std::optional<Problem> count_entry();
  /// A new file begins.
  void begin_file() { file_ = 0; }
  /// `size` more bytes of file `name`.
  std::optional<Problem> count_bytes(const std::string& name, std::uint64_t size);
  /// The unpacked archive as a whole is too large.
  [[nodiscard]] Problem too_large() const;

 private:
  std::string delivery_;
  ReadLimits limits_;
  std::size_t entries_ = 0;
  std::uint64_t file_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace entsync::aaf
