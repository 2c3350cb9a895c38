#include "snapshot.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "dn.hpp"

namespace entsync {

std::string_view to_string(Branch branch) {
  switch (branch) {
    case Branch::people:
      return "people";
    case Branch::structures:
      return "structures";
    case Branch::groups:
      return "groups";
  }
  return "?";
}

std::string_view SnapshotEntry::first(TargetAttribute wanted) const {
  for (std::size_t i = 0; i < header_->values; ++i)
    if (attribute(i) == wanted) return text(i);
  return {};
}

void SnapshotEntry::values_of(TargetAttribute wanted, std::vector<std::string_view>& out) const {
  out.clear();
  for (std::size_t i = 0; i < header_->values; ++i)
    if (attribute(i) == wanted) out.push_back(text(i));
}

namespace {

/// Values looked at before an attribute is judged, and the share of new ones (1 in 4) that ends
/// sharing.
constexpr std::uint32_t trial = 512;
constexpr std::size_t longest_own_value = 0xFFFF;

}  // namespace

std::optional<std::uint32_t> SnapshotBuilder::share(TargetAttribute attribute,
                                                    std::string_view value) {
  if (attribute >= recurrence_.size()) recurrence_.resize(attribute + std::size_t{1});
  Recurrence& recurrence = recurrence_[attribute];
  const bool too_long = value.size() > longest_own_value;
  if (!too_long && recurrence.seen > trial && recurrence.fresh * 4 > recurrence.seen)
    return std::nullopt;
  ++recurrence.seen;
  const std::size_t known = shared_.size();
  const std::uint32_t index = find_shared(value);
  if (index == known) ++recurrence.fresh;
  return index;
}

/// Index of the value among the shared ones, where it is put when it is new.
std::uint32_t SnapshotBuilder::find_shared(std::string_view value) {
  if (previous_ < follower_.size() && shared_[follower_[previous_]] == value)
    return previous_ = follower_[previous_];
  auto index = static_cast<std::uint32_t>(shared_.size());
  if (const auto known = shared_index_.find(value); known != shared_index_.end()) {
    index = known->second;
  } else {
    shared_.push_back(arena_.store(value));
    follower_.push_back(index);
    shared_index_.emplace(shared_.back(), index);
  }
  follower_[previous_] = index;
  return previous_ = index;
}

void SnapshotBuilder::add_entry(
    Branch branch, std::string_view dn, std::string_view csn,
    std::span<const std::pair<TargetAttribute, std::string_view>> attributes) {
  using Header = SnapshotEntry::Header;
  using ValueHeader = SnapshotEntry::ValueHeader;
  headers_.clear();
  std::size_t text = dn.size() + csn.size();
  for (const auto& [attribute, value] : attributes) {
    if (const auto shared = share(attribute, value)) {
      headers_.push_back(
          {*shared, 0, static_cast<std::uint16_t>(attribute | SnapshotEntry::shared_bit)});
    } else {
      headers_.push_back(
          {static_cast<std::uint32_t>(text), static_cast<std::uint16_t>(value.size()), attribute});
      text += value.size();
    }
  }
  std::byte* block = arena_.allocate(sizeof(Header) + headers_.size() * sizeof(ValueHeader) + text,
                                     alignof(Header));
  auto* header = new (block)
      Header{static_cast<std::uint32_t>(headers_.size()), static_cast<std::uint32_t>(dn.size()),
             static_cast<std::uint16_t>(csn.size()), branch};
  auto* values = reinterpret_cast<ValueHeader*>(header + 1);
  std::uninitialized_copy(headers_.begin(), headers_.end(), values);
  auto* out = reinterpret_cast<char*>(values + headers_.size());
  const auto put = [&](std::string_view s) {
    if (!s.empty()) std::memcpy(out, s.data(), s.size());
    out += s.size();
  };
  put(dn);
  put(csn);
  for (std::size_t i = 0; i < attributes.size(); ++i)
    if ((headers_[i].attribute & SnapshotEntry::shared_bit) == 0) put(attributes[i].second);
  entries_.push_back(header);
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
                     "nothing was changed; this is a defect of entsync, the cause was not "
                     "recognised: report it");
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
  snapshot.shared_ = std::move(builder.shared_);
  snapshot.index();
  return snapshot;
}

void DirectorySnapshot::index() {
  by_dn_.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::string_view dn = entry(static_cast<EntryIndex>(i)).dn();
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
