#include "control/event_stream.hpp"

#include "core/text.hpp"

namespace entsync::control {

std::string event_text(std::string_view event, std::string_view data) {
  std::string text = "event: " + printable(event) + "\n";
  while (true) {
    const std::size_t end = data.find_first_of("\r\n");
    text += "data: ";
    text += data.substr(0, end);
    text += "\n";
    if (end == std::string_view::npos) return text + "\n";
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
}

asio::awaitable<bool> EventStream::send(std::string event, std::string data) {
  return channel_->send(event_text(event, data));
}

}  // namespace entsync::control
