#include "problem.hpp"

#include <algorithm>
#include <stdexcept>

#include "text.hpp"

namespace entsync {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

std::string to_string(const Problem& problem) {
  std::string line;
  if (!problem.where.file.empty()) {
    line += printable(problem.where.file);
    if (problem.where.line != 0) line += ":" + std::to_string(problem.where.line);
    line += ": ";
  }
  line += to_string(problem.severity);
  line += " ";
  line += problem.code;
  if (!problem.where.item.empty()) line += " [" + printable(problem.where.item) + "]";
  line += ": " + printable(problem.what);
  if (!problem.remedy.empty()) line += " – " + printable(problem.remedy);
  return line;
}

void Problems::error(std::string code, Place where, std::string what, std::string remedy) {
  add({Severity::error, std::move(code), std::move(where), std::move(what), std::move(remedy)});
}

void Problems::warning(std::string code, Place where, std::string what, std::string remedy) {
  add({Severity::warning, std::move(code), std::move(where), std::move(what), std::move(remedy)});
}

void Problems::note(std::string code, Place where, std::string what, std::string remedy) {
  add({Severity::note, std::move(code), std::move(where), std::move(what), std::move(remedy)});
}

void Problems::append(Problems other) {
  list.insert(list.end(), std::make_move_iterator(other.list.begin()),
              std::make_move_iterator(other.list.end()));
}

bool Problems::has_errors() const {
  return std::ranges::any_of(list, [](const Problem& p) { return p.severity == Severity::error; });
}

std::string to_string(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.list) text += to_string(problem) + "\n";
  return text;
}

void throw_exception_from_error(const Problems& problems, const boost::source_location&) {
  throw std::logic_error("value() of a failed result: " + to_string(problems));
}

}  // namespace entsync
