#pragma once
/// One run's way from deliveries and a directory to a plan, without any I/O: population, matching,
/// identities, absences, plan, verdict. A World is what is there from night to night; a Scene is
/// one night. Everything in between can be looked at.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/agents.hpp"
#include "core/judge.hpp"
#include "core/planner.hpp"
#include "support/builders.hpp"
#include "support/memory_directory.hpp"

namespace entsync::test {

/// The identities ever given, as the ledger keeps them.
class TestLedger {
 public:
  void remember(const Identity& identity);
  /// The identities that a plan's creates give.
  void remember(const Plan& plan);
  /// Somebody who had this identity is gone; with `ine` and `birth` he is known by them too.
  void bury(const Identity& identity, std::string_view ine = {}, std::string_view birth = {});
  [[nodiscard]] IdentityMemory memory(std::string_view prefix) const;

 private:
  struct Grave {
    Identity identity;
    std::string ine, birth;
  };
  [[nodiscard]] const Grave* grave(std::string_view subject, std::string_view ine,
                                   std::string_view birth) const;

  std::map<std::string, Identity, std::less<>> by_subject_;
  std::set<std::string, std::less<>> logins_;
  std::vector<Grave> graves_;
};

struct World {
  Rules rules = rules_1d();
  Registry registry;
  Tree tree = test_tree();
  AbsenceSettings absence;
  /// The day it is; none: that of each delivery.
  std::optional<Date> today;
  IdentitySettings identifiers;
  JudgeLimits limits = JudgeLimits::defaults();
  std::vector<Delivery> deliveries;
  /// Requests for local-authority staff; none: they could not be read, or nobody configured them.
  std::optional<std::vector<Demande>> demandes;
  DemandeSettings demande_settings;
  TakenDemandes taken_demandes;
  std::vector<Demande> remembered_links;  ///< requests of links that earlier nights followed
  TestLedger ledger;
  ReviewDecisions decisions;
  PersonRegisters registers;
  MemoryDirectory directory{test_tree()};

  /// A world of one académie in which all schools of the delivery are enrolled.
  static World of(Delivery delivery);
  Delivery& delivery() { return deliveries.front(); }
  /// Plans, expects that nothing is refused, applies and remembers; the plan's text.
  std::string synchronise();
  /// Today for each feed.
  [[nodiscard]] std::vector<Date> days_of(const Population& population) const;
};

class Scene {
 public:
  explicit Scene(const World& of) : Scene(of, of.directory) {}
  Scene(const World& of, const MemoryDirectory& directory);

  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  [[nodiscard]] const Plan& plan() const { return planned.plan; }
  /// The only change of this subject or DN; fails the test when there is none.
  [[nodiscard]] const Change& change(std::string_view subject_or_dn) const;
  [[nodiscard]] bool changes(std::string_view subject_or_dn) const;
  [[nodiscard]] PlannerInput input() const;
  /// The person with this id.
  [[nodiscard]] PersonIndex person(Category category, std::string_view id) const;
  [[nodiscard]] EntryIndex entry(std::string_view dn) const { return snapshot.find(dn); }
  [[nodiscard]] JudgedAttributes judged() const;
  [[nodiscard]] Verdict verdict() const;

  const World& world;
  std::vector<std::unique_ptr<CompletFeed>> feeds;
  std::vector<const CompletFeed*> feed_views;
  Problems problems;
  DirectorySnapshot snapshot;
  std::optional<Agents> agents;  ///< when the world has requests, or remembers links
  Population population;
  Matched matched;
  Identities identities;
  Absences absences;
  AccountEnds ends;
  PlannerResult planned;
};

/// The attribute of a change by name; nothing when it is not changed.
const AttributeChange* attribute(const Change& change, std::string_view name);
std::vector<std::string> added(const Change& change, std::string_view name);
std::vector<std::string> removed(const Change& change, std::string_view name);

/// Canonical text of a plan: no places, values sorted. Equal texts mean the same changes.
std::string canonical(const Plan& plan);
std::string canonical(const Change& change);

/// Codes of problems, in order.
std::vector<std::string> codes(const Problems& problems);

}  // namespace entsync::test
