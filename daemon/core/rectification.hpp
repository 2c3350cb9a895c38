#pragma once
/// Tickets of rectification (GDPR art. 16): somebody contests a value that the source brings. The
/// school head corrects it in ONDE, nobody here: a ticket waits until a delivery carries another
/// value, opens again when the contested one comes back, and grows old visibly. What the
/// directory did with the correction is followed on the same ticket (art. 19). A ticket holds no
/// value: the contested one is a keyed digest, and the claimed one is not kept at all.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "date.hpp"

namespace entsync {

enum class RectificationState : std::uint8_t {
  open,
  corrected,  ///< a delivery brought another value; watched for the contested one
  reopened,   ///< the contested value came back
  closed,     ///< ended by a person, whatever the deliveries say
};
std::string_view to_string(RectificationState state);
std::optional<RectificationState> parse_rectification_state(std::string_view name);

/// How long a school is waited for.
enum class Ageing : std::uint8_t { fresh, first_reminder, second_reminder, overdue };
std::string_view to_string(Ageing ageing);
std::optional<Ageing> parse_ageing(std::string_view name);

inline constexpr long first_reminder_days = 7;
inline constexpr long second_reminder_days = 21;
inline constexpr long overdue_days = 30;

/// Where a delivery carries a value.
struct DeliveredPlace {
  std::string file{};
  std::uint64_t line = 0;
  std::optional<Date> delivered{};
  /// "file:line"; empty without a file.
  [[nodiscard]] std::string str() const;
  bool operator==(const DeliveredPlace&) const = default;
};

struct Rectification {
  std::uint64_t number = 0;
  std::string subject{};    ///< key, "AC-X/Eleve/123"
  std::string attribute{};  ///< of the directory
  std::string school{};     ///< UAI of the school whose head corrects it
  /// Keyed digest of the contested value; empty: that there is none is contested.
  std::string contested{};
  RectificationState state = RectificationState::open;
  Date received{};  ///< day on which the request arrived
  Date opened{};
  Date since{};                     ///< day of the present state
  std::uint64_t opened_seq = 0;     ///< record of the journal that tells that it opened, or again
  DeliveredPlace source{};          ///< of the contested value, when it was seen last
  DeliveredPlace correction{};      ///< of the value that a delivery brought instead
  std::string corrected_run{};      ///< that saw it
  std::uint64_t corrected_seq = 0;  ///< record of the journal that tells it
  std::string reflected_at{};       ///< RFC 3339: when the directory took it; empty: not yet
  std::string reflected_run{};      ///< whose change it was; empty: it was found so
  Ageing reminded = Ageing::fresh;  ///< the last reminder that was told
  std::string actor{};              ///< who opened it, or closed it by hand
  std::string reason{};
  std::string ticket{};
  std::string changed_at{};  ///< RFC 3339 UTC
  bool operator==(const Rectification&) const = default;
};

/// Whether a school is waited for.
bool is_waiting(const Rectification& ticket);
/// Whether nothing is left to be done: closed, or corrected and taken by the directory.
bool is_finished(const Rectification& ticket);
/// Corrected by a delivery, and not taken by the directory yet.
bool is_unreflected(const Rectification& ticket);

/// The day from which a ticket ages: that of the request, or on which the contested value came
/// back.
Date aged_from(const Rectification& ticket);
/// Days for which a school has been waited for; 0 when it is not.
long age_of(const Rectification& ticket, Date day);
Ageing ageing_of(const Rectification& ticket, Date day);
/// The last day on which a ticket is not overdue.
Date correction_due(const Rectification& ticket);

/// What both sides say of a ticket's attribute in a run.
struct RectificationSight {
  std::uint64_t number = 0;
  /// A record of the person is in the deliveries, and is told whole: nothing follows from one that
  /// is missing or cannot be read.
  bool is_delivered = false;
  std::vector<std::string> delivered{};  ///< keyed digests of its values
  DeliveredPlace place{};  ///< of the contested value when it is delivered, else of what is
  /// The directory has an entry of the person, which the run has read.
  bool is_held = false;
  std::vector<std::string> held{};     ///< keyed digests
  std::vector<std::string> schools{};  ///< UAIs of the person, when a record is delivered
};

enum class RectificationStep : std::uint8_t { none, corrects, reopens };
/// What the deliveries make of a ticket.
RectificationStep step_of(const Rectification& ticket, const RectificationSight& sight);
/// The directory was seen without the contested value.
bool is_reflected_in(const Rectification& ticket, const RectificationSight& sight);

/// The school that a ticket waits for is none of the person's any more.
bool is_elsewhere(const Rectification& ticket, const RectificationSight& sight);

/// The ticket after a step.
Rectification corrected(Rectification ticket, const RectificationSight& sight, Date day,
                        std::string run);
Rectification reopened(Rectification ticket, const RectificationSight& sight, Date day);
/// For the school where the person is now. The age stays; every reminder is due again, to that one.
Rectification handed_over(Rectification ticket, const RectificationSight& sight);

/// What one school has to correct, and since when.
struct RectificationsOfSchool {
  std::string school;
  std::size_t waiting = 0;
  std::size_t first_reminder = 0;  ///< of those: how many have reached it, and no more
  std::size_t second_reminder = 0;
  std::size_t overdue = 0;
  long oldest = 0;              ///< days
  std::size_t unreflected = 0;  ///< corrected, but not taken by the directory yet
  bool operator==(const RectificationsOfSchool&) const = default;
};
/// Schools with something to be done, in order of UAI.
std::vector<RectificationsOfSchool> by_school(const std::vector<Rectification>& tickets, Date day);

}  // namespace entsync
