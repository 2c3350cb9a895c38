#include "exit_code.hpp"

#include <algorithm>

namespace entsync {
namespace {

/// Mistakes of the configuration that only its use shows are mistakes of the configuration too.
bool is_configuration(const Problem& problem) {
  return problem.code.starts_with("CONF-") || problem.code.starts_with("RULE-") ||
         problem.code.starts_with("LDAP-00") || problem.code.starts_with("CTL-04") ||
         problem.code == "LDAP-052" || problem.code == "LDAP-053" || problem.code == "AAF-029";
}

}  // namespace

ExitCode exit_code_of(const Problems& problems) {
  if (!problems.has_errors()) return exit_done;
  const bool only_configuration = std::ranges::all_of(problems.list, [](const Problem& problem) {
    return problem.severity != Severity::error || is_configuration(problem);
  });
  return only_configuration ? exit_usage : exit_failed;
}

}  // namespace entsync
