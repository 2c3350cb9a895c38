#include "checkpoint_walk.hpp"

#include <algorithm>

#include "checkpoint_table.hpp"
#include "instant.hpp"

namespace entsync {
namespace {

constexpr std::int64_t shortest_term_ms = std::int64_t{shortest_journal_days} * 24 * 60 * 60 * 1000;

std::string named(std::uint64_t number) {
  return "checkpoint " + std::to_string(number);
}

}  // namespace

Result<CheckpointWalk> CheckpointWalk::prepare(sqlite::Database& database,
                                               const VerifyOptions& options, TreeFrontier base) {
  CheckpointWalk walk;
  walk.frontier_ = std::move(base);
  struct Row {
    std::int64_t number;
    std::int64_t size;
    std::string note;
  };
  std::vector<Row> rows;
  auto read = for_each_checkpoint(
      database, [&](std::int64_t number, std::int64_t size, std::string_view note) {
        rows.push_back({number, size, std::string(note)});
      });
  if (!read) return read.error();
  walk.count_ = rows.size();
  walk.with_keys_ = !options.keys.empty();
  for (const Row& row : rows)
    walk.take_own(row.note, static_cast<std::uint64_t>(row.number),
                  static_cast<std::uint64_t>(row.size));
  if (walk.with_keys_) {
    walk.collect_keys(options);
    for (const Own& own : walk.own_) walk.check_signature(own);
  }
  for (const std::string& note : options.external) walk.take_external(note);
  std::ranges::stable_sort(walk.attested_, {},
                           [](const Attested& attested) { return attested.checkpoint.size; });
  while (walk.next_ < walk.attested_.size() &&
         walk.attested_[walk.next_].checkpoint.size < walk.frontier_.size())
    ++walk.next_;
  walk.compare_reached();
  return walk;
}

void CheckpointWalk::add(FaultKind kind, std::uint64_t seq, std::string what) {
  const bool known =
      std::ranges::any_of(faults_, [&](const Fault& fault) { return fault.kind == kind; });
  if (!known) faults_.push_back({kind, seq, std::move(what)});
}

/// Which keys there will be has to be known before one that signs too early can be named.
void CheckpointWalk::collect_keys(const VerifyOptions& options) {
  keys_ = options.keys;
  for (const Own& own : own_) {
    if (own.checkpoint.next_key.empty()) continue;
    auto key = VerifierKey::parse(own.checkpoint.next_key);
    if (key && std::ranges::find(keys_, *key) == keys_.end()) keys_.push_back(std::move(*key));
  }
}

void CheckpointWalk::take_own(std::string_view text, std::uint64_t number, std::uint64_t size) {
  auto note = parse_note(text);
  if (!note)
    return add(FaultKind::checkpoint_forged, 0, named(number) + " is no signed checkpoint");
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint || checkpoint->number != number || checkpoint->size != size)
    return add(FaultKind::checkpoint_forged, 0, named(number) + " is not what it was stored as");
  Sha256 sha;
  sha.update(text);
  Own own{std::move(*note), std::move(*checkpoint), sha.finish()};
  check_follows(own);
  sizes_.insert(own.checkpoint.size);
  attested_.push_back({own.checkpoint, named(number) + " of " + own.checkpoint.time});
  own_.push_back(std::move(own));
}

void CheckpointWalk::check_follows(const Own& own) {
  const Checkpoint& now = own.checkpoint;
  const std::uint64_t expected = own_.empty() ? 1 : own_.back().checkpoint.number + 1;
  if (now.number != expected)
    return add(
        FaultKind::checkpoint_missing, 0,
        named(expected) + " is missing: it was signed, for " + named(now.number) + " follows it");
  if (own_.empty()) {
    if (now.previous != Sha256Value{})
      add(FaultKind::checkpoint_forged, 0, named(now.number) + " names one before it");
    return;
  }
  const Own& before = own_.back();
  if (now.previous != before.digest)
    add(FaultKind::checkpoint_forged, 0,
        named(before.checkpoint.number) + " is not the one that " + named(now.number) +
            " was signed after");
  if (now.size < before.checkpoint.size || now.origin != before.checkpoint.origin)
    add(FaultKind::checkpoint_forged, 0,
        named(now.number) + " does not go on where " + named(before.checkpoint.number) + " ends");
  if (instant_milliseconds(now.time) < instant_milliseconds(before.checkpoint.time))
    add(FaultKind::clock, now.size,
        named(now.number) + " is older than " + named(before.checkpoint.number) +
            ": the clock went back, or the time was made up");
}

