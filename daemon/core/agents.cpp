#include "agents.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "text.hpp"

namespace entsync {
namespace {

/// The schools of one collectivité in the registry.
class Collectivite {
 public:
  Collectivite(const Registry& registry, std::string_view siret) {
    for (const auto& [uai, ecole] : registry.ecoles())
      if (ecole.siret_collectivite == siret) ecoles_.push_back(&ecole);
  }

  [[nodiscard]] bool is_known() const { return !ecoles_.empty(); }
  [[nodiscard]] bool has(const Uai& uai) const {
    return std::ranges::any_of(ecoles_, [&](const Ecole* e) { return e->uai == uai; });
  }
  /// Those that are asked for.
  [[nodiscard]] std::vector<const Ecole*> of(bool all, const std::vector<Uai>& uais) const {
    std::vector<const Ecole*> list;
    for (const Ecole* ecole : ecoles_)
      if (all || std::ranges::find(uais, ecole->uai) != uais.end()) list.push_back(ecole);
    return list;
  }

 private:
  std::vector<const Ecole*> ecoles_;  ///< in order of UAI
};

/// The last day on which an account may stand; none: no term is written. Of several agreements the
/// one that lasts longest counts: the account may live while one of its schools is served.
std::optional<Date> latest_end(const std::vector<const Ecole*>& ecoles, unsigned grace_days) {
  std::optional<Date> latest;
  for (const Ecole* ecole : ecoles) {
    if (!ecole->fin_le) return std::nullopt;
    latest = std::max(latest.value_or(*ecole->fin_le), *ecole->fin_le);
  }
  if (latest) latest = latest->plus_days(grace_days);
  return latest;
}

Place place_of(const Demande& demande) {
  return {demande.file, demande.line, "request " + demande.id};
}

Place place_of(const Agent& agent) {
  return {agent.last.file, agent.last.line, "account of request " + agent.id};
}

Place place_of(const WorkLink& link) {
  return {link.last.file, link.last.line, "link of request " + link.last.id};
}

}  // namespace

std::vector<Demande> with_remembered(std::vector<Demande> demandes,
                                     const std::vector<Demande>& remembered) {
  std::vector<Demande> all;
  for (const Demande& known : remembered) {
    const auto same = std::ranges::find_if(demandes, [&](const Demande& one) {
      return ascii_lower(one.id) == ascii_lower(known.id) && one.digest == known.digest;
    });
    if (same == demandes.end()) {
      all.push_back(known);
    } else {
      all.push_back(std::move(*same));
      demandes.erase(same);
    }
  }
  for (Demande& demande : demandes) all.push_back(std::move(demande));
  return all;
}

class AgentBuilder {
 public:
  AgentBuilder(const Registry& registry, const TakenDemandes& taken,
               const DemandeSettings& settings, const AbsenceSettings& absence, Date today)
      : registry_(registry), taken_(taken), settings_(settings), absence_(absence), today_(today) {}

  Agents run(std::span<const Demande> demandes) {
    for (const Demande& demande : demandes) read(demande);
    for (Agent& agent : agents_.list_) stand(agent);
    for (WorkLink& link : agents_.links_) stand(link);
    return std::move(agents_);
  }

 private:
  void refuse(std::string code, std::string what, std::string remedy) {
    is_right_ = false;
    agents_.refused_.warning(std::move(code), place_of(*demande_), std::move(what),
                             std::move(remedy));
  }

