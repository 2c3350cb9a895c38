#include "registry_statement.hpp"

#include <boost/json.hpp>
#include <vector>

#include "core/csv.hpp"
#include "core/school_year.hpp"
#include "core/text.hpp"
#include "daemon_address.hpp"
#include "running_daemon.hpp"
#include "runtime/instant.hpp"
#include "runtime/statement.hpp"
#include "session.hpp"

namespace entsync::programs {
namespace {

namespace json = boost::json;

struct StatementArguments {
  DaemonAddress address{};
  std::string annee;
  bool as_json = false;
  bool as_csv = false;
};

std::string text_in(const json::value& object, const char* key) {
  return printable(object.at(key).as_string());
}

std::uint64_t count_of(const json::value& object, Profil profil) {
  return object.at("accounts").at(to_string(profil)).to_number<std::uint64_t>();
}

/// "120 eleve, 204 responsable, 6 enseignant"; profiles that nobody has are left out.
std::string accounts_of(const json::value& object) {
  std::string text;
  for (const Profil profil : all_profils)
    if (const std::uint64_t count = count_of(object, profil); count != 0)
      text +=
          (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(to_string(profil));
  return text.empty() ? "no accounts" : text;
}

void print_table(const json::value& statement) {
  std::printf("school year %s, %s EUR a school\n", text_in(statement, "school_year").c_str(),
              text_in(statement, "amount_per_school").c_str());
  for (const json::value& collectivite : statement.at("collectivites").as_array()) {
    const std::string siret = text_in(collectivite, "siret");
    const json::array& schools = collectivite.at("schools").as_array();
    std::printf("\n%s  %zu schools  %s EUR  %s\n", siret.empty() ? "(no SIRET)    " : siret.c_str(),
                schools.size(), text_in(collectivite, "amount").c_str(),
                accounts_of(collectivite).c_str());
    for (const json::value& school : schools)
      std::printf("  %s  %-15s  %s, %s: %s\n", text_in(school, "uai").c_str(),
                  text_in(school, "state").c_str(), text_in(school, "label").c_str(),
                  text_in(school, "commune").c_str(),
                  school.at("in_directory").as_bool() ? accounts_of(school).c_str()
                                                      : "not in the directory");
  }
  std::printf("\nin all: %zu collectivités, %s schools, %s EUR, %s\n",
              statement.at("collectivites").as_array().size(),
              json::serialize(statement.at("schools")).c_str(),
              text_in(statement, "amount").c_str(), accounts_of(statement).c_str());
}

void print_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) row += (row.empty() ? "" : ",") + csv_cell(cell);
  std::printf("%s\r\n", row.c_str());
}

/// One row a school: accounts of several schools cannot be added up, which the other forms do.
void print_csv(const json::value& statement) {
  std::vector<std::string> heading{"siret_collectivite", "uai",  "label",  "commune",
                                   "annee_scolaire",     "etat", "montant"};
  for (const Profil profil : all_profils) heading.emplace_back(to_string(profil));
  print_row(heading);
  for (const json::value& collectivite : statement.at("collectivites").as_array())
    for (const json::value& school : collectivite.at("schools").as_array()) {
      std::vector<std::string> cells{text_in(collectivite, "siret"),
                                     text_in(school, "uai"),
                                     text_in(school, "label"),
                                     text_in(school, "commune"),
                                     text_in(statement, "school_year"),
                                     text_in(school, "state"),
                                     text_in(statement, "amount_per_school")};
      for (const Profil profil : all_profils)
        cells.push_back(std::to_string(count_of(school, profil)));
      print_row(cells);
    }
}

int print_statement(const json::value& statement, const StatementArguments& arguments) {
  if (arguments.as_json)
    std::printf("%s\n", json::serialize(statement).c_str());
  else if (arguments.as_csv)
    print_csv(statement);
  else
    print_table(statement);
  return exit_done;
}

int state(const std::string& config, const StatementArguments& arguments) {
  const auto year =
      arguments.annee.empty() ? SchoolYear::of(today()) : SchoolYear::parse(arguments.annee);
  if (!year) {
    std::fputs("entsync: --annee is a school year, as 2026-2027\n", stderr);
    return exit_usage;
  }
  const std::string target = "/v1/registry/statement?annee=" + year->str();
  if (!arguments.address.url.empty()) {
    const auto reply = ask_daemon(config, arguments.address, "GET", target, {}, time_to_apply);
    if (!reply) return exit_failed;
    return print_statement(json::parse(reply->body), arguments);
  }
  if (const auto answer = ask_running(config, "GET", target, {}, time_to_apply)) {
    if (*answer) return print_statement(**answer, arguments);
    print(answer->error());
    return exit_failed;
  }
  auto context = open_context(config, Progress::form_for_stderr());
  if (!context) return exit_usage;
  const auto statement = run(*context, make_statement(*context, *year));
  if (!statement) {
    report(*context, statement.error());
    return exit_code_of(statement.error());
  }
  return print_statement(statement_json(*statement), arguments);
}

}  // namespace

void add_statement(CLI::App& registry, const std::string& config, Chosen& chosen) {
  auto arguments = std::make_shared<StatementArguments>();
  CLI::App* command = registry.add_subcommand(
      "statement",
      "For each collectivité: its schools of a school year, what they amount to, accounts in use");
  add_address_options(*command, arguments->address);
  command->add_option("--annee", arguments->annee, "School year, as 2026-2027; the present one")
      ->type_name("YEAR");
  CLI::Option* json = command->add_flag("--json", arguments->as_json, "As the control API says it");
  command->add_flag("--csv", arguments->as_csv, "One row a school, for a spreadsheet")
      ->excludes(json);
  command->footer(
      "Counts only, of the directory as it is now: accounts that are neither suspended nor\n"
      "restricted. No personal data; leaves no trace.\n"
      "Exit codes: 0 done; 1 failed; 2 usage or configuration.");
  command->callback(
      [=, &config, &chosen] { chosen = [=, &config] { return state(config, *arguments); }; });
}

}  // namespace entsync::programs
