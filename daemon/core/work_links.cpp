#include "work_links.hpp"

namespace entsync {

std::string_view to_string(AgentStanding standing) {
  switch (standing) {
    case AgentStanding::awaited:
      return "awaited";
    case AgentStanding::active:
      return "active";
    case AgentStanding::ended:
      return "ended";
    case AgentStanding::doubtful:
      return "doubtful";
  }
  return "?";
}

std::string cause_of(const DemandeOrigin& origin) {
  return "request " + origin.id + ", " + origin.file + ":" + std::to_string(origin.line);
}

std::string approved_cause_of(const DemandeOrigin& origin) {
  return cause_of(origin) + ", approved by " + origin.valideur;
}

}  // namespace entsync
