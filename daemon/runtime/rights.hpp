#pragma once
/// The registers of persons as people keep them: restrictions (GDPR art. 18), objections (art. 21),
/// deaths (loi 78-17, art. 84–85). Every change is journaled with actor and reason before it is
/// kept, and carried out by the next run. Texts name keys; the list of objections shows digests.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit_trail.hpp"
#include "context.hpp"
#include "core/person_registers.hpp"
#include "state/ledger.hpp"

namespace entsync {

/// The registers for a run, and what they are told apart by in a plan's fingerprint; empty when
/// there is nobody in them. Refused when there are objections and the key is not at hand: who
/// objected would be created.
struct LoadedRegisters {
  PersonRegisters values;
  std::vector<RegisterEntry> entries;
  std::string fingerprint;
};
Result<LoadedRegisters> load_registers(const config::Settings& settings, Ledger& ledger);
/// The fingerprint alone.
Result<std::string> registers_fingerprint(Ledger& ledger);

enum class RightsVerb : std::uint8_t {
  restrict,
  lift,    ///< ends a restriction; `date` is the day on which the person was told
  object,  ///< an objection that is to be examined
  accept,
  refuse,
  withdraw,          ///< an objection or a death, by `which`
  death,             ///< `date` is its day
  confirm_deletion,  ///< of the account of somebody who died; two different people
};
std::string_view to_string(RightsVerb verb);
std::optional<RightsVerb> parse_rights_verb(std::string_view name);

struct RightsOrder {
  RightsVerb verb = RightsVerb::restrict;
  std::string subject;      ///< "AC-X/Eleve/123"
  std::string date{};       ///< 2026-09-01
  std::string evidence{};   ///< of a death: where the proof is kept
  std::string directive{};  ///< of a death; empty: aucune
  std::string which{};      ///< of a withdrawal: objection or death
};
/// The line as it is now. Refused while a run is under way, and when the register does not allow
/// the step.
Result<RegisterEntry> carry_out(Context& context, const RightsOrder& order, const Cause& cause);

/// All lines, or those about one key.
Result<std::vector<RegisterEntry>> read_rights(Context& context, const std::string& subject = {});

std::string render(const RegisterEntry& entry);

}  // namespace entsync
