#include <boost/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "journal/journal.hpp"
#include "runtime/checkpoints.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

struct AuditArguments {
  std::string what;
  std::string from;
  std::string to;
  std::string attribute;
  std::uint64_t limit = 0;
  bool json = false;
};

json::array texts(const std::vector<std::string>& values) {
  json::array array;
  for (const std::string& value : values)
    array.push_back(is_valid_utf8(value) ? json::value(value) : json::value("(binary)"));
  return array;
}

json::object to_json(const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
  json::object object{
      {"seq", record.seq},      {"time", record.time},   {"type", to_string(record.type)},
      {"run", record.run},      {"actor", record.actor}, {"reason", record.reason},
      {"detail", record.detail}};
  if (record.type != AuditType::intent) return object;
  object["operation"] = record.operation;
  object["profil"] = record.profil.empty() ? record.kind : record.profil;
  object["subject"] = record.subject;
  object["dn"] = record.dn;
  object["schools"] = texts(record.schools);
  object["outcome"] = outcome ? outcome->outcome : "open";
  json::array attributes;
  for (const AttributeTrace& trace : record.attributes)
    attributes.push_back({{"attribute", trace.attribute},
                          {"removed", texts(trace.removed)},
                          {"added", texts(trace.added)},
                          {"rule", record.rule + "." + trace.attribute},
                          {"file", trace.file},
                          {"sha256", trace.sha256},
                          {"line", trace.line},
                          {"offset", trace.offset}});
  object["attributes"] = std::move(attributes);
  return object;
}

void print_text(const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
  if (record.type != AuditType::intent) {
    std::printf("%s  %s  run %s  %s%s%s  %s\n", record.time.c_str(),
                std::string(to_string(record.type)).c_str(), record.run.c_str(),
                record.actor.c_str(), record.reason.empty() ? "" : ": ", record.reason.c_str(),
                record.detail.c_str());
    return;
  }
  std::printf(
      "%s  %s %s %s  %s  (%s, run %s by %s: %s)\n", record.time.c_str(), record.operation.c_str(),
      record.profil.empty() ? record.kind.c_str() : record.profil.c_str(), record.subject.c_str(),
      outcome ? outcome->outcome.c_str() : "open", record.detail.c_str(), record.run.c_str(),
      record.actor.c_str(), record.reason.c_str());
  for (const AttributeTrace& trace : record.attributes) {
    std::string cause = "(" + record.rule + "." + trace.attribute;
    if (!trace.file.empty()) cause += ", " + trace.file + ":" + std::to_string(trace.line);
    cause += ")";
    for (const std::string& value : trace.removed)
      std::printf("    - %s: %s%s%s\n", trace.attribute.c_str(), value.c_str(),
                  trace.added.empty() ? "    " : "", trace.added.empty() ? cause.c_str() : "");
    for (const std::string& value : trace.added)
      std::printf("    + %s: %s    %s\n", trace.attribute.c_str(), value.c_str(), cause.c_str());
  }
}

std::unique_ptr<Journal> open_journal(const std::string& config, int& code,
                                      Journal::Mode mode = Journal::Mode::read) {
  auto context = open_context(config, Progress::Form::none);
  code = exit_usage;
  if (!context) return nullptr;
  auto journal = Journal::open(context->config.settings.state_directory, mode);
  code = exit_failed;
  if (!journal) {
    print(journal.error());
    return nullptr;
  }
  return std::move(*journal);
}

int query(const std::string& config, const AuditArguments& arguments, JournalQuery query) {
  int code = exit_failed;
  const auto journal = open_journal(config, code);
  if (!journal) return code;
  query.from = arguments.from;
  query.to = arguments.to;
  query.limit = arguments.limit;
  query.attribute = arguments.attribute;
  std::uint64_t shown = 0;
  auto done = journal->query(
      query, [&](const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
        ++shown;
        if (arguments.json)
          std::printf("%s\n", json::serialize(to_json(record, outcome)).c_str());
        else
          print_text(record, outcome);
      });
  if (!done) {
    print(done.error());
    return exit_failed;
  }
  if (shown == 0 && !arguments.json) std::printf("no record\n");
  return exit_done;
}

