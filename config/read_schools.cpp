#include "read_schools.hpp"

#include "core/uai.hpp"

namespace entsync::config {

std::set<std::string> read_schools(TomlTable& table) {
  std::set<std::string> schools;
  bool is_wrong = false;
  for (const std::string& text : table.texts("schools")) {
    const auto uai = Uai::parse(text);
    if (uai)
      schools.insert(uai->str());
    else
      table.error("schools", text + " is no UAI", "seven digits and the check letter");
    is_wrong = is_wrong || !uai;
  }
  if (schools.empty() && !is_wrong)
    table.error("schools", "no school is named",
                "name the schools by UAI; a role without a limit is given where there is no such "
                "list");
  return schools;
}

}  // namespace entsync::config
