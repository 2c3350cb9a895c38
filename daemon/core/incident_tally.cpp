#include "incident_tally.hpp"

#include <charconv>

namespace entsync {
namespace {

constexpr std::string_view unsealed = "values unsealed: ";

/// "… 12 records of 3 subjects": 3. A reading that names no number touched what it names: 1.
std::uint64_t subjects_in(std::string_view detail) {
  constexpr std::string_view before = " of ";
  constexpr std::string_view after = " subject";
  const std::size_t end = detail.rfind(after);
  if (end == std::string_view::npos) return 1;
  const std::size_t begin = detail.rfind(before, end);
  std::uint64_t number = 0;
  if (begin == std::string_view::npos) return 1;
  const char* const first = detail.data() + begin + before.size();
  const auto [stop, error] = std::from_chars(first, detail.data() + end, number);
  return error == std::errc() && stop == detail.data() + end ? number : 1;
}

}  // namespace

void IncidentTally::Seen::add(Person person) {
  ++records;
  if (person >= who.size()) who.resize(person + std::size_t{1});
  if (who[person]) return;
  who[person] = true;
  ++persons;
}

void IncidentTally::take(const AuditRecord& record, std::string_view outcome) {
  ++counts_.records;
  if (counts_.first.empty() || record.time < counts_.first) counts_.first = record.time;
  if (record.time > counts_.last) counts_.last = record.time;
  ++counts_.actors[record.actor];
  if (record.type == AuditType::intent) take_change(record, outcome);
  if (record.type == AuditType::read) take_reading(record);
  if (record.type == AuditType::access_refused) ++counts_.refusals;
}

IncidentTally::Person IncidentTally::person_of(const AuditRecord& record) {
  const std::string& key = record.subject.empty() ? record.dn : record.subject;
  return people_.try_emplace(key, static_cast<Person>(people_.size())).first->second;
}

void IncidentTally::take_change(const AuditRecord& record, std::string_view outcome) {
  ++counts_.operations[record.operation];
  ++counts_.outcomes[outcome.empty() ? "open" : std::string(outcome)];
  ++counts_.runs[record.run];
  if (record.profil.empty()) return;  // a school, class or group
  const Person person = person_of(record);
  profils_[record.profil].add(person);
  for (const AttributeTrace& trace : record.attributes) attributes_[trace.attribute].add(person);
  for (const std::string& uai : record.schools) {
    ++school_records_[uai];
    const std::uint64_t school =
        schools_.try_emplace(uai, static_cast<std::uint32_t>(schools_.size())).first->second;
    people_of_schools_.insert(school << 32U | person);
  }
}

void IncidentTally::take_reading(const AuditRecord& record) {
  ++counts_.readings;
  if (record.detail.starts_with(unsealed)) ++counts_.unsealings;
  counts_.read_persons += subjects_in(record.detail);
}

std::map<std::string, IncidentLine> IncidentTally::lines_of(const SeenByName& seen) {
  std::map<std::string, IncidentLine> lines;
  for (const auto& [name, one] : seen) lines[name] = {one.records, one.persons};
  return lines;
}

IncidentCounts IncidentTally::counts() const {
  IncidentCounts counts = counts_;
  counts.persons = people_.size();
  counts.profils = lines_of(profils_);
  counts.attributes = lines_of(attributes_);
  std::vector<std::uint64_t> persons(schools_.size());
  for (const std::uint64_t pair : people_of_schools_) ++persons[pair >> 32U];
  for (const auto& [uai, records] : school_records_)
    counts.schools[uai] = {records, persons[schools_.at(uai)]};
  return counts;
}

}  // namespace entsync
