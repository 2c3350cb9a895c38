#include "support/memory_directory.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/dn.hpp"
#include "core/text.hpp"
#include "support/builders.hpp"

namespace entsync::test {
namespace {

Matching matching_of(std::string_view attribute) {
  const TargetAttributeInfo* info = Schema::of_1d().attribute(attribute);
  return info == nullptr ? Matching::case_ignore : info->matching;
}

auto find_value(std::vector<std::string>& values, Matching matching, std::string_view value) {
  return std::ranges::find_if(values,
                              [&](const std::string& v) { return equal(matching, v, value); });
}

bool names_entry(std::string_view dn, std::string_view attribute, std::string_view value) {
  const auto rdns = dn::parse(dn);
  if (!rdns || rdns->empty()) return false;
  return std::ranges::any_of(rdns->front(), [&](const dn::Rdn& part) {
    return equals_ignoring_case(part.type, attribute) &&
           equal(matching_of(attribute), part.value, value);
  });
}

}  // namespace

std::vector<std::string> MemoryEntry::values(std::string_view attribute) const {
  const auto found = attributes.find(ascii_lower(attribute));
  return found == attributes.end() ? std::vector<std::string>{} : found->second;
}

std::string MemoryEntry::value(std::string_view attribute) const {
  const auto all = values(attribute);
  if (all.size() != 1)
    throw std::logic_error(dn + " holds " + std::to_string(all.size()) + " values of " +
                           std::string(attribute));
  return all.front();
}

void MemoryDirectory::store(MemoryEntry entry) {
  entry.csn = "csn" + std::to_string(++revision_);
  std::string key = dn::normalise(entry.dn);
  entries_.insert_or_assign(std::move(key), std::move(entry));
}

MemoryEntry& MemoryDirectory::entry(std::string_view dn) {
  const auto found = entries_.find(dn::normalise(dn));
  if (found == entries_.end()) throw std::logic_error("no entry " + std::string(dn));
  found->second.csn = "csn" + std::to_string(++revision_);
  return found->second;
}

void MemoryDirectory::load(std::string_view text) {
  MemoryEntry entry;
  const auto finish = [&] {
    if (!entry.dn.empty()) store(std::exchange(entry, {}));
  };
  for (const std::string_view line : lines_of(text)) {
    if (trim(line).empty()) {
      finish();
      continue;
    }
    if (line.starts_with('#')) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) throw std::logic_error("not LDIF: " + std::string(line));
    const std::string_view name = trim(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "dn")
      entry.dn = value;
    else
      entry.attributes[ascii_lower(name)].emplace_back(value);
  }
  finish();
}

void MemoryDirectory::put(std::string_view dn, std::string_view attribute, std::string_view value) {
  auto& values = entry(dn).attributes[ascii_lower(attribute)];
  if (find_value(values, matching_of(attribute), value) == values.end()) values.emplace_back(value);
}

void MemoryDirectory::take(std::string_view dn, std::string_view attribute,
                           std::string_view value) {
  MemoryEntry& e = entry(dn);
  auto& values = e.attributes[ascii_lower(attribute)];
  const auto found = find_value(values, matching_of(attribute), value);
  if (found == values.end()) throw std::logic_error("no such value: " + std::string(value));
  values.erase(found);
  if (values.empty()) e.attributes.erase(ascii_lower(attribute));
}

void MemoryDirectory::clear(std::string_view dn, std::string_view attribute) {
  entry(dn).attributes.erase(ascii_lower(attribute));
}

void MemoryDirectory::remove(std::string_view dn) {
  if (entries_.erase(dn::normalise(dn)) == 0) throw std::logic_error("no entry " + std::string(dn));
}

