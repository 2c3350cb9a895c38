#pragma once
/// Opening, closing and looking at tickets of rectification by hand (GDPR art. 16). What is
/// contested is looked for in the deliveries, at its file and line, when a ticket is opened; what a
/// school owns is written by nobody here. Values are in memory alone, for the notice that is
/// written; ledger and journal get digests, keys and places.

#include <optional>
#include <string>
#include <vector>

#include "audit_trail.hpp"
#include "context.hpp"
#include "core/explain.hpp"
#include "core/rectification.hpp"

namespace entsync {

namespace asio = boost::asio;

struct RectificationRequest {
  std::string subject{};    ///< key of the person, "AC-X/Eleve/123"
  std::string attribute{};  ///< of the directory
  /// Which of several values; nothing: the only one, or that there is none.
  std::optional<std::string> contested{};
  std::string claimed{};   ///< what it should be; empty: that there is none
  std::string received{};  ///< day on which the request arrived, 2026-09-01
  std::string school{};    ///< UAI; empty: the first one of the person
  std::string ticket{};    ///< may be empty
};

/// What can be told without reading anything: a day, and texts that fit into a record.
Problems check(const RectificationRequest& request);

/// Somebody's value as it is now, for the notice.
struct ContestedValue {
  Rectification ticket;      ///< without a number while it is not open
  std::string value;         ///< empty: there is none
  bool is_delivered = true;  ///< false: the deliveries do not carry the contested value any more
  std::string name;          ///< of the person
  std::string profil;
};

/// What a request is about. Refused when it is nothing that a delivery could bring: an attribute
/// that is not the source's, a value that is not delivered, a school that is not the person's.
asio::awaitable<Result<ContestedValue>> gather_contested(Context& context,
                                                         RectificationRequest request);
/// The same of a ticket.
asio::awaitable<Result<ContestedValue>> gather_ticket(Context& context, Rectification ticket);

/// Gives the ticket its number, journals it and keeps it. Refused while a run is under way, and
/// when the same value is contested already.
Result<Rectification> open_rectification(Context& context, Rectification ticket,
                                         const Cause& cause);
/// Ends a ticket whatever the deliveries say: the value was right, or the request was taken back.
Result<Rectification> close_rectification(Context& context, std::uint64_t number,
                                          const Cause& cause);

/// All tickets, by number.
Result<std::vector<Rectification>> read_rectifications(Context& context);
/// RGT-038 when there is none of this number.
Result<Rectification> read_rectification(Context& context, std::uint64_t number);

}  // namespace entsync
