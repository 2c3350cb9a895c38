#pragma once
/// What a notification of a personal data breach has to say within 72 hours (GDPR art. 33(3)(a)):
/// how many persons and records of which categories are concerned, counted over records of the
/// journal. Counts of what was read and of what was changed stand apart: one may be the breach, the
/// other its consequence. Takes records one by one and keeps numbers, never a value; whose a record
/// is may be a pseudonym. Pure.

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit_record.hpp"

namespace entsync {

/// Of one attribute, school, profile or actor.
struct IncidentLine {
  std::uint64_t records = 0;
  std::uint64_t persons = 0;  ///< different ones
};

struct IncidentCounts {
  std::uint64_t records = 0;  ///< all that the question matched
  std::string first;          ///< time of the first and the last of them, RFC 3339
  std::string last;
  std::uint64_t persons = 0;                       ///< whose entries were changed
  std::map<std::string, IncidentLine> profils;     ///< changes of persons, by profile
  std::map<std::string, IncidentLine> attributes;  ///< by attribute
  std::map<std::string, IncidentLine> schools;     ///< by UAI
  std::map<std::string, std::uint64_t> operations;
  std::map<std::string, std::uint64_t> outcomes;  ///< "open": none was recorded
  std::map<std::string, std::uint64_t> actors;    ///< records of each
  std::uint64_t readings = 0;                     ///< of the journal, plans and lists
  std::uint64_t unsealings = 0;                   ///< among them: values were shown
  std::uint64_t read_persons = 0;  ///< persons and entries that readings say they touched, together
  std::uint64_t refusals = 0;      ///< somebody asked for what he may not have
  std::map<std::string, std::uint64_t> runs;  ///< changes of each run
};

class IncidentTally {
 public:
  /// An intent, with the word of its outcome (empty: it is open), or any other record.
  void take(const AuditRecord& record, std::string_view outcome);
  [[nodiscard]] IncidentCounts counts() const;

 private:
  using Person = std::uint32_t;
  /// Which persons something concerns: as many bits as there are persons.
  struct Seen {
    std::uint64_t records = 0;
    std::uint64_t persons = 0;
    std::vector<bool> who;
    void add(Person person);
  };
  using SeenByName = boost::unordered_flat_map<std::string, Seen>;

  void take_change(const AuditRecord& record, std::string_view outcome);
  void take_reading(const AuditRecord& record);
  Person person_of(const AuditRecord& record);
  static std::map<std::string, IncidentLine> lines_of(const SeenByName& seen);

  IncidentCounts counts_;
  boost::unordered_flat_map<std::string, Person> people_;
  SeenByName profils_;
  SeenByName attributes_;
  /// A school concerns few: pairs of school and person instead of bits.
  std::map<std::string, std::uint64_t> school_records_;
  boost::unordered_flat_map<std::string, std::uint32_t> schools_;
  boost::unordered_flat_set<std::uint64_t> people_of_schools_;
};

}  // namespace entsync
