#include "load_settings.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "core/dn.hpp"
#include "core/text.hpp"
#include "core/uai.hpp"
#include "load_registry.hpp"
#include "load_rules.hpp"
#include "read_control_tcp.hpp"
#include "read_controller.hpp"
#include "read_limits.hpp"
#include "read_requests.hpp"
#include "read_retention.hpp"
#include "read_schools.hpp"
#include "toml_reader.hpp"

namespace entsync::config {
namespace {

namespace fs = std::filesystem;

class SettingsReader {
 public:
  SettingsReader(TomlTable root, fs::path file) : root_(std::move(root)) {
    settings_.source = std::move(file);
  }

  Settings run() {
    read_state();
    read_rules();
    read_academies();
    read_requests();
    read_ldap();
    read_tree();
    read_identifiers();
    read_absence();
    read_limits();
    read_approval();
    read_schedule();
    read_inbox();
    read_journal();
    read_vault();
    if (auto table = root_.table("retention")) read_retention(std::move(*table), settings_);
    read_notify();
    read_audit();
    if (auto table = root_.table("controller"))
      settings_.controller = read_controller(std::move(*table));
    read_rights();
    read_control();
    read_service();
    read_log();
    root_.finish();
    return std::move(settings_);
  }

 private:
  [[nodiscard]] fs::path resolve(const std::string& text) const {
    if (text.empty()) return {};
    const fs::path path(text);
    return path.is_absolute() ? path : settings_.source.parent_path() / path;
  }

  void missing(std::string_view section, std::string_view example) {
    if (!root_.has(section))
      root_.error(section, "this section is missing", "add " + std::string(example));
  }

  void read_state() {
    missing("state", "[state] with directory = \"/var/lib/entsync\"");
    auto table = root_.table("state");
    if (!table) return;
    settings_.state_directory = resolve(table->required_text("directory"));
    table->finish();
  }

  void read_rules() {
    missing("rules", "[rules] with file and registry");
    auto table = root_.table("rules");
    if (!table) return;
    settings_.rules_file = resolve(table->required_text("file"));
    settings_.registry_file = resolve(table->required_text("registry"));
    table->finish();
  }

  void read_windows(TomlTable& academie, std::string_view key, const std::string& code,
                    DayWindows& windows) {
    for (TomlTable& item : academie.tables(key)) {
      const std::string from = read_day(item, "from");
      const std::string to = read_day(item, "to");
      item.finish();
      if (from.empty() || to.empty()) continue;
      if (const auto days = SeasonDays::parse(from, to))
        windows[code].push_back(*days);
      else if (from.size() != to.size())
        item.error("to", "one of the two days has a year and the other has none",
                   "write both as \"07-04\", for every year, or both as \"2026-07-04\"");
      else
        item.error("to", "the " + std::string(key) + " ends before it begins",
                   "correct from or to");
    }
  }

  /// Empty after an error.
  static std::string read_day(TomlTable& table, std::string_view key) {
    std::string text = table.required_text(key);
    if (text.empty() || SeasonDays::is_day(text)) return text;
    table.error(key, "'" + text + "' is not a day",
                "write it as \"2026-07-04\", or for every year as \"07-04\"");
    return {};
  }

  void read_academies() {
    missing("academie", "[[academie]] with code and delivery");
    auto tables = root_.tables("academie");
    if (tables.empty() && root_.is_list("academie"))
      root_.error("academie", "no académie is configured",
                  "add [[academie]] with code and delivery");
    for (TomlTable& table : tables) {
      Academie academie;
      academie.code = table.required_text("code");
      if (academie.code.find('$') != std::string::npos ||
          academie.code.find('/') != std::string::npos)
        table.error("code", "must not contain '$' or '/'",
                    "write it as the jointures do: AC-TOULOUSE");
      academie.label = table.text_or("label", {});
      academie.by_inbox = root_.has("inbox") && !table.has("delivery");
      academie.delivery = academie.by_inbox
                              ? settings_.state_directory / "deliveries" / academie.code
                              : resolve(table.required_text("delivery"));
      academie.folder = table.text_or("folder", {});
      read_windows(table, "freeze", academie.code, settings_.absence.freezes_of_academie);
      read_windows(table, "rollover", academie.code, settings_.absence.rollovers_of_academie);
      for (const Academie& other : settings_.academies)
        if (equals_ignoring_case(other.code, academie.code))
          table.error("code", "the académie " + academie.code + " is configured twice",
                      "keep one [[academie]] for it");
      table.finish();
      settings_.academies.push_back(std::move(academie));
    }
  }

