#include "processing_register.hpp"

#include <algorithm>

#include "text.hpp"

namespace entsync {
namespace {

template <class List>
const auto& named(const List& list, const std::string& id) {
  return *std::ranges::find_if(list, [&](const auto& one) { return one.id == id; });
}

}  // namespace

const RegisterLine* ProcessingRegister::line_of(std::string_view attribute) const {
  for (const RegisterLine& line : lines)
    if (equals_ignoring_case(line.attribute, attribute)) return &line;
  return nullptr;
}

const DataCategory& ProcessingRegister::category_of(const RegisterLine& line) const {
  return named(categories, line.category);
}

const Purpose& ProcessingRegister::purpose_of(const RegisterLine& line) const {
  return named(purposes, line.purpose);
}

Problems compare(const ProcessingRegister& processing, const Rules& rules) {
  Problems problems;
  for (std::size_t a = 0; a < rules.target.size(); ++a) {
    const std::string& name = rules.target.name(static_cast<TargetAttribute>(a));
    if (processing.line_of(name) == nullptr)
      problems.error("PROC-001", {processing.file, 0, name},
                     "the rules map this attribute, and the register of processing has no line "
                     "for it",
                     "add its label, category and purpose to the attributes of the file");
  }
  for (const RegisterLine& line : processing.lines)
    if (rules.target.find(line.attribute) == TargetVocabulary::npos)
      problems.warning("PROC-002", {processing.file, 0, line.attribute},
                       "the register of processing has a line for this attribute, and no rule "
                       "maps it",
                       "take the line out, or map the attribute");
  return problems;
}

}  // namespace entsync
