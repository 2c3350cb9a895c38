#include "connectors/ldap/directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "connectors/ldap/access_log.hpp"
#include "connectors/ldap/branch_reader.hpp"
#include "connectors/ldap/change_request.hpp"
#include "connectors/ldap/findings.hpp"
#include "connectors/ldap/library.hpp"
#include "connectors/ldap/link.hpp"
#include "connectors/ldap/open.hpp"
#include "connectors/ldap/part_search.hpp"
#include "connectors/ldap/schema.hpp"
#include "connectors/ldap/search.hpp"
#include "connectors/ldap/server_check.hpp"
#include "connectors/ldap/session.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

asio::awaitable<Problems> read_schema(LinkPtr link, std::string subschema_dn,
                                      TargetVocabulary& vocabulary) {
  const auto texts = co_await read_schema_texts(link, std::move(subschema_dn), false);
  if (!texts) co_return texts.error();
  co_return apply_schema(texts->attribute_types, vocabulary, link->aliases);
}

asio::awaitable<Result<DirectorySnapshot>> read_snapshot(LinkPtr link, SnapshotRequest request) {
  if (!link->info) {
    const Result<ServerInfo> info = co_await read_server_info(link);
    if (!info) co_return info.error();
  }
  SnapshotBuilder builder;
  AttributeIndex attributes(request.vocabulary, link->aliases);
  for (const SnapshotRequest::Base& base : request.bases) {
    const Problems problems = co_await read_branch(link, request, base, attributes, builder);
    if (problems.has_errors()) co_return problems;
  }
  co_return SnapshotBuilder::finish(std::move(builder));
}

/// The values of one entry as the server sends them; nothing when there is no such entry.
asio::awaitable<Result<std::optional<WholeEntry>>> read_values(
    LinkPtr link, std::string dn, std::vector<std::string> attributes) {
  std::optional<WholeEntry> found;
  bool malformed = false;
  Search base{.base = std::move(dn), .attributes = std::move(attributes)};
  base.on_entry = [&](EntryView& entry) {
    found.emplace();
    found->dn = entry.dn();
    while (entry.next())
      for (const berval& value : entry.values())
        found->values.emplace_back(entry.attribute(), view(value));
    malformed = entry.is_malformed();
  };
  // The DN of an entry can hold a name: it is no place for a message.
  const Result<Reply> reply = co_await search(link, std::move(base), link->server);
  if (!reply) co_return reply.error();
  if (reply->answered() && reply->code == LDAP_NO_SUCH_OBJECT)
    co_return std::optional<WholeEntry>{};
  if (!is_success(*reply)) co_return explain_failure(*reply, link->server);
  if (malformed)
    co_return explain_missing(
        "LDAP-040", link->server, "an entry sent by the server cannot be decoded",
        "look for a proxy in between; if there is none, the server is at fault");
  if (!found)
    co_return explain_missing("LDAP-044", link->server,
                              "an entry exists, but the service account is not shown it",
                              "give the service account read access to everything below the bases");
  co_return found;
}

asio::awaitable<Result<std::optional<EntryState>>> read_entry(LinkPtr link, std::string dn,
                                                              const TargetVocabulary& vocabulary) {
  std::vector<std::string> wanted = requested_attributes(vocabulary);
  auto found = co_await read_values(link, std::move(dn), std::move(wanted));
  if (!found) co_return found.error();
  if (!*found) co_return std::optional<EntryState>{};
  AttributeIndex attributes(vocabulary, link->aliases);
  EntryState state;
  state.dn = std::move((*found)->dn);
  for (auto& [name, value] : (*found)->values) {
    if (equals_ignoring_case(name, "entryCSN")) state.csn = value;
    const TargetAttribute attribute = attributes.find(name);
    if (attribute != TargetVocabulary::npos) state.values.emplace_back(attribute, std::move(value));
  }
  co_return std::optional(std::move(state));
}

/// One search of a part, with all its pages.
asio::awaitable<Problems> read_found(LinkPtr link, const PartRequest& request, PartSearch what,
                                     FoundReader& reader) {
  const bool is_paged =
      what.scope != LDAP_SCOPE_BASE && link->info->paged_results && request.page_size > 0;
  std::string page;
  do {
    Search one{.base = what.base,
               .scope = what.scope,
               .attributes = requested_attributes(request.vocabulary, what.attributes),
               .filter = what.filter,
               .page_size = is_paged ? static_cast<int>(request.page_size) : 0,
               .page = page};
    one.on_entry = [&reader, branch = what.branch](EntryView& entry) {
      reader.take(branch, entry);
    };
    // The DN of an entry can hold a name: it is no place for a message.
    const Result<Reply> reply = co_await search(link, std::move(one), link->server);
    if (!reply) co_return reply.error();
    const bool is_none =
        what.scope == LDAP_SCOPE_BASE && reply->answered() && reply->code == LDAP_NO_SUCH_OBJECT;
    if (is_none) co_return Problems{};
    if (!is_success(*reply)) co_return explain_failure(*reply, link->server);
    if (is_paged && !reply->page)
      co_return explain_missing("LDAP-041", what.base,
                                "the server ended a page without saying whether more follow",
                                paging_remedy);
    page = reply->page.value_or("");
  } while (!page.empty());
  co_return Problems{};
}

