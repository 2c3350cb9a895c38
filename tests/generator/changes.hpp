#pragma once
/// What happens to a region after its first delivery: one ordinary night, or the start of a school
/// year. Deterministic in (seed, number of the night) and (seed, school year).

#include "world.hpp"

namespace generator {

/// What changed, for the one line that the command prints.
struct ChangeCounts {
  std::uint32_t arrivals = 0;
  std::uint32_t departures = 0;
  std::uint32_t moves = 0;         ///< of class or school
  std::uint32_t transfers = 0;     ///< to the other académie, with a new jointure
  std::uint32_t responsables = 0;  ///< contact data, addresses, names
  std::uint32_t personnels = 0;
};

/// One ordinary night: about one person in a hundred changes.
ChangeCounts pass_night(World& world, std::uint32_t night, Day date, const Names& names);

/// The new school year: everybody moves up, CM2 leave, small ones arrive, classes are new, staff
/// moves.
ChangeCounts pass_rentree(World& world, Day date, const Names& names);

/// Takes out who is marked as gone, and responsables without a pupil left.
void remove_gone(Academie& academie);

}  // namespace generator
