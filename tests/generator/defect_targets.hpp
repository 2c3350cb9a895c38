#pragma once
/// Where a defect strikes: an enrolled school, and the pupils, responsables and staff of one, so
/// that a synchroniser that reads enrolled schools only meets the defect.

#include <functional>
#include <string>
#include <vector>

#include "defects.hpp"

namespace generator::defect {

/// Part number `wanted` of a composite value, from 0; empty when there are not so many.
std::string part_of(const std::string& value, unsigned wanted);

struct School {
  std::string id;
  std::string uai;
  std::size_t pupils = 0;
};
/// Enrolled schools with at least `least` pupils. Throws std::runtime_error when there is none.
std::vector<School> schools(DefectContext& context, std::size_t least);
School draw_school(DefectContext& context, std::size_t least = 10);

/// Changes one pupil of an enrolled school; the text that `change` returns is put after the record.
void change_pupil(DefectContext& context, const std::string& what,
                  const std::function<std::string(RecordText&)>& change,
                  const std::function<bool(const RecordText&)>& suits = {});
/// Changes one member of staff with exactly one function, which is teaching in an enrolled school.
void change_teacher(DefectContext& context, const std::string& what,
                    const std::function<void(RecordText&, const std::string& fonction)>& change);
/// Changes one natural person who is a responsable of a pupil of an enrolled school.
void change_responsable(DefectContext& context, const std::string& what,
                        const std::function<void(RecordText&)>& change);

}  // namespace generator::defect
