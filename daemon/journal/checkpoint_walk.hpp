#pragma once
/// Compares a journal with what was signed of it: its own checkpoints and those that were kept
/// elsewhere. Follows the records after ChainWalk has found them in order, so one pass reads them
/// once.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "checkpoint.hpp"
#include "core/audit_record.hpp"
#include "finding.hpp"
#include "journal.hpp"
#include "signed_note.hpp"
#include "sqlite/database.hpp"

namespace entsync {

class CheckpointWalk {
 public:
  /// Reads and checks the checkpoints themselves; what is wrong with them is told by faults().
  /// Those that attest less than `base`, the tree over the records that were removed, cannot be
  /// compared with records any more.
  static Result<CheckpointWalk> prepare(sqlite::Database& database, const VerifyOptions& options,
                                        TreeFrontier base);

  /// The next record, with its chain hash.
  void take(const AuditRecord& record, const ChainHash& hash);
  /// After the last record of a chain that is whole.
  void finish();

  /// The first of each kind.
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Records that the last checkpoint of the journal attests.
  [[nodiscard]] std::uint64_t attested() const { return sizes_.empty() ? 0 : *sizes_.rbegin(); }

 private:
  /// What somebody signed, by its name in messages.
  struct Attested {
    Checkpoint checkpoint;
    std::string name;
  };
  struct Own {
    SignedNote note;
    Checkpoint checkpoint;
    Sha256Value digest;
  };

  void add(FaultKind kind, std::uint64_t seq, std::string what);
  void collect_keys(const VerifyOptions& options);
  void take_own(std::string_view note, std::uint64_t number, std::uint64_t size);
  void check_follows(const Own& own);
  void check_signature(const Own& own);
  void take_external(const std::string& note);
  void compare_reached();
  void compare(const Attested& attested);
  void look_at_term(const AuditRecord& certificate);

  bool with_keys_ = false;
  std::vector<VerifierKey> keys_;   ///< that sign at some time, the one in use first
  std::size_t in_use_ = 0;          ///< of keys_
  std::vector<Own> own_;            ///< in order
  std::set<std::uint64_t> sizes_;   ///< of own_
  std::vector<Attested> attested_;  ///< by size, once prepared
  std::size_t next_ = 0;            ///< of attested_
  std::uint64_t count_ = 0;
  std::uint64_t run_end_ = 0;  ///< record that ended a run which no checkpoint is known to attest
  std::string run_;
  TreeFrontier frontier_;
  std::vector<Fault> faults_;
};

}  // namespace entsync
