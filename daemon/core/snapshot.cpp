#include "snapshot.hpp"

#include <algorithm>
#include <array>
#include <cstring>
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

namespace {

constexpr std::uint32_t bit_of(TargetAttribute attribute) {
  return std::uint32_t{1} << (attribute % 32U);
}

}  // namespace

std::size_t SnapshotEntry::find(TargetAttribute wanted) const {
  std::size_t i = header_->values;
  if ((header_->attributes & bit_of(wanted)) == 0) return i;
  for (i = 0; i < header_->values && attribute(i) != wanted; ++i) {
  }
  return i;
}

std::string_view SnapshotEntry::first(TargetAttribute wanted) const {
  const std::size_t i = find(wanted);
  return i < header_->values ? text(i) : std::string_view();
}

void SnapshotEntry::values_of(TargetAttribute wanted, std::vector<std::string_view>& out) const {
  out.clear();
  for (std::size_t i = find(wanted); i < header_->values && attribute(i) == wanted; ++i)
    out.push_back(text(i));
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

bool SnapshotBuilder::stand_together(
    std::span<const std::pair<TargetAttribute, std::string_view>> attributes, std::uint32_t& mask) {
  const std::size_t number = entries_.size() + 1;
  bool together = true;
  const TargetAttribute* before = nullptr;
  for (const auto& [attribute, value] : attributes) {
    if (before != nullptr && *before == attribute) continue;
    before = &attribute;
    if (attribute >= last_entry_.size()) last_entry_.resize(attribute + std::size_t{1});
    together = together && last_entry_[attribute] != number;
    last_entry_[attribute] = number;
    mask |= bit_of(attribute);
  }
  return together;
}

void SnapshotBuilder::add_entry(
    Branch branch, std::string_view dn, std::string_view csn,
    std::span<const std::pair<TargetAttribute, std::string_view>> attributes) {
  using Header = SnapshotEntry::Header;
  using ValueHeader = SnapshotEntry::ValueHeader;
  headers_.clear();
  std::uint32_t mask = 0;
  const bool together = stand_together(attributes, mask);
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
             mask, static_cast<std::uint16_t>(csn.size()), branch};
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
  if (!together)
    std::stable_sort(values, values + headers_.size(), [](ValueHeader a, ValueHeader b) {
      return (a.attribute & ~SnapshotEntry::shared_bit) <
             (b.attribute & ~SnapshotEntry::shared_bit);
    });
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
    if (dn::is_plain(dn)) {
      by_dn_.emplace(dn, static_cast<EntryIndex>(i));
      continue;
    }
    by_dn_.emplace(arena_.store(dn::normalise(dn)), static_cast<EntryIndex>(i));
    as_written_.emplace(dn, static_cast<EntryIndex>(i));
  }
}

EntryIndex DirectorySnapshot::find(std::string_view dn) const {
  auto found = by_dn_.find(dn);
  if (found == by_dn_.end() && !dn::is_plain(dn)) {
    if (const auto written = as_written_.find(dn); written != as_written_.end())
      return written->second;
    found = by_dn_.find(dn::normalise(dn));
  }
  return found == by_dn_.end() ? no_entry : found->second;
}

}  // namespace entsync
