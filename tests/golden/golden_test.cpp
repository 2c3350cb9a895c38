/// Each folder here is a scenario: `last_night.txt` (a delivery that was applied before; optional),
/// `directory.ldif` (what else the directory holds, or holds instead; optional), `delivery.txt`
/// (tonight's), and `plan.txt`, what has to come of it. UPDATE_GOLDEN=1 rewrites `plan.txt`; the
/// difference is reviewed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

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

void enrol(World& world, const Delivery& delivery) {
  const World other = World::of(delivery);
  for (const auto& [uai, ecole] : other.registry.ecoles()) world.registry.add(ecole);
}

std::string plan_of(const fs::path& scenario) {
  World world;
  world.deliveries.push_back(delivery_from_text(read(scenario / "delivery.txt")));
  enrol(world, world.delivery());
  if (fs::exists(scenario / "last_night.txt")) {
    Delivery tonight = world.delivery();
    world.delivery() = delivery_from_text(read(scenario / "last_night.txt"));
    enrol(world, world.delivery());
    world.synchronise();
    world.delivery() = std::move(tonight);
  }
  world.directory.load(read(scenario / "directory.ldif"));

  Scene scene(world);
  scene.planned.plan.id = "golden";
  std::string text = render(scene.plan());
  Problems problems = scene.problems;
  problems.append(scene.planned.problems);
  if (!problems.empty()) text += "\n" + to_string(problems);
  for (const ReviewItem& item : scene.planned.review) {
    text += "\nreview " + item.subject + ": " + item.reason + "\n";
    for (const std::string& dn : item.candidates) text += "  " + dn + "\n";
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
