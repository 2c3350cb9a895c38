/// Whoever may write the file alters the journal in each of the ways that checkpoints are made
/// against, a thousand times at random places: every time the verification names what was done.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "journal/chain.hpp"
#include "records.hpp"
#include "sealed_journal.hpp"
#include "support/folder.hpp"
#include "tamper.hpp"

namespace entsync {
namespace {

constexpr int alterations = 1000;
constexpr int runs = 6;

std::string blob(std::string_view bytes) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string text = "x'";
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text + "'";
}

std::string bytes_from(const std::string& hexadecimal) {
  std::string bytes;
  for (std::size_t i = 0; i < hexadecimal.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hexadecimal.substr(i, 2), nullptr, 16));
  return bytes;
}

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

class Tampering : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& row : test::ask_all(whole_.path(), "SELECT hex(bytes) FROM record"))
      records_.push_back(bytes_from(row));
    const ChainReport report = test::verified(whole_.path(), sealed_.with_copies());
    ASSERT_TRUE(report.good) << test::first_fault(report).what;
  }

  std::uint64_t random(std::uint64_t from, std::uint64_t to) {
    return std::uniform_int_distribution<std::uint64_t>(from, to)(chance_);
  }
  [[nodiscard]] std::uint64_t size() const { return records_.size(); }

  /// A copy of the whole journal, to be altered.
  const std::filesystem::path& fresh() {
    for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm"})
      std::filesystem::remove(folder_.path() / name);
    std::filesystem::copy_file(whole_.path() / "journal.db", folder_.path() / "journal.db");
    return folder_.path();
  }

  /// What a forger does to hide it from the derived tables.
  void index_anew(const std::filesystem::path& path) {
    test::tamper(path,
                 "DELETE FROM posting; DELETE FROM block; DELETE FROM outcome; "
                 "DELETE FROM open_intent; DELETE FROM segment");
    const auto journal = test::open_to_append(path);
    ASSERT_TRUE(journal && journal->rebuild_index());
  }

  /// Alters record `from` and computes every hash anew.
  std::string forged_from(std::uint64_t from) {
    ChainHasher hasher;
    ChainHash hash{};
    std::string sql;
    for (std::uint64_t seq = 1; seq <= size(); ++seq) {
      std::string bytes = records_[seq - 1];
      if (seq == from) {
        AuditRecord record = decode_audit_record(bytes).value();
        record.reason += "forged";
        bytes = encode(record);
      }
      hash = hasher.next(hash, bytes);
      if (seq >= from)
        sql += "UPDATE record SET bytes = " + blob(bytes) + ", hash = " + blob(bytes_of(hash)) +
               " WHERE seq = " + text(seq) + ";";
    }
    return sql;
  }

  /// Whether the fault is among those found. Gives the first of them.
  FaultKind expect(FaultKind kind, const VerifyOptions& options, const std::string& what) {
    const ChainReport report = test::verified(folder_.path(), options);
    const bool named =
        std::ranges::any_of(report.faults, [&](const Fault& fault) { return fault.kind == kind; });
    std::string found;
    for (const Fault& fault : report.faults)
      found += "\n  " + std::string(to_string(fault.kind)) + ": " + fault.what;
    EXPECT_TRUE(named && !report.good) << what << " was to be called " << to_string(kind) << found;
    return test::first_fault(report).kind;
  }
  /// The same, and as the first: nothing else may be made of it.
  void expect_first(FaultKind kind, const std::string& what) {
    EXPECT_EQ(expect(kind, sealed_.with_key(), what), kind) << what;
  }

  test::Folder whole_{test::in_memory()};
  test::Folder folder_{test::in_memory()};
  test::SealedJournal sealed_{whole_.path(), runs};
  std::vector<std::string> records_;
  std::mt19937_64 chance_{20260915};
};

TEST_F(Tampering, AnEditedRecordIsCalledAltered) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t seq = random(1, size());
    std::string bytes = records_[seq - 1];
    const std::uint64_t at = random(0, bytes.size() - 1);
    // Not the number that the record carries: that is another one's place.
    if (at < 3) continue;
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << random(0, 7)));
    test::tamper(fresh(), "UPDATE record SET bytes = " + blob(bytes) + " WHERE seq = " + text(seq));
    expect_first(FaultKind::altered, "record " + text(seq) + ", byte " + text(at));
  }
}

TEST_F(Tampering, ARemovedRecordIsCalledRemoved) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t first = random(1, size() - 1);
    const std::uint64_t last = random(first, std::min(size() - 1, first + 5));
    const std::string count = text(last - first + 1);
    std::string sql =
        "DELETE FROM record WHERE seq BETWEEN " + text(first) + " AND " + text(last) + ";";
    if (i % 2 == 1)  // what follows moves up
      sql += "UPDATE record SET seq = -seq WHERE seq > " + text(last) +
             "; UPDATE record SET seq = -seq - " + count + " WHERE seq < 0;";
    test::tamper(fresh(), sql);
    expect_first(FaultKind::removed, "records " + text(first) + " to " + text(last));
  }
}