/// What a server checks of an entry as it would stand after the request.
int MemoryDirectory::check(const MemoryEntry& entry) const {
  const Schema& schema = Schema::of_1d();
  const auto classes = entry.attributes.find("objectclass");
  if (classes == entry.attributes.end()) return object_class_violation;
  bool structural = false;
  for (const std::string& name : classes->second) {
    const SchemaClass* known = schema.object_class(name);
    if (known == nullptr) return invalid_attribute_syntax;
    structural = structural || known->structural;
  }
  if (!structural) return object_class_violation;
  const auto allowed = schema.allowed(classes->second);
  for (const auto& [name, values] : entry.attributes) {
    const TargetAttributeInfo* info = schema.attribute(name);
    if (info == nullptr) return undefined_attribute_type;
    if (!allowed.contains(name)) return object_class_violation;
    if (info->single_valued && values.size() > 1) return constraint_violation;
    for (const std::string& value : values)
      if (!is_valid(*info, value)) return invalid_attribute_syntax;
  }
  for (const std::string& name : schema.must(classes->second))
    if (!entry.attributes.contains(name)) return object_class_violation;
  const auto rdns = dn::parse(entry.dn);
  for (const dn::Rdn& part : rdns->front()) {
    const auto values = entry.values(part.type);
    const bool held = std::ranges::any_of(
        values, [&](const std::string& v) { return equal(matching_of(part.type), v, part.value); });
    if (!held) return naming_violation;
  }
  return success;
}

int MemoryDirectory::create(const Change& change) {
  if (find(change.dn) != nullptr) return entry_already_exists;
  const std::string parent = dn::normalise(dn::parent(change.dn));
  const bool in_branch = parent == dn::normalise(tree_.people) ||
                         parent == dn::normalise(tree_.structures) ||
                         parent == dn::normalise(tree_.groups);
  if (!in_branch && !entries_.contains(parent)) return no_such_object;
  MemoryEntry entry;
  entry.dn = change.dn;
  for (const AttributeChange& attribute : change.attributes) {
    if (!attribute.removed.empty()) return unwilling_to_perform;
    if (entry.attributes.contains(ascii_lower(attribute.attribute)))
      return attribute_or_value_exists;
    if (const int code = modify_attribute(entry, attribute); code != success) return code;
  }
  if (const int code = check(entry); code != success) return code;
  store(std::move(entry));
  return success;
}

int MemoryDirectory::modify_attribute(MemoryEntry& entry, const AttributeChange& attribute) const {
  const std::string name = ascii_lower(attribute.attribute);
  const Matching matching = matching_of(name);
  std::vector<std::string>& values = entry.attributes[name];
  if (attribute.replace) {
    values.clear();
  } else {
    if (matching == Matching::none && !attribute.removed.empty()) return inappropriate_matching;
    for (const std::string_view value : attribute.removed) {
      const auto found = find_value(values, matching, value);
      if (found == values.end()) return no_such_attribute;
      if (names_entry(entry.dn, name, value)) return not_allowed_on_rdn;
      values.erase(found);
    }
  }
  for (const std::string_view value : attribute.added) {
    if (find_value(values, matching, value) != values.end()) return attribute_or_value_exists;
    values.emplace_back(value);
  }
  if (values.empty()) entry.attributes.erase(name);
  return success;
}

int MemoryDirectory::modify(const Change& change, bool assertion) {
  const MemoryEntry* present = find(change.dn);
  if (present == nullptr) return no_such_object;
  if (assertion && !change.csn.empty() && present->csn != change.csn) return assertion_failed;
  MemoryEntry entry = *present;
  for (const AttributeChange& attribute : change.attributes)
    if (const int code = modify_attribute(entry, attribute); code != success) return code;
  if (const int code = check(entry); code != success) return code;
  store(std::move(entry));
  return success;
}

int MemoryDirectory::apply(const Change& change, bool assertion) {
  if (change.operation == Operation::create) return create(change);
  if (change.operation != Operation::remove) return modify(change, assertion);
  const MemoryEntry* present = find(change.dn);
  if (present == nullptr) return no_such_object;
  if (assertion && !change.csn.empty() && present->csn != change.csn) return assertion_failed;
  remove(change.dn);
  return success;
}