void CheckpointWalk::check_signature(const Own& own) {
  const Checkpoint& now = own.checkpoint;
  const VerifierKey key = keys_[in_use_];
  if (!own.note.is_signed_by(key)) {
    const auto other = std::ranges::find_if(
        keys_, [&](const VerifierKey& later) { return own.note.is_signed_by(later); });
    if (other != keys_.end())
      add(FaultKind::re_signed, now.size,
          named(now.number) + " is signed with the key " + other->name() + "+" + other->hash() +
              ", but the one in use then was " + key.name() + "+" + key.hash() +
              ": it was signed again later");
    else
      add(FaultKind::checkpoint_forged, now.size,
          named(now.number) + " is not signed by the key " + key.name() + "+" + key.hash());
    return;
  }
  if (now.next_key.empty()) return;
  const auto next = std::ranges::find_if(
      keys_, [&](const VerifierKey& later) { return later.text() == now.next_key; });
  if (next != keys_.end() && own.note.is_signed_by(*next))
    in_use_ = static_cast<std::size_t>(next - keys_.begin());
  else
    add(FaultKind::checkpoint_forged, now.size,
        named(now.number) + " hands over to a key that did not sign it");
}

void CheckpointWalk::take_external(const std::string& text) {
  auto note = parse_note(text);
  auto checkpoint = note ? parse_checkpoint(note->text) : Result<Checkpoint>(note.error());
  if (!checkpoint)
    return add(FaultKind::checkpoint_forged, 0, "a checkpoint kept elsewhere is no checkpoint");
  const std::string name =
      "the copy kept elsewhere of " + named(checkpoint->number) + " of " + checkpoint->time;
  if (with_keys_ &&
      std::ranges::none_of(keys_, [&](const VerifierKey& key) { return note->is_signed_by(key); }))
    return add(FaultKind::checkpoint_forged, 0, name + " is signed by no key that is known");
  const auto own = std::ranges::find_if(own_, [&](const Own& candidate) {
    return candidate.checkpoint.number == checkpoint->number;
  });
  if (own == own_.end())
    add(FaultKind::checkpoint_missing, 0,
        named(checkpoint->number) + " is missing: a copy of it was kept elsewhere");
  else if (own->checkpoint != *checkpoint)
    add(FaultKind::rewritten, checkpoint->size, name + " is not the one of the journal");
  attested_.push_back({std::move(*checkpoint), name});
}

void CheckpointWalk::take(const AuditRecord& record, const ChainHash& hash) {
  if (with_keys_ && record.type == AuditType::run_started && run_end_ != 0) {
    const auto attested = sizes_.lower_bound(run_end_);
    if (attested == sizes_.end() || *attested >= record.seq)
      add(FaultKind::checkpoint_missing, run_end_,
          "no checkpoint attests the end of run " + run_ + " (" + numbered(run_end_) +
              "): it was taken out");
    run_end_ = 0;
  }
  if (record.type == AuditType::run_finished) {
    run_end_ = record.seq;
    run_ = record.run;
  }
  if (record.type == AuditType::records_removed) look_at_term(record);
  frontier_.append(hash);
  compare_reached();
}

/// Checkpoints stay when the records before them go: what was written after one was signed is
/// younger than it.
void CheckpointWalk::look_at_term(const AuditRecord& certificate) {
  const auto later = std::ranges::find_if(
      own_, [&](const Own& own) { return own.checkpoint.size >= certificate.removed_until; });
  if (later == own_.begin()) return;
  const Checkpoint& before = std::prev(later)->checkpoint;
  const auto signed_at = instant_milliseconds(before.time);
  const auto removed_at = instant_milliseconds(certificate.time);
  if (!signed_at || !removed_at || *removed_at - *signed_at >= shortest_term_ms) return;
  add(FaultKind::removed, certificate.seq,
      "the records up to " + std::to_string(certificate.removed_until) + " were removed on " +
          certificate.time.substr(0, 10) + ", but " + named(before.number) + " of " + before.time +
          " was signed before the last of them was written: they were younger than " +
          std::to_string(shortest_journal_days) + " days");
}

void CheckpointWalk::compare_reached() {
  for (; next_ < attested_.size() && attested_[next_].checkpoint.size <= frontier_.size(); ++next_)
    compare(attested_[next_]);
}

void CheckpointWalk::compare(const Attested& attested) {
  const Checkpoint& checkpoint = attested.checkpoint;
  if (checkpoint.size != frontier_.size() || checkpoint.root != frontier_.root())
    add(FaultKind::rewritten, checkpoint.size,
        "the first " + std::to_string(checkpoint.size) + " records are not those that " +
            attested.name + " attests");
}

void CheckpointWalk::finish() {
  if (next_ < attested_.size()) {
    const Attested& longest = attested_.back();
    add(FaultKind::cut, frontier_.size() + 1,
        "the journal ends with " + numbered(frontier_.size()) + ", but " + longest.name +
            " attests " + std::to_string(longest.checkpoint.size) +
            " records: its end was cut off");
  }
  if (with_keys_ && run_end_ != 0 && sizes_.lower_bound(run_end_) == sizes_.end())
    add(FaultKind::checkpoint_missing, run_end_,
        "no checkpoint attests the end of run " + run_ + " (" + numbered(run_end_) +
            "): it was taken out, or the program ended at that moment and has not run since");
}

}  // namespace entsync
