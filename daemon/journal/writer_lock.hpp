#pragma once
/// Makes sure that one process at a time appends to a journal: an exclusive lock on `journal.lock`
/// beside it, held as long as the object lives and released by the kernel when the process ends in
/// whatever way. The file says who holds it.

#include <filesystem>

#include "core/problem.hpp"

namespace entsync {

class WriterLock {
 public:
  /// Takes the lock or says who holds it (JRN-002); JRN-003 when the lock file cannot be used.
  static Result<WriterLock> take(const std::filesystem::path& directory);

  WriterLock(WriterLock&& other) noexcept;
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  WriterLock& operator=(WriterLock&&) = delete;
  ~WriterLock();

 private:
  explicit WriterLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace entsync
