/// Each folder here is a scenario: `two_nights_ago.txt` and `last_night.txt` (deliveries that were
/// applied before; optional), `directory.ldif` (what else the directory holds, or holds instead;
/// optional), `requests.csv` (of local-authority staff and links, as of tonight;
/// `requests_last_night.csv`, `requests_two_nights_ago.csv`; optional: none could be read),
/// `decisions.txt` (`link` or `separate`, a key, a DN; optional), `registers.txt` (what holds
/// tonight: `gel KEY DATE`, `mort KEY DATE [kept|unconfirmed]`, `opposition KEY DATE [INE BIRTH]`;
/// optional), `registers_last_night.txt` likewise, `windows.txt` (`freeze` or `rollover`, an
/// académie, FROM, TO; for all nights; optional), `registry.txt` (what the agreements of tonight
/// are: UAI ETAT [SINCE|-] [FIN]; others are `inscrite`; optional) and `registry_last_night.txt`
/// likewise, `delivery.txt` (tonight's), and `plan.txt`, what has to come of it. A line `academie
/// AC-X` begins the delivery of another académie. UPDATE_GOLDEN=1 rewrites `plan.txt`; the
/// difference is reviewed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "connectors/collectivite/demande_file.hpp"
#include "core/dn.hpp"
#include "core/render.hpp"
#include "support/scene.hpp"

namespace entsync::test {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(ENTSYNC_SOURCE_DIR) / "tests/golden";

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// The deliveries of one night, one for each académie.
std::vector<Delivery> deliveries_in(const fs::path& path) {
  const std::string text = read(path);
  std::vector<std::string> parts(1);
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with("academie ") && !parts.back().empty()) parts.emplace_back();
    parts.back() += std::string(line) + "\n";
  }
  std::vector<Delivery> deliveries;
  for (const std::string& part : parts) deliveries.push_back(delivery_from_text(part));
  return deliveries;
}

void enrol(World& world, const std::vector<Delivery>& deliveries) {
  for (const Delivery& delivery : deliveries) {
    const World other = World::of(delivery);
    for (const auto& [uai, ecole] : other.registry.ecoles()) {
      Ecole of_the_town = ecole;
      of_the_town.siret_collectivite = "21660024700011";
      world.registry.add(of_the_town);
    }
  }
}

ReviewDecisions decisions_in(const fs::path& path) {
  const std::string text = read(path);
  std::vector<ReviewDecision> list;
  for (const std::string_view line : lines_of(text)) {
    std::istringstream words{std::string(line)};
    std::string kind, subject, dn;
    if (!(words >> kind >> subject >> dn)) continue;
    list.push_back({kind == "link" ? ReviewDecision::Kind::link : ReviewDecision::Kind::separate,
                    subject, dn::normalise(dn)});
  }
  return ReviewDecisions(std::move(list));
}

PersonRegisters registers_in(const fs::path& path) {
  PersonRegisters registers;
  registers.digest = [](std::string_view text) { return "digest of " + std::string(text); };
  const std::string text = read(path);
  for (const std::string_view line : lines_of(text)) {
    std::istringstream words{std::string(line)};
    std::string kind, subject, day, more, birth;
    if (!(words >> kind >> subject >> day)) continue;
    words >> more >> birth;
    const Date since = Date::from_iso(day).value();
    if (kind == "gel") registers.add_restriction(subject, since);
    if (kind == "mort")
      registers.add_death(subject, since,
                          more == "kept"          ? Deletion::kept
                          : more == "unconfirmed" ? Deletion::unconfirmed
                                                  : Deletion::confirmed);
    const std::string person = objection_text(more, birth);
    if (kind == "opposition")
      registers.add_objection(registers.digest(objection_text(subject)),
                              person.empty() ? person : registers.digest(person), since, false);
  }
  return registers;
}

std::optional<std::vector<Demande>> requests_in(const fs::path& path) {
  if (!fs::exists(path)) return std::nullopt;
  auto file = collectivite::read_demandes(read(path), "requests.csv");
  if (!file) throw std::logic_error(to_string(file.error()));
  return std::move(file->demandes);
}

