#pragma once
/// When something that is being copied into a folder may be touched: once it has not changed for a
/// while. A copy in several pieces pauses longer than that, so what has settled still has to prove
/// itself whole before it is taken; until then, and for as long as there is patience, it may grow.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace entsync {

/// One file of an arrival as the file system tells of it.
struct ArrivingFile {
  std::string name;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const ArrivingFile&) const = default;
};

class Settling {
 public:
  using Time = std::chrono::nanoseconds;  ///< since any moment, on a clock that is never set

  /// What was found now. True when it differs from what was found before.
  bool observe(Time now, std::vector<ArrivingFile> files) {
    if (seen_ && files == files_) return false;
    seen_ = true;
    files_ = std::move(files);
    changed_ = now;
    return true;
  }

  [[nodiscard]] const std::vector<ArrivingFile>& files() const { return files_; }
  /// How long it has not changed.
  [[nodiscard]] Time quiet_for(Time now) const { return seen_ ? now - changed_ : Time(0); }

 private:
  bool seen_ = false;
  std::vector<ArrivingFile> files_;
  Time changed_{0};
};

}  // namespace entsync
