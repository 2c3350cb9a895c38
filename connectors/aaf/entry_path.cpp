#include "entry_path.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace entsync::aaf {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

std::optional<std::string> clean_entry_path(std::string_view raw) {
  if (raw.starts_with('/') || raw.find('\\') != std::string_view::npos) return std::nullopt;
  if (raw.size() >= 2 && raw[1] == ':' && is_ascii_letter(raw[0])) return std::nullopt;
  if (std::ranges::any_of(raw, is_control)) return std::nullopt;
  std::string clean;
  while (!raw.empty()) {
    const std::size_t slash = raw.find('/');
    const std::string_view part = raw.substr(0, slash);
    raw.remove_prefix(slash == std::string_view::npos ? raw.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") return std::nullopt;
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  if (clean.empty()) return std::nullopt;
  return clean;
}

std::optional<std::string_view> below(std::string_view entry, std::string_view folder) {
  if (folder.empty()) return entry;
  if (entry.size() <= folder.size() || !entry.starts_with(folder) || entry[folder.size()] != '/')
    return std::nullopt;
  return entry.substr(folder.size() + 1);
}

PathParts split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

Problem escaping_path(std::string_view raw, const std::string& delivery) {
  return {
      Severity::error,
      "AAF-005",
      {delivery, 0, printable(raw)},
      "an entry's path leaves the delivery or holds characters that no AAF file has",
      "do not unpack such an archive by hand, take such a file out of a folder; ask the sender how "
      "the delivery was made"};
}

std::string printable(std::string_view text) {
  constexpr std::size_t most = 120;
  std::string out(text.substr(0, most));
  for (char& c : out)
    if (c < 0x20 || c > 0x7E) c = '?';
  if (text.size() > most) out += "...";
  return out;
}

}  // namespace entsync::aaf
