#include "read_requests.hpp"

#include "core/text.hpp"

namespace entsync::config {

Requests read_requests(TomlTable table,
                       const std::function<std::filesystem::path(const std::string&)>& resolve) {
  Requests requests;
  requests.path = resolve(table.required_text("path"));
  requests.source = table.text_or("source", requests.source);
  if (!is_plain_name(requests.source))
    table.error("source", "'" + requests.source + "' is not a source name",
                "letters, digits and -_. only: it is the prefix of keys in the directory");
  if (table.has("public_mail_domains")) {
    requests.rules.public_mail_domains.clear();
    for (const std::string& domain : table.texts("public_mail_domains")) {
      if (domain.empty() || domain.find('@') != std::string::npos)
        table.error("public_mail_domains", "'" + domain + "' is not a domain",
                    "write what stands behind the @, e.g. \"gmail.com\"");
      requests.rules.public_mail_domains.insert(ascii_lower(domain));
    }
  }
  if (const auto n = table.integer("reminder_days", 0, 366))
    requests.rules.reminder_days = static_cast<unsigned>(*n);
  table.finish();
  return requests;
}

}  // namespace entsync::config
