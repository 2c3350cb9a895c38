#pragma once
/// The operational log: what the program does, for the people who run it. Lines carry a message id
/// that docs/messages.md explains; they name keys and places, never people's data. The CHANGE level
/// lies between info and warning: at that level one reads only what was altered.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace entsync {

enum class LogLevel : std::uint8_t { debug, info, change, warning, error };
LogLevel parse_log_level(std::string_view name);

class Log {
 public:
  /// To standard error, or to a rotating file (10 × 10 MiB) when `file` is not empty.
  static Result<Log> open(LogLevel level, const std::filesystem::path& file);
  ~Log();
  Log(Log&&) noexcept;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(LogLevel level, std::string_view id, std::string_view text);
  void info(std::string_view id, std::string_view text) { write(LogLevel::info, id, text); }
  void change(std::string_view id, std::string_view text) { write(LogLevel::change, id, text); }
  void warning(std::string_view id, std::string_view text) { write(LogLevel::warning, id, text); }
  void error(std::string_view id, std::string_view text) { write(LogLevel::error, id, text); }
  /// Each problem at the level of its severity; of many with one code, the first `most` and a
  /// count.
  void problems(const Problems& problems, std::size_t most = 5);

 private:
  struct Sink;
  Log(LogLevel level, std::unique_ptr<Sink> sink);
  std::unique_ptr<Sink> sink_;
  LogLevel level_;
};

}  // namespace entsync