std::vector<std::pair<std::string, int>> MemoryDirectory::apply(const Plan& plan) {
  std::vector<std::pair<std::string, int>> refusals;
  for (const Change& change : plan.changes)
    if (const int code = apply(change); code != success) refusals.emplace_back(change.dn, code);
  return refusals;
}

const MemoryEntry* MemoryDirectory::find(std::string_view dn) const {
  const auto found = entries_.find(dn::normalise(dn));
  return found == entries_.end() ? nullptr : &found->second;
}

const MemoryEntry& MemoryDirectory::at(std::string_view dn) const {
  const MemoryEntry* found = find(dn);
  if (found == nullptr) throw std::logic_error("no entry " + std::string(dn));
  return *found;
}

const MemoryEntry& MemoryDirectory::with(std::string_view attribute, std::string_view value) const {
  const MemoryEntry* found = nullptr;
  for (const auto& [key, entry] : entries_) {
    auto values = entry.values(attribute);
    if (find_value(values, matching_of(attribute), value) == values.end()) continue;
    if (found != nullptr) throw std::logic_error("two entries with " + std::string(value));
    found = &entry;
  }
  if (found == nullptr) throw std::logic_error("no entry with " + std::string(value));
  return *found;
}

DirectorySnapshot MemoryDirectory::snapshot(const Rules& rules) const {
  SnapshotBuilder builder;
  for (const auto& [key, entry] : entries_) {
    std::optional<Branch> branch;
    if (dn::is_under(entry.dn, tree_.people)) branch = Branch::people;
    if (dn::is_under(entry.dn, tree_.structures)) branch = Branch::structures;
    if (dn::is_under(entry.dn, tree_.groups)) branch = Branch::groups;
    if (!branch) continue;
    std::vector<std::pair<TargetAttribute, std::string_view>> values;
    for (const auto& [name, texts] : entry.attributes)
      if (const auto a = rules.target.find(name); a != TargetVocabulary::npos)
        for (const std::string& text : texts) values.emplace_back(a, text);
    builder.add_entry(*branch, entry.dn, entry.csn, values);
  }
  for (const Branch branch : {Branch::people, Branch::structures, Branch::groups})
    builder.search_ended({branch, {}, 0, 0});
  return SnapshotBuilder::finish(std::move(builder)).value();
}

std::optional<std::vector<std::pair<TargetAttribute, std::string>>> MemoryDirectory::read(
    std::string_view dn, const Rules& rules) const {
  const MemoryEntry* found = find(dn);
  if (found == nullptr) return std::nullopt;
  std::vector<std::pair<TargetAttribute, std::string>> values;
  for (const auto& [name, texts] : found->attributes)
    if (const auto a = rules.target.find(name); a != TargetVocabulary::npos)
      for (const std::string& text : texts) values.emplace_back(a, text);
  return values;
}

std::vector<std::string> MemoryDirectory::broken_links() const {
  std::vector<std::string> broken;
  for (const auto& [key, entry] : entries_)
    for (const auto& [name, values] : entry.attributes)
      for (const std::string& value : values) {
        const std::string dn = value.substr(0, value.find('$'));
        const bool is_link = matching_of(name) == Matching::dn || dn.size() < value.size();
        if (is_link && dn.find('=') != std::string::npos && find(dn) == nullptr)
          broken.push_back(entry.dn + " " + name + " " + value);
      }
  return broken;
}

std::string MemoryDirectory::text() const {
  std::string out;
  for (const auto& [key, entry] : entries_) {
    out += "dn: " + key + "\n";
    for (const auto& [name, values] : entry.attributes) {
      std::vector<std::string> sorted;
      for (const std::string& value : values) sorted.push_back(normalise(matching_of(name), value));
      std::ranges::sort(sorted);
      for (const std::string& value : sorted) out += name + ": " + value + "\n";
    }
    out += "\n";
  }
  return out;
}

}  // namespace entsync::test
