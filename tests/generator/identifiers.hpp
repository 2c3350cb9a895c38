#pragma once
/// Numbers that have a form of their own: UAI, SIRET, jointures, INE, phone numbers.

#include <cstdint>
#include <string>

#include "world.hpp"

namespace generator {

/// Seven digits and the check letter: letter number (n mod 23) of ABCDEFGHJKLMNPRSTUVWXYZ.
std::string uai_text(std::uint32_t number);
/// 14 digits with both Luhn keys, of a school ("19…") by its UAI number.
std::string siret_of_ecole(std::uint32_t uai_number);
/// The same of the commune that runs the school ("21…").
std::string siret_of_commune(const Commune& commune);

/// Jointures by serial number. Both académies use the same ones, and some staff ids are also those
/// of pupils: nothing promises that the categories share one number space.
std::uint32_t eleve_id(std::uint64_t seed, std::uint32_t serial);
std::uint32_t responsable_id(std::uint64_t seed, std::uint32_t serial);
std::uint32_t personnel_id(std::uint64_t seed, std::uint32_t serial);
std::uint32_t classe_id(std::uint64_t seed, std::uint32_t serial);

/// The number of an INE that nobody else of the region has, in whichever académie: two pupils under
/// one INE are a defect of the source, which a person has to look at. `noise` is below 100.
std::uint32_t ine_number(std::uint32_t academie, std::uint32_t serial, std::uint32_t noise);
/// Nine digits and two letters; empty for number 0 (INE not yet given).
std::string ine_text(std::uint32_t number);

/// Phones of the ranges that ARCEP keeps for fiction (decision 2009-0535): 06 39 98 …, 05 36 49 ….
std::string mobile_text(std::uint32_t number);
std::string fixe_text(std::uint32_t number);

}  // namespace generator
