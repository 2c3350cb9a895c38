#pragma once
/// A request (*demande*), which somebody made and somebody else approved: for the account of
/// somebody whom no delivery describes, the staff of a local authority (*collectivité*); or for a
/// link of somebody whom a delivery describes to schools where he works for a time. Values only,
/// right in their form; whether a request may be followed is decided with all others, by Agents.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "category.hpp"
#include "date.hpp"
#include "uai.hpp"

namespace entsync {

enum class DemandeAction : std::uint8_t {
  creer,      ///< opens an account, or brings up to date the one of this mail and SIRET
  modifier,   ///< names, role or schools
  prolonger,  ///< a later end; before the deletion it restores
  clore,      ///< an earlier end, of an account or of links
  lier,       ///< links staff of a delivery to schools until a day, or moves that day
};
inline constexpr std::array all_demande_actions{DemandeAction::creer, DemandeAction::modifier,
                                                DemandeAction::prolonger, DemandeAction::clore,
                                                DemandeAction::lier};
std::string_view to_string(DemandeAction action);
std::optional<DemandeAction> parse_demande_action(std::string_view name);

/// What somebody of a collectivité does in the workspace.
enum class RoleCollectivite : std::uint8_t { agent, referent_ville, elu };
inline constexpr std::array all_roles_collectivite{
    RoleCollectivite::agent, RoleCollectivite::referent_ville, RoleCollectivite::elu};
std::string_view to_string(RoleCollectivite role);
std::optional<RoleCollectivite> parse_role_collectivite(std::string_view name);

/// Rule of the change that ends an account on the day that its requests name. Somebody approved it
/// with the account, so that it is no surprise and waits for nothing, however many end that day.
inline constexpr std::string_view end_by_request_rule = "entsync:request";

/// One line of a request file. What an action does not speak of is empty.
struct Demande {
  std::string id;      ///< letters, digits and "-_."; the account that it opens is keyed by it
  std::string digest;  ///< SHA-256 of all its fields: equal content, equal digest
  DemandeAction action = DemandeAction::creer;
  std::string siret;     ///< 14 digits with a valid control digit
  std::string civilite;  ///< "M.", "Mme" or empty
  std::string nom;
  std::string prenom;
  std::string courriel;  ///< lower case
  std::optional<RoleCollectivite> role;
  bool toutes_ecoles = false;  ///< all schools of the SIRET, whatever they become
  std::vector<Uai> uais;       ///< sorted, each once
  std::optional<Date> debut;
  std::optional<Date> fin;  ///< the day on which the account ends
  std::string demandeur;
  std::string valideur;
  Date validation;
  std::string file;
  std::uint32_t line = 0;
  std::uint64_t offset = 0;  ///< of the line's first byte
  /// Who is linked, or whose links end: staff of a delivery. None: the request is of an account.
  std::optional<Jointure> cle{};

  [[nodiscard]] bool is_of_links() const { return cle.has_value(); }
  [[nodiscard]] bool names_schools() const { return toutes_ecoles || !uais.empty(); }
  bool operator==(const Demande&) const = default;
};

/// The request that said something of an account or a link.
struct DemandeOrigin {
  std::string id;
  std::string valideur;
  std::string file;
  std::uint32_t line = 0;
  std::uint64_t offset = 0;
  bool operator==(const DemandeOrigin&) const = default;
};
DemandeOrigin origin_of(const Demande& demande);

}  // namespace entsync
