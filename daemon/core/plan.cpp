#include "plan.hpp"

#include <algorithm>
#include <unordered_set>

#include "dn.hpp"

namespace entsync {

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::create:
      return "create";
    case Operation::modify:
      return "modify";
    case Operation::absent:
      return "absent";
    case Operation::restore:
      return "restore";
    case Operation::remove:
      return "remove";
  }
  return "?";
}

std::optional<Operation> parse_operation(std::string_view name) {
  for (const Operation operation : all_operations)
    if (to_string(operation) == name) return operation;
  return std::nullopt;
}

char glyph(Operation operation) {
  switch (operation) {
    case Operation::create:
      return '+';
    case Operation::modify:
      return '~';
    case Operation::absent:
      return '!';
    case Operation::restore:
      return '^';
    case Operation::remove:
      return '-';
  }
  return '?';
}

std::string_view to_string(EntryKind kind) {
  switch (kind) {
    case EntryKind::structure:
      return "structure";
    case EntryKind::person:
      return "person";
    case EntryKind::classe:
      return "classe";
    case EntryKind::groupe:
      return "groupe";
    case EntryKind::profil:
      return "profil";
  }
  return "?";
}

std::optional<EntryKind> parse_entry_kind(std::string_view name) {
  for (const EntryKind kind : {EntryKind::structure, EntryKind::person, EntryKind::classe,
                               EntryKind::groupe, EntryKind::profil})
    if (to_string(kind) == name) return kind;
  return std::nullopt;
}

std::string label(const Change& change) {
  if (change.profil) return std::string(to_string(*change.profil));
  return std::string(to_string(change.kind));
}

PlanCounts Plan::counts() const {
  PlanCounts counts;
  for (const Change& change : changes) ++counts[label(change)][change.operation];
  return counts;
}

std::uint64_t Plan::value_count(const Change& change) {
  std::uint64_t n = 0;
  for (const AttributeChange& a : change.attributes) n += a.removed.size() + a.added.size();
  return n;
}

std::string_view Plan::intern(std::string_view s) {
  if (const auto known = interned_.find(s); known != interned_.end()) return *known;
  return *interned_.insert(text.store(s)).first;
}

std::span<const std::string_view> Plan::store(std::span<const std::string_view> views) {
  if (views.empty()) return {};
  auto* out = reinterpret_cast<std::string_view*>(
      text.allocate(views.size() * sizeof(std::string_view), alignof(std::string_view)));
  for (std::size_t i = 0; i < views.size(); ++i)
    new (out + i) std::string_view(text.store(views[i]));
  return {out, views.size()};
}

std::span<const std::string_view> Plan::store_views(std::span<const std::string_view> views) {
  if (views.empty()) return {};
  auto* out = reinterpret_cast<std::string_view*>(
      text.allocate(views.size() * sizeof(std::string_view), alignof(std::string_view)));
  for (std::size_t i = 0; i < views.size(); ++i) new (out + i) std::string_view(views[i]);
  return {out, views.size()};
}

std::span<const AttributeChange> Plan::store(std::span<const AttributeChange> attributes) {
  if (attributes.empty()) return {};
  auto* out = reinterpret_cast<AttributeChange*>(
      text.allocate(attributes.size() * sizeof(AttributeChange), alignof(AttributeChange)));
  for (std::size_t i = 0; i < attributes.size(); ++i) new (out + i) AttributeChange(attributes[i]);
  return {out, attributes.size()};
}

void order(Plan& plan) {
  std::ranges::stable_sort(plan.changes, [](const Change& a, const Change& b) {
    return a.wave != b.wave ? a.wave < b.wave : a.dn < b.dn;
  });
}

Problems check_plan(const Plan& plan) {
  Problems problems;
  std::unordered_set<std::string> seen;
  std::uint8_t wave = 0;
  for (const Change& change : plan.changes) {
    const auto bug = [&](std::string what) {
      problems.error("PLAN-001", {{}, 0, std::string(change.dn)}, std::move(what),
                     "this is a defect of entsync; the plan is not applied");
    };
    if (!seen.insert(dn::normalise(change.dn)).second) bug("two changes of one entry");
    if (change.wave < wave) bug("waves out of order");
    wave = std::max(wave, change.wave);
    if (change.operation != Operation::remove && Plan::value_count(change) == 0)
      bug("a change without effect");
    if (change.operation == Operation::create)
      for (const AttributeChange& a : change.attributes)
        if (!a.removed.empty()) bug("a create that removes values");
  }
  return problems;
}

}  // namespace entsync