  void read_requests() {
    auto table = root_.table("requests");
    if (!table) return;
    settings_.requests =
        config::read_requests(*table, [this](const std::string& text) { return resolve(text); });
    for (const Academie& academie : settings_.academies)
      if (equals_ignoring_case(academie.code, settings_.requests.source))
        root_.error("requests.source", "an académie has this source name already",
                    "give the requests one of their own");
  }

  void read_ldap() {
    auto table = root_.table("ldap");
    if (!table) return;
    Ldap& ldap = settings_.ldap;
    ldap.uri = table->text_or("uri", ldap.uri);
    const bool known_scheme = ldap.uri.starts_with("ldap://") || ldap.uri.starts_with("ldaps://") ||
                              ldap.uri.starts_with("ldapi://");
    if (!known_scheme)
      table->error(
          "uri", "'" + ldap.uri + "' is not an LDAP address",
          "allowed: ldap://host[:port], ldaps://host[:port], ldapi://%2Fpath%2Fto%2Fsocket");
    ldap.start_tls = table->boolean("start_tls").value_or(false);
    if (ldap.start_tls && !ldap.uri.starts_with("ldap://"))
      table->error("start_tls", "StartTLS belongs to ldap://",
                   "leave it out with ldaps:// and ldapi://");
    ldap.tls_ca_file = resolve(table->text_or("tls_ca_file", {}));
    ldap.tls_certificate_file = resolve(table->text_or("tls_certificate_file", {}));
    ldap.tls_key_file = resolve(table->text_or("tls_key_file", {}));
    if (ldap.tls_certificate_file.empty() != ldap.tls_key_file.empty())
      table->error("tls_key_file", "a client certificate needs its key and the other way round",
                   "give both tls_certificate_file and tls_key_file");
    read_bind(*table);
    const auto seconds = [&](std::string_view key, std::chrono::seconds& to) {
      if (const auto n = table->integer(key, 1, 3600)) to = std::chrono::seconds(*n);
    };
    seconds("connect_timeout", ldap.connect_timeout);
    seconds("operation_timeout", ldap.operation_timeout);
    const auto count = [&](std::string_view key, std::int64_t max, std::size_t& to) {
      if (const auto n = table->integer(key, 1, max)) to = static_cast<std::size_t>(*n);
    };
    count("page_size", 100'000, ldap.page_size);
    count("window", 90, ldap.window);
    count("connections", 4, ldap.connections);
    count("max_refusals", 1'000'000, settings_.max_refusals);
    ldap.accesslog = table->text_or("accesslog", ldap.accesslog);
    ldap.assertions = table->boolean("assertions").value_or(true);
    table->finish();
  }

  void read_bind(TomlTable& table) {
    Ldap& ldap = settings_.ldap;
    constexpr std::array modes{std::pair{std::string_view("anonymous"), BindMode::anonymous},
                               std::pair{std::string_view("simple"), BindMode::simple},
                               std::pair{std::string_view("external"), BindMode::external}};
    const std::string mode = table.text_or("bind", "external");
    const auto found =
        std::ranges::find(modes, mode, &std::pair<std::string_view, BindMode>::first);
    if (found == modes.end())
      table.error("bind", "'" + mode + "' is not a way to bind",
                  "allowed: external, simple, anonymous");
    else
      ldap.bind = found->second;
    ldap.bind_dn = table.text_or("bind_dn", {});
    ldap.password_file = resolve(table.text_or("password_file", {}));
    if (ldap.bind == BindMode::simple && (ldap.bind_dn.empty() || ldap.password_file.empty()))
      table.error("bind", "a simple bind needs bind_dn and password_file", "add both");
    if (!ldap.bind_dn.empty() && !dn::parse(ldap.bind_dn))
      table.error("bind_dn", "this is not a DN", "write it as cn=entsync,dc=…");
    table.refuse("password", "a secret does not belong in this file",
                 "put it in a file of its own, mode 0600, and name it with password_file");
  }

  void read_tree() {
    missing("tree", "[tree] with base");
    auto table = root_.table("tree");
    if (!table) return;
    Tree& tree = settings_.tree;
    tree.base = read_dn(*table, "base", table->required_text("base"));
    const auto branch = [&](std::string_view key, std::string_view fallback) {
      const std::string text = read_dn(*table, key, table->text_or(key, std::string(fallback)));
      if (text.empty() || tree.base.empty() || dn::is_under(text, tree.base)) return text;
      return text + "," + tree.base;
    };
    tree.people = branch("people", "ou=people");
    tree.structures = branch("structures", "ou=structures");
    tree.groups = branch("groups", "ou=groups");
    tree.person_rdn = table->text_or("person_rdn", tree.person_rdn);
    tree.structure_rdn = table->text_or("structure_rdn", tree.structure_rdn);
    tree.group_rdn = table->text_or("group_rdn", tree.group_rdn);
    const std::array branches{&tree.people, &tree.structures, &tree.groups};
    for (const auto* a : branches)
      for (const auto* b : branches)
        if (a != b && !a->empty() && !b->empty() && dn::is_under(*a, *b)) {
          table->error({}, "the branches '" + *a + "' and '" + *b + "' overlap",
                       "people, structures and groups need branches of their own");
          table->finish();
          return;
        }
    table->finish();
  }

  static std::string read_dn(TomlTable& table, std::string_view key, std::string text) {
    const auto parsed = dn::parse(text);
    if (!text.empty() && (!parsed || parsed->empty()))
      table.error(key, "'" + text + "' is not a DN", "write it as ou=people or ou=people,dc=…");
    return text;
  }

  void read_identifiers() {
    auto table = root_.table("identifiers");
    if (!table) return;
    IdentitySettings& ids = settings_.identifiers;
    ids.prefix = table->text_or("prefix", ids.prefix);
    const bool letters =
        std::ranges::all_of(ids.prefix, [](char c) { return c >= 'a' && c <= 'z'; });
    if (ids.prefix.empty() || ids.prefix.size() > 4 || !letters)
      table->error("prefix", "'" + ids.prefix + "' is not a prefix",
                   "allowed: one to four letters a to z");
    if (const auto n = table->integer("login_length", 8, 64))
      ids.login_length = static_cast<std::size_t>(*n);
    table->finish();
  }

  void read_absence() {
    auto table = root_.table("absence");
    if (!table) return;
    AbsenceSettings& absence = settings_.absence;
    absence.suspend = table->boolean("suspend").value_or(absence.suspend);
    absence.erase = table->boolean("delete").value_or(absence.erase);
    absence.justification = table->text_or("justification", {});
    if (!absence.erase && absence.justification.empty())
      table->error("delete", "accounts would be kept past three months",
                   "write the recorded reason as justification = \"…\", or leave delete = true");
    read_delays(*table, absence.delays);
    for (const Profil profil : all_profils)
      if (auto own = table->table(to_string(profil))) {
        Delays delays = absence.delays;
        read_delays(*own, delays);
        own->finish();
        absence.delays_of_profil[profil] = delays;
      }
    const std::string today = table->text_or("today", "clock");
    absence.by_delivery_day = today == "delivery";
    if (today != "clock" && today != "delivery")
      table->error("today", "'" + today + "' does not say what day it is",
                   "allowed: clock, delivery");
    table->finish();
  }

  void read_delays(TomlTable& table, Delays& delays) {
    constexpr std::int64_t three_years = 1095;
    if (const auto n = table.integer("suspend_after_days", 0, three_years))
      delays.suspend_after_days = static_cast<unsigned>(*n);
    if (const auto n = table.integer("delete_after_days", 1, three_years))
      delays.delete_after_days = static_cast<unsigned>(*n);
    if (delays.delete_after_days > longest_delay_days && settings_.absence.justification.empty())
      table.error("delete_after_days", "accounts would be kept past three months",
                  "allowed without a justification: up to 90; write the recorded reason as "
                  "justification = \"…\" in [absence] to keep them longer");
    if (delays.suspend_after_days > delays.delete_after_days)
      table.error("suspend_after_days", "an account would be deleted before it is suspended",
                  "make it at most delete_after_days");
  }

  void read_limits() {
    settings_.limits = JudgeLimits::defaults();
    if (auto table = root_.table("limits")) config::read_limits(std::move(*table), settings_);
  }

  void read_approval() {
    auto table = root_.table("approval");
    if (!table) return;
    for (const std::string& name : table->texts("second_person")) {
      const auto found = std::ranges::find(all_surprises, name,
                                           [](Surprise s) { return std::string(to_string(s)); });
      if (found != all_surprises.end()) {
        settings_.second_person.insert(*found);
        continue;
      }
      std::string allowed;
      for (const Surprise s : all_surprises)
        allowed += (allowed.empty() ? "" : ", ") + std::string(to_string(s));
      table->error("second_person", "'" + name + "' is no kind of a hold", "allowed: " + allowed);
    }
    table->finish();
  }

  void read_schedule() {
    auto table = root_.table("schedule");
    if (!table) return;
    Schedule& schedule = settings_.schedule;
    schedule.run = read_expressions(*table, "run");
    schedule.latest_delivery = read_expressions(*table, "latest_delivery");
    schedule.time_zone = table->text_or("time_zone", schedule.time_zone);
    if (!TimeZone::named(schedule.time_zone))
      table->error("time_zone", "'" + schedule.time_zone + "' is not a time zone",
                   "name one of the IANA database, e.g. \"Europe/Paris\"");
    schedule.catch_up = table->boolean("catch_up").value_or(schedule.catch_up);
    if (const auto n = table->integer("jitter_seconds", 0, 86'400))
      schedule.jitter = std::chrono::seconds(*n);
    table->finish();
  }

  static std::vector<CalendarExpression> read_expressions(TomlTable& table, std::string_view key) {
    std::vector<CalendarExpression> expressions;
    for (const std::string& text : table.texts(key)) {
      auto expression = CalendarExpression::parse(text);
      if (expression)
        expressions.push_back(std::move(*expression));
      else
        for (const Problem& problem : expression.error().list)
          table.error(key, problem.what, problem.remedy);
    }
    return expressions;
  }

  void read_inbox() {
    auto table = root_.table("inbox");
    if (!table) return;
    Inbox& inbox = settings_.inbox;
    inbox.directory = resolve(table->required_text("directory"));
    if (const auto n = table->integer("settle_seconds", 1, 3600))
      inbox.settle = std::chrono::seconds(*n);
    if (const auto n = table->integer("patience_minutes", 0, 1440))
      inbox.patience = std::chrono::minutes(*n);
    if (const auto n = table->integer("keep_days", 1, 365)) inbox.keep = std::chrono::days(*n);
    inbox.start_on_arrival = table->boolean("start_on_arrival").value_or(inbox.start_on_arrival);
    inbox.gather = table->boolean("gather").value_or(inbox.gather);
    table->finish();
  }

  void read_rights() {
    auto table = root_.table("rights");
    if (!table) return;
    settings_.objection_key_file = resolve(table->text_or("objection_key_file", {}));
    table->finish();
  }

  void read_audit() {
    auto table = root_.table("audit");
    if (!table) return;
    if (const auto n = table->integer("alert_subjects", 0, 1'000'000'000))
      settings_.audit.alert_subjects = static_cast<std::uint64_t>(*n);
    table->finish();
  }

  void read_notify() {
    auto table = root_.table("notify");
    if (!table) return;
    Notify& notify = settings_.notify;
    notify.command = table->texts("command");
    if (!notify.command.empty() && !fs::path(notify.command.front()).is_absolute())
      table->error("command", "the program is not named by its whole path",
                   "write it as [\"/usr/local/bin/alert\"], arguments after it");
    notify.mail_to = table->text_or("mail_to", {});
    notify.mail_from = table->text_or("mail_from", notify.mail_from);
    for (const auto& [key, text] :
         {std::pair{"mail_to", &notify.mail_to}, std::pair{"mail_from", &notify.mail_from}})
      if (std::ranges::any_of(*text, [](char c) { return c == '\n' || c == '\r'; }) ||
          text->starts_with('-'))
        table->error(key, "this is not a mail address", "write it as exploitation@region.example");
    table->finish();
  }

  void read_journal() {
    auto table = root_.table("journal");
    if (!table) return;
    JournalSettings& journal = settings_.journal;
    journal.signing_key_file = resolve(table->text_or("signing_key_file", {}));
    journal.previous_key_file = resolve(table->text_or("previous_key_file", {}));
    journal.checkpoint_file = resolve(table->text_or("checkpoint_file", {}));
    journal.checkpoint_command = table->texts("checkpoint_command");
    if (!journal.checkpoint_command.empty() &&
        !fs::path(journal.checkpoint_command.front()).is_absolute())
      table->error("checkpoint_command", "the program is not named by its whole path",
                   "write it as [\"/usr/local/bin/keep\"], arguments after it");
    table->finish();
  }

  void read_vault() {
    auto table = root_.table("vault");
    if (!table) return;
    VaultSettings& vault = settings_.vault;
    vault.directory = resolve(table->text_or("directory", {}));
    vault.key_file = resolve(table->text_or("key_file", {}));
    vault.pseudonym_key_file = resolve(table->text_or("pseudonym_key_file", {}));
    table->finish();
  }

  void read_control() {
    auto table = root_.table("control");
    if (!table) return;
    Control& control = settings_.control;
    control.socket = resolve(table->required_text("socket"));
    constexpr std::size_t longest = 107;  // of a socket's path, unix(7)
    if (control.socket.string().size() > longest)
      table->error("socket", "the path is longer than 107 bytes",
                   "unix sockets take no more; e.g. /run/entsync/control.sock");
    control.socket_group = table->text_or("socket_group", {});
    control.operators = table->texts("operator_groups");
    control.auditors = table->texts("auditor_groups");
    control.viewers = table->texts("viewer_groups");
    for (TomlTable& perimeter : table->tables("perimeter"))
      control.perimeters.push_back(read_perimeter(perimeter));
    if (auto tcp = table->table("tcp"))
      control.tcp = read_control_tcp(std::move(*tcp),
                                     [this](const std::string& text) { return resolve(text); });
    table->finish();
  }

  void read_service() {
    auto table = root_.table("service");
    if (!table) return;
    Service& service = settings_.service;
    const std::string stop = table->text_or("stop", std::string(to_string(service.stop)));
    if (const auto mode = parse_stop_mode(stop))
      service.stop = *mode;
    else
      table->error("stop", "'" + stop + "' is no way to stop", "allowed: normal, drain, now");
    if (const auto n = table->integer("stop_limit_seconds", 2, 86'400))
      service.stop_limit = std::chrono::seconds(*n);
    table->finish();
  }

  static Perimeter read_perimeter(TomlTable& table) {
    Perimeter perimeter;
    perimeter.group = table.required_text("group");
    perimeter.role = table.required_text("role");
    if (perimeter.role != "operator" && perimeter.role != "auditor" && perimeter.role != "viewer")
      table.error("role", "there is no such role", "one of operator, auditor, viewer");
    perimeter.schools = read_schools(table);
    table.finish();
    return perimeter;
  }

  void read_log() {
    auto table = root_.table("log");
    if (!table) return;
    settings_.log.level = table->text_or("level", settings_.log.level);
    constexpr std::array levels{"debug", "info", "change", "warning", "error"};
    if (std::ranges::find(levels, settings_.log.level) == levels.end())
      table->error("level", "'" + settings_.log.level + "' is not a level",
                   "allowed: debug, info, change, warning, error");
    settings_.log.file = resolve(table->text_or("file", {}));
    table->finish();
  }

  TomlTable root_;
  Settings settings_;
};

const AttributeRule* rule_named(const EntryRules& entry, const Rules& rules,
                                std::string_view attribute) {
  for (const AttributeRule& rule : entry.attributes)
    if (equals_ignoring_case(rules.target.name(rule.attribute), attribute)) return &rule;
  return nullptr;
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const fs::path& file, Problems& warnings) {
  auto parsed = parse_toml(text, file.string());
  if (!parsed) return parsed.error();
  Problems problems;
  Settings settings = SettingsReader(TomlTable(*parsed, file.string(), {}, problems), file).run();
  if (problems.has_errors()) return problems;
  warnings.append(std::move(problems));
  return settings;
}

Result<Settings> load_settings(const fs::path& path, Problems& warnings) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  auto text = read_text_file(error ? path : absolute, "CONF-012");
  if (!text) return text.error();
  return parse_settings(*text, error ? path : absolute, warnings);
}

Problems check_together(const Settings& settings, const Rules& rules) {
  Problems problems;
  const auto check = [&](const EntryRules& entry, const std::string& rdn, std::string_view key,
                         bool must_be_initial) {
    const AttributeRule* rule = rule_named(entry, rules, rdn);
    const Place place{settings.rules_file.string(), 0, entry.id};
    if (rule == nullptr || rule->each != Each::once || rule->owner == Owner::ent)
      problems.error("CONF-020", place,
                     "tree." + std::string(key) + " names entries by '" + rdn +
                         "', which has no rule with one value here",
                     "add the attribute to the rules or name entries by another one");
    else if (must_be_initial && rule->owner != Owner::initial)
      problems.error("CONF-021", place, "'" + rdn + "' names the entry, so it must never change",
                     "give it owner = \"initial\"");
  };
  const bool has_agents =
      !rules.role_classes[static_cast<std::size_t>(Category::pers_collectivite)].empty();
  if (!settings.requests.path.empty() && !has_agents)
    problems.error("CONF-023", {settings.rules_file.string(), 0, "collectivite"},
                   "requests are configured, and the rules do not say what the accounts of "
                   "local-authority staff look like",
                   "add [collectivite] to the rules, as config/rules/sdet-1d.toml has it");
  for (const Profil profil : all_profils)
    if (profil != Profil::collectivite || has_agents)
      check(rules.person(profil), settings.tree.person_rdn, "person_rdn", true);
  check(rules.structure, settings.tree.structure_rdn, "structure_rdn", true);
  if (!equals_ignoring_case(settings.tree.group_rdn, rules.target.name(rules.names.group_name)))
    problems.error("CONF-022", {settings.rules_file.string(), 0, "target.group_name"},
                   "tree.group_rdn is '" + settings.tree.group_rdn +
                       "', the rules name groups by another attribute",
                   "make the two agree");
  return problems;
}

Result<Configuration> load_configuration(const fs::path& path) {
  Problems problems;
  Problems warnings;
  auto settings = load_settings(path, warnings);
  if (!settings) return settings.error();
  auto rules = load_rules(settings->rules_file);
  if (!rules) problems.append(rules.error());
  auto registry = load_registry(settings->registry_file, warnings);
  if (!registry) problems.append(registry.error());
  if (rules) problems.append(check_together(*settings, *rules));
  if (problems.has_errors()) return problems;
  return Configuration{std::move(*settings), std::move(*rules), std::move(*registry),
                       std::move(warnings)};
}

std::string shaping_text(const Settings& settings) {
  std::ostringstream out;
  const Tree& tree = settings.tree;
  out << tree.base << '\n'
      << tree.people << '\n'
      << tree.structures << '\n'
      << tree.groups << '\n'
      << tree.person_rdn << '\n'
      << tree.structure_rdn << '\n'
      << tree.group_rdn << '\n'
      << settings.identifiers.prefix << '\n'
      << settings.identifiers.login_length << '\n'
      << settings.absence.suspend << '\n'
      << settings.absence.erase << '\n'
      << settings.absence.justification.empty() << '\n';
  if (!settings.requests.path.empty()) out << "requests " << settings.requests.source << '\n';
  for (const auto& [academie, freezes] : settings.absence.freezes_of_academie)
    for (const SeasonDays& freeze : freezes) out << academie << ' ' << freeze.str() << '\n';
  for (const auto& [academie, rollovers] : settings.absence.rollovers_of_academie)
    for (const SeasonDays& rollover : rollovers)
      out << "rollover " << academie << ' ' << rollover.str() << '\n';
  for (const Profil profil : all_profils) {
    const Delays& delays = settings.absence.delays_of(profil);
    out << delays.suspend_after_days << ' ' << delays.delete_after_days << '\n';
  }
  return out.str();
}

}  // namespace entsync::config
