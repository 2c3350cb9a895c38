#include <algorithm>
#include <map>

#include "defect_targets.hpp"

namespace generator::defect {
namespace {

bool works_in(const RecordText& staff, const std::string& school) {
  for (const std::string& fonction : staff.values("ENTPersonFonctions"))
    if (part_of(fonction, 0) == school) return true;
  for (const char* attribute : {"ENTPersonStructRattach", "ENTEnsFonctionDir"})
    for (const std::string& id : staff.values(attribute))
      if (id == school) return true;
  return false;
}

/// Takes out records of a category; reports the first place and how many.
void remove_records(DefectContext& context, std::string_view category, const std::string& what,
                    const std::function<bool(const RecordText&)>& gone) {
  std::string first;
  std::size_t count = 0;
  context.files.edit(category, [&](RecordText& record, const std::string& where) {
    if (!gone(record)) return Edit::keep;
    if (count++ == 0) first = where;
    return Edit::remove;
  });
  context.report(first,
                 std::to_string(count) + " " + std::string(category) + " records removed, " + what);
}

}  // namespace

void lost_school(DefectContext& context) {
  const School school = draw_school(context);
  const std::string of = "école " + school.id + " (" + school.uai + ")";
  remove_records(context, "Eleve", of, [&](const RecordText& r) {
    return r.first("ENTPersonStructRattach") == school.id;
  });
  remove_records(context, "PersEducNat", of,
                 [&](const RecordText& r) { return works_in(r, school.id); });
}

void lost_pupils_30(DefectContext& context) {
  remove_records(context, "Eleve", "all over the académie",
                 [&](const RecordText&) { return context.random.chance(0.3); });
}

void lost_pupils_school_40(DefectContext& context) {
  const School school = draw_school(context, 30);
  std::size_t left = school.pupils * 2 / 5;
  remove_records(context, "Eleve", "école " + school.id + " (" + school.uai + ")",
                 [&](const RecordText& r) {
                   if (left == 0 || r.first("ENTPersonStructRattach") != school.id) return false;
                   --left;
                   return true;
                 });
}

void mail_lost(DefectContext& context) {
  // The largest staff of the enrolled schools: half of it passes the floor of any sensible limit.
  std::map<std::string, std::size_t> staff;
  for (const School& school : schools(context, 1)) staff[school.id] = 0;
  context.files.edit("PersEducNat", [&](RecordText& record, const std::string&) {
    const auto at = staff.find(part_of(record.first("ENTPersonFonctions"), 0));
    if (at != staff.end() && !record.first("ENTPersonMail").empty()) ++at->second;
    return Edit::keep;
  });
  const auto school = std::ranges::max_element(staff, {}, [](const auto& s) { return s.second; });
  std::size_t left = (school->second + 1) / 2;
  std::string first;
  std::size_t done = 0;
  context.files.edit("PersEducNat", [&](RecordText& record, const std::string& where) {
    if (left == 0 || part_of(record.first("ENTPersonFonctions"), 0) != school->first ||
        record.first("ENTPersonMail").empty())
      return Edit::keep;
    record.set("ENTPersonMail", {});
    if (done++ == 0) first = where;
    --left;
    return Edit::change;
  });
  context.report(first, "ENTPersonMail of " + std::to_string(done) + " staff of école " +
                            school->first + " emptied");
}

void same_uai_two_ids(DefectContext& context) {
  const School school = draw_school(context);
  const std::string other = std::to_string(90000 + context.random.below(9999));
  const std::string where = context.files.edit_one(
      "EtabEducNat", context.random, [&](const RecordText& r) { return r.id() == school.id; },
      [&](RecordText& r) {
        RecordText twin = r;
        twin.replace_id(other);
        twin.set("ENTStructureJointure", {other});
        return twin.text();
      });
  context.report(where,
                 "UAI " + school.uai + " of structure " + school.id + " also given to " + other);
  std::size_t seen = 0;
  std::size_t done = 0;
  context.files.edit("Eleve", [&](RecordText& record, const std::string&) {
    if (record.first("ENTPersonStructRattach") != school.id || seen++ % 2 == 0) return Edit::keep;
    record.set("ENTPersonStructRattach", {other});
    auto classes = record.values("ENTPersonClasses");
    for (std::string& classe : classes)
      if (part_of(classe, 0) == school.id) classe = other + classe.substr(school.id.size());
    record.set("ENTPersonClasses", classes);
    ++done;
    return Edit::change;
  });
  context.report(where, std::to_string(done) + " pupils now name structure " + other);
}

}  // namespace generator::defect
