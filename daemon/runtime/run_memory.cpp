#include "run_memory.hpp"

#include <cstdlib>

#include "files.hpp"
#include "instant.hpp"
#include "journal/instant.hpp"

namespace entsync {
namespace {

using std::chrono::sys_seconds;

/// Runs that a crash cut off one after the other before nobody makes them up any more.
constexpr int most_attempts = 3;

std::optional<sys_seconds> time_in(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return std::nullopt;
  const auto milliseconds = instant_milliseconds(text->substr(0, text->find('\n')));
  if (!milliseconds) return std::nullopt;
  return sys_seconds(std::chrono::seconds(*milliseconds / 1000));
}

Problems write(const std::filesystem::path& file, const std::string& text) {
  const auto written = write_file_atomically(file, text + "\n");
  return written ? Problems() : written.error();
}

}  // namespace

RunMemory::RunMemory(std::filesystem::path state_directory)
    : last_start_(state_directory / "last-start"),
      last_run_(state_directory / "last-run"),
      unfinished_(state_directory / "unfinished-run") {}

sys_seconds RunMemory::last_start(sys_seconds present, Problems& problems) {
  if (started_) return *started_;
  if (const auto last = time_in(last_start_)) return *last;
  problems.append(write(last_start_, rfc3339(present)));
  return present;
}

Problems RunMemory::begin(sys_seconds time) {
  started_ = time;
  Problems problems = write(last_start_, rfc3339(time));
  problems.append(write(unfinished_, std::to_string(attempts() + 1)));
  return problems;
}

Problems RunMemory::end() {
  Problems problems = started_ ? write(last_run_, rfc3339(*started_)) : Problems();
  std::error_code ignored;
  std::filesystem::remove(unfinished_, ignored);
  return problems;
}

Problems RunMemory::cut_off() {
  return write(unfinished_, "0");
}

bool RunMemory::was_cut_off() const {
  std::error_code error;
  return std::filesystem::exists(unfinished_, error) && attempts() < most_attempts;
}

std::optional<sys_seconds> RunMemory::last_run() const {
  return time_in(last_run_);
}

int RunMemory::attempts() const {
  const auto text = read_file(unfinished_);
  return text ? static_cast<int>(std::strtol(text->c_str(), nullptr, 10)) : 0;
}

}  // namespace entsync
