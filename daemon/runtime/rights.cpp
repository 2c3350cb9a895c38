#include "rights.hpp"

#include <algorithm>
#include <array>

#include "core/scope.hpp"
#include "core/text.hpp"
#include "instant.hpp"
#include "journal_place.hpp"
#include "objection_key.hpp"
#include "run_lock.hpp"

namespace entsync {
namespace {

constexpr std::array verbs{
    RightsVerb::restrict, RightsVerb::lift,     RightsVerb::object, RightsVerb::accept,
    RightsVerb::refuse,   RightsVerb::withdraw, RightsVerb::death,  RightsVerb::confirm_deletion};
constexpr std::array<std::string_view, 4> directives{"aucune", "effacer", "conserver",
                                                     "communiquer"};

bool is_kept(const RegisterEntry& death) {
  return death.directive == "conserver" || death.directive == "communiquer";
}

Deletion deletion_of(const RegisterEntry& death) {
  if (is_kept(death)) return Deletion::kept;
  return death.confirmations.size() >= 2 ? Deletion::confirmed : Deletion::unconfirmed;
}

bool holds(const RegisterEntry& entry) {
  return entry.state == RegisterState::active || entry.state == RegisterState::examined;
}

std::string fingerprint_of(const std::vector<RegisterEntry>& entries) {
  std::string text;
  for (const RegisterEntry& entry : entries)
    if (holds(entry))
      text += std::string(to_string(entry.which)) + " " + entry.subject + " " +
              std::string(to_string(entry.state)) + " " + entry.since.iso() + " " +
              std::to_string(static_cast<int>(deletion_of(entry))) + "\n";
  return text;
}

Problem refused(const char* code, const std::string& subject, std::string what,
                std::string remedy) {
  return {Severity::error, code, {{}, 0, subject}, std::move(what), std::move(remedy)};
}

/// The key as the configuration writes its académie.
Result<std::string> canonical_key(const config::Settings& settings, const std::string& text) {
  auto scope = parse_scope({.person = text});
  if (!scope) return scope.error();
  for (const config::Academie& academie : settings.academies)
    if (equals_ignoring_case(academie.code, scope->person->academie)) {
      scope->person->academie = academie.code;
      return scope->person->str();
    }
  return refused("RGT-010", text, "no académie of the configuration has this source",
                 "write the key as plans do: AC-X/Eleve/123");
}

Result<Date> day_of(const RightsOrder& order, const char* what) {
  const auto day = Date::from_iso(order.date);
  if (day && *day <= today()) return *day;
  return refused("RGT-013", order.subject,
                 order.date.empty() ? std::string("the ") + what + " is missing"
                 : !day             ? std::string("the ") + what + " is not a date"
                                    : std::string("the ") + what + " is a day to come",
                 "write it as 2026-09-01");
}

Register register_of(const RightsOrder& order) {
  switch (order.verb) {
    case RightsVerb::restrict:
    case RightsVerb::lift:
      return Register::restriction;
    case RightsVerb::object:
    case RightsVerb::accept:
    case RightsVerb::refuse:
      return Register::objection;
    case RightsVerb::withdraw:
      return parse_register(order.which).value_or(Register::restriction);
    case RightsVerb::death:
    case RightsVerb::confirm_deletion:
      return Register::death;
  }
  return Register::restriction;
}

/// Enters somebody, or again after it had ended.
Result<void> enter(RegisterEntry& line, const RightsOrder& order, bool is_known) {
  if (is_known && holds(line))
    return refused("RGT-012", order.subject,
                   "this person is in the register already, since " + line.since.iso(),
                   "see: entsync rights show " + order.subject);
  line.since = today();
  line.state = RegisterState::active;
  line.notice.clear();
  if (order.verb == RightsVerb::object) line.state = RegisterState::examined;
  if (order.verb != RightsVerb::death) return {};
  const auto died = day_of(order, "day of the death");
  if (!died) return died.error();
  line.since = *died;
  line.directive = order.directive.empty() ? "aucune" : order.directive;
  line.evidence = order.evidence;
  line.confirmations.clear();
  if (std::ranges::find(directives, line.directive) == directives.end())
    return refused("RGT-015", order.subject, "this is no directive: " + printable(line.directive),
                   "one of aucune, effacer, conserver, communiquer");
  if (line.evidence.empty())
    return refused("RGT-015", order.subject, "it is not said where the proof of the death is kept",
                   "give its reference, without a name");
  return {};
}

Result<void> confirm(RegisterEntry& death, const RightsOrder& order, const Cause& cause) {
  if (is_kept(death))
    return refused("RGT-016", order.subject,
                   "the directive of this person wants the account kept: " + death.directive,
                   "withdraw the death and register it again when the directive is another one");
  for (const DeletionConfirmation& one : death.confirmations)
    if (one.actor == cause.actor)
      return refused("RGT-014", order.subject, "you confirmed this deletion already, at " + one.at,
                     "somebody else has to confirm it too");
  death.confirmations.push_back({cause.actor, cause.reason, now_rfc3339()});
  return {};
}

/// The next state of a line that is in the register.
Result<void> step(RegisterEntry& line, const RightsOrder& order, const Cause& cause) {
  const bool needs_examination =
      order.verb == RightsVerb::accept || order.verb == RightsVerb::refuse;
  if (!holds(line) || (needs_examination && line.state != RegisterState::examined))
    return refused("RGT-011", order.subject,
                   "the line of this person is " + std::string(to_string(line.state)),
                   "see: entsync rights show " + order.subject);
  switch (order.verb) {
    case RightsVerb::lift: {
      const auto told = day_of(order, "day on which the person was told");
      if (!told) return told.error();
      line.notice = told->iso();
      line.state = RegisterState::lifted;
      line.since = today();
      break;
    }
    case RightsVerb::accept:
      line.state = RegisterState::active;
      line.since = today();
      break;
    case RightsVerb::refuse:
      line.state = RegisterState::refused;
      line.since = today();
      break;
    case RightsVerb::withdraw:
      line.state = RegisterState::withdrawn;
      break;
    case RightsVerb::confirm_deletion:
      return confirm(line, order, cause);
    case RightsVerb::restrict:
    case RightsVerb::object:
    case RightsVerb::death:
      break;
  }
  return {};
}

Result<void> journal_order(const config::Settings& settings, const RightsOrder& order,
                           const RegisterEntry& line, const Cause& cause) {
  auto journal = open_journal(journal_place(settings), Journal::Mode::append);
  if (!journal) return journal.error();
  std::string detail = std::string(to_string(line.which)) + ": " +
                       std::string(to_string(order.verb)) + ", now " +
                       std::string(to_string(line.state)) + " since " + line.since.iso();
  if (!line.notice.empty()) detail += ", told on " + line.notice;
  if (!line.directive.empty()) detail += ", directive " + line.directive;
  if (line.which == Register::death)
    detail += ", deletion confirmed by " + std::to_string(line.confirmations.size());
  AuditRecord record = event_record(AuditType::order, cause, std::move(detail));
  record.subject = order.subject;
  std::vector<AuditRecord> records{std::move(record)};
  auto written = (*journal)->append(std::move(records));
  if (!written) return written.error();
  return {};
}

}  // namespace

std::string_view to_string(RightsVerb verb) {
  switch (verb) {
    case RightsVerb::restrict:
      return "restrict";
    case RightsVerb::lift:
      return "lift";
    case RightsVerb::object:
      return "object";
    case RightsVerb::accept:
      return "accept";
    case RightsVerb::refuse:
      return "refuse";
    case RightsVerb::withdraw:
      return "withdraw";
    case RightsVerb::death:
      return "death";
    case RightsVerb::confirm_deletion:
      return "confirm-deletion";
  }
  return "?";
}

std::optional<RightsVerb> parse_rights_verb(std::string_view name) {
  for (const RightsVerb verb : verbs)
    if (to_string(verb) == name) return verb;
  return std::nullopt;
}

Result<LoadedRegisters> load_registers(const config::Settings& settings, Ledger& ledger) {
  auto entries = ledger.register_entries();
  if (!entries) return entries.error();
  LoadedRegisters loaded;
  for (const RegisterEntry& entry : *entries) {
    if (!holds(entry)) continue;
    if (entry.which == Register::restriction)
      loaded.values.add_restriction(entry.subject, entry.since);
    if (entry.which == Register::death)
      loaded.values.add_death(entry.subject, entry.since, deletion_of(entry));
    if (entry.which == Register::objection)
      loaded.values.add_objection(entry.subject, entry.person, entry.since,
                                  entry.state == RegisterState::examined);
  }
  if (loaded.values.has_objections()) {
    auto key = ObjectionKey::read(settings);
    if (!key) return key.error();
    for (const RegisterEntry& entry : *entries)
      if (entry.which == Register::objection && holds(entry))
        if (auto same = key->expect(entry.key_check); !same) return same.error();
    loaded.values.digest = [owned = std::make_shared<ObjectionKey>(std::move(*key))](
                               std::string_view text) { return owned->digest(text); };
  }
  loaded.fingerprint = fingerprint_of(*entries);
  loaded.entries = std::move(*entries);
  return loaded;
}

Result<std::string> registers_fingerprint(Ledger& ledger) {
  const auto entries = ledger.register_entries();
  if (!entries) return entries.error();
  return fingerprint_of(*entries);
}

Result<RegisterEntry> carry_out(Context& context, const RightsOrder& given, const Cause& cause) {
  const config::Settings& settings = context.config.settings;
  RightsOrder order = given;
  auto subject = canonical_key(settings, order.subject);
  if (!subject) return subject.error();
  order.subject = std::move(*subject);
  if (order.verb == RightsVerb::withdraw && order.which != "objection" && order.which != "death")
    return refused("RGT-017", order.subject, "it is not said what is withdrawn",
                   "name the register: objection or death; a restriction is lifted");
  auto lock = RunLock::take(settings.state_directory, "rights by " + cause.actor);
  if (!lock) return lock.error();
  auto ledger = Ledger::open(settings.state_directory);
  if (!ledger) return ledger.error();
  const auto entries = (*ledger)->register_entries();
  if (!entries) return entries.error();

  RegisterEntry line;
  line.which = register_of(order);
  line.subject = order.subject;
  if (line.which == Register::objection) {
    auto key = ObjectionKey::read(settings);
    if (!key) return key.error();
    for (const RegisterEntry& entry : *entries)
      if (entry.which == Register::objection && holds(entry))
        if (auto same = key->expect(entry.key_check); !same) return same.error();
    line.subject = key->digest(objection_text(order.subject));
    line.key_check = key->check();
  }
  const auto known = std::ranges::find_if(*entries, [&](const RegisterEntry& entry) {
    return entry.which == line.which && entry.subject == line.subject;
  });
  const bool is_known = known != entries->end();
  if (is_known) {
    std::string check = std::move(line.key_check);
    line = *known;
    line.key_check = std::move(check);
  }
  const bool enters = order.verb == RightsVerb::restrict || order.verb == RightsVerb::object ||
                      order.verb == RightsVerb::death;
  if (!enters && !is_known)
    return refused("RGT-018", order.subject, "this person is not in the register",
                   "see the list: entsync rights list");
  auto done = enters ? enter(line, order, is_known) : step(line, order, cause);
  if (!done) return done.error();
  line.actor = cause.actor;
  line.reason = cause.reason;
  line.changed_at = now_rfc3339();
  if (auto written = journal_order(settings, order, line, cause); !written) return written.error();
  if (auto kept = (*ledger)->set_register_entry(line); !kept) return kept.error();
  return line;
}

Result<std::vector<RegisterEntry>> read_rights(Context& context, const std::string& subject) {
  const config::Settings& settings = context.config.settings;
  auto ledger = Ledger::open(settings.state_directory);
  if (!ledger) return ledger.error();
  auto entries = (*ledger)->register_entries();
  if (!entries || subject.empty()) return entries;
  auto key = canonical_key(settings, subject);
  if (!key) return key.error();
  std::string digest;
  if (std::ranges::any_of(*entries,
                          [](const RegisterEntry& e) { return e.which == Register::objection; })) {
    auto secret = ObjectionKey::read(settings);
    if (!secret) return secret.error();
    digest = secret->digest(objection_text(*key));
  }
  std::erase_if(*entries, [&](const RegisterEntry& entry) {
    return entry.subject != (entry.which == Register::objection ? digest : *key);
  });
  return entries;
}

std::string render(const RegisterEntry& entry) {
  constexpr std::size_t shown_digits = 16;  // of a digest
  const bool is_digest = entry.which == Register::objection;
  std::string out = std::string(to_string(entry.which)) + "  " +
                    (is_digest ? entry.subject.substr(0, shown_digits) : printable(entry.subject)) +
                    "  " + std::string(to_string(entry.state)) + " since " + entry.since.iso();
  if (!entry.notice.empty()) out += ", told on " + entry.notice;
  if (!entry.directive.empty()) out += ", directive " + entry.directive;
  if (!entry.evidence.empty()) out += ", proof " + printable(entry.evidence);
  out += "\n    by " + printable(entry.actor) + " at " + entry.changed_at + ": " +
         printable(entry.reason) + "\n";
  for (const DeletionConfirmation& one : entry.confirmations)
    out += "    deletion confirmed by " + printable(one.actor) + " at " + one.at + ": " +
           printable(one.reason) + "\n";
  if (entry.which == Register::death && holds(entry) && deletion_of(entry) == Deletion::unconfirmed)
    out += "    not deleted until two different people confirm it\n";
  return out;
}

}  // namespace entsync
