#pragma once
/// The time-boxed links (*lier*) of staff whom a delivery describes to schools where they work
/// beside their own: a replacement teacher, a trainer, a specialised teacher. While a link holds
/// the person is in that school as its own staff are; administrative attachment and everything
/// else stay what the delivery says. No delivery ends a link: only its day, a request, or the end
/// of the school's agreement.

#include <cstdint>
#include <string>
#include <string_view>

#include "category.hpp"
#include "date.hpp"
#include "demande.hpp"
#include "uai.hpp"

namespace entsync {

/// What holds of an account or a link today.
enum class AgentStanding : std::uint8_t {
  awaited,  ///< begins on a day to come
  active,
  ended,     ///< on the day `end`, or before
  doubtful,  ///< the registry does not tell: an account is left as it is, a link does not hold
};
std::string_view to_string(AgentStanding standing);

/// One person in one school.
struct WorkLink {
  Jointure person;  ///< of PersEducNat
  Uai uai;
  Date debut;
  Date fin;              ///< as asked for
  DemandeOrigin last;    ///< the request that was followed last
  DemandeOrigin ending;  ///< the one that set `fin`

  AgentStanding standing = AgentStanding::active;
  /// The day on which the link ends: `fin`, or the end of the school's agreement.
  Date end{};
  std::string_view why{};  ///< of an end that no request set, or of a doubt; else empty

  [[nodiscard]] bool holds() const { return standing == AgentStanding::active; }
  /// Whether it may have held on some day, be it for hours, and does so no more.
  [[nodiscard]] bool held_until_its_end() const {
    return standing == AgentStanding::ended && debut <= end;
  }
  bool operator==(const WorkLink&) const = default;
};

/// "request 2026-1, requests.csv:2": the cause of what a link brings or takes.
std::string cause_of(const DemandeOrigin& origin);
/// The same with who approved it, for what only reaches the journal and those who may read it.
std::string approved_cause_of(const DemandeOrigin& origin);

}  // namespace entsync
