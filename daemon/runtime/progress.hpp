#pragma once
/// What a run is doing and how far it is: a line that is rewritten on a terminal, a plain line
/// every ten seconds elsewhere. Also keeps the time of each stage for the report. Callable from any
/// thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace entsync {

class Progress {
 public:
  enum class Form : std::uint8_t { none, lines, terminal };
  explicit Progress(Form form) : form_(form) {}
  /// terminal when standard error is one.
  static Form form_for_stderr();

  /// Forgets every stage: another run begins.
  void clear();

  /// A stage begins, or goes on; `total` 0 when it is not known.
  void start(std::string_view stage, std::string_view unit, std::uint64_t total = 0);
  void advance(std::string_view stage, std::uint64_t done);
  void finish(std::string_view stage);

  /// How far each stage is, in the order of their start.
  struct View {
    std::string stage;
    std::string unit;
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0 when it is not known
    double seconds = 0;
    bool running = false;
  };
  [[nodiscard]] std::vector<View> view() const;
  /// Seconds of each stage in the order of their start.
  [[nodiscard]] std::vector<std::pair<std::string, double>> times() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Stage {
    std::string name;
    std::string unit;
    std::uint64_t total = 0;
    std::uint64_t done = 0;
    Clock::time_point started;
    double seconds = 0;
    bool running = false;
  };
  Stage* find(std::string_view name);
  void show(const Stage& stage, bool last);

  Form form_;
  mutable std::mutex mutex_;
  std::vector<Stage> stages_;
  Clock::time_point shown_;
  bool line_open_ = false;
};

}  // namespace entsync
