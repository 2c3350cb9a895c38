#include "progress.hpp"

#include <unistd.h>

#include <cstdio>

#include "core/render.hpp"

namespace entsync {
namespace {

constexpr auto terminal_interval = std::chrono::milliseconds(200);
constexpr auto line_interval = std::chrono::seconds(10);

}  // namespace

Progress::Form Progress::form_for_stderr() {
  return ::isatty(STDERR_FILENO) == 1 ? Form::terminal : Form::lines;
}

Progress::Stage* Progress::find(std::string_view name) {
  for (Stage& stage : stages_)
    if (stage.name == name) return &stage;
  return nullptr;
}

void Progress::clear() {
  const std::scoped_lock lock(mutex_);
  stages_.clear();
}

void Progress::start(std::string_view name, std::string_view unit, std::uint64_t total) {
  const std::lock_guard guard(mutex_);
  Stage* stage = find(name);
  if (stage == nullptr) {
    stages_.push_back({std::string(name), std::string(unit), 0, 0, {}, 0, false});
    stage = &stages_.back();
  }
  stage->total = total;
  stage->done = 0;
  stage->started = Clock::now();
  stage->running = true;
  if (shown_ == Clock::time_point{}) shown_ = stage->started;
}

void Progress::advance(std::string_view name, std::uint64_t done) {
  const std::lock_guard guard(mutex_);
  Stage* stage = find(name);
  if (stage == nullptr) return;
  stage->done = done;
  if (form_ == Form::none) return;
  const auto now = Clock::now();
  const auto interval = form_ == Form::terminal
                            ? std::chrono::duration_cast<Clock::duration>(terminal_interval)
                            : std::chrono::duration_cast<Clock::duration>(line_interval);
  if (now - shown_ < interval) return;
  shown_ = now;
  show(*stage, false);
}

void Progress::finish(std::string_view name) {
  const std::lock_guard guard(mutex_);
  Stage* stage = find(name);
  if (stage == nullptr || !stage->running) return;
  stage->running = false;
  stage->seconds += std::chrono::duration<double>(Clock::now() - stage->started).count();
  if (form_ == Form::terminal && line_open_) show(*stage, true);
}

std::vector<Progress::View> Progress::view() const {
  const std::lock_guard lock(mutex_);
  std::vector<View> views;
  for (const Stage& stage : stages_) {
    const double since = std::chrono::duration<double>(Clock::now() - stage.started).count();
    views.push_back({stage.name, stage.unit, stage.done, stage.total,
                     stage.seconds + (stage.running ? since : 0), stage.running});
  }
  return views;
}

std::vector<std::pair<std::string, double>> Progress::times() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::pair<std::string, double>> times;
  for (const Stage& stage : stages_) times.emplace_back(stage.name, stage.seconds);
  return times;
}

void Progress::show(const Stage& stage, bool last) {
  const double seconds = std::chrono::duration<double>(Clock::now() - stage.started).count();
  std::string text = stage.name + ": " + grouped(stage.done);
  if (stage.total != 0) text += " of " + grouped(stage.total);
  text += " " + stage.unit;
  if (seconds > 0.1) {
    const double rate = static_cast<double>(stage.done) / seconds;
    text += ", " + grouped(static_cast<std::uint64_t>(rate)) + "/s";
    if (stage.total > stage.done && rate > 0 && !last)
      text += ", " +
              grouped(static_cast<std::uint64_t>(static_cast<double>(stage.total - stage.done) /
                                                 rate)) +
              " s left";
  }
  if (form_ == Form::terminal) {
    std::fprintf(stderr, "\r\033[K%s", last ? "" : text.c_str());
    line_open_ = !last;
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  std::fflush(stderr);
}

}  // namespace entsync