  void read(const Demande& demande) {
    demande_ = &demande;
    is_right_ = true;
    // Directories compare keys without case.
    const std::string id = ascii_lower(demande.id);
    if (const auto [first, is_new] = seen_.try_emplace(id, &demande); !is_new) {
      if (first->second->digest != demande.digest)
        refuse("REQ-020",
               "this id is that of another request: " + first->second->file + ":" +
                   std::to_string(first->second->line),
               "a request is never changed; write a new one with an id of its own");
      return;
    }
    const auto known = taken_.find(id);
    const bool was_taken = known != taken_.end();
    if (was_taken && known->second != demande.digest)
      return refuse("REQ-021", "a request with this id and another content was followed before",
                    "put the line back as it was, and write a new request with an id of its own");
    if (!was_taken) check_once();
    if (!is_right_) return;
    if (demande.is_of_links())
      follow_of_links();
    else
      follow(was_taken);
    if (!is_right_ || was_taken) return;
    agents_.newly_taken_.push_back({id, demande.digest});
    if (demande.is_of_links()) agents_.newly_taken_.back().of_links = demande;
  }

  // What a request has to fulfil on the day on which it is followed first ------------------------

  void check_once() {
    const Demande& d = *demande_;
    if (case_fold(d.demandeur) == case_fold(d.valideur))
      refuse("REQ-022", "who asks for it approved it too",
             "have somebody else approve it: demandeur and valideur are two people");
    if (d.validation > today_)
      refuse("REQ-023", "it was approved on a day to come, " + d.validation.iso(),
             "correct date_validation, or let the request wait until then");
    if (d.is_of_links()) return check_link();
    const std::string_view domain = std::string_view(d.courriel).substr(d.courriel.find('@') + 1);
    if (settings_.public_mail_domains.contains(domain))
      refuse("REQ-024", "the address is one of a public mail service",
             "give the professional address; requests.public_mail_domains lists those refused");
    const bool asks_for_time =
        d.action == DemandeAction::creer || d.action == DemandeAction::prolonger;
    if (asks_for_time && d.fin && *d.fin <= today_)
      refuse("REQ-025", "date_fin has passed: the account would end with its beginning",
             "give a later date_fin in a new request");
    check_collectivite();
  }

  /// What is linked has to be served today; what ends needs no agreement.
  void check_link() {
    const Demande& d = *demande_;
    if (d.action == DemandeAction::clore) return;
    if (d.fin && *d.fin <= today_)
      refuse("REQ-025", "date_fin has passed: the link would end with its beginning",
             "give a later date_fin in a new request");
    for (const Uai& uai : d.uais)
      if (!registry_.in_scope(uai, today_))
        refuse("REQ-036", "the school " + uai.str() + " is not enrolled",
               "take it off the request, or enrol it in the registry first");
  }

  void check_collectivite() {
    const Demande& d = *demande_;
    if (d.action == DemandeAction::clore) return;  // what ends needs no agreement
    const Collectivite collectivite(registry_, d.siret);
    if (!collectivite.is_known())
      return refuse("REQ-026", "no enrolled school is of the collectivité with this SIRET",
                    "correct the SIRET, or write it into the registry as siret_collectivite");
    for (const Uai& uai : d.uais)
      if (!collectivite.has(uai))
        refuse("REQ-027", "the school " + uai.str() + " is not one of this collectivité",
               "take it off the request, or correct siret_collectivite in the registry");
    const Agent* agent = find();
    const bool names_schools = d.names_schools() || agent == nullptr;
    const auto ecoles = names_schools ? collectivite.of(d.toutes_ecoles, d.uais)
                                      : collectivite.of(agent->toutes_ecoles, agent->uais);
    std::vector<const Ecole*> in_force;
    for (const Ecole* ecole : ecoles)
      if (is_in_force(*ecole)) in_force.push_back(ecole);
    if (!ecoles.empty() && in_force.empty())
      return refuse("REQ-028", "the collectivité has no agreement in force for these schools",
                    "renew the agreement in the registry first");
    const auto latest = latest_end(in_force, registry_.grace_days);
    if (d.fin && latest && !in_force.empty() && *d.fin > *latest)
      refuse("REQ-029",
             "date_fin is later than " + latest->iso() + ", the end of the agreement and " +
                 std::to_string(registry_.grace_days) + " days",
             "ask for an earlier end, and prolong when the agreement is renewed");
  }

