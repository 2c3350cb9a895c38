#pragma once
/// What the tests of connectors/ldap against scripted and real servers share.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/ldap/directory.hpp"
#include "support/loop.hpp"

namespace entsync::ldap::test {

using entsync::test::Loop;
using entsync::test::Pending;

inline ConnectOptions anonymous(const std::string& uri) {
  ConnectOptions options;
  options.uri = uri;
  options.bind = ConnectOptions::Bind::anonymous;
  return options;
}

inline std::string codes(const Problems& problems) {
  std::string list;
  for (const Problem& problem : problems.list) list += (list.empty() ? "" : " ") + problem.code;
  return list;
}

template <class T>
std::string codes(const Result<T>& result) {
  return result ? "" : codes(result.error());
}

inline Result<std::unique_ptr<Directory>> try_connect(Loop& loop, ConnectOptions options) {
  return loop.run(connect(loop.context().get_executor(), loop.workers(), std::move(options)));
}

/// A directory, or a failed test.
inline std::unique_ptr<Directory> connected(Loop& loop, ConnectOptions options) {
  auto result = try_connect(loop, std::move(options));
  if (!result) {
    ADD_FAILURE() << to_string(result.error());
    std::abort();
  }
  return std::move(*result);
}

/// A plan with changes, built piece by piece.
class Changes {
 public:
  /// `attributes`: name → (removed, added)
  struct Values {
    std::vector<std::string> removed{};
    std::vector<std::string> added{};
    bool replace = false;
  };
  const Change& make(Operation operation, std::string_view dn,
                     const std::vector<std::pair<std::string, Values>>& attributes = {},
                     std::string_view csn = {}) {
    std::vector<AttributeChange> list;
    for (const auto& [name, values] : attributes) {
      AttributeChange change;
      change.attribute = plan_.store(name);
      change.removed = views(values.removed);
      change.added = views(values.added);
      change.replace = values.replace;
      list.push_back(change);
    }
    auto change = std::make_unique<Change>();
    change->operation = operation;
    change->dn = plan_.store(dn);
    change->csn = plan_.store(csn);
    change->attributes = plan_.store(std::span<const AttributeChange>(list));
    changes_.push_back(std::move(change));
    return *changes_.back();
  }
  const Change& modify(std::string_view dn, std::string value = "x") {
    return make(Operation::modify, dn, {{"description", {.added = {std::move(value)}}}});
  }

 private:
  std::span<const std::string_view> views(const std::vector<std::string>& values) {
    const std::vector<std::string_view> list(values.begin(), values.end());
    return plan_.store(std::span<const std::string_view>(list));
  }
  Plan plan_;
  std::vector<std::unique_ptr<Change>> changes_;
};

/// Everything an entry of a snapshot holds, as "name=value" in sorted order.
inline std::vector<std::string> content(const SnapshotEntry& entry,
                                        const TargetVocabulary& vocabulary) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < entry.value_count(); ++i)
    values.push_back(vocabulary.name(entry.attribute(i)) + "=" + std::string(entry.text(i)));
  std::ranges::sort(values);
  return values;
}

}  // namespace entsync::ldap::test
