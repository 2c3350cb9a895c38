#include "snapshot.hpp"

#include <algorithm>
#include <array>

#include "dn.hpp"

namespace entsync {

std::string_view to_string(Branch branch) {
  switch (branch) {
    case Branch::people: return "people";
    case Branch::structures: return "structures";
    case Branch::groups: return "groups";
  }
  return "?";
}

std::string_view SnapshotEntry::first(TargetAttribute attribute) const {
  const ValueHeader* v = values();
  for (std::uint32_t i = 0; i < header_->values; ++i)
    if (v[i].attribute == attribute) return {v[i].text, v[i].length};
  return {};
}

void SnapshotEntry::values_of(TargetAttribute attribute,
                              std::vector<std::string_view>& out) const {
  out.clear();
  const ValueHeader* v = values();
  for (std::uint32_t i = 0; i < header_->values; ++i)
    if (v[i].attribute == attribute) out.emplace_back(v[i].text, v[i].length);
}

void SnapshotBuilder::add_entry(
    Branch branch, std::string_view dn, std::string_view csn,
    std::span<const std::pair<TargetAttribute, std::string_view>> attributes) {
  using Header = SnapshotEntry::Header;
  using ValueHeader = SnapshotEntry::ValueHeader;
  std::size_t text = dn.size() + csn.size();
  for (const auto& [attribute, value] : attributes) text += value.size();
  std::byte* block =
      arena_.allocate(sizeof(Header) + attributes.size() * sizeof(ValueHeader) + text,
                      alignof(Header));
  auto* values = reinterpret_cast<ValueHeader*>(block + sizeof(Header));
  auto* out = reinterpret_cast<char*>(values + attributes.size());
  const auto put = [&](std::string_view s) {
    const char* at = out;
    if (!s.empty()) std::memcpy(out, s.data(), s.size());
    out += s.size();
    return at;
  };
  const char* dn_at = put(dn);
  put(csn);
  auto* header = new (block) Header{dn_at, static_cast<std::uint32_t>(dn.size()),
                                    static_cast<std::uint32_t>(csn.size()),
                                    static_cast<std::uint32_t>(attributes.size()), branch};
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const std::string_view value = attributes[i].second;
    const char* at = put(value);
    new (values + i) ValueHeader{at, static_cast<std::uint32_t>(value.size()), attributes[i].first};
  }
  entries_.emplace_back(header);
}

Result<DirectorySnapshot> SnapshotBuilder::finish(SnapshotBuilder&& builder) {
  Problems problems;
  for (const Branch branch : std::array{Branch::people, Branch::structures, Branch::groups}) {
    bool read = false;
    for (const SearchEnded& ended : builder.ended_) {
      if (ended.branch != branch) continue;
      read = true;
      if (ended.result_code == 0) continue;
      problems.error("LDAP-031", {{}, 0, ended.base},
                     "the search ended with LDAP result " + std::to_string(ended.result_code) +
                         " after " + std::to_string(ended.entries) + " entries",
                     "nothing was changed; see the message before this one");
    }
    if (!read)
      problems.error("LDAP-030", {{}, 0, std::string(to_string(branch))},
                     "the branch was not read to its end",
                     "nothing was changed; the directory is only compared when it was read whole");
  }
  if (problems.has_errors()) return problems;
  DirectorySnapshot snapshot;
  snapshot.arena_ = std::move(builder.arena_);
  snapshot.entries_ = std::move(builder.entries_);
  snapshot.index();
  return snapshot;
}

void DirectorySnapshot::index() {
  by_dn_.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::string_view dn = entries_[i].dn();
    const std::string_view key = dn::is_plain(dn) ? dn : arena_.store(dn::normalise(dn));
    by_dn_.emplace(key, static_cast<EntryIndex>(i));
  }
}

EntryIndex DirectorySnapshot::find(std::string_view dn) const {
  auto found = by_dn_.find(dn);
  if (found == by_dn_.end() && !dn::is_plain(dn)) found = by_dn_.find(dn::normalise(dn));
  return found == by_dn_.end() ? no_entry : found->second;
}

}  // namespace entsync
