#include "demande.hpp"

namespace entsync {

std::string_view to_string(DemandeAction action) {
  switch (action) {
    case DemandeAction::creer:
      return "creer";
    case DemandeAction::modifier:
      return "modifier";
    case DemandeAction::prolonger:
      return "prolonger";
    case DemandeAction::clore:
      return "clore";
    case DemandeAction::lier:
      return "lier";
  }
  return "?";
}

std::optional<DemandeAction> parse_demande_action(std::string_view name) {
  for (const DemandeAction action : all_demande_actions)
    if (to_string(action) == name) return action;
  return std::nullopt;
}

std::string_view to_string(RoleCollectivite role) {
  switch (role) {
    case RoleCollectivite::agent:
      return "agent";
    case RoleCollectivite::referent_ville:
      return "referent_ville";
    case RoleCollectivite::elu:
      return "elu";
  }
  return "?";
}

std::optional<RoleCollectivite> parse_role_collectivite(std::string_view name) {
  for (const RoleCollectivite role : all_roles_collectivite)
    if (to_string(role) == name) return role;
  return std::nullopt;
}

DemandeOrigin origin_of(const Demande& demande) {
  return {demande.id, demande.valideur, demande.file, demande.line, demande.offset};
}

}  // namespace entsync
