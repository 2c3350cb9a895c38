#pragma once
/// Append-only storage for the bytes behind string_views: a million persons are some tens of large
/// blocks instead of tens of millions of small strings. Views stay valid as long as the arena
/// lives; moving the arena keeps them valid.

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace entsync {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Uninitialised room for `size` bytes, aligned to `alignment` (a power of two, at most 16).
  std::byte* allocate(std::size_t size, std::size_t alignment = 1) {
    std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || start + size > capacity_) {
      capacity_ = size > block_size ? size : block_size;
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity_));
      total_ += capacity_;
      start = 0;
    }
    used_ = start + size;
    return blocks_.back().get() + start;
  }

  std::string_view store(std::string_view text) {
    if (text.empty()) return {};
    auto* at = reinterpret_cast<char*>(allocate(text.size()));
    std::memcpy(at, text.data(), text.size());
    return {at, text.size()};
  }

  /// Forgets everything stored; keeps one block for the next use.
  void clear() {
    if (blocks_.size() > 1 || capacity_ > block_size) {
      blocks_.clear();
      capacity_ = 0;
      total_ = 0;
    }
    used_ = 0;
  }

  [[nodiscard]] std::size_t bytes() const { return total_; }

 private:
  static constexpr std::size_t block_size = std::size_t{1} << 20U;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::size_t total_ = 0;
};

}  // namespace entsync
