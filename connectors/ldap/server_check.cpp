#include "connectors/ldap/server_check.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/ldap/findings.hpp"
#include "connectors/ldap/index_check.hpp"
#include "connectors/ldap/object_classes.hpp"
#include "connectors/ldap/part_search.hpp"
#include "core/dn.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

void check_controls(const ServerInfo& info, bool assertions, const std::string& server,
                    Problems& problems) {
  if (!info.paged_results)
    problems.warning("LDAP-060", {{}, 0, server},
                     "the server does not offer paged results (RFC 2696): each branch is read in "
                     "one search",
                     "make the control available to the service account, or lift its limits on the "
                     "server: size=unlimited time=unlimited");
  if (assertions && !info.assertion)
    problems.warning("LDAP-061", {{}, 0, server},
                     "the server does not offer assertions (RFC 4528): what somebody else changes "
                     "during a run may be overwritten",
                     "make the control available to the service account, or write assertions = "
                     "false in [ldap]");
}

void check_attributes(const DirectoryNeeds& needs, const TargetVocabulary& vocabulary,
                      Problems& problems) {
  const auto known = [&vocabulary](TargetAttribute attribute) {
    return vocabulary.info(attribute).known_to_server;
  };
  for (const TargetAttribute attribute : needs.several)
    if (known(attribute) && vocabulary.info(attribute).single_valued)
      problems.warning("LDAP-056", {{}, 0, vocabulary.name(attribute)},
                       "the directory's schema takes one value of this attribute, the rules may "
                       "give several: only the first is written",
                       "load the schema that the rules are written for, or correct the rules");
  for (const TargetAttribute attribute : needs.searched)
    if (known(attribute) && vocabulary.info(attribute).matching == Matching::none)
      problems.error("LDAP-057", {{}, 0, vocabulary.name(attribute)},
                     "the directory's schema has no equality rule for this attribute, by which "
                     "entries are looked for",
                     "load the schema that the rules are written for");
}

/// Without the attributes that the server does not know: that is said already.
std::vector<EntryShape> known_shapes(const DirectoryNeeds& needs,
                                     const TargetVocabulary& vocabulary) {
  std::vector<EntryShape> shapes = needs.shapes;
  for (EntryShape& shape : shapes)
    std::erase_if(shape.attributes, [&vocabulary](const std::string& name) {
      const TargetAttribute attribute = vocabulary.find(name);
      return attribute != TargetVocabulary::npos && !vocabulary.info(attribute).known_to_server;
    });
  return shapes;
}

asio::awaitable<void> check_schema(LinkPtr link, const ServerCheck& what, std::string subschema_dn,
                                   Problems& problems) {
  const auto texts = co_await read_schema_texts(link, std::move(subschema_dn), true);
  if (!texts) {
    problems.append(texts.error());
    co_return;
  }
  problems.append(apply_schema(texts->attribute_types, what.vocabulary, link->aliases));
  check_attributes(what.needs, what.vocabulary, problems);
  const std::vector<EntryShape> shapes = known_shapes(what.needs, what.vocabulary);
  problems.append(check_shapes(texts->object_classes, shapes, link->aliases));
}

/// To their ends: a limit of the server only shows where it cuts.
asio::awaitable<std::uint64_t> check_branches(LinkPtr link, const ServerCheck& what,
                                              Problems& problems) {
  SnapshotBuilder builder;
  AttributeIndex attributes(what.vocabulary, link->aliases);
  const SnapshotRequest request{{}, what.vocabulary, what.page_size, {}};
  for (const SnapshotRequest::Base& base : what.bases)
    problems.append(co_await read_branch(link, request, base, attributes, builder));
  co_return builder.entries();
}

/// The indexes of the database that holds the tree; nothing when they are not shown.
asio::awaitable<std::optional<std::vector<std::string>>> read_indexes(LinkPtr link,
                                                                      std::string suffix) {
  std::vector<std::string> values;
  bool is_shown = false;
  Search databases{.base = "cn=config",
                   .scope = LDAP_SCOPE_SUBTREE,
                   .attributes = {"olcDatabase", "olcDbIndex"},
                   .filter = equality_filter("olcSuffix", suffix)};
  databases.on_entry = [&](EntryView& entry) {
    while (entry.next()) {
      is_shown = is_shown || equals_ignoring_case(entry.attribute(), "olcDatabase");
      if (!equals_ignoring_case(entry.attribute(), "olcDbIndex")) continue;
      for (const berval& value : entry.values()) values.emplace_back(view(value));
    }
  };
  const Result<Reply> reply = co_await search(link, std::move(databases), link->server);
  if (!reply || !is_success(*reply) || !is_shown) co_return std::nullopt;
  co_return values;
}

/// The longest naming context that the base is in.
std::string suffix_of(const ServerInfo& info, const std::string& base) {
  std::string suffix;
  for (const std::string& context : info.naming_contexts)
    if (context.size() > suffix.size() && dn::is_under(base, context)) suffix = context;
  return suffix.empty() ? base : suffix;
}

asio::awaitable<void> check_indexes(LinkPtr link, const ServerCheck& what, const ServerInfo& info,
                                    Problems& problems) {
  std::vector<std::string> needed{"objectClass"};
  for (const TargetAttribute attribute : what.needs.searched)
    if (what.vocabulary.info(attribute).known_to_server)
      needed.push_back(what.vocabulary.name(attribute));
  std::string suffix = suffix_of(info, what.base);
  const auto values = co_await read_indexes(link, std::move(suffix));
  if (!values) {
    std::string names;
    for (const std::string& name : needed) names += (names.empty() ? "" : ",") + name;
    problems.note("LDAP-063", {{}, 0, link->server},
                  "the indexes of the server could not be looked at: cn=config is not shown",
                  "see that the database has an equality index of each of " + names);
    co_return;
  }
  for (const std::string& name : without_index(*values, needed, link->aliases))
    problems.warning("LDAP-062", {{}, 0, name},
                     "the database has no equality index of this attribute, by which entries are "
                     "looked for",
                     "add it to the database: olcDbIndex: " + name + " eq");
}

}  // namespace

asio::awaitable<ServerReport> check_server(LinkPtr link, ServerCheck what) {
  ServerReport report;
  const auto info = co_await read_server_info(link);
  if (!info) {
    report.problems = info.error();
    co_return report;
  }
  report.server = *info;
  check_controls(*info, what.assertions, link->server, report.problems);
  std::string subschema = info->subschema_dn;
  co_await check_schema(link, what, std::move(subschema), report.problems);
  report.entries = co_await check_branches(link, what, report.problems);
  co_await check_indexes(link, what, *info, report.problems);
  report.problems.note("LDAP-064", {{}, 0, link->server},
                       "whether the service account may write cannot be told without writing",
                       "see that it may write everything below the three branches; where it may "
                       "not, the first run is refused (50, insufficientAccessRights)");
  co_return report;
}

}  // namespace entsync::ldap
