#include "dn.hpp"

#include <algorithm>

#include "text.hpp"

namespace entsync::dn {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::vector<Rdn>>> run() {
    std::vector<std::vector<Rdn>> rdns;
    skip_spaces();
    if (at_end()) return rdns;  // the empty DN
    for (;;) {
      std::vector<Rdn> parts;
      for (;;) {
        auto part = read_part();
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
        if (!take('+')) break;
      }
      rdns.push_back(std::move(parts));
      if (at_end()) return rdns;
      if (!take(',') && !take(';')) return std::nullopt;
    }
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  void skip_spaces() {
    while (!at_end() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<Rdn> read_part() {
    skip_spaces();
    Rdn part;
    while (!at_end() && text_[at_] != '=') part.type += text_[at_++];
    while (!part.type.empty() && part.type.back() == ' ') part.type.pop_back();
    const bool valid_type = !part.type.empty() && std::ranges::all_of(part.type, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '-' || c == '.' || c == ';' || c == '_';
    });
    if (!valid_type || !take('=')) return std::nullopt;
    skip_spaces();
    if (!read_value(part.value)) return std::nullopt;
    return part;
  }

  bool read_value(std::string& value) {
    std::size_t keep = 0;  // escaped trailing spaces are part of the value
    while (!at_end()) {
      const char c = text_[at_];
      if (c == ',' || c == '+' || c == ';') break;
      if (c == '"' || c == '<' || c == '>' || c == '\0') return false;
      ++at_;
      if (c != '\\') {
        value += c;
        if (c != ' ') keep = value.size();
        continue;
      }
      if (at_end()) return false;
      const int high = hex_digit(text_[at_]);
      if (high >= 0 && at_ + 1 < text_.size() && hex_digit(text_[at_ + 1]) >= 0) {
        value += static_cast<char>(high * 16 + hex_digit(text_[at_ + 1]));
        at_ += 2;
      } else if (std::string_view(" \"#+,;<=>\\").find(text_[at_]) != std::string_view::npos) {
        value += text_[at_++];
      } else {
        return false;
      }
      keep = value.size();
    }
    value.resize(keep);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<std::vector<Rdn>>> parse(std::string_view text) {
  return Parser(text).run();
}

std::string escape(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool edge_space = c == ' ' && (i == 0 || i + 1 == value.size());
    const bool special = std::string_view("\"+,;<>\\=").find(c) != std::string_view::npos;
    if (c == '\0') {
      out += "\\00";
    } else {
      if (special || edge_space || (c == '#' && i == 0)) out += '\\';
      out += c;
    }
  }
  return out;
}

bool is_plain(std::string_view text) {
  bool in_type = true;
  char previous = ',';
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\\' || c == '+' || c == ';' || c == '"' ||
        c == '<' || c == '>' || c == '\0' || (c >= 'A' && c <= 'Z') || (c >= '\t' && c <= '\r'))
      return false;
    const bool in_name = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (in_type && !in_name && c != '=') return false;
    if (c == ' ' && (previous == '=' || previous == ' ')) return false;
    if (c == '#' && previous == '=') return false;
    if (c == ',') {
      if (previous == ' ') return false;
      in_type = true;
    } else if (c == '=') {
      if (previous == ',' || !in_type) return false;
      in_type = false;
    }
    previous = c;
  }
  return previous != ' ' && !in_type;
}

std::string normalise(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  const auto rdns = parse(text);
  if (!rdns) return ascii_lower(text);
  std::string out;
  for (const auto& parts : *rdns) {
    if (!out.empty()) out += ',';
    std::vector<std::string> printed;
    for (const Rdn& part : parts)
      printed.push_back(ascii_lower(part.type) + "=" + escape(case_fold(part.value)));
    std::ranges::sort(printed);
    for (std::size_t i = 0; i < printed.size(); ++i) out += (i != 0 ? "+" : "") + printed[i];
  }
  return out;
}

std::string_view parent(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      return trim(text.substr(i + 1));
    }
  }
  return {};
}

bool is_under(std::string_view text, std::string_view base) {
  const std::string lower = normalise(text);
  const std::string lower_base = normalise(base);
  if (lower_base.empty() || lower == lower_base) return true;
  return lower.size() > lower_base.size() && lower.ends_with(lower_base) &&
         lower[lower.size() - lower_base.size() - 1] == ',';
}

}  // namespace entsync::dn