asio::awaitable<Result<std::vector<FoundEntry>>> read_part(LinkPtr link, PartRequest request) {
  if (!link->info) {
    const Result<ServerInfo> info = co_await read_server_info(link);
    if (!info) co_return info.error();
  }
  AttributeIndex attributes(request.vocabulary, link->aliases);
  FoundReader reader(attributes);
  for (PartSearch& what : part_searches(request)) {
    const Problems problems = co_await read_found(link, request, std::move(what), reader);
    if (problems.has_errors()) co_return problems;
  }
  if (Problems problems = reader.findings(request, link->server); problems.has_errors())
    co_return problems;
  co_return std::move(reader).found();
}

asio::awaitable<Answer> apply(LinkPtr link, std::unique_ptr<Request> request) {
  Reply reply = co_await link->session->perform(std::move(request));
  const bool is_final = reply.answered() || reply.ending == Ending::not_sent;
  co_return Answer{.answered = is_final,
                   .code = reply.code,
                   .server_text = std::move(reply.server_text),
                   .client_text = std::move(reply.client_text)};
}

/// Nothing here is a coroutine: those hold the link, never `this`.
class ConnectedDirectory final : public Directory {
 public:
  explicit ConnectedDirectory(LinkPtr link) : link_(std::move(link)) {}
  ~ConnectedDirectory() override { link_->session->close(); }
  ConnectedDirectory(const ConnectedDirectory&) = delete;
  ConnectedDirectory& operator=(const ConnectedDirectory&) = delete;

  asio::awaitable<Result<ServerInfo>> read_server_info() override {
    return ldap::read_server_info(link_);
  }
  asio::awaitable<Problems> read_schema(std::string subschema_dn,
                                        TargetVocabulary& vocabulary) override {
    return ldap::read_schema(link_, std::move(subschema_dn), vocabulary);
  }
  asio::awaitable<Result<DirectorySnapshot>> read_snapshot(SnapshotRequest request) override {
    return ldap::read_snapshot(link_, std::move(request));
  }
  asio::awaitable<ServerReport> check(ServerCheck what) override {
    return check_server(link_, std::move(what));
  }
  asio::awaitable<Result<std::vector<FoundEntry>>> read_part(PartRequest request) override {
    return ldap::read_part(link_, std::move(request));
  }
  asio::awaitable<Result<std::vector<ServerWrite>>> read_access_log(
      AccessLogRequest request) override {
    return ldap::read_access_log(link_, std::move(request));
  }
  asio::awaitable<Result<std::optional<EntryState>>> read_entry(
      std::string dn, const TargetVocabulary& vocabulary) override {
    return ldap::read_entry(link_, std::move(dn), vocabulary);
  }
  asio::awaitable<Result<std::optional<WholeEntry>>> read_whole_entry(std::string dn) override {
    std::vector<std::string> all{"*"};  // RFC 4511 §4.5.1.8
    return read_values(link_, std::move(dn), std::move(all));
  }
  asio::awaitable<Answer> apply(const Change& change, bool assert_unchanged) override {
    return ldap::apply(link_, std::make_unique<ChangeRequest>(change, assert_unchanged));
  }

  void close() override { link_->session->close(); }

 private:
  LinkPtr link_;
};

asio::awaitable<Result<Handle>> open_on_worker(std::shared_ptr<const ConnectOptions> options) {
  co_return open_connection(*options);
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Directory>>> connect(asio::any_io_executor executor,
                                                            asio::thread_pool& workers,
                                                            ConnectOptions options) {
  prepare_library();
  const auto shared = std::make_shared<const ConnectOptions>(std::move(options));
  Result<Handle> handle =
      co_await asio::co_spawn(workers.get_executor(), open_on_worker(shared), asio::use_awaitable);
  if (!handle) co_return handle.error();
  SessionOptions session_options{.server = shared->uri, .on_notice = shared->on_notice};
  session_options.limits.silence = shared->operation_timeout;
  auto link = std::make_shared<Link>();
  link->server = shared->uri;
  link->session = Session::start(executor, std::move(*handle), std::move(session_options));
  co_return std::unique_ptr<Directory>(std::make_unique<ConnectedDirectory>(std::move(link)));
}

}  // namespace entsync::ldap
