#include "connectors/ldap/access_log.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>

#include "connectors/ldap/findings.hpp"
#include "core/date.hpp"
#include "core/text.hpp"

namespace entsync::ldap {
namespace {

std::optional<int> digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<WriteKind> kind_of(std::string_view type) {
  if (type == "add") return WriteKind::add;
  if (type == "modify") return WriteKind::modify;
  if (type == "delete") return WriteKind::remove;
  if (type == "modrdn") return WriteKind::rename;
  return std::nullopt;
}

void add_attribute(ServerWrite& write, std::string_view modification) {
  const std::string_view name = attribute_of_modification(modification);
  if (!name.empty() && std::ranges::find(write.attributes, name) == write.attributes.end())
    write.attributes.emplace_back(name);
}

class AccessLogReader {
 public:
  void take(EntryView& entry) {
    ServerWrite write;
    bool has_kind = false;
    bool has_time = false;
    while (entry.next()) {
      const std::string_view name = entry.attribute();
      for (const berval& one : entry.values()) {
        const std::string_view value = view(one);
        if (equals_ignoring_case(name, "reqStart")) {
          const auto time = access_log_time(value);
          has_time = time.has_value();
          write.time = time.value_or(0);
        } else if (equals_ignoring_case(name, "reqType")) {
          const auto kind = kind_of(value);
          has_kind = kind.has_value();
          write.kind = kind.value_or(WriteKind::modify);
        } else if (equals_ignoring_case(name, "reqAuthzID")) {
          write.author = value;
        } else if (equals_ignoring_case(name, "reqDN")) {
          write.dn = value;
        } else if (equals_ignoring_case(name, "reqMod")) {
          add_attribute(write, value);
        }
      }
    }
    if (entry.is_malformed() || !has_kind || !has_time || write.dn.empty())
      ++unreadable_;
    else
      writes.push_back(std::move(write));
  }

  /// Entries that are not as slapo-accesslog(5) says, or not wholly shown.
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

  std::vector<ServerWrite> writes;

 private:
  std::size_t unreadable_ = 0;
};

}  // namespace

std::optional<std::int64_t> access_log_time(std::string_view text) {
  // Seconds and six digits of a fraction, as RFC 4517 §3.3.13 allows and slapd writes them.
  if (text.size() < 15 || !text.ends_with('Z')) return std::nullopt;
  const auto day = Date::from_compact(text.substr(0, 8));
  const auto hours = digits(text.substr(8, 2));
  const auto minutes = digits(text.substr(10, 2));
  const auto seconds = digits(text.substr(12, 2));
  if (!day || !hours || !minutes || !seconds) return std::nullopt;
  std::string fraction(text.substr(14, text.size() - 15));
  if (!fraction.empty() && (fraction.front() != '.' || fraction.size() < 2)) return std::nullopt;
  fraction.resize(4, '0');
  const auto thousandths = digits(std::string_view(fraction).substr(1));
  if (!thousandths && text.size() != 15) return std::nullopt;
  const auto time = day->days() + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
                    std::chrono::seconds(*seconds) +
                    std::chrono::milliseconds(thousandths.value_or(0));
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::string access_log_time(std::int64_t milliseconds) {
  const std::chrono::sys_seconds time(
      std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(milliseconds)));
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[24];
  std::snprintf(text, sizeof text, "%02d%02d%02dZ", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return Date(std::chrono::year_month_day(day)).compact() + text;
}

std::string_view attribute_of_modification(std::string_view modification) {
  const std::size_t colon = modification.find(':');
  if (colon == std::string_view::npos) return {};
  // Of options (`cn;lang-fr`) only the type counts.
  return modification.substr(0, std::min(colon, modification.find(';')));
}

asio::awaitable<Result<std::vector<ServerWrite>>> read_access_log(LinkPtr link,
                                                                  AccessLogRequest request) {
  if (!link->info) {
    const Result<ServerInfo> info = co_await read_server_info(link);
    if (!info) co_return info.error();
  }
  const bool is_paged = link->info->paged_results && request.page_size > 0;
  AccessLogReader reader;
  std::string page;
  do {
    Search one{.base = request.base,
               .scope = LDAP_SCOPE_SUBTREE,
               .attributes = {"reqStart", "reqType", "reqAuthzID", "reqDN", "reqMod"},
               .filter = "(&(objectClass=auditWriteObject)(reqResult=0)(reqStart>=" +
                         access_log_time(request.from) +
                         ")(reqStart<=" + access_log_time(request.to + 999) + "))",
               .page_size = is_paged ? static_cast<int>(request.page_size) : 0,
               .page = page};
    one.on_entry = [&reader](EntryView& entry) { reader.take(entry); };
    const Result<Reply> reply = co_await search(link, std::move(one), request.base);
    if (!reply) co_return reply.error();
    if (reply->answered() && reply->code == LDAP_NO_SUCH_OBJECT)
      co_return explain_missing(
          "LDAP-065", request.base,
          "the server keeps no log of changes there, or does not show it to the service account",
          "load the accesslog overlay (slapo-accesslog(5): logops writes, logsuccess TRUE), let "
          "the "
          "service account read it, and name its base in [ldap] accesslog");
    if (!is_success(*reply)) co_return explain_failure(*reply, request.base);
    if (is_paged && !reply->page)
      co_return explain_missing("LDAP-041", request.base,
                                "the server ended a page without saying whether more follow",
                                paging_remedy);
    page = reply->page.value_or("");
  } while (!page.empty());
  if (reader.unreadable() != 0)
    co_return explain_missing(
        "LDAP-066", request.base,
        std::to_string(reader.unreadable()) + " entries of the server's log are not shown whole",
        "let the service account read every attribute below this base");
  co_return std::move(reader.writes);
}

}  // namespace entsync::ldap
