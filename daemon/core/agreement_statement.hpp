#pragma once
/// The yearly statement of the agreements: for each collectivité its schools of one school year,
/// what they amount to, and how many accounts are in use there. Counts only, of nobody in
/// particular. The amounts are informative: they are compared with the titre de perception, which
/// others make out.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "category.hpp"
#include "centimes.hpp"
#include "registry.hpp"
#include "rules.hpp"
#include "school_year.hpp"
#include "snapshot.hpp"

namespace entsync {

using AccountCounts = std::array<std::uint64_t, all_profils.size()>;
std::uint64_t total_of(const AccountCounts& counts);

struct SchoolStatement {
  Ecole ecole;
  bool in_directory = false;
  AccountCounts accounts{};  ///< neither suspended nor restricted; of pupils: those of the school
};

struct CollectiviteStatement {
  std::string siret;  ///< empty: of the schools that name none
  std::vector<SchoolStatement> schools;
  Centimes amount;
  AccountCounts accounts{};  ///< each account once, however many of the schools it is of
};

struct AgreementStatement {
  SchoolYear year;
  Centimes amount_per_school;
  std::vector<CollectiviteStatement> collectivites;  ///< in the order of their SIRET
  std::uint64_t schools = 0;
  Centimes amount;
  AccountCounts accounts{};
};

/// Whether the agreement counts for the year: by the year that it names, otherwise by its days. One
/// that was ended before the year began does not.
bool is_of_year(const Ecole& ecole, SchoolYear year);

/// What has to be read of a branch for it: neither names nor contacts.
std::vector<TargetAttribute> statement_attributes(const Rules& rules, Branch branch);

AgreementStatement agreement_statement(const Registry& registry, const DirectorySnapshot& snapshot,
                                       const Rules& rules, SchoolYear year);

}  // namespace entsync
