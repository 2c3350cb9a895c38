#pragma once
/// Why an entry is as it is: for one person, school or group, what the delivery says and where,
/// which rule makes which value, who owns it, what the directory holds, and what would be changed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "date.hpp"
#include "planner.hpp"

namespace entsync {

/// Where a value stands in a delivery; no file: nowhere, it was given or made.
struct ExplainedSource {
  std::string file;
  std::uint64_t line = 0;
  /// "file:line"; empty without a file.
  [[nodiscard]] std::string str() const;
};

/// One attribute of an explanation.
struct ExplainedAttribute {
  std::string name;
  std::string rule;   ///< "sdet-1d:eleve.sn"
  std::string owner;  ///< source, initial, ent
  std::string value_template;
  std::vector<std::string> desired;
  std::vector<ExplainedSource> sources;  ///< of each desired value
  std::vector<std::string> actual;
  std::string verdict;  ///< in sync, to be changed, not ours…
};

struct Explanation {
  std::string subject;
  std::string dn;
  ExplainedSource where;          ///< of its record
  std::optional<Date> delivered;  ///< the day of the delivery that has the record
  std::string profil;
  std::vector<std::string> schools;
  std::string state;  ///< one sentence: matched, new, absent because…
  std::vector<ExplainedAttribute> attributes;
  std::vector<std::string> links{};  ///< schools that requests alone place him in, and the request
};

/// `what` is a key ("AC-X/Eleve/123"), a jointure ("AC-X$123") or a DN; `attribute` restricts when
/// not empty. A jointure may mean several persons (categories have number spaces of their own): all
/// are given.
std::vector<Explanation> explain(const PlannerInput& input, std::string_view what,
                                 std::string_view attribute);

std::string render(const Explanation& explanation);

}  // namespace entsync
