#pragma once
/// A finding about data or configuration that somebody has to read: what was found, where, and what
/// can be done about it. Findings are values: they are collected and returned, never thrown. Texts
/// name keys and places (file, line, UAI, jointure), never a person's data, because problems end up
/// in operational logs.

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace entsync {

enum class Severity : std::uint8_t { note, warning, error };

std::string_view to_string(Severity severity);

/// A place in something the operator can open. `line` is 1-based, 0 when it has no meaning.
struct Place {
  std::string file;
  std::uint64_t line = 0;
  /// The object at this place: a configuration key, a UAI, an `academie/category/jointure`, a DN.
  std::string item;

  bool operator==(const Place&) const = default;
};

struct Problem {
  Severity severity = Severity::error;
  /// Stable message identifier, documented in docs/messages.md, e.g. "AAF-012".
  std::string code;
  Place where;
  std::string what;
  /// What the reader can do; empty when nothing is expected of anybody.
  std::string remedy;

  bool operator==(const Problem&) const = default;
};

/// One line: `file:line: error AAF-012 [item]: what – remedy`. Text from outside cannot forge
/// another one.
std::string to_string(const Problem& problem);

/// A struct rather than a vector so that `return 3;` still converts to Result<int>.
struct Problems {
  std::vector<Problem> list;

  Problems() = default;
  Problems(Problem problem) { list.push_back(std::move(problem)); }  // NOLINT: conversion intended

  void add(Problem problem) { list.push_back(std::move(problem)); }
  void error(std::string code, Place where, std::string what, std::string remedy = {});
  void warning(std::string code, Place where, std::string what, std::string remedy = {});
  void note(std::string code, Place where, std::string what, std::string remedy = {});
  void append(Problems other);
  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] bool empty() const { return list.empty(); }
};

/// All problems, one line each.
std::string to_string(const Problems& problems);

[[noreturn]] void throw_exception_from_error(const Problems& problems,
                                             const boost::source_location& where);

/// Either a value or the findings that prevented it.
template <class T>
using Result = boost::system::result<T, Problems>;

}  // namespace entsync
