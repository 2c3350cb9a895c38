#include "render.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace entsync {
namespace {

constexpr std::array wave_titles{"schools created",
                                 "persons created",
                                 "persons and schools changed",
                                 "groups created and changed",
                                 "absences",
                                 "groups removed",
                                 "accounts deleted"};

std::string place_of(const AttributeChange& attribute, const Plan& plan) {
  if (!attribute.source.known()) return {};
  std::string text = printable(plan.files[attribute.source.file].name);
  if (attribute.source.line != 0) text += ":" + std::to_string(attribute.source.line);
  return text;
}

/// Text from outside must not forge lines of a report.
std::string shown(std::string_view value) {
  return value.empty() ? "(empty)" : printable(value);
}

void add_values(std::string& out, char sign, const AttributeChange& attribute,
                std::span<const std::string_view> values, const std::string& suffix) {
  for (const std::string_view value : values) {
    out += "    ";
    out += sign;
    out += ' ';
    out += attribute.attribute;
    out += ": " + shown(value) + suffix + "\n";
  }
}

std::string pad(std::string text, std::size_t width, bool right) {
  if (text.size() >= width) return text;
  const std::string space(width - text.size(), ' ');
  return right ? space + text : text + space;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), " ");
  return digits;
}

std::string render(const Change& change, const Plan& plan) {
  std::string out(1, glyph(change.operation));
  out += " " + label(change) + " ";
  if (change.subject != change.dn) out += printable(change.subject) + "  ";
  out += printable(change.dn);
  if (!change.schools.empty()) {
    out += "  [";
    for (std::size_t i = 0; i < change.schools.size(); ++i)
      out += (i != 0 ? " " : "") + printable(change.schools[i]);
    out += "]";
  }
  out += "\n    because: " + printable(change.note) + "\n";
  for (const AttributeChange& attribute : change.attributes) {
    std::string suffix =
        "    (" + std::string(change.rule) + "." + std::string(attribute.attribute);
    if (const std::string place = place_of(attribute, plan); !place.empty()) suffix += ", " + place;
    suffix += ")";
    add_values(out, '-', attribute, attribute.removed, {});
    add_values(out, '+', attribute, attribute.added, suffix);
    if (attribute.added.empty() && !attribute.removed.empty()) {
      out.pop_back();
      out += suffix + "\n";
    }
  }
  return out;
}

std::string render(const Plan& plan) {
  std::string out = "plan " + plan.id + "\n";
  out += "fingerprint: deliveries " + plan.fingerprint.deliveries.substr(0, 16) + " rules " +
         plan.fingerprint.rules.substr(0, 16) + " directory " +
         plan.fingerprint.directory.substr(0, 16) + "\n";
  int wave = -1;
  for (const Change& change : plan.changes) {
    if (change.wave != wave) {
      wave = change.wave;
      out += "\n-- wave " + std::to_string(wave) + ": " +
             (static_cast<std::size_t>(wave) < wave_titles.size()
                  ? wave_titles[static_cast<std::size_t>(wave)]
                  : "") +
             "\n";
    }
    out += render(change, plan);
  }
  out += "\n" + render(plan.counts());
  return out;
}

std::string render_pending(const Plan& pending) {
  if (pending.changes.empty()) return {};
  std::string out =
      "\n-- waits while the entry is restricted (GDPR art. 18); not part of the plan\n";
  for (const Change& change : pending.changes) out += render(change, pending);
  return out;
}

std::string render(const PlanCounts& counts) {
  if (counts.empty()) return "nothing to do\n";
  std::string out = pad("", 14, false);
  for (const Operation operation : all_operations)
    out +=
        pad(std::string(1, glyph(operation)) + " " + std::string(to_string(operation)), 12, true);
  out += "\n";
  for (const auto& [row, operations] : counts) {
    out += pad(row, 14, false);
    for (const Operation operation : all_operations) {
      const auto found = operations.find(operation);
      out += pad(found == operations.end() ? "." : grouped(found->second), 12, true);
    }
    out += "\n";
  }
  return out;
}

std::string render(const Verdict& verdict) {
  std::string out;
  if (!verdict.season.empty())
    out += "judged by the limits of the season " + printable(verdict.season) + "\n";
  for (const Hold& hold : verdict.holds) out += "held " + to_string(hold) + "\n";
  return out;
}

}  // namespace entsync
