#include "rules.hpp"

namespace entsync {

std::string_view to_string(Owner owner) {
  switch (owner) {
    case Owner::source:
      return "source";
    case Owner::initial:
      return "initial";
    case Owner::ent:
      return "ent";
  }
  return "?";
}

}  // namespace entsync
