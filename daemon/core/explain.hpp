#pragma once
/// Why an entry is as it is: for one person, school or group, what the delivery says and where,
/// which rule makes which value, who owns it, what the directory holds, and what would be changed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "planner.hpp"

namespace entsync {

/// One attribute of an explanation.
struct ExplainedAttribute {
  std::string name;
  std::string rule;   ///< "sdet-1d:eleve.sn"
  std::string owner;  ///< source, initial, ent
  std::string value_template;
  std::vector<std::string> desired;
  std::vector<std::string> sources;  ///< "file:line" of each desired value, empty for given ones
  std::vector<std::string> actual;
  std::string verdict;  ///< in sync, to be changed, not ours…
};

struct Explanation {
  std::string subject;
  std::string dn;
  std::string where;  ///< "file:line" of its record
  std::string profil;
  std::vector<std::string> schools;
  std::string state;  ///< one sentence: matched, new, absent because…
  std::vector<ExplainedAttribute> attributes;
};

/// `what` is a key ("AC-X/Eleve/123"), a jointure ("AC-X$123") or a DN; `attribute` restricts when
/// not empty. A jointure may mean several persons (categories have number spaces of their own): all
/// are given.
std::vector<Explanation> explain(const PlannerInput& input, std::string_view what,
                                 std::string_view attribute);

std::string render(const Explanation& explanation);

}  // namespace entsync
