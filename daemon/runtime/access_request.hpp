#pragma once
/// From a request of access to its answer: who asks is checked against the directory, then both
/// sides are read as an explanation reads them, the whole entry, and the journal with its values.
/// Nothing is shown or written here; whoever does journals it before.

#include <cstdint>
#include <string>

#include "access_rendering.hpp"
#include "context.hpp"

namespace entsync {

struct AccessRequest {
  std::string subject;    ///< key of the person, "AC-X/Eleve/123"
  std::string requester;  ///< key of who asks: the same, or a responsable of the pupil
  std::string proof;      ///< instead: where it is kept that somebody else may; no name
  std::string received;   ///< day on which it arrived, 2026-09-01
  std::string ticket;     ///< may be empty
};

/// What can be told without reading anything: a day, exactly one of requester and proof, and texts
/// that fit into a record.
Problems check(const AccessRequest& request);

struct GatheredAccess {
  AccessAnswer answer;
  std::uint64_t records = 0;  ///< of the journal
};

/// EXPL-001 when nobody knows the person, RGT-020 when who asks is no responsable of his, RGT-023
/// when it is not certain which entry is his, READ-005 without the keys of the vault.
asio::awaitable<Result<GatheredAccess>> gather_access(Context& context, AccessRequest request,
                                                      ProcessingRegister processing);

/// "access package of AC-X/Eleve/1 for AC-X/PersRelEleve/2; 12 records of 1 subject; ticket 7".
std::string describe(const AccessRequest& request, const GatheredAccess& gathered);

}  // namespace entsync
