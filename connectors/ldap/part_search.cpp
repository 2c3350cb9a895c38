#include "connectors/ldap/part_search.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/dn.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

/// Values in one filter: enough that searches are few, little enough that no server minds.
constexpr std::size_t values_in_filter = 50;

const SnapshotRequest::Base& base_of(const PartRequest& request, Branch branch) {
  return *std::ranges::find(request.bases, branch, &SnapshotRequest::Base::branch);
}

}  // namespace

std::string equality_filter(std::string_view name, std::string_view value) {
  std::string filter = "(" + std::string(name) + "=";
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte != 0 && std::string_view("*()\\").find(c) == std::string_view::npos) {
      filter += c;
    } else {
      filter += '\\';
      filter += digits[byte >> 4U];
      filter += digits[byte & 0xFU];
    }
  }
  return filter + ")";
}

namespace {

std::string equality(const PartRequest& request, const EntryQuery& query) {
  std::string filter = equality_filter(request.vocabulary.name(query.attribute), query.value);
  if (query.and_value.empty()) return filter;
  return "(&" + filter +
         equality_filter(request.vocabulary.name(query.and_attribute), query.and_value) + ")";
}

}  // namespace

std::vector<PartSearch> part_searches(const PartRequest& request) {
  std::vector<PartSearch> searches;
  std::map<std::pair<Branch, TargetAttribute>, std::vector<std::string>> filters;
  for (const EntryQuery& query : request.queries) {
    const SnapshotRequest::Base& base = base_of(request, query.branch);
    switch (query.kind) {
      case EntryQuery::Kind::branch:
        searches.push_back(
            {query.branch, base.dn, LDAP_SCOPE_SUBTREE, "(objectClass=*)", base.attributes});
        break;
      case EntryQuery::Kind::dn:
        searches.push_back(
            {query.branch, query.value, LDAP_SCOPE_BASE, "(objectClass=*)", base.attributes});
        break;
      case EntryQuery::Kind::equal:
        filters[{query.branch, query.attribute}].push_back(equality(request, query));
        break;
    }
  }
  for (const auto& [about, list] : filters) {
    const SnapshotRequest::Base& base = base_of(request, about.first);
    for (std::size_t i = 0; i < list.size(); i += values_in_filter) {
      std::string filter = "(|";
      for (std::size_t n = i; n < std::min(i + values_in_filter, list.size()); ++n)
        filter += list[n];
      searches.push_back({about.first, base.dn, LDAP_SCOPE_SUBTREE, filter + ")", base.attributes});
    }
  }
  return searches;
}

FoundReader::FoundReader(AttributeIndex& attributes)
    : attributes_(attributes), object_class_(attributes.find("objectClass")) {}

void FoundReader::take(Branch branch, EntryView& entry) {
  FoundEntry found{branch, std::string(entry.dn()), {}, {}};
  bool has_class = object_class_ == TargetVocabulary::npos;
  while (entry.next()) {
    const std::span<const berval> values = entry.values();
    if (equals_ignoring_case(entry.attribute(), "entryCSN") && !values.empty())
      found.csn = view(values.front());
    const TargetAttribute attribute = attributes_.find(entry.attribute());
    if (attribute == TargetVocabulary::npos) continue;
    has_class = has_class || (attribute == object_class_ && !values.empty());
    for (const berval& value : values)
      found.values.emplace_back(attribute, std::string(view(value)));
  }
  malformed_ += entry.is_malformed() ? 1 : 0;
  without_class_ += has_class ? 0 : 1;
  found_.push_back(std::move(found));
}

Problems FoundReader::findings(const PartRequest& request, const std::string& server) const {
  Problems problems;
  const Place where{{}, 0, server};
  for (const EntryQuery& query : request.queries) {
    if (query.kind != EntryQuery::Kind::branch) continue;
    const std::string& base = base_of(request, query.branch).dn;
    const bool is_shown = std::ranges::any_of(
        found_, [&](const FoundEntry& entry) { return dn::is_under(base, entry.dn); });
    if (!is_shown)
      problems.error(
          "LDAP-036", {{}, 0, base},
          "the search succeeded but did not show the base entry: an ACL hides the tree",
          "give the service account read access to the base entry and everything below it");
  }
  if (without_class_ > 0)
    problems.error(
        "LDAP-038", where,
        std::to_string(without_class_) +
            " entries came without objectClass, which every entry has: an ACL hides attributes",
        "give the service account read access to all attributes of these entries");
  if (malformed_ > 0)
    problems.error("LDAP-040", where,
                   std::to_string(malformed_) + " entries sent by the server cannot be decoded",
                   "look for a proxy in between; if there is none, the server is at fault");
  return problems;
}

}  // namespace entsync::ldap
