#pragma once
/// The daemon's configuration as immutable values. Text becomes Settings in load_settings.*;
/// whatever is here has passed every check, so nothing behind it needs to ask again. Secrets are
/// named by file and read when a connection is made; they never live here.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/agents.hpp"
#include "core/calendar_expression.hpp"
#include "core/delta_order.hpp"
#include "core/identity.hpp"
#include "core/judge_limits.hpp"
#include "core/limit_season.hpp"
#include "core/planner.hpp"
#include "core/stop_mode.hpp"
#include "core/tree.hpp"

namespace entsync::config {

/// One académie whose exports are imported.
struct Academie {
  std::string code;                ///< source name, e.g. "AC-TOULOUSE"; prefix of jointures
  std::string label;               ///< as ENTServAcAcademie writes it; empty: not checked
  std::filesystem::path delivery;  ///< archive, directory of XML, or directory holding deliveries
  std::string folder;     ///< part of the delivery that is this académie's; empty: all of it
  bool by_inbox = false;  ///< `delivery` is where the inbox puts what arrived
  bool operator==(const Academie&) const = default;
};

enum class BindMode : std::uint8_t { anonymous, simple, external };

/// How to reach the directory.
struct Ldap {
  std::string uri = "ldapi:///";  ///< ldap://, ldaps:// or ldapi://
  bool start_tls = false;
  std::filesystem::path tls_ca_file;
  std::filesystem::path tls_certificate_file;  ///< client certificate, optional
  std::filesystem::path tls_key_file;
  BindMode bind = BindMode::external;  ///< SASL EXTERNAL over ldapi:// or with a client certificate
  std::string bind_dn;
  std::filesystem::path
      password_file;  ///< first line is the secret; must not be readable by others
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds operation_timeout{60};
  std::size_t page_size = 2'000;           ///< entries a page of the snapshot
  std::size_t window = 16;                 ///< changes in flight, below the server's limit of 100
  std::size_t connections = 1;             ///< connections that changes are spread over
  std::string accesslog = "cn=accesslog";  ///< base of the server's own log of changes
  bool assertions = true;  ///< use the assertion control (RFC 4528) when the server offers it
  bool operator==(const Ldap&) const = default;
};

struct Log {
  std::string level = "info";  ///< debug, info, change, warning, error
  std::filesystem::path file;  ///< empty: standard error
  bool operator==(const Log&) const = default;
};

/// When the daemon synchronises by itself.
struct Schedule {
  std::vector<CalendarExpression> run;     ///< empty: only on demand
  std::string time_zone = "Europe/Paris";  ///< what the clock of the expressions shows
  bool catch_up = true;                    ///< a run missed while the daemon was down is made up
  std::chrono::seconds jitter{0};          ///< a run starts up to this much later, by chance
  std::vector<CalendarExpression> latest_delivery;  ///< when a delivery has to have arrived
  bool operator==(const Schedule&) const = default;
};

/// Where deliveries arrive by themselves. Each académie that takes part has a folder of its code
/// there.
struct Inbox {
  std::filesystem::path directory;    ///< empty: no inbox
  std::chrono::seconds settle{60};    ///< unchanged for so long: looked at
  std::chrono::minutes patience{15};  ///< unchanged and still not whole for so long: refused
  bool start_on_arrival = true;       ///< otherwise only the schedule starts runs
  bool gather = true;                 ///< a run waits until every académie has delivered
  std::chrono::days keep{30};         ///< processed and refused deliveries, then shredded
  bool operator==(const Inbox&) const = default;
};

/// A role that a unix group has for some schools only.
struct Perimeter {
  std::string group;
  std::string role;               ///< operator, auditor or viewer
  std::set<std::string> schools;  ///< UAIs
  bool operator==(const Perimeter&) const = default;
};

/// Somebody who comes over the network with a certificate.
struct ControlClient {
  std::string name;
  std::string role;                       ///< operator, auditor or viewer
  std::vector<std::string> certificates;  ///< SHA-256 of each, 64 lower-case digits
  std::set<std::string> schools;          ///< UAIs that the role is limited to; empty: all
  bool operator==(const ControlClient&) const = default;
};

/// The control API over TCP with TLS.
struct ControlTcp {
  std::string address;  ///< empty: not over the network
  std::uint16_t port = 0;
  bool all_interfaces = false;  ///< an address that means all of them is meant
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;
  std::filesystem::path client_ca_file;
  std::filesystem::path tokens_file;
  std::vector<ControlClient> clients;
  bool operator==(const ControlTcp&) const = default;
};

/// Where the daemon can be asked and told, and by whom: names of unix groups.
struct Control {
  std::filesystem::path socket;  ///< empty: nowhere
  std::string socket_group;      ///< may connect; empty: the group of the process
  std::vector<std::string> operators;
  std::vector<std::string> auditors;
  std::vector<std::string> viewers;
  std::vector<Perimeter> perimeters;
  ControlTcp tcp;
  bool operator==(const Control&) const = default;
};

/// How the journal is sealed: who signs its checkpoints, and where copies of them go.
struct JournalSettings {
  std::filesystem::path signing_key_file;       ///< empty: journal.key of the state directory
  std::filesystem::path previous_key_file;      ///< hands over to the other one
  std::filesystem::path checkpoint_file;        ///< checkpoints are appended to it
  std::vector<std::string> checkpoint_command;  ///< program and arguments; gets each on its input
  bool operator==(const JournalSettings&) const = default;
};

/// Where the keys of the journal's vault lie; what is empty is made in the state directory.
struct VaultSettings {
  std::filesystem::path directory;           ///< of keys.db; empty: `vault` of the state directory
  std::filesystem::path key_file;            ///< empty: vault.key there
  std::filesystem::path pseudonym_key_file;  ///< empty: pseudonym.key there
  bool operator==(const VaultSettings&) const = default;
};

/// How long things are kept, in days (CNIL, recommendation 2021-122).
struct Retention {
  static constexpr int usual_days = 365;
  static constexpr int most_grace_days = 90;
  int journal_days = usual_days;  ///< records of the journal
  int values_days = usual_days;   ///< what the vault holds of them
  int grace_days = 0;             ///< the keys of a person, after the account was deleted
  int report_days = usual_days;   ///< reports of runs
  std::string justification;      ///< of terms beyond a year
  bool operator==(const Retention&) const = default;
};

/// Who is told of what needs a human.
struct Notify {
  std::vector<std::string> command;  ///< program and arguments; the event is its standard input
  std::string mail_to;               ///< through the local MTA (sendmail)
  std::string mail_from = "entsync";
  std::string webhook;                         ///< address that the event is posted to
  std::filesystem::path webhook_ca_file{};     ///< whom to trust; empty: whom the system trusts
  std::filesystem::path webhook_token_file{};  ///< bearer token; empty: none
  bool operator==(const Notify&) const = default;
};

/// Who answers for the processing, as persons and the register of processing are told. What is
/// empty is said to be missing; nothing is made up.
struct Controller {
  std::string name;     ///< responsable de traitement
  std::string address;  ///< where to write to
  std::string dpo;      ///< how to reach the délégué à la protection des données
  std::vector<std::string> recipients;  ///< who gets data beside those of the register's categories
  std::string transfers;                ///< out of the European Union; empty: none is configured
  bool operator==(const Controller&) const = default;
};

/// Readings of the journal.
struct Audit {
  /// More persons and other entries in one reading raise an alert; 0: none does.
  std::uint64_t alert_subjects = 500;
  bool operator==(const Audit&) const = default;
};

/// How the daemon ends when the service manager, or Ctrl-C, asks it to.
struct Service {
  StopMode stop = StopMode::normal;
  /// Half of it and a drain becomes normal, all of it and what is still open is left for the next
  /// start: below the service manager's own patience (TimeoutStopSec=120).
  std::chrono::seconds stop_limit{90};
  bool operator==(const Service&) const = default;
};

/// Requests for accounts of local-authority staff, whom no delivery describes, and for links.
struct Requests {
  std::filesystem::path path;           ///< a file, or a folder of `.csv` files; empty: none
  std::string source = "COLLECTIVITE";  ///< source name of their keys in the directory
  DemandeSettings rules{
      // Mail services for everybody, as far as they are met with in France.
      {"aliceadsl.fr", "aol.com",    "bbox.fr",     "club-internet.fr", "free.fr",
       "gmail.com",    "gmx.com",    "gmx.fr",      "googlemail.com",   "hotmail.com",
       "hotmail.fr",   "icloud.com", "laposte.net", "live.com",         "live.fr",
       "me.com",       "msn.com",    "neuf.fr",     "numericable.fr",   "orange.fr",
       "outlook.com",  "outlook.fr", "proton.me",   "protonmail.com",   "sfr.fr",
       "voila.fr",     "wanadoo.fr", "yahoo.com",   "yahoo.fr",         "ymail.com"}};
  bool operator==(const Requests&) const = default;
};

struct Settings {
  std::filesystem::path source;  ///< the file these settings came from
  std::filesystem::path state_directory;
  std::filesystem::path rules_file;
  std::filesystem::path registry_file;
  std::vector<Academie> academies;
  Requests requests;
  Ldap ldap;
  Tree tree;
  IdentitySettings identifiers;
  AbsenceSettings absence;
  JudgeLimits limits;                ///< of ordinary days
  std::vector<LimitSeason> seasons;  ///< with limits of their own; none has a day with another
  std::filesystem::path objection_key_file;  ///< of the digests of objections; empty: none
  std::set<Surprise> second_person;  ///< kinds of a hold that one person alone may not approve
  Schedule schedule;
  Inbox inbox;
  JournalSettings journal;
  VaultSettings vault;
  Retention retention;
  Notify notify;
  Audit audit;
  Controller controller;
  Service service;
  Control control;
  Log log;
  /// Share of the entries known from the last run that a snapshot must hold at least, 0 to 1: below
  /// it the directory was not read as it is (ACL, wrong base, restored backup).
  double minimum_directory_share = 0.8;
  /// Days that a delivery may be dated ahead of today: clocks and habits differ a little, but what
  /// was applied makes every earlier delivery too old.
  unsigned delivery_days_ahead = 7;
  ChainLimits chain;
  /// Refusals by the server that stop a run.
  std::size_t max_refusals = 50;
};

}  // namespace entsync::config
