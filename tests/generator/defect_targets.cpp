#include "defect_targets.hpp"

#include <map>
#include <stdexcept>

namespace generator::defect {

std::string part_of(const std::string& value, unsigned wanted) {
  std::size_t at = 0;
  for (unsigned i = 0; i < wanted; ++i) {
    at = value.find('$', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  return value.substr(at, value.find('$', at) - at);
}

std::vector<School> schools(DefectContext& context, std::size_t least) {
  std::map<std::string, School> by_id;
  context.files.edit("EtabEducNat", [&](RecordText& record, const std::string&) {
    const std::string uai = record.first("ENTStructureUAI");
    if (context.enrolled.empty() || context.enrolled.contains(uai))
      by_id[record.id()] = {record.id(), uai, 0};
    return Edit::keep;
  });
  context.files.edit("Eleve", [&](RecordText& record, const std::string&) {
    const auto school = by_id.find(record.first("ENTPersonStructRattach"));
    if (school != by_id.end()) ++school->second.pupils;
    return Edit::keep;
  });
  std::vector<School> result;
  for (const auto& [id, school] : by_id)
    if (school.pupils >= least) result.push_back(school);
  if (result.empty())
    throw std::runtime_error("no enrolled school has enough pupils for this defect");
  return result;
}

School draw_school(DefectContext& context, std::size_t least) {
  const auto all = schools(context, least);
  return all[context.random.below(static_cast<std::uint32_t>(all.size()))];
}

void change_pupil(DefectContext& context, const std::string& what,
                  const std::function<std::string(RecordText&)>& change,
                  const std::function<bool(const RecordText&)>& suits) {
  const School school = draw_school(context, 5);
  std::string id;
  const std::string where = context.files.edit_one(
      "Eleve", context.random,
      [&](const RecordText& r) {
        return r.first("ENTPersonStructRattach") == school.id && (!suits || suits(r));
      },
      [&](RecordText& r) {
        id = r.id();
        return change(r);
      });
  context.report(where, "pupil " + id + ": " + what);
}

void change_teacher(DefectContext& context, const std::string& what,
                    const std::function<void(RecordText&, const std::string& fonction)>& change) {
  std::set<std::string> ids;
  for (const School& school : schools(context, 1)) ids.insert(school.id);
  std::string id;
  const std::string where = context.files.edit_one(
      "PersEducNat", context.random,
      [&](const RecordText& r) {
        const auto fonctions = r.values("ENTPersonFonctions");
        return fonctions.size() == 1 && ids.contains(part_of(fonctions[0], 0)) &&
               part_of(fonctions[0], 1) == "ENS" && r.values("ENTEnsFonctionDir").empty();
      },
      [&](RecordText& r) {
        id = r.id();
        change(r, r.first("ENTPersonFonctions"));
        return std::string{};
      });
  context.report(where, "staff " + id + ": " + what);
}

void change_responsable(DefectContext& context, const std::string& what,
                        const std::function<void(RecordText&)>& change) {
  const School school = draw_school(context, 5);
  std::set<std::string> ids;
  context.files.edit("Eleve", [&](RecordText& record, const std::string&) {
    if (record.first("ENTPersonStructRattach") == school.id)
      for (const std::string& link : record.values("ENTEleveAutoriteParentale"))
        ids.insert(part_of(link, 0));
    return Edit::keep;
  });
  std::string id;
  const std::string where = context.files.edit_one(
      "PersRelEleve", context.random,
      [&](const RecordText& r) {
        return ids.contains(r.id()) && !r.first("ENTPersonPrenom").empty();
      },
      [&](RecordText& r) {
        id = r.id();
        change(r);
        return std::string{};
      });
  context.report(where, "responsable " + id + ": " + what);
}

}  // namespace generator::defect
