#include "control/event_reader.hpp"

#include <utility>

namespace entsync::control {

std::vector<EventReader::Event> EventReader::feed(std::string_view bytes) {
  std::vector<Event> events;
  for (const char c : bytes) {
    if (c == '\n')
      take_line(events);
    else
      line_ += c;
  }
  return events;
}

void EventReader::take_line(std::vector<Event>& events) {
  const std::string line = std::exchange(line_, {});
  const std::size_t colon = line.find(':');
  const std::string name = line.substr(0, colon);
  std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.erase(0, 1);
  if (line.empty()) {
    if (has_data_) events.push_back(std::move(event_));
    event_ = {};
    has_data_ = false;
  } else if (name == "event") {
    event_.name = std::move(value);
  } else if (name == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  }
}

}  // namespace entsync::control
