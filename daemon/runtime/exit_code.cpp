#include "exit_code.hpp"

#include <algorithm>
#include <string_view>

namespace entsync {
namespace {

/// Rules and the server's schema do not fit; 050 and 051: it was not shown.
bool is_schema(std::string_view code) {
  return code.starts_with("LDAP-05") && code != "LDAP-050" && code != "LDAP-051";
}

/// Mistakes of the configuration that only its use shows are mistakes of the configuration too.
bool is_configuration(const Problem& problem) {
  return problem.code.starts_with("CONF-") || problem.code.starts_with("RULE-") ||
         problem.code.starts_with("LDAP-00") || problem.code.starts_with("CTL-04") ||
         problem.code == "AAF-029" || is_schema(problem.code);
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