int verify(Journal& journal) {
  auto report = journal.verify({});
  if (!report) {
    print(report.error());
    return exit_failed;
  }
  for (const Fault& fault : report->faults)
    std::printf("NOT WHOLE: %s: %s\n", std::string(to_string(fault.kind)).c_str(),
                fault.what.c_str());
  if (!report->good) return exit_failed;
  std::printf("whole: %llu records, head %s; %llu checkpoints, the last attests %llu records\n",
              static_cast<unsigned long long>(report->records), report->head.c_str(),
              static_cast<unsigned long long>(report->checkpoints),
              static_cast<unsigned long long>(report->attested));
  return exit_done;
}

int verify(const std::string& config) {
  int code = exit_failed;
  const auto journal = open_journal(config, code);
  return journal ? verify(*journal) : code;
}

int print_key(const std::string& config) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto key = open_signing_key(context->config.settings);
  if (!key) {
    print(key.error());
    return exit_failed;
  }
  std::printf("%s\n", key->verifier().text().c_str());
  return exit_done;
}

int print_checkpoints(const std::string& config) {
  int code = exit_failed;
  const auto journal = open_journal(config, code);
  if (!journal) return code;
  auto notes = journal->checkpoints();
  if (!notes) {
    print(notes.error());
    return exit_failed;
  }
  for (const std::string& note : *notes) std::printf("%s\n", note.c_str());
  return exit_done;
}

/// Only of records that are whole: an index that fits altered ones would hide what happened.
int rebuild_index(const std::string& config) {
  int code = exit_failed;
  const auto journal = open_journal(config, code, Journal::Mode::append);
  if (!journal) return code;
  auto before = journal->verify({});
  auto size = journal->size();
  if (!before || !size) {
    print(before ? size.error() : before.error());
    return exit_failed;
  }
  if (before->records == *size)
    if (auto rebuilt = journal->rebuild_index(); !rebuilt) {
      print(rebuilt.error());
      return exit_failed;
    }
  return verify(*journal);
}

void add_period(CLI::App* command, const std::shared_ptr<AuditArguments>& arguments) {
  command->add_option("--from", arguments->from, "Not before (RFC 3339)")->type_name("TIME");
  command->add_option("--to", arguments->to, "Before (RFC 3339)")->type_name("TIME");
  command->add_option("--attribute", arguments->attribute, "Only changes of this attribute");
  command->add_option("--limit", arguments->limit, "At most so many records");
  command->add_flag("--json", arguments->json, "One JSON object a line");
}

}  // namespace

void add_audit(CLI::App& app, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<AuditArguments>();
  CLI::App* audit = app.add_subcommand(
      "audit", "What was changed, by whom, and because of which record; verify the journal");
  audit->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, const char* help, auto to_query) {
    CLI::App* command = audit->add_subcommand(name, help);
    if (what != nullptr) command->add_option(what, arguments->what)->required();
    add_period(command, arguments);
    command->callback([=, &config, &chosen] {
      chosen = [=, &config] { return query(config, *arguments, to_query(arguments->what)); };
    });
  };
  add("person", "KEY", "Every change of a person or entry: key AC-X/Eleve/123, or DN",
      [](const std::string& what) {
        JournalQuery query;
        query.subject = what;
        return query;
      });
  add("school", "UAI", "Every change that concerns a school", [](const std::string& what) {
    JournalQuery query;
    query.school = what;
    return query;
  });
  add("run", "RUN", "Every record of a run", [](const std::string& what) {
    JournalQuery query;
    query.run = what;
    return query;
  });
  add("all", nullptr, "Every record, in order", [](const std::string&) { return JournalQuery{}; });
  CLI::App* command = audit->add_subcommand(
      "verify", "Check numbering, canonical form, hash chain and indexes of every record");
  command->callback([&config, &chosen] { chosen = [&config] { return verify(config); }; });
  command = audit->add_subcommand(
      "key", "Print the key that verifies the checkpoints of the journal, for entsync-verify");
  command->callback([&config, &chosen] { chosen = [&config] { return print_key(config); }; });
  command = audit->add_subcommand("checkpoints", "Print the signed checkpoints of the journal");
  command->callback(
      [&config, &chosen] { chosen = [&config] { return print_checkpoints(config); }; });
  command = audit->add_subcommand(
      "rebuild-index", "Make the index anew from the records, when these are whole; then verify");
  command->callback([&config, &chosen] { chosen = [&config] { return rebuild_index(config); }; });
}

}  // namespace entsync::programs
