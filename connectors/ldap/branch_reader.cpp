#include "connectors/ldap/branch_reader.hpp"

#include "core/dn.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

constexpr std::string_view entry_csn = "entryCSN";

}  // namespace

AttributeIndex::AttributeIndex(const TargetVocabulary& vocabulary, const Aliases& aliases) {
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto attribute = static_cast<TargetAttribute>(i);
    for (std::string& name : aliases.of(vocabulary.name(attribute)))
      by_lower_name_.emplace(std::move(name), attribute);
  }
}

TargetAttribute AttributeIndex::look_up(std::string_view name) const {
  const auto found = by_lower_name_.find(ascii_lower(name));
  return found == by_lower_name_.end() ? TargetVocabulary::npos : found->second;
}

TargetAttribute AttributeIndex::find(std::string_view name) {
  std::size_t at = spellings_.empty() ? 0 : spellings_[last_].next;
  if (spellings_.empty() || spellings_[at].name != name) {
    const auto known = by_spelling_.find(name);
    if (known != by_spelling_.end()) {
      at = known->second;
    } else {
      // A server that invents a new spelling with each entry must not make us remember them all.
      if (spellings_.size() >= 1024) return look_up(name);
      at = spellings_.size();
      spellings_.push_back({std::string(name), look_up(name)});
      by_spelling_.emplace(name, at);
    }
    spellings_[last_].next = at;
  }
  last_ = at;
  return spellings_[at].attribute;
}

std::vector<std::string> requested_attributes(const TargetVocabulary& vocabulary,
                                              std::span<const TargetAttribute> wanted) {
  std::vector<std::string> names;
  for (const TargetAttribute attribute : wanted) names.push_back(vocabulary.name(attribute));
  if (wanted.empty())
    for (std::size_t i = 0; i < vocabulary.size(); ++i)
      names.push_back(vocabulary.name(static_cast<TargetAttribute>(i)));
  if (vocabulary.find(entry_csn) == TargetVocabulary::npos) names.emplace_back(entry_csn);
  return names;
}

BranchReader::BranchReader(Branch branch, std::string base, AttributeIndex& attributes,
                           SnapshotBuilder& builder)
    : branch_(branch),
      base_(std::move(base)),
      base_normal_(dn::normalise(base_)),
      attributes_(attributes),
      object_class_(attributes.find("objectClass")),
      builder_(builder) {}

/// The server writes the base the same way in every DN: comparing bytes decides for nearly all
/// entries. A backslash in front of the comma would make it part of a value (RFC 4514 §2.4).
BranchReader::Position BranchReader::position(std::string_view dn) {
  if (!base_as_sent_.empty()) {
    if (dn == std::string_view(base_as_sent_).substr(1)) return Position::base;
    if (dn.size() > base_as_sent_.size() && dn.ends_with(base_as_sent_) &&
        dn[dn.size() - base_as_sent_.size() - 1] != '\\')
      return Position::below;
  }
  if (dn::normalise(dn) == base_normal_) {
    base_as_sent_ = "," + std::string(dn);
    return Position::base;
  }
  return dn::is_under(dn, base_) ? Position::below : Position::elsewhere;
}

void BranchReader::read_values(EntryView& entry) {
  values_.clear();
  csn_ = {};
  has_object_class_ = false;
  while (entry.next()) {
    const std::string_view name = entry.attribute();
    const std::span<const berval> values = entry.values();
    if (equals_ignoring_case(name, entry_csn) && !values.empty()) csn_ = view(values.front());
    const TargetAttribute attribute = attributes_.find(name);
    if (attribute == TargetVocabulary::npos) continue;
    has_object_class_ = has_object_class_ || (attribute == object_class_ && !values.empty());
    for (const berval& value : values) values_.emplace_back(attribute, view(value));
  }
}

void BranchReader::take(EntryView& entry) {
  const std::string_view dn = entry.dn();
  if (const Position where = position(dn); where != Position::below) {
    if (where == Position::elsewhere) ++(entry.is_malformed() ? malformed_ : foreign_);
    return;
  }
  read_values(entry);
  if (entry.is_malformed()) {
    ++malformed_;
    return;
  }
  if (object_class_ != TargetVocabulary::npos && !has_object_class_) ++without_class_;
  ++entries_;
  builder_.add_entry(branch_, dn, csn_, values_);
}

Problems BranchReader::findings() const {
  Problems problems;
  const Place where{{}, 0, base_};
  if (base_as_sent_.empty())
    problems.error(
        "LDAP-036", where,
        "the search succeeded but did not show the base entry: an ACL hides the tree",
        "give the service account read access to the base entry and everything below it");
  if (foreign_ > 0)
    problems.error("LDAP-037", where,
                   "the server returned " + std::to_string(foreign_) +
                       " entries that are not below the base searched",
                   "look for aliases, overlays or a proxy that rewrite DNs");
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
