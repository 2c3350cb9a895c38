#include "log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <map>

namespace entsync {
namespace {

constexpr std::size_t file_bytes = std::size_t{10} << 20U;
constexpr std::size_t files_kept = 10;

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::change:
      return "CHANGE";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "?";
}

/// Bytes from outside must not forge lines.
std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return out;
}

}  // namespace

struct Log::Sink {
  std::shared_ptr<spdlog::logger> logger;
};

LogLevel parse_log_level(std::string_view text) {
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::change, LogLevel::warning, LogLevel::error})
    if (text == (level == LogLevel::change ? "change" : name(level))) return level;
  return LogLevel::info;
}

Result<Log> Log::open(LogLevel level, const std::filesystem::path& file) {
  spdlog::sink_ptr target;
  try {
    if (file.empty())
      target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
      target = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), file_bytes,
                                                                      files_kept);
  } catch (const spdlog::spdlog_ex& failure) {
    return Problems(Problem{Severity::error,
                            "CONF-030",
                            {file.string(), 0, "log.file"},
                            std::string("the log file cannot be opened: ") + failure.what(),
                            "check the path, its permissions and the disk"});
  }
  auto sink = std::make_unique<Sink>();
  sink->logger = std::make_shared<spdlog::logger>("entsync", std::move(target));
  sink->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %v");
  sink->logger->set_level(spdlog::level::trace);
  sink->logger->flush_on(spdlog::level::trace);
  return Log(level, std::move(sink));
}

Log::Log(LogLevel level, std::unique_ptr<Sink> sink) : sink_(std::move(sink)), level_(level) {}
Log::Log(Log&&) noexcept = default;
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view id, std::string_view text) {
  if (level < level_) return;
  sink_->logger->log(spdlog::level::info, "{} {} {}", name(level), id, one_line(text));
}

void Log::problems(const Problems& problems, std::size_t most) {
  std::map<std::string, std::size_t> seen;
  for (const Problem& problem : problems.list) {
    if (++seen[problem.code] > most) continue;
    LogLevel level = LogLevel::info;
    if (problem.severity == Severity::error) level = LogLevel::error;
    if (problem.severity == Severity::warning) level = LogLevel::warning;
    Problem shown = problem;
    std::string text = to_string(shown);
    // The id stands at the head of the line already.
    const std::string marker = std::string(to_string(problem.severity)) + " " + problem.code;
    if (const std::size_t at = text.find(marker); at != std::string::npos) {
      text.erase(at, marker.size());
      if (at < text.size() && text[at] == ':') text.erase(at, 2);
      if (at < text.size() && text[at] == ' ') text.erase(at, 1);
    }
    write(level, problem.code, text);
  }
  for (const auto& [code, count] : seen)
    if (count > most)
      write(LogLevel::warning, code, "and " + std::to_string(count - most) + " more of this kind");
}

}  // namespace entsync
