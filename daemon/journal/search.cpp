#include "search.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <vector>

#include "base.hpp"
#include "core/dn.hpp"
#include "core/text.hpp"
#include "instant.hpp"
#include "postings.hpp"
#include "records.hpp"
#include "schema.hpp"

namespace entsync {
namespace {

using Offsets = std::vector<std::uint64_t>;  ///< positions inside one block, rising
using Keys = std::vector<std::int64_t>;      ///< of the index; a record has one of them

/// A query made ready: its texts in the forms that are compared, its period in milliseconds.
struct Wanted {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  /// The subject and its pseudonyms, and the same of it as a DN, in lower case and in normal form,
  /// which is how this program writes most. Empty: not restricted.
  std::vector<std::string> subjects;
  std::vector<std::string> dns;
  std::string_view school;
  std::string_view run;
  std::string attribute;
  std::string_view actor;
  std::uint64_t after = 0;
  std::uint64_t until = std::numeric_limits<std::uint64_t>::max();
  /// Empty: not restricted.
  Keys subject_keys, school_keys, run_keys, attribute_keys, actor_keys;

  [[nodiscard]] bool matches(const AuditRecord& record) const {
    return record.type != AuditType::outcome && matches_subject(record) &&
           (school.empty() || std::ranges::find(record.schools, school) != record.schools.end()) &&
           (run.empty() || record.run == run) && (actor.empty() || record.actor == actor) &&
           matches_attribute(record) && matches_time(record);
  }

 private:
  [[nodiscard]] bool matches_subject(const AuditRecord& record) const {
    if (subjects.empty() || std::ranges::find(subjects, record.subject) != subjects.end())
      return true;
    return !record.dn.empty() && std::ranges::find(dns, ascii_lower(record.dn)) != dns.end();
  }
  [[nodiscard]] bool matches_attribute(const AuditRecord& record) const {
    return attribute.empty() ||
           std::ranges::any_of(record.attributes, [&](const AttributeTrace& trace) {
             return equals_ignoring_case(trace.attribute, attribute);
           });
  }
  [[nodiscard]] bool matches_time(const AuditRecord& record) const {
    const auto time = instant_milliseconds(record.time);
    return time && *time >= from && *time < to;
  }
};

Result<std::int64_t> bound(const std::string& text, const char* which, std::int64_t otherwise) {
  if (text.empty()) return otherwise;
  if (const auto time = instant_milliseconds(text)) return *time;
  return not_an_instant(which);
}

/// A text and what stands for it in records.
void add_with_pseudonyms(std::vector<std::string>& to, const std::string& text,
                         const ValueVault* vault) {
  to.push_back(text);
  if (vault != nullptr) std::ranges::move(vault->pseudonyms(text), std::back_inserter(to));
}

void set_subject(Wanted& wanted, const std::string& subject, const ValueVault* vault) {
  add_with_pseudonyms(wanted.subjects, subject, vault);
  // A key is looked for as a key alone: every way to write it costs a look into each block.
  if (dn::parse(subject))
    for (const std::string& dn : {ascii_lower(subject), ascii_lower(dn::normalise(subject))})
      add_with_pseudonyms(wanted.dns, dn, vault);
  for (const std::string& one : wanted.subjects) wanted.subject_keys.push_back(subject_key(one));
  for (const std::string& one : wanted.dns) wanted.subject_keys.push_back(dn_key(one));
  std::ranges::sort(wanted.subject_keys);
  wanted.subject_keys.erase(std::unique(wanted.subject_keys.begin(), wanted.subject_keys.end()),
                            wanted.subject_keys.end());
}

Result<Wanted> make_ready(const JournalQuery& query, const ValueVault* vault) {
  Wanted wanted;
  const auto from = bound(query.from, "from", wanted.from);
  if (!from) return from.error();
  const auto to = bound(query.to, "to", wanted.to);
  if (!to) return to.error();
  wanted.from = *from;
  wanted.to = *to;
  if (!query.subject.empty()) set_subject(wanted, query.subject, vault);
  if (!query.school.empty()) wanted.school_keys = {school_key(query.school)};
  if (!query.run.empty()) wanted.run_keys = {run_key(query.run)};
  if (!query.attribute.empty()) wanted.attribute_keys = {attribute_key(query.attribute)};
  if (!query.actor.empty()) wanted.actor_keys = {actor_key(query.actor)};
  wanted.actor = query.actor;
  wanted.after = query.after;
  if (query.until != 0) wanted.until = query.until;
  wanted.school = query.school;
  wanted.run = query.run;
  wanted.attribute = query.attribute;
  return wanted;
}

/// Positions of a block that may match, narrowed key by key; `all` while no key has narrowed it.
struct Candidates {
  bool all = true;
  Offsets offsets;

  [[nodiscard]] bool none() const { return !all && offsets.empty(); }

  void keep_exact(Offsets found) {
    if (all) {
      offsets = std::move(found);
    } else {
      Offsets both;
      std::ranges::set_intersection(offsets, found, std::back_inserter(both));
      offsets = std::move(both);
    }
    all = false;
  }

