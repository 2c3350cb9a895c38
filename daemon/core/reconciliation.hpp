#pragma once
/// Compares what a directory server recorded of its own writes – the accesslog overlay,
/// slapo-accesslog(5) – with what the journal says was applied. The server is a witness that the
/// program cannot influence: a journaled change that it does not know, or a write by our account
/// that the journal does not know, means that one of the two was altered, or that somebody else
/// uses the account. What others changed in that which the rules own is told with its author,
/// before the next run overwrites or keeps it. Pure: values and attribute names only, never what
/// was written.

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan.hpp"

namespace entsync {

enum class WriteKind : std::uint8_t { add, modify, remove, rename };
std::string_view to_string(WriteKind kind);

/// How the server records a change of a plan.
WriteKind write_kind(Operation operation);

/// One successful write as the server recorded it.
struct ServerWrite {
  std::int64_t time = 0;  ///< milliseconds since 1970
  std::string author;     ///< DN that it was authorised as
  WriteKind kind = WriteKind::modify;
  std::string dn;
  std::vector<std::string> attributes{};  ///< names
};

/// One change that the journal says was applied.
struct JournaledWrite {
  std::uint64_t seq = 0;   ///< of its intent
  std::int64_t begun = 0;  ///< time of the intent, milliseconds since 1970
  std::int64_t ended = 0;  ///< and of its outcome
  WriteKind kind = WriteKind::modify;
  std::string dn;  ///< or what stands for it in the journal when nobody can tell any more
};

/// What both say of a period, and how to read it. Both begin a tolerance before the period and end
/// a tolerance after it.
struct Testimonies {
  std::vector<ServerWrite> server;
  std::vector<JournaledWrite> journal;
  std::string our_dn;                ///< of the service account; empty: told by what it wrote
  std::vector<std::string> bases;    ///< DNs of the branches that the rules own
  std::set<std::string> attributes;  ///< that they own, in lower case
  /// Everything that stands for a DN in the journal, given in normal form.
  std::function<std::vector<std::string>(const std::string& dn)> names;
  std::int64_t from = 0;  ///< of the period, milliseconds since 1970
  std::int64_t to = 0;
};

struct Reconciliation {
  std::uint64_t agreed = 0;
  std::vector<JournaledWrite> unknown_to_server;
  std::vector<ServerWrite> unknown_to_journal;  ///< by our account
  /// By others, of entries of our branches, with the attributes that are ours; entries that they
  /// made or removed too.
  std::vector<ServerWrite> by_others;
  /// Of changes before the first write that the server remembers: its log may have been trimmed
  /// (logpurge), so nothing is said about them.
  std::uint64_t before_log = 0;
};

/// Between the clocks of the server and of this host.
inline constexpr std::int64_t clock_tolerance_ms = 300'000;

Reconciliation reconcile(Testimonies given);

}  // namespace entsync
