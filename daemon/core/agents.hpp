#pragma once
/// The staff of local authorities (*personnel de collectivité*) as their requests make them: which
/// account is asked for, for which schools, from when until when. Requests are followed in their
/// order, each once; every rule on them stands here, and what breaks one is refused alone, with its
/// reason. An account is known by mail and SIRET and keyed by the request that opened it. The same
/// requests link staff of the deliveries to further schools for a time; see WorkLink.
///
/// What was taken once stays taken: a registry that says something else later ends or doubts the
/// account, it does not take the request back. Requests of links are remembered whole, so that a
/// file that cannot be read, or a line that was lost, ends no link.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account_clock.hpp"
#include "demande.hpp"
#include "problem.hpp"
#include "registry.hpp"
#include "work_links.hpp"

namespace entsync {

struct DemandeSettings {
  /// Addresses there are no professional ones; lower case.
  std::set<std::string, std::less<>> public_mail_domains;
  unsigned reminder_days = 30;  ///< before its end, from which on a run reminds of it
  bool operator==(const DemandeSettings&) const = default;
};

/// A request that was followed: its id will not be taken with another content.
struct TakenDemande {
  std::string id;
  std::string digest;
  std::optional<Demande> of_links{};  ///< all of it, when it is one of links
  bool operator==(const TakenDemande&) const = default;
};
/// Digest by id, of the requests that earlier runs followed.
using TakenDemandes = std::map<std::string, std::string, std::less<>>;

/// The requests of the files with those of links that earlier runs followed, which come first and
/// in the order in which they were taken: as the files have them, or as they were when no file has
/// them any more.
std::vector<Demande> with_remembered(std::vector<Demande> demandes,
                                     const std::vector<Demande>& remembered);

struct Agent {
  std::string id;  ///< of the request that opened the account
  std::string siret;
  std::string civilite;
  std::string nom;
  std::string prenom;
  std::string courriel;
  RoleCollectivite role = RoleCollectivite::agent;
  bool toutes_ecoles = false;
  std::vector<Uai> uais;
  Date debut;
  Date fin;              ///< as asked for
  DemandeOrigin last;    ///< the request that was followed last
  DemandeOrigin ending;  ///< the one that set `fin`

  AgentStanding standing = AgentStanding::active;
  /// The day on which the account ends: `fin`, or the end of the agreement and its grace.
  Date end;
  std::vector<Uai> ecoles;  ///< in scope today, sorted
  std::string_view why;     ///< of an end that no request set, or of a doubt; else empty
};

class Agents {
 public:
  /// `demandes` of all files, in the order of the files' names and of their lines.
  static Agents of(std::span<const Demande> demandes, const Registry& registry,
                   const TakenDemandes& taken, const DemandeSettings& settings,
                   const AbsenceSettings& absence, Date today);

  /// In the order in which they were opened.
  [[nodiscard]] const std::vector<Agent>& list() const { return list_; }
  /// In the order in which they were asked for first.
  [[nodiscard]] const std::vector<WorkLink>& links() const { return links_; }
  /// A warning for each request that was refused.
  [[nodiscard]] const Problems& refused() const { return refused_; }
  /// Warnings about accounts and links: a doubt, and an end that is near.
  [[nodiscard]] const Problems& findings() const { return findings_; }
  /// Those that were followed and are not in `taken`.
  [[nodiscard]] const std::vector<TakenDemande>& newly_taken() const { return newly_taken_; }

 private:
  friend class AgentBuilder;
  std::vector<Agent> list_;
  std::vector<WorkLink> links_;
  Problems refused_;
  Problems findings_;
  std::vector<TakenDemande> newly_taken_;
};

}  // namespace entsync