  [[nodiscard]] bool is_in_force(const Ecole& ecole) const {
    return !registry_.has_ended(ecole.uai, today_) &&
           (!ecole.effet_le || *ecole.effet_le <= today_) &&
           (!ecole.fin_le || ecole.fin_le->plus_days(registry_.grace_days) >= today_);
  }

  // What becomes of the account ------------------------------------------------------------------

  [[nodiscard]] Agent* find() {
    const auto known = by_mail_.find({demande_->courriel, demande_->siret});
    return known == by_mail_.end() ? nullptr : &agents_.list_[known->second];
  }

  void follow(bool was_taken) {
    Agent* agent = find();
    if (demande_->action == DemandeAction::creer) {
      if (agent == nullptr)
        open();
      else
        renew(*agent);
      return;
    }
    if (agent == nullptr)
      return refuse("REQ-030", "no account was opened for this mail and SIRET",
                    "correct them, or open the account with creer");
    const Date deleted = end_of_account(agent->fin, Profil::collectivite, absence_);
    const bool revives =
        demande_->action == DemandeAction::prolonger || demande_->action == DemandeAction::modifier;
    if (revives && (demande_->validation >= deleted || (!was_taken && today_ >= deleted)))
      return refuse("REQ-031",
                    "the account ended on " + agent->fin.iso() + " and its deletion was due on " +
                        deleted.iso(),
                    "open an account anew with creer");
    switch (demande_->action) {
      case DemandeAction::creer:
      case DemandeAction::lier:
        break;
      case DemandeAction::modifier:
        return modify(*agent);
      case DemandeAction::prolonger:
        return prolong(*agent);
      case DemandeAction::clore:
        return close(*agent);
    }
  }

  void open() {
    const Demande& d = *demande_;
    Agent agent;
    agent.id = d.id;
    agent.siret = d.siret;
    agent.courriel = d.courriel;
    agent.debut = d.debut.value_or(d.validation);
    if (*d.fin <= agent.debut)
      return refuse("REQ-025", "the account would end before it begins",
                    "give a date_fin later than date_debut and date_validation");
    by_mail_.emplace(std::pair(d.courriel, d.siret), agents_.list_.size());
    agents_.list_.push_back(std::move(agent));
    describe(agents_.list_.back());
    end_on(agents_.list_.back(), *d.fin);
  }

  void renew(Agent& agent) {
    const Demande& d = *demande_;
    if (is_somebody_else(agent)) return;
    // Who has an account keeps it from its first day on.
    if (d.validation >= agent.fin) agent.debut = d.debut.value_or(d.validation);
    describe(agent);
    end_on(agent, *d.fin);
  }

  void modify(Agent& agent) {
    const Demande& d = *demande_;
    if ((d.debut && *d.debut != agent.debut) || (d.fin && *d.fin != agent.fin))
      return refuse("REQ-032", "modifier moves no dates",
                    "leave them empty; prolonger and clore move the end");
    if (!is_somebody_else(agent)) describe(agent);
  }

  void prolong(Agent& agent) {
    if (*demande_->fin <= agent.fin)
      return refuse("REQ-033", "the account stands until " + agent.fin.iso() + " already",
                    "give a later date_fin; clore ends it earlier");
    agent.last = origin_of(*demande_);
    end_on(agent, *demande_->fin);
  }

  void close(Agent& agent) {
    const Date day = demande_->fin.value_or(demande_->validation);
    if (day >= agent.fin)
      return refuse("REQ-034", "the account ends on " + agent.fin.iso() + " without it",
                    "nothing has to be done, or give an earlier date_fin");
    agent.last = origin_of(*demande_);
    end_on(agent, day);
  }

  /// An identifier and a login are never given to somebody else: an address that goes to another
  /// person does not take the account along.
  bool is_somebody_else(const Agent& agent) {
    const Demande& d = *demande_;
    const auto differs = [](const std::string& now, const std::string& before) {
      return !now.empty() && case_fold(now) != case_fold(before);
    };
    if (!differs(d.nom, agent.nom) || !differs(d.prenom, agent.prenom)) return false;
    refuse("REQ-035", "name and first name are both others than those of this account",
           "an account never passes to somebody else: give an address of their own");
    return true;
  }