void read_windows(const fs::path& path, AbsenceSettings& absence) {
  const std::string text = read(path);
  for (const std::string_view line : lines_of(text)) {
    std::istringstream words{std::string(line)};
    std::string kind, academie, from, to;
    if (!(words >> kind >> academie >> from >> to)) continue;
    DayWindows& windows =
        kind == "freeze" ? absence.freezes_of_academie : absence.rollovers_of_academie;
    windows[academie].push_back({Date::from_iso(from).value(), Date::from_iso(to).value()});
  }
}

/// The enrolled schools, with the agreements that the file names.
Registry agreements_in(const fs::path& path, const Registry& enrolled) {
  Registry registry;
  std::map<Uai, Ecole> ecoles = enrolled.ecoles();
  const std::string text = read(path);
  for (const std::string_view line : lines_of(text)) {
    std::istringstream words{std::string(line)};
    std::string uai, etat, since, end;
    if (!(words >> uai >> etat)) continue;
    words >> since >> end;
    Ecole& ecole = ecoles.at(Uai::parse(uai).value());
    ecole.etat = parse_etat_convention(etat).value();
    ecole.etat_le = Date::from_iso(since);
    ecole.fin_le = Date::from_iso(end);
  }
  for (auto& [uai, ecole] : ecoles) registry.add(std::move(ecole));
  return registry;
}

std::string plan_of(const fs::path& scenario) {
  World world;
  read_windows(scenario / "windows.txt", world.absence);
  const std::vector<Delivery> tonight = deliveries_in(scenario / "delivery.txt");
  enrol(world, tonight);
  for (const char* before : {"two_nights_ago.txt", "last_night.txt"}) {
    if (!fs::exists(scenario / before)) continue;
    world.deliveries = deliveries_in(scenario / before);
    enrol(world, world.deliveries);
    const Registry enrolled = world.registry;
    if (before == std::string_view("last_night.txt")) {
      world.registers = registers_in(scenario / "registers_last_night.txt");
      world.registry = agreements_in(scenario / "registry_last_night.txt", enrolled);
    }
    const std::string night = fs::path(before).stem();
    world.demandes = requests_in(scenario / ("requests_" + night + ".csv"));
    world.synchronise();
    world.registry = enrolled;
  }
  world.registry = agreements_in(scenario / "registry.txt", world.registry);
  world.deliveries = tonight;
  world.demandes = requests_in(scenario / "requests.csv");
  world.decisions = decisions_in(scenario / "decisions.txt");
  world.registers = registers_in(scenario / "registers.txt");
  world.directory.load(read(scenario / "directory.ldif"));

  Scene scene(world);
  scene.planned.plan.id = "golden";
  std::string text = render(scene.plan()) + render_pending(scene.planned.pending);
  if (scene.planned.objected != 0)
    text += "\nobjected: " + std::to_string(scene.planned.objected) + "\n";
  if (scene.planned.died != 0) text += "\ndied: " + std::to_string(scene.planned.died) + "\n";
  Problems problems = scene.problems;
  problems.append(scene.planned.problems);
  if (!problems.empty()) text += "\n" + to_string(problems);
  for (const ReviewItem& item : scene.planned.review) {
    text += "\nreview " + item.subject + ": " + item.reason + "\n";
    for (std::size_t i = 0; i < item.candidates.size(); ++i) {
      text += "  " + item.candidates[i];
      if (i < item.keys.size()) text += " (" + item.keys[i] + ")";
      text += "\n";
    }
  }
  if (const Verdict verdict = scene.verdict(); !verdict.go()) text += "\n" + render(verdict);
  for (EntryIndex e = 0; e < scene.snapshot.size(); ++e)
    if (scene.absences.presence(e) == Presence::unknown)
      text += "\nunknown " + std::string(scene.snapshot.entry(e).dn()) + ": " +
              std::string(scene.absences.reason(e)) + "\n";
  return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, ScenarioGivesItsPlan) {
  const fs::path scenario = folder / GetParam();
  const std::string text = plan_of(scenario);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(scenario / "plan.txt") << text;
  EXPECT_EQ(text, read(scenario / "plan.txt"))
      << "when this is meant: UPDATE_GOLDEN=1, then review the difference";
}

INSTANTIATE_TEST_SUITE_P(Scenario, Golden, testing::ValuesIn(scenarios()), [](const auto& given) {
  std::string name = given.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Golden, ThereAreScenarios) {
  EXPECT_GE(scenarios().size(), 8U);
}

}  // namespace
}  // namespace entsync::test
