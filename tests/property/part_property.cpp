#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "core/scoped_plan.hpp"
#include "support/part_scene.hpp"
#include "worlds.hpp"

namespace entsync::test {
namespace {

std::string verdict_of(const Plan& plan, const Scene& scene) {
  std::string text;
  for (const Hold& hold :
       judge(plan, scene.planned.before, scene.world.limits, scene.judged()).holds)
    text += to_string(hold) + "\n";
  return text;
}

/// A part or, when only académies and profiles were drawn, everybody of a school.
Scope any_part(const Scene& scene) {
  Scope scope = any_scope(scene);
  if (!PartClosure::covers(scope)) scope.school = Uai::parse(uai(310001));
  return scope;
}

RC_GTEST_PROP(PartClosure, GivesThePlanOfTheWholeInsideItsScope, ()) {
  World world = any_night();
  {
    const Scene first(world);  // whoever is new gets the identifier that the whole gives him
    world.ledger.remember(first.plan());
  }
  world.limits.school[Surprise::modify] = {10.0, 0, std::nullopt};
  Scene scene(world);
  const Scope scope = any_part(scene);
  RC_LOG() << to_string(scope) << "\n";
  const PartScene part(scene, scope);
  RC_PRE(!part.erases);
  const Problems unknown = check_scope(scope, scene.input());
  RC_ASSERT(to_string(part.unknown) == to_string(unknown));
  const Plan narrowed = within(std::move(scene.planned.plan), scope, scene.input());
  RC_LOG() << "-- whole\n" << canonical(narrowed) << "-- part\n" << canonical(part.plan);
  RC_ASSERT(canonical(part.plan) == canonical(narrowed));
  RC_ASSERT(verdict_of(part.plan, scene) == verdict_of(narrowed, scene));
}

}  // namespace
}  // namespace entsync::test
