#pragma once
/// The directory as the rest of the program sees it: connect, learn the server and its schema, read
/// a whole snapshot, read single entries, apply one change. Asynchronous libldap on Asio; every
/// function is to be called on the thread of the io_context that was given to `connect`. Nothing
/// here decides what is to be changed. Texts of the server may hold personal data: they stay in
/// Diagnostics and never reach a log.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/directory_needs.hpp"
#include "core/part_closure.hpp"
#include "core/plan.hpp"
#include "core/problem.hpp"
#include "core/reconciliation.hpp"
#include "core/snapshot.hpp"

namespace entsync::ldap {

namespace asio = boost::asio;

struct ConnectOptions {
  std::string uri;  ///< ldap://, ldaps:// or ldapi://
  bool start_tls = false;
  std::filesystem::path tls_ca_file;
  std::filesystem::path tls_certificate_file;
  std::filesystem::path tls_key_file;
  enum class Bind : std::uint8_t { anonymous, simple, external } bind = Bind::external;
  std::string bind_dn;
  std::filesystem::path password_file;  ///< its first line; refused when others may read it
  std::chrono::milliseconds connect_timeout{10'000};
  /// How long the server may say nothing of an operation: no answer, no entry. The connection is
  /// then given up, because nothing more that is in flight on it can be trusted.
  std::chrono::milliseconds operation_timeout{60'000};
  /// Early warnings (LDAP-022: an answer that took more than 80 % of operation_timeout). Called on
  /// the loop.
  std::function<void(Problem)> on_notice;
};

/// How one operation ended. Either it is settled: the server answered (`code` is its LDAP result
/// code), or libldap could not encode the operation, so that it was never sent (`code` is negative,
/// see result_name). Or the outcome is unknown because the connection was lost or the time ran out.
struct Answer {
  bool answered = false;
  int code = 0;
  std::string server_text;  ///< may hold personal data: vault or nowhere
  std::string client_text;  ///< our own words, safe to log
  [[nodiscard]] bool ok() const { return answered && code == 0; }
};

/// Name of an LDAP result code as in RFC 4511, e.g. "entryAlreadyExists"; negative codes are
/// libldap's.
std::string_view result_name(int code);

/// What the root DSE says.
struct ServerInfo {
  std::vector<std::string> naming_contexts;
  std::string subschema_dn;
  bool paged_results = false;  ///< RFC 2696
  bool assertion = false;      ///< RFC 4528
};

/// One entry outside a snapshot, with the attributes asked for.
struct EntryState {
  std::string dn;
  std::string csn;
  std::vector<std::pair<TargetAttribute, std::string>> values;
};

/// One entry with everything that the service account is shown of it, operational attributes
/// excepted, by the names that the server writes.
struct WholeEntry {
  std::string dn;
  std::vector<std::pair<std::string, std::string>> values;
};

struct SnapshotRequest {
  struct Base {
    Branch branch;
    std::string dn;
    std::vector<TargetAttribute> attributes{};  ///< what to read; none: the whole vocabulary
  };
  std::vector<Base> bases;  ///< one for each branch
  const TargetVocabulary& vocabulary;
  std::size_t page_size = 2'000;                        ///< 0: without pages
  std::function<void(std::uint64_t entries)> progress;  ///< after each page
};

/// Questions of a PartClosure; `attributes` as in SnapshotRequest.
struct PartRequest {
  std::vector<EntryQuery> queries;
  std::vector<SnapshotRequest::Base> bases;  ///< one for each branch
  const TargetVocabulary& vocabulary;
  std::size_t page_size = 2'000;
};

/// A period of the server's own log of changes; both ends are part of it, to the second.
struct AccessLogRequest {
  std::string base;       ///< "cn=accesslog"
  std::int64_t from = 0;  ///< milliseconds since 1970
  std::int64_t to = 0;
  std::size_t page_size = 2'000;
};

/// What the server is compared with.
struct ServerCheck {
  DirectoryNeeds needs;
  std::string base;                          ///< suffix of the tree
  std::vector<SnapshotRequest::Base> bases;  ///< one for each branch; their attributes are not read
  TargetVocabulary& vocabulary;
  std::size_t page_size = 2'000;
  bool assertions = true;  ///< they are wished for
};

/// What it offers, and everything that is missing or wrong.
struct ServerReport {
  ServerInfo server;
  std::uint64_t entries = 0;  ///< below the bases
  Problems problems;
};

/// One connection. Destroying it closes the connection; operations under way end as unanswered,
/// posted to the loop, and may be awaited on. At most 96 operations are unanswered at a time,
/// further ones wait their turn. A lost connection stays lost: every later operation ends at once,
/// and a new Directory is needed.
class Directory {
 public:
  virtual ~Directory() = default;

  virtual asio::awaitable<Result<ServerInfo>> read_server_info() = 0;
  /// Fills matching rule, syntax, cardinality and presence of every attribute of `vocabulary` from
  /// the server's subschema; an attribute that the server does not know is a problem of severity
  /// error. To be read before entries: it also learns under which other names the server will
  /// return the attributes.
  virtual asio::awaitable<Problems> read_schema(std::string subschema_dn,
                                                TargetVocabulary& vocabulary) = 0;
  /// Whole or not at all. A wrong base, a size or time limit, a missing right or a lost connection
  /// is an error that says what to do, never a smaller snapshot.
  virtual asio::awaitable<Result<DirectorySnapshot>> read_snapshot(SnapshotRequest request) = 0;
  /// Compares the server with what the rules and the program need, as far as that can be told
  /// without changing anything, and goes on after whatever it finds. It reads every branch to its
  /// end, only object classes.
  virtual asio::awaitable<ServerReport> check(ServerCheck what) = 0;
  /// The entries that answer any of the questions, perhaps some twice; all of them or an error, as
  /// with read_snapshot(). Values are asked for by equality, many in one search.
  virtual asio::awaitable<Result<std::vector<FoundEntry>>> read_part(PartRequest request) = 0;
  /// The successful writes that the server recorded of itself (slapo-accesslog(5)), all of them or
  /// an error: LDAP-065 when there is no such log, LDAP-066 when it is not shown whole.
  virtual asio::awaitable<Result<std::vector<ServerWrite>>> read_access_log(
      AccessLogRequest request) = 0;
  /// The entry with this DN; no value when there is none.
  virtual asio::awaitable<Result<std::optional<EntryState>>> read_entry(
      std::string dn, const TargetVocabulary& vocabulary) = 0;
  /// The same with all of its attributes, those too that no rule names.
  virtual asio::awaitable<Result<std::optional<WholeEntry>>> read_whole_entry(std::string dn) = 0;
  /// Sends one change of a plan and waits for its answer; `change` and its text must live until
  /// then. With `assert_unchanged` the server is asked to refuse it (122 assertionFailed) when the
  /// entry's CSN is no longer the one of the change; a server without ServerInfo::assertion refuses
  /// with 12.
  virtual asio::awaitable<Answer> apply(const Change& change, bool assert_unchanged) = 0;
  /// Closes the connection before its time, as destroying it does.
  virtual void close() = 0;
};

/// What is wrong with the options, as far as it can be told without the network: contradictions,
/// password and TLS files that cannot be used. `connect` checks the same.
Problems check_options(const ConnectOptions& options);

/// Connects, secures and binds on `workers`, then hands the connection to the loop of `executor`.
/// To be awaited on that loop; the workers have to be joined before the loop is destroyed.
asio::awaitable<Result<std::unique_ptr<Directory>>> connect(asio::any_io_executor executor,
                                                            asio::thread_pool& workers,
                                                            ConnectOptions options);

}  // namespace entsync::ldap
