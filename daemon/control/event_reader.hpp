#pragma once
/// Server-sent events out of bytes, in whatever pieces they come; no socket. Comments are left out.

#include <string>
#include <string_view>
#include <vector>

namespace entsync::control {

class EventReader {
 public:
  struct Event {
    std::string name;
    std::string data;
    bool operator==(const Event&) const = default;
  };

  /// The events that these bytes complete.
  std::vector<Event> feed(std::string_view bytes);
  /// Bytes that are kept of what is not complete yet.
  [[nodiscard]] std::size_t pending() const { return line_.size() + event_.data.size(); }

 private:
  void take_line(std::vector<Event>& events);

  std::string line_;
  Event event_;
  bool has_data_ = false;
};

}  // namespace entsync::control