TEST_F(Tampering, AnInsertedRecordIsCalledInserted) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t at = random(1, size());
    AuditRecord record = decode_audit_record(records_[random(1, size()) - 1]).value();
    if (i % 2 == 1) record.seq = at;  // with the number that belongs there
    test::tamper(fresh(), "UPDATE record SET seq = -seq WHERE seq >= " + text(at) +
                              "; UPDATE record SET seq = 1 - seq WHERE seq < 0;"
                              "INSERT INTO record SELECT " +
                              text(at) + ", " + blob(encode(record)) +
                              ", hash FROM record WHERE seq = " + text(at + 1));
    expect_first(FaultKind::inserted, "before record " + text(at));
  }
}

TEST_F(Tampering, SwappedRecordsAreCalledSwapped) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t one = random(1, size() - 1);
    const std::uint64_t other = random(one + 1, size());
    test::tamper(fresh(), "UPDATE record SET seq = -1 WHERE seq = " + text(one) +
                              "; UPDATE record SET seq = " + text(one) +
                              " WHERE seq = " + text(other) +
                              "; UPDATE record SET seq = " + text(other) + " WHERE seq = -1");
    expect_first(FaultKind::swapped, text(one) + " and " + text(other));
  }
}

TEST_F(Tampering, AnEndThatWasCutOffIsCalledCutWhereACopyOfACheckpointIs) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t left = random(1, size() - 1);
    const auto& path = fresh();
    test::tamper(path, "DELETE FROM record WHERE seq > " + text(left) +
                           "; DELETE FROM checkpoint WHERE size > " + text(left) +
                           "; DELETE FROM posting; DELETE FROM block; DELETE FROM outcome; "
                           "DELETE FROM open_intent");
    index_anew(path);
    expect(FaultKind::cut, sealed_.with_copies(), text(left) + " records left");
  }
}

TEST_F(Tampering, ARewriteFromSomeRecordOnIsCalledRewritten) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t from = random(1, size());
    const auto& path = fresh();
    test::tamper(path, forged_from(from));
    index_anew(path);
    // Whether the forger leaves the checkpoints, or takes out those that tell.
    if (i % 2 == 1) test::tamper(path, "DELETE FROM checkpoint WHERE size >= " + text(from));
    expect(FaultKind::rewritten, sealed_.with_copies(), "from record " + text(from));
  }
}

TEST_F(Tampering, ARewriteThatIsSignedWithALaterKeyIsCalledReSigned) {
  const auto copies = sealed_.copies();
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t handover = parse_checkpoint(parse_note(copies[runs / 2 - 1])->text)->size;
    const std::uint64_t from = random(1, handover);
    const auto& path = fresh();
    test::tamper(path, forged_from(from));
    // Checkpoints as the program would make them, by somebody who has got hold of the second key.
    const auto hashes = test::ask_all(path, "SELECT hex(hash) FROM record ORDER BY seq");
    TreeFrontier frontier;
    std::size_t next = 0;
    Sha256Value previous{};
    std::string sql;
    for (const std::string& hash : hashes) {
      const ChainHash chain = *chain_hash_from(bytes_from(hash));
      frontier.append(chain);
      Checkpoint checkpoint = parse_checkpoint(parse_note(copies[next])->text).value();
      if (checkpoint.size != frontier.size()) continue;
      std::string note = copies[next];
      if (checkpoint.size >= from) {
        checkpoint.root = frontier.root();
        checkpoint.head = chain;
        checkpoint.previous = previous;
        const std::string signed_text = to_text(checkpoint);
        note = signed_text + "\n" + sealed_.second_key().signature_line(signed_text);
        sql += "UPDATE checkpoint SET note = CAST(" + blob(note) +
               " AS TEXT) WHERE number = " + text(checkpoint.number) + ";";
      }
      Sha256 sha;
      sha.update(note);
      previous = sha.finish();
      if (++next == copies.size()) break;
    }
    test::tamper(path, sql);
    index_anew(path);
    expect_first(FaultKind::re_signed, "from record " + text(from));
  }
}

TEST_F(Tampering, ACheckpointThatWasTakenOutIsCalledMissing) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const std::uint64_t number = random(1, runs);
    std::string sql = "DELETE FROM checkpoint WHERE number = " + text(number) + ";";
    if (i % 2 == 1)  // and all that follow, so that none is missed between others
      sql = "DELETE FROM checkpoint WHERE number >= " + text(number) + ";";
    test::tamper(fresh(), sql);
    expect_first(FaultKind::checkpoint_missing, "checkpoint " + text(number));
  }
}

TEST_F(Tampering, AClockThatGoesBackIsCalledThat) {
  for (int i = 0; i < alterations && !HasFailure(); ++i) {
    const auto& path = fresh();
    const auto journal = test::open_to_append(path);
    const std::uint64_t now = sealed_.milliseconds() + random(60'002, 3'600'000);
    ASSERT_TRUE(journal->append({test::run_started("late", now)}));
    ASSERT_TRUE(
        journal->append({test::run_started("early", now - 60'001 - random(0, now - 60'001))}));
    expect_first(FaultKind::clock, "at " + text(now));
  }
}

}  // namespace
}  // namespace entsync