  void describe(Agent& agent) const {
    const Demande& d = *demande_;
    const auto take = [](const std::string& from, std::string& to) {
      if (!from.empty()) to = from;
    };
    take(d.civilite, agent.civilite);
    take(d.nom, agent.nom);
    take(d.prenom, agent.prenom);
    agent.role = d.role.value_or(agent.role);
    if (d.names_schools()) {
      agent.toutes_ecoles = d.toutes_ecoles;
      agent.uais = d.uais;
    }
    agent.last = origin_of(d);
  }

  template <class What>
  void end_on(What& what, Date day) const {
    what.fin = day;
    what.ending = origin_of(*demande_);
  }

  // What becomes of links ------------------------------------------------------------------------

  [[nodiscard]] WorkLink* find(const Uai& uai) {
    for (WorkLink& link : agents_.links_)
      if (link.uai == uai && is_of(link, *demande_->cle)) return &link;
    return nullptr;
  }
  static bool is_of(const WorkLink& link, const Jointure& person) {
    return link.person.id == person.id && link.person.category == person.category &&
           equals_ignoring_case(link.person.academie, person.academie);
  }

  void follow_of_links() {
    if (demande_->action == DemandeAction::clore) return close_links();
    for (const Uai& uai : demande_->uais)
      if (*demande_->fin <= begin_of(find(uai)))
        return refuse("REQ-025", "the link would end before it begins",
                      "give a date_fin later than date_debut and date_validation");
    for (const Uai& uai : demande_->uais) tie(uai);
  }

  /// Who works there keeps it from his first day on.
  [[nodiscard]] Date begin_of(const WorkLink* known) const {
    const Demande& d = *demande_;
    const bool goes_on = known != nullptr && d.validation < known->fin;
    return goes_on ? known->debut : d.debut.value_or(d.validation);
  }

  void tie(const Uai& uai) {
    WorkLink* link = find(uai);
    const DemandeOrigin origin = origin_of(*demande_);
    const Date debut = begin_of(link);
    if (link == nullptr) {
      agents_.links_.push_back({*demande_->cle, uai, debut, *demande_->fin, origin, origin});
      return;
    }
    link->debut = debut;
    link->last = origin;
    end_on(*link, *demande_->fin);
  }

  /// Those to the schools that the request names, or all that still stand.
  void close_links() {
    const Demande& d = *demande_;
    const Date day = d.fin.value_or(d.validation);
    std::vector<WorkLink*> closed;
    for (const Uai& uai : d.uais)
      if (WorkLink* link = find(uai); link != nullptr && day < link->fin)
        closed.push_back(link);
      else
        return refuse("REQ-037",
                      link == nullptr ? "this person was not linked to the school " + uai.str()
                                      : "the link to the school " + uai.str() + " ends on " +
                                            link->fin.iso() + " without it",
                      "correct cle and uais, or give an earlier date_fin");
    if (d.uais.empty())
      for (WorkLink& link : agents_.links_)
        if (is_of(link, *d.cle) && day < link.fin) closed.push_back(&link);
    if (closed.empty())
      return refuse("REQ-037", "no link of this person stands on " + day.iso(),
                    "correct cle, or give an earlier date_fin");
    for (WorkLink* link : closed) {
      link->last = origin_of(d);
      end_on(*link, day);
    }
  }

  // Today ----------------------------------------------------------------------------------------