  void keep_groups(const Offsets& groups) {
    if (all) {
      for (const std::uint64_t group : groups)
        for (std::uint64_t i = 0; i < group_records; ++i) offsets.push_back(group + i);
    } else {
      std::erase_if(offsets, [&](std::uint64_t offset) {
        return !std::ranges::binary_search(groups, offset - offset % group_records);
      });
    }
    all = false;
  }

  void expand() {
    if (!all) return;
    offsets.resize(block_records);
    std::iota(offsets.begin(), offsets.end(), 0);
    all = false;
  }
};

class Search {
 public:
  Search(const JournalQuery& query, const Wanted& wanted, const SearchVisitor& visit,
         RecordReader reader, sqlite::Statement posting, std::uint64_t last)
      : query_(query),
        wanted_(wanted),
        visit_(visit),
        reader_(std::move(reader)),
        posting_(std::move(posting)),
        last_(last) {}

  /// False when the search is over.
  Result<bool> search_block(std::uint64_t block) {
    auto candidates = narrow(block);
    if (!candidates) return candidates.error();
    Offsets& offsets = candidates->offsets;
    if (query_.newest_first) std::ranges::reverse(offsets);
    for (const std::uint64_t offset : offsets) {
      const std::uint64_t seq = first_of_block(block) + offset;
      // The last group and block are not full.
      if (seq > last_ || seq <= wanted_.after || seq > wanted_.until) continue;
      const auto more = look_at(seq);
      if (!more || !*more) return more;
    }
    return true;
  }

 private:
  /// The exact keys first: most blocks hold none of them, and then nothing more is asked.
  Result<Candidates> narrow(std::uint64_t block) {
    Candidates candidates;
    for (const Keys* keys : {&wanted_.subject_keys, &wanted_.school_keys}) {
      if (keys->empty() || candidates.none()) continue;
      auto found = positions(block, *keys);
      if (!found) return found.error();
      candidates.keep_exact(std::move(*found));
    }
    for (const Keys* keys : {&wanted_.run_keys, &wanted_.attribute_keys, &wanted_.actor_keys}) {
      if (keys->empty() || candidates.none()) continue;
      const auto found = positions(block, *keys);
      if (!found) return found.error();
      candidates.keep_groups(*found);
    }
    candidates.expand();
    return candidates;
  }

  Result<Offsets> positions(std::uint64_t block, const Keys& keys) {
    Offsets found;
    for (const std::int64_t key : keys) {
      posting_.bind(block, key);
      for (;;) {
        const auto row = posting_.step();
        if (!row) return row.error();
        if (!*row) break;
        const std::int64_t at = posting_.integer(0);
        if (at >= 0 && static_cast<std::uint64_t>(at) < block_records)
          found.push_back(static_cast<std::uint64_t>(at));
      }
    }
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  Result<bool> look_at(std::uint64_t seq) {
    const auto record = reader_.read_indexed(seq);
    if (!record) return record.error();
    if (!wanted_.matches(*record)) return true;
    std::optional<AuditRecord> outcome;
    if (record->type == AuditType::intent) {
      auto found = reader_.outcome_of(seq);
      if (!found) return found.error();
      outcome = std::move(*found);
    }
    const bool more = visit_(*record, outcome);
    return more && ++visited_ != query_.limit;
  }

  const JournalQuery& query_;
  const Wanted& wanted_;
  const SearchVisitor& visit_;
  RecordReader reader_;
  sqlite::Statement posting_;
  std::uint64_t last_;
  std::uint64_t visited_ = 0;
};

}  // namespace

Result<void> search(sqlite::Database& database, const JournalQuery& query, const ValueVault* vault,
                    const SearchVisitor& visit) {
  auto wanted = make_ready(query, vault);
  if (!wanted) return wanted.error();
  auto snapshot = database.begin_read();
  if (!snapshot) return snapshot.error();
  const auto head = read_head(database);
  if (!head) return head.error();
  auto reader = RecordReader::prepare(database);
  if (!reader) return reader.error();
  auto posting = database.prepare("SELECT at FROM posting WHERE block = ?1 AND key = ?2");
  if (!posting) return posting.error();
  auto blocks = database.prepare(
      query.newest_first
          ? "SELECT id FROM block WHERE latest >= ?1 AND earliest < ?2 AND id >= ?3 ORDER BY id "
            "DESC"
          : "SELECT id FROM block WHERE latest >= ?1 AND earliest < ?2 AND id >= ?3 ORDER BY id");
  if (!blocks) return blocks.error();

  const auto base = read_base(database);
  if (!base) return base.error();
  // Groups of the index may begin before the first record that is there.
  wanted->after = std::max(wanted->after, base->seq);
  Search walk(query, *wanted, visit, std::move(*reader), std::move(*posting), head->seq);
  blocks->bind(wanted->from, wanted->to, block_of(wanted->after + 1));
  for (;;) {
    const auto row = blocks->step();
    if (!row) return row.error();
    if (!*row) return {};
    const auto more = walk.search_block(static_cast<std::uint64_t>(blocks->integer(0)));
    if (!more) return more.error();
    if (!*more) return {};
  }
}

}  // namespace entsync
