#include "budget.hpp"

namespace entsync::aaf {

std::optional<Problem> Budget::count_entry() {
  if (++entries_ <= limits_.entries) return std::nullopt;
  return Problem{Severity::error,
                 "AAF-008",
                 {delivery_, 0, {}},
                 "the delivery holds more than " + std::to_string(limits_.entries) + " entries",
                 "an AAF delivery has some hundred files; check what this archive or folder is"};
}

std::optional<Problem> Budget::count_bytes(const std::string& name, std::uint64_t size) {
  file_ += size;
  total_ += size;
  if (file_ > limits_.entry_bytes)
    return Problem{Severity::error,
                   "AAF-009",
                   {name, 0, delivery_},
                   "the file holds more than " + std::to_string(limits_.entry_bytes) + " bytes",
                   "no AAF part is that large; check the export"};
  if (total_ > limits_.total_bytes) return too_large();
  return std::nullopt;
}

Problem Budget::too_large() const {
  return {
      Severity::error,
      "AAF-010",
      {delivery_, 0, {}},
      "the files of the delivery hold more than " + std::to_string(limits_.total_bytes) + " bytes",
      "no AAF delivery is that large; check what this archive or folder is"};
}

}  // namespace entsync::aaf