  void stand(Agent& agent) {
    agent.end = agent.fin;
    if (today_ >= agent.fin) {
      agent.standing = AgentStanding::ended;
      return;
    }
    const Collectivite collectivite(registry_, agent.siret);
    const auto ecoles = collectivite.of(agent.toutes_ecoles, agent.uais);
    std::vector<const Ecole*> served;
    std::optional<Date> ended;
    for (const Ecole* ecole : ecoles) {
      if (registry_.has_ended(ecole->uai, today_)) {
        ended = std::max(ended.value_or(Date()), ecole->etat_le.value_or(today_));
      } else {
        served.push_back(ecole);
        agent.ecoles.push_back(ecole->uai);
      }
    }
    if (served.empty() && ended) return end_early(agent, *ended, "the agreement was ended");
    if (served.empty()) return doubt(agent);
    const auto latest = latest_end(served, registry_.grace_days);
    if (latest && *latest < agent.end) {
      agent.end = *latest;
      agent.why = "the term of the agreement and its grace";
    }
    if (latest && *latest <= today_)
      return end_early(agent, *latest, "the term of the agreement and its grace have passed");
    agent.standing = agent.debut > today_ ? AgentStanding::awaited : AgentStanding::active;
    if (agent.standing == AgentStanding::active) remind(agent);
  }

  static void end_early(Agent& agent, Date day, std::string_view why) {
    agent.standing = AgentStanding::ended;
    agent.end = std::min(day, agent.fin);
    agent.why = why;
  }

  void doubt(Agent& agent) {
    agent.standing = AgentStanding::doubtful;
    agent.why = "the registry has none of its schools for its SIRET any more";
    agents_.findings_.warning("REQ-040", place_of(agent),
                              "the registry has none of its schools for its SIRET any more",
                              "the account is left as it is until " + agent.fin.iso() +
                                  "; correct the registry, or end it with clore");
  }

  void stand(WorkLink& link) {
    link.end = link.fin;
    if (today_ >= link.fin) {
      link.standing = AgentStanding::ended;
    } else if (registry_.has_ended(link.uai, today_)) {
      const Ecole* ecole = registry_.find(link.uai);
      link.standing = AgentStanding::ended;
      link.end = std::min(ecole->etat_le.value_or(today_), link.fin);
      link.why = "the agreement was ended";
    } else if (!registry_.in_scope(link.uai, today_)) {
      link.standing = AgentStanding::doubtful;
      link.why = "the school is not enrolled any more";
      agents_.findings_.warning(
          "REQ-042", place_of(link), "the school " + link.uai.str() + " is not enrolled any more",
          "the link does not hold meanwhile; correct the registry, or end it with clore");
    } else {
      link.standing = link.debut > today_ ? AgentStanding::awaited : AgentStanding::active;
      if (link.standing == AgentStanding::active) remind(link);
    }
  }

  void remind(const WorkLink& link) {
    const long left = link.end.days_since(today_);
    if (left > static_cast<long>(settings_.reminder_days)) return;
    agents_.findings_.warning("REQ-043", place_of(link),
                              "the link to the school " + link.uai.str() + " ends on " +
                                  link.end.iso() + ", in " + std::to_string(left) + " days",
                              "ask for lier with a later date_fin if it is still needed");
  }

  void remind(const Agent& agent) {
    const long left = agent.end.days_since(today_);
    if (left > static_cast<long>(settings_.reminder_days)) return;
    agents_.findings_.warning("REQ-041", place_of(agent),
                              "the account ends on " + agent.end.iso() + ", in " +
                                  std::to_string(left) + " days" +
                                  (agent.why.empty() ? "" : ": " + std::string(agent.why)),
                              "ask for prolonger if it is still needed");
  }

  const Registry& registry_;
  const TakenDemandes& taken_;
  const DemandeSettings& settings_;
  const AbsenceSettings& absence_;
  Date today_;
  const Demande* demande_ = nullptr;  ///< the one being followed
  bool is_right_ = true;
  std::map<std::string, const Demande*> seen_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_mail_;
  Agents agents_;
};

Agents Agents::of(std::span<const Demande> demandes, const Registry& registry,
                  const TakenDemandes& taken, const DemandeSettings& settings,
                  const AbsenceSettings& absence, Date today) {
  return AgentBuilder(registry, taken, settings, absence, today).run(demandes);
}

}  // namespace entsync
