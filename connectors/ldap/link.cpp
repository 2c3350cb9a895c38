#include "connectors/ldap/link.hpp"

#include <utility>

#include "connectors/ldap/findings.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

/// A server that says "more follows" this often without an entry is not going to end.
constexpr int max_empty_pages = 1'000;
}  // namespace

Problem explain_missing(const char* code, const std::string& item, std::string what,
                        std::string remedy) {
  return {Severity::error, code, {{}, 0, item}, std::move(what), std::move(remedy)};
}

/// Runs one search to its end. A referral in any form is a problem.
asio::awaitable<Result<Reply>> search(LinkPtr link, Search what, std::string item) {
  auto request = std::make_unique<SearchRequest>(std::move(what));
  const auto references = request->references();
  Reply reply = co_await link->session->perform(std::move(request));
  if (reply.answered() && reply.code == LDAP_SUCCESS && *references > 0)
    co_return explain_referral(item);
  co_return reply;
}

bool is_success(const Reply& reply) {
  return reply.answered() && reply.code == LDAP_SUCCESS;
}

asio::awaitable<Result<ServerInfo>> read_server_info(LinkPtr link) {
  ServerInfo info;
  bool seen = false;
  Search root{.base = "",
              .attributes = {"namingContexts", "subschemaSubentry", "supportedControl"}};
  root.on_entry = [&info, &seen](EntryView& entry) {
    seen = true;
    while (entry.next()) {
      for (const berval& value : entry.values()) {
        const std::string_view text = view(value);
        if (equals_ignoring_case(entry.attribute(), "namingContexts")) {
          info.naming_contexts.emplace_back(text);
        } else if (equals_ignoring_case(entry.attribute(), "subschemaSubentry")) {
          info.subschema_dn = text;
        } else if (equals_ignoring_case(entry.attribute(), "supportedControl")) {
          info.paged_results = info.paged_results || text == LDAP_CONTROL_PAGEDRESULTS;
          info.assertion = info.assertion || text == LDAP_CONTROL_ASSERT;
        }
      }
    }
  };
  const Result<Reply> reply = co_await search(link, std::move(root), link->server);
  if (!reply) co_return reply.error();
  if (!is_success(*reply)) co_return explain_failure(*reply, link->server);
  if (!seen)
    co_return explain_missing("LDAP-050", link->server, "the server does not show its root DSE",
                              "give the service account read access to the root DSE (base \"\")");
  link->info = info;
  co_return info;
}

asio::awaitable<Result<SchemaTexts>> read_schema_texts(LinkPtr link, std::string subschema_dn,
                                                       bool with_classes) {
  const std::string item = subschema_dn;
  SchemaTexts texts;
  Search subschema{.base = std::move(subschema_dn), .attributes = {"attributeTypes"}};
  if (with_classes) subschema.attributes.emplace_back("objectClasses");
  subschema.on_entry = [&texts](EntryView& entry) {
    while (entry.next()) {
      auto& list = equals_ignoring_case(entry.attribute(), "objectClasses") ? texts.object_classes
                                                                            : texts.attribute_types;
      for (const berval& value : entry.values()) list.emplace_back(view(value));
    }
  };
  const Result<Reply> reply = co_await search(link, std::move(subschema), item);
  if (!reply) co_return reply.error();
  if (!is_success(*reply)) co_return explain_failure(*reply, item);
  if (texts.attribute_types.empty())
    co_return explain_missing("LDAP-051", item, "the server does not show its schema",
                              "give the service account read access to the subschema entry");
  co_return texts;
}

namespace {

/// All pages of one branch, or the reason why not.
asio::awaitable<Problems> read_pages(LinkPtr link, const SnapshotRequest& request,
                                     const SnapshotRequest::Base& base, BranchReader& reader,
                                     SnapshotBuilder& builder) {
  const bool is_paged = link->info->paged_results && request.page_size > 0;
  int empty_pages = 0;
  std::string page;
  do {
    Search subtree{.base = base.dn,
                   .scope = LDAP_SCOPE_SUBTREE,
                   .attributes = requested_attributes(request.vocabulary, base.attributes),
                   .page_size = is_paged ? static_cast<int>(request.page_size) : 0,
                   .page = page};
    subtree.on_entry = [&reader](EntryView& entry) { reader.take(entry); };
    const std::uint64_t before = reader.entries();
    const Result<Reply> reply = co_await search(link, std::move(subtree), base.dn);
    if (!reply) co_return reply.error();
    if (!is_success(*reply)) co_return explain_failure(*reply, base.dn);
    if (is_paged && !reply->page)
      co_return explain_missing("LDAP-041", base.dn,
                                "the server ended a page without saying whether more follow",
                                paging_remedy);
    page = reply->page.value_or("");
    empty_pages = reader.entries() == before ? empty_pages + 1 : 0;
    if (empty_pages > max_empty_pages)
      co_return explain_missing("LDAP-042", base.dn, "the server sends empty pages without end",
                                paging_remedy);
    if (request.progress) request.progress(builder.entries());
  } while (!page.empty());
  co_return Problems{};
}

/// An empty branch is possible; one that has entries which we are not shown is not to be taken for
/// it.
asio::awaitable<Problems> check_empty(LinkPtr link, std::string base) {
  bool has_children = false;
  Search entry_itself{.base = base, .attributes = {"hasSubordinates"}};
  entry_itself.on_entry = [&has_children](EntryView& entry) {
    while (entry.next())
      for (const berval& value : entry.values())
        has_children = has_children || view(value) == "TRUE";
  };
  const Result<Reply> reply = co_await search(link, std::move(entry_itself), base);
  if (!reply) co_return reply.error();
  if (!is_success(*reply)) co_return explain_failure(*reply, base);
  if (has_children)
    co_return explain_missing("LDAP-043", base,
                              "the branch has entries, but none was shown: an ACL hides them",
                              "give the service account read access to everything below the base");
  co_return Problems{};
}

}  // namespace

asio::awaitable<Problems> read_branch(LinkPtr link, const SnapshotRequest& request,
                                      const SnapshotRequest::Base& base, AttributeIndex& attributes,
                                      SnapshotBuilder& builder) {
  BranchReader reader(base.branch, base.dn, attributes, builder);
  Problems problems = co_await read_pages(link, request, base, reader, builder);
  if (problems.has_errors()) co_return problems;
  problems = reader.findings();
  if (!problems.has_errors() && reader.entries() == 0)
    problems = co_await check_empty(link, base.dn);
  if (problems.has_errors()) co_return problems;
  builder.search_ended({base.branch, base.dn, LDAP_SUCCESS, reader.entries()});
  co_return problems;
}

}  // namespace entsync::ldap
