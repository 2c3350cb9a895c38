#pragma once
/// Configuration texts with one thing wrong, and the messages that have to come of it.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "core/problem.hpp"

namespace entsync::test {

/// A text and every message it has to give, in order.
struct Fragment {
  const char* name;
  std::string text;
  std::vector<std::string> messages;
};

inline std::ostream& operator<<(std::ostream& out, const Fragment& fragment) {
  return out << fragment.name;
}

inline std::string name_of(const testing::TestParamInfo<Fragment>& info) {
  return info.param.name;
}

inline std::vector<std::string> messages_of(const Problems& problems) {
  std::vector<std::string> list;
  for (const Problem& problem : problems.list) list.push_back(to_string(problem));
  return list;
}

}  // namespace entsync::test
