// A request file of any bytes: refused whole, or every line a request or a refusal that names its
// line; whatever its requests ask for is followed or refused, never a crash.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connectors/collectivite/demande_file.hpp"
#include "core/agents.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entsync;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = collectivite::read_demandes(text, "requests.csv");
  if (!read) {
    if (!read.error().has_errors()) std::abort();
    return 0;
  }
  for (const Problem& problem : read->refused.list)
    if (problem.code.empty() || problem.where.line < 2) std::abort();
  for (const Demande& demande : read->demandes)
    if (demande.id.empty() || demande.siret.size() != 14 || demande.digest.size() != 64)
      std::abort();
  Registry registry;
  registry.add({*Uai::parse("0660713S"),
                {},
                {},
                {},
                "21660024700011",
                "public",
                {},
                {},
                {},
                EtatConvention::inscrite});
  const Date today = *Date::from_iso("2026-10-01");
  const Agents agents = Agents::of(read->demandes, registry, {}, {}, {}, today);
  TakenDemandes taken;
  for (const TakenDemande& one : agents.newly_taken()) taken.emplace(one.id, one.digest);
  // Followed again with what was followed before, the same accounts come of it.
  const Agents again = Agents::of(read->demandes, registry, taken, {}, {}, today);
  if (again.list().size() != agents.list().size() || !again.newly_taken().empty()) std::abort();
  return 0;
}
