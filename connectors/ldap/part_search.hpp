#pragma once
/// The questions of a part as searches – many values in one filter, an entry by its DN in one of
/// its own – and the entries of their answers.

#include <string>
#include <string_view>
#include <vector>

#include "connectors/ldap/branch_reader.hpp"
#include "connectors/ldap/directory.hpp"

namespace entsync::ldap {

struct PartSearch {
  Branch branch = Branch::people;
  std::string base;
  int scope = LDAP_SCOPE_SUBTREE;
  std::string filter;
  std::vector<TargetAttribute> attributes;
};

std::vector<PartSearch> part_searches(const PartRequest& request);

/// `(name=value)` with everything escaped that means something in a filter (RFC 4515 §3).
std::string equality_filter(std::string_view name, std::string_view value);

class FoundReader {
 public:
  explicit FoundReader(AttributeIndex& attributes);

  void take(Branch branch, EntryView& entry);
  /// Why the answers cannot be used although every search ended in success.
  [[nodiscard]] Problems findings(const PartRequest& request, const std::string& server) const;
  [[nodiscard]] std::vector<FoundEntry> found() && { return std::move(found_); }

 private:
  AttributeIndex& attributes_;
  TargetAttribute object_class_;
  std::vector<FoundEntry> found_;
  std::size_t malformed_ = 0;
  std::size_t without_class_ = 0;
};

}  // namespace entsync::ldap
