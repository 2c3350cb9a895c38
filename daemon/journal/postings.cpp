#include "postings.hpp"

#include <algorithm>

#include "schema.hpp"

namespace entsync {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char same(char c) {
  return c;
}

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), over a letter for the kind and the text. It
/// is part of the file format: never change it.
template <char (*Fold)(char)>
std::int64_t hash(char kind, std::string_view text) {
  std::uint64_t h = 14695981039346656037U;
  const auto add = [&](char c) {
    h ^= static_cast<unsigned char>(c);
    h *= 1099511628211U;
  };
  add(kind);
  for (const char c : text) add(Fold(c));
  return static_cast<std::int64_t>(h);
}

}  // namespace

std::int64_t subject_key(std::string_view subject) {
  return hash<same>('s', subject);
}
std::int64_t dn_key(std::string_view dn) {
  return hash<lower>('d', dn);
}
std::int64_t school_key(std::string_view uai) {
  return hash<same>('u', uai);
}
std::int64_t run_key(std::string_view run) {
  return hash<same>('r', run);
}
std::int64_t attribute_key(std::string_view attribute) {
  return hash<lower>('a', attribute);
}
std::int64_t actor_key(std::string_view actor) {
  return hash<same>('w', actor);
}

void append_postings(const AuditRecord& record, std::vector<Posting>& out) {
  const std::uint64_t block = block_of(record.seq);
  const std::uint64_t at = (record.seq - 1) % block_records;
  const std::uint64_t group = at - at % group_records;
  // Entries that are not persons have their DN for a subject: one row then answers both questions.
  if (!record.subject.empty() && record.subject != record.dn)
    out.push_back({block, subject_key(record.subject), at});
  if (!record.dn.empty()) out.push_back({block, dn_key(record.dn), at});
  for (const std::string& school : record.schools) out.push_back({block, school_key(school), at});
  if (!record.run.empty()) out.push_back({block, run_key(record.run), group});
  if (!record.actor.empty()) out.push_back({block, actor_key(record.actor), group});
  for (const AttributeTrace& trace : record.attributes)
    out.push_back({block, attribute_key(trace.attribute), group});
}

void sort_unique(std::vector<Posting>& postings) {
  std::ranges::sort(postings);
  postings.erase(std::unique(postings.begin(), postings.end()), postings.end());
}

}  // namespace entsync
