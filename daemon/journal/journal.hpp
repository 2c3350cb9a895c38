#pragma once
/// The GDPR journal: append-only AuditRecords in SQLite, hash-chained over their canonical bytes
/// (chain.hpp), so that an edited, removed, inserted or swapped record breaks the chain from there
/// on. One writer, any number of readers beside it. It is not the operational log: it holds
/// personal data and lives in the state directory with mode 0600.
///
/// What a chain in one file cannot show by itself: records cut off its end together with their
/// index rows, and a rewrite of everything from some record on by somebody who computes the hashes
/// again. Both no longer fit the checkpoints that were signed (checkpoint.hpp) and copied
/// elsewhere.
///
/// Records go when their term is reached, and in no other way: see removal.hpp. Those that are left
/// are verified from there on.
///
/// Any thread may ask and append, one waits for the other; verify(), checkpoints() and
/// rebuild_index() are for one that has the journal for itself. Another process opens its own. A
/// callback must not use the journal that calls it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint_table.hpp"
#include "core/audit_record.hpp"
#include "core/problem.hpp"
#include "finding.hpp"
#include "signed_note.hpp"
#include "value_vault.hpp"

namespace entsync {

/// What `Journal::query` looks for; empty members do not restrict.
struct JournalQuery {
  std::string subject{};  ///< exact key "AC-X/Eleve/123", or a DN in any case
  std::string school{};   ///< UAI
  std::string run{};
  std::string attribute{};  ///< in any case
  std::string actor{};      ///< exactly, e.g. "user:ada" or "system:nightly"
  std::string from{};       ///< RFC 3339, inclusive; any offset, compared by milliseconds
  std::string to{};         ///< RFC 3339, exclusive
  std::uint64_t limit = 0;
  bool newest_first = false;
  std::uint64_t after = 0;  ///< only records whose seq is greater: a search goes on there
  std::uint64_t until = 0;  ///< and not greater than this; 0: to the end
  /// What is put back of the records that are visited; nothing of those whose key was destroyed, or
  /// without a vault.
  Reveal reveal = Reveal::nothing;
};

/// What a verification is made with.
struct VerifyOptions {
  std::function<void(std::uint64_t records)> progress{};
  /// Verifier keys; the first is the one that signs first. With any, signatures are verified and
  /// every run has to have its checkpoint.
  std::vector<VerifierKey> keys{};
  /// Checkpoints that were kept elsewhere.
  std::vector<std::string> external{};
};

/// Result of a verification. `good` is false when there is a fault.
struct ChainReport {
  bool good = true;
  std::uint64_t records = 0;  ///< the last record up to which content and chain are in order
  std::uint64_t removed = 0;  ///< the last record that reached its term: verified is what follows
  std::string head;  ///< hash of the last of `records`, hexadecimal; empty when there is none
  std::uint64_t checkpoints = 0;
  std::uint64_t attested = 0;  ///< records that the last checkpoint attests
  std::vector<Fault> faults;   ///< what matters most first
};

struct JournalOptions {
  /// journal.db may not grow beyond this many bytes (0: no limit); an append that would is refused
  /// like one that meets a full disk.
  std::uint64_t max_bytes = 0;
  /// Keeps the personal part of records; null: it stays in them, and what is in the vault already
  /// is not shown.
  std::unique_ptr<ValueVault> vault{};
};

class Journal {
 public:
  enum class Mode : std::uint8_t { read, append };
  /// Opens `directory`/journal.db. In append mode: creates it (0600), takes
  /// `directory`/journal.lock against a second appender (JRN-002), and refuses a file whose schema
  /// was altered (SQL-011) or whose last record does not continue the chain (JRN-004, JRN-005). In
  /// read mode a damaged journal opens as long as SQLite can read it, so that it can be verified;
  /// one on read-only media too.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& directory, Mode mode,
                                               JournalOptions options = {});
  virtual ~Journal() = default;

  /// The vault that it was opened with; null without one.
  virtual ValueVault* vault() = 0;

  /// Appends records in one durable commit (synchronous = FULL): gives them seq, chains them, and
  /// returns the seq of the first. All or none: after a Problem the journal ends where it ended
  /// before, and a later append continues the chain. `time` must be RFC 3339 (JRN-001); an outcome
  /// must name an open intent (JRN-006). One that says that records were removed removes them, up
  /// to what removable_until() allows (JRN-015). Without records it returns the seq that the next
  /// one will have. (When it was the final sync that failed, a crash before the next append may
  /// bring the batch back, whole: as open intents of changes that were never sent.)
  virtual Result<std::uint64_t> append(std::vector<AuditRecord> records) = 0;

  /// Intents without an outcome, in order and with their values: what a crash left open. Costs what
  /// is open, not what is there.
  virtual Result<std::vector<AuditRecord>> open_intents() = 0;

  /// Calls `visit` for every matching record in order; an intent is visited with the outcome that
  /// follows it (nothing when it is open). Other record types have no outcome, and outcomes are not
  /// visited by themselves. All of it sees one state of the journal, whatever is appended
  /// meanwhile.
  virtual Result<void> query(
      const JournalQuery& query,
      const std::function<void(const AuditRecord&, const std::optional<AuditRecord>& outcome)>&
          visit) = 0;

  /// The newest applied intent that added a value of `attribute` to the subject, for explanations.
  virtual Result<std::optional<AuditRecord>> last_cause(std::string_view subject_or_dn,
                                                        std::string_view attribute) = 0;

  /// The number of the last record.
  virtual Result<std::uint64_t> size() = 0;
  /// The number of the first record that is there: those before it reached their term.
  virtual Result<std::uint64_t> first() = 0;
  /// See entsync::removable_until.
  virtual Result<std::uint64_t> removable_until(std::uint64_t limit) = 0;
  /// The last record up to which everything is older than this time (RFC 3339); 0 when there is
  /// none, or what was removed already.
  virtual Result<std::uint64_t> last_before(std::string_view time) = 0;
  /// The first record that the vault holds something of; 0 when it holds nothing.
  virtual Result<std::uint64_t> first_vaulted() = 0;
  /// Reads every record and checks numbering, canonical form, chain, that every outcome has its
  /// intent and no intent two outcomes, that the index hides and invents nothing, that triggers and
  /// tables are as they were made, and the pages of the file.
  /// With it the checkpoints: that they follow each other and attest these records, and what the
  /// options ask for.
  virtual Result<ChainReport> verify(const VerifyOptions& options) = 0;

  /// Signs what the journal holds now. See entsync::seal. May be called from any thread.
  virtual Result<std::optional<std::string>> seal(const Sealing& sealing) = 0;
  /// The signed checkpoints, in order.
  virtual Result<std::vector<std::string>> checkpoints() = 0;

  /// Makes the index anew from the records, in one commit. For a journal whose chain is whole and
  /// whose index is not (append mode only).
  virtual Result<void> rebuild_index() = 0;
};

}  // namespace entsync
