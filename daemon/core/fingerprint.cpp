#include "fingerprint.hpp"

#include <algorithm>
#include <vector>

#include "dn.hpp"

namespace entsync {

std::string deliveries_text(std::span<const SourceFile> files) {
  std::vector<std::string> lines;
  for (const SourceFile& file : files)
    lines.push_back(file.academie + "\t" + file.name + "\t" + file.sha256 + "\n");
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string directory_text(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Change& change : plan.changes) {
    std::string line = dn::normalise(change.dn) + "\t";
    line += change.operation == Operation::create ? std::string_view("none") : change.csn;
    lines.push_back(line + "\n");
  }
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

}  // namespace entsync
