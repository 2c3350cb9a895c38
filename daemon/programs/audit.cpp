#include <boost/json.hpp>

#include "commands.hpp"
#include "control/client.hpp"
#include "running_daemon.hpp"
#include "runtime/audit_reading.hpp"
#include "runtime/checkpoints.hpp"
#include "runtime/instant.hpp"
#include "runtime/journal_place.hpp"
#include "runtime/workplace.hpp"
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
  std::string form = "text";
  std::string reason;
  std::string ticket;
};

std::unique_ptr<Journal> open_journal(const std::string& config, int& code,
                                      Journal::Mode mode = Journal::Mode::read) {
  auto context = open_context(config, Progress::Form::none);
  code = exit_usage;
  if (!context) return nullptr;
  auto journal = open_journal(journal_place(context->config.settings), mode);
  code = exit_failed;
  if (!journal) {
    print(journal.error());
    return nullptr;
  }
  return std::move(*journal);
}

/// One page of an answer of the daemon.
std::string target_of(const AuditQuestion& question, const AuditArguments& arguments,
                      std::uint64_t after, std::uint64_t limit) {
  std::string target = "/v1/audit?form=" + arguments.form + "&limit=" + std::to_string(limit) +
                       "&after=" + std::to_string(after);
  for (const auto& [name, value] : {std::pair{"person", &question.query.subject},
                                    {"school", &question.query.school},
                                    {"run", &question.query.run},
                                    {"attribute", &question.query.attribute},
                                    {"actor", &question.query.actor},
                                    {"from", &question.query.from},
                                    {"to", &question.query.to},
                                    {"reason", &arguments.reason},
                                    {"ticket", &question.ticket}})
    if (!value->empty()) target += std::string("&") + name + "=" + control::percent_encoded(*value);
  if (question.query.reveal == Reveal::values) target += "&unseal=1";
  return target;
}

/// The exit code, when a running daemon gave the answer.
std::optional<int> query_daemon(const std::string& config, const AuditArguments& arguments,
                                const AuditQuestion& question) {
  constexpr std::uint64_t page = 1000;
  std::uint64_t after = 0;
  std::uint64_t shown = 0;
  for (;;) {
    const std::uint64_t wanted =
        question.query.limit == 0 ? page : std::min(page, question.query.limit - shown);
    const auto answer = ask_running(config, "GET", target_of(question, arguments, after, wanted));
    if (!answer && after == 0) return std::nullopt;
    if (!answer || !*answer) {
      print(answer ? answer->error()
                   : Problems(Problem{Severity::error,
                                      "READ-002",
                                      {},
                                      "the daemon ended before everything was shown",
                                      "ask again"}));
      return exit_failed;
    }
    const json::object& read = (*answer)->as_object();
    const json::string& text = read.at("text").as_string();
    std::fwrite(text.data(), 1, text.size(), stdout);
    shown += read.at("records").to_number<std::uint64_t>();
    if (read.at("next").is_null() || (question.query.limit != 0 && shown >= question.query.limit))
      break;
    after = read.at("next").to_number<std::uint64_t>();
  }
  if (shown == 0 && arguments.form == "text") std::printf("no record\n");
  return exit_done;
}

int query_here(const std::string& config, const AuditArguments& arguments, AuditQuestion question) {
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  auto journal = open_journal(journal_place(context->config.settings), Journal::Mode::read);
  const Cause cause{new_run_id(), calling_user(), arguments.reason};
  if (journal)
    if (const auto refused = unsealing_refused(**journal, cause, question)) {
      print(*refused);
      return exit_failed;
    }
  auto extent = journal ? measure(**journal, question.query) : Result<AuditExtent>(journal.error());
  if (!extent) {
    print(extent.error());
    return exit_failed;
  }
  if (!run(*context, record_reading(*context, cause, question, *extent))) {
    print(reading_not_journaled());
    return exit_failed;
  }
  const AuditForm form = *parse_audit_form(arguments.form);
  const auto write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  };
  write(heading(form));
  if (auto done = show(**journal, question.query, form, write); !done) {
    print(done.error());
    return exit_failed;
  }
  if (extent->records == 0 && form == AuditForm::text) std::printf("no record\n");
  return exit_done;
}

int query(const std::string& config, const AuditArguments& arguments, JournalQuery query) {
  query.from = arguments.from;
  query.to = arguments.to;
  query.limit = arguments.limit;
  if (query.reveal == Reveal::nothing) query.reveal = Reveal::identity;
  if (!arguments.attribute.empty()) query.attribute = arguments.attribute;
  AuditQuestion question{std::move(query), arguments.ticket};
  if (const auto code = query_daemon(config, arguments, question)) return *code;
  return query_here(config, arguments, std::move(question));
}

void print_whole(unsigned long long records, unsigned long long removed, const char* head,
                 unsigned long long checkpoints, unsigned long long attested) {
  std::printf("whole: %llu records, head %s; %llu checkpoints, the last attests %llu records\n",
              records, head, checkpoints, attested);
  if (removed != 0)
    std::printf("records 1 to %llu were removed at their term; a record certifies it\n", removed);
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
  print_whole(report->records - report->removed, report->removed, report->head.c_str(),
              report->checkpoints, report->attested);
  return exit_done;
}

/// The exit code, when a running daemon verified.
std::optional<int> verify_by_daemon(const std::string& config) {
  const auto answer = ask_running(config, "GET", "/v1/audit/verification");
  if (!answer) return std::nullopt;
  if (!*answer) {
    print(answer->error());
    return exit_failed;
  }
  const json::object& found = (*answer)->as_object();
  for (const json::value& fault : found.at("faults").as_array())
    std::printf("NOT WHOLE: %s: %s\n", fault.at("kind").as_string().c_str(),
                fault.at("what").as_string().c_str());
  if (!found.at("whole").as_bool()) return exit_failed;
  const auto number = [&](const char* key) {
    return static_cast<unsigned long long>(found.at(key).to_number<std::uint64_t>());
  };
  print_whole(number("records"), number("removed"), found.at("head").as_string().c_str(),
              number("checkpoints"), number("attested"));
  return exit_done;
}

int verify(const std::string& config) {
  if (const auto code = verify_by_daemon(config)) return *code;
  auto context = open_context(config, Progress::Form::none);
  if (!context) return exit_usage;
  int code = exit_failed;
  if (auto journal = Journal::open(context->config.settings.state_directory, Journal::Mode::read))
    code = verify(**journal);
  else
    print(journal.error());
  // It shows nobody: that a damaged journal takes no record is no reason to be silent about it.
  const Cause cause{new_run_id(), calling_user(), "verification"};
  record(*context, AuditType::read, cause,
         code == exit_done ? "journal: whole" : "journal: not whole");
  return code;
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
  command->add_option("--form", arguments->form, "How records are shown")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json", "csv"}));
  command->add_option("--reason", arguments->reason, "Why you read; journaled with your name");
  command->add_option("--ticket", arguments->ticket, "Request that is answered; journaled");
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
  add("unseal", "KEY", "The same with the values, out of the vault; needs --reason and --ticket",
      [](const std::string& what) {
        JournalQuery query;
        query.subject = what;
        query.reveal = Reveal::values;
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
  add("actor", "ACTOR", "Everything that somebody did or read: user:NAME, system:nightly",
      [](const std::string& what) {
        JournalQuery query;
        query.actor = what;
        return query;
      });
  add("attribute", "NAME", "Every change of an attribute, whoever has it",
      [](const std::string& what) {
        JournalQuery query;
        query.attribute = what;
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
  add_reconcile(*audit, config, chosen);
}

}  // namespace entsync::programs
