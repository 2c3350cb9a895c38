#include "finding.hpp"

namespace entsync {

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::altered:
      return "altered";
    case FaultKind::removed:
      return "removed";
    case FaultKind::inserted:
      return "inserted";
    case FaultKind::swapped:
      return "swapped";
    case FaultKind::cut:
      return "cut";
    case FaultKind::rewritten:
      return "rewritten";
    case FaultKind::checkpoint_missing:
      return "checkpoint-missing";
    case FaultKind::checkpoint_forged:
      return "checkpoint-forged";
    case FaultKind::re_signed:
      return "re-signed";
    case FaultKind::clock:
      return "clock";
    case FaultKind::pairing:
      return "pairing";
    case FaultKind::index:
      return "index";
    case FaultKind::vault:
      return "vault";
    case FaultKind::file:
      return "file";
  }
  return "unknown";
}

}  // namespace entsync
