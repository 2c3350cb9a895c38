#pragma once
/// What is kept has a term ([retention]; CNIL, recommendation 2021-122), and goes when it is
/// reached: the keys of persons whose account is gone, what the vault holds of old records, old
/// records themselves, old reports. Every whole run ends with it. What goes leaves a record in the
/// journal: keys before they go, all else with it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit_trail.hpp"
#include "core/date.hpp"
#include "journal/journal.hpp"

namespace entsync::config {
struct Settings;
}

namespace entsync {

/// The accounts of these subjects are gone: their keys are to be destroyed when the grace is over.
Result<void> note_gone(Journal& journal, const config::Settings& settings,
                       const std::vector<std::string>& subjects, Date day);
/// These have an account again.
Result<void> note_back(Journal& journal, const std::vector<std::string>& subjects);

struct Removed {
  std::uint64_t keys = 0;           ///< of persons
  std::uint64_t values_until = 0;   ///< record up to which the vault holds nothing any more
  std::uint64_t records_until = 0;  ///< record up to which the journal holds nothing any more
  std::uint64_t reports = 0;
};

/// Removes what reached its term by this day. `journal` is open to append.
Result<Removed> apply_retention(Journal& journal, const config::Settings& settings,
                                const Cause& cause, Date day);

/// What is kept, and until when.
struct Kept {
  std::string what;  ///< "records of the journal"
  std::uint64_t count = 0;
  int days = 0;       ///< its term
  std::string first;  ///< day on which the next of it goes; empty when there is nothing
};

/// Without a vault that can be read here its rows are missing.
Result<std::vector<Kept>> retention_status(Journal& journal, const config::Settings& settings);

}  // namespace entsync
