#pragma once
/// From inputs to a judged plan: match, identities, absences, survey, plan, verdict. Processor work
/// only, done on the workers.

#include <memory>
#include <optional>
#include <string>

#include "config/load_settings.hpp"
#include "context.hpp"
#include "core/judge.hpp"
#include "core/planner.hpp"
#include "core/scope.hpp"
#include "inputs.hpp"

namespace entsync {

struct Planning {
  Plan plan;  ///< all of it, before the judge divides it
  Before before;
  Verdict verdict;
  std::vector<ReviewItem> review;
  /// Identities of accounts that were there before us and that the ledger does not know yet.
  std::vector<Identity> adopted;
  /// Those of accounts that the ledger knows under another key.
  std::vector<Identity> joined;
  /// Keys that the ledger knows, of accounts that are gone: tombstones take their place. Only a
  /// plan of everything can tell.
  std::vector<std::string> gone;
  /// Pupils whose accounts this plan deletes.
  std::vector<Departing> departing;
  Problems problems;  ///< findings about the data beside those of the inputs, warnings and notes
  PopulationCounts counts;
  std::uint64_t persons = 0;  ///< in scope
  std::uint64_t schools = 0;
  std::uint64_t absent_already = 0;
  std::uint64_t unknown = 0;   ///< entries whose presence could not be told
  std::uint64_t outside = 0;   ///< entries of schools that are not enrolled
  Plan pending;                ///< what waits because entries are restricted
  std::uint64_t objected = 0;  ///< records of people who objected, and were left out
  std::uint64_t died = 0;
  std::vector<LearnedPerson> learned;  ///< of objections
  std::optional<Matched> matched{};    ///< that the plan was made from; refers to the inputs
  /// What both sides say of the tickets of rectification.
  std::vector<RectificationSight> rectifications{};
};

/// What both planning and explaining start from; refers to the inputs.
struct Model {
  Matched matched;
  Identities identities;
  Absences absences;
  AccountEnds ends;
  std::string registers;  ///< fingerprint of the registers of persons; empty: nobody is in them
  std::vector<LearnedPerson> learned{};
};
Result<Model> make_model(const config::Configuration& configuration, const Inputs& inputs,
                         Ledger& ledger);
PlannerInput planner_input(const config::Configuration& configuration, const Inputs& inputs,
                           const Model& model);

JudgedAttributes judged_attributes(const Rules& rules);

/// Plans with fingerprint, id and time; a finding of the plan's own checker is an error, and so is
/// a scope that names somebody unknown. `inputs`, `ledger` and `scope` are used by the
/// workers until this returns.
asio::awaitable<Result<Planning>> make_planning(Context& context, const Inputs& inputs,
                                                Ledger& ledger, const std::string& run,
                                                const Scope& scope = everything);

/// Digest of everything in the configuration that shapes entries.
std::string rules_fingerprint(const config::Configuration& configuration);
/// The same with the registers of persons: a plan does not outlive a change of them.
std::string shaping_fingerprint(const config::Configuration& configuration,
                                const std::string& registers);
/// Digest of one académie's part of a list of files.
std::string delivery_digest(std::span<const SourceFile> files, std::string_view academie);

}  // namespace entsync
