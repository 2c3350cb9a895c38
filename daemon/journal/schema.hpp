#pragma once
/// Tables of journal.db. `record` is the journal, `checkpoint` what was signed of it, `vaulted` the
/// personal part of the records; the others are derived from it, can be made anew from it at any
/// time, and are compared with it by `verify`.
///
/// base: where the journal begins, a row for each time that old records were removed (base.hpp);
/// only what it says to be gone can be removed.
///
/// posting: which records speak of a key (a subject or DN, a school, a run, an attribute, an
/// actor). A B-tree over (key, seq) would touch one random page for nearly every record: at ten
/// million records each commit of 256 would write megabytes. So rows are kept in blocks of
/// consecutive records: inserts stay within the last pages of the tree, and a question costs one
/// look per block.
///
/// vaulted: what the vault holds of a record, encrypted; the record has its digest. Its rows go
/// when their term is reached, records stay.
///
/// checkpoint: the signed notes, in order, each with the frontier of the Merkle tree at its size,
/// so that the next one costs what was appended since. segment: roots of whole segments, for
/// proofs.

#include <cstdint>

#include "sqlite/schema.hpp"

namespace entsync {

/// Records in one block of the index.
inline constexpr std::uint64_t block_records = 2048;
/// Runs, attributes and actors are noted once for this many records: they come in long rows, and a
/// record that turns out not to match costs microseconds.
inline constexpr std::uint64_t group_records = 64;

/// 0-based number of the block that holds record `seq` (from 1).
constexpr std::uint64_t block_of(std::uint64_t seq) {
  return (seq - 1) / block_records;
}
constexpr std::uint64_t first_of_block(std::uint64_t block) {
  return block * block_records + 1;
}

const sqlite::Schema& journal_schema();

}  // namespace entsync
