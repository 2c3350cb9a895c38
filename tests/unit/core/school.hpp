#pragma once
/// The school that most tests of the core begin with: two pupils of one class who are siblings, a
/// third in another class, their responsables, a teacher and a director; already in the directory
/// when asked for.

#include "support/scene.hpp"

namespace entsync::test {

inline const std::string school_uai = uai(310001);
inline const std::string school_dn =
    "ENTStructureUAI=" + school_uai + ",ou=structures,dc=ent,dc=test";

inline Delivery one_school() {
  Delivery delivery;
  delivery.records = {
      etab("8", school_uai),
      eleve("101", "8")
          .with("ENTEleveAutoriteParentale", "201$10")
          .with("ENTEleveAutoriteParentale", "202$20"),
      eleve("102", "8").with("ENTEleveAutoriteParentale", "201$10"),
      eleve("103", "8", "73197").with("ENTEleveAutoriteParentale", "203$20"),
      responsable("201").with("ENTPersonMail", "p201@exemple.test"),
      responsable("202"),
      responsable("203").with("ENTPersonMail", "p203@exemple.test"),
      personnel("301", "8").with("ENTPersonMail", "a301@exemple.test"),
      personnel("302", "8").with("ENTEnsFonctionDir", "8"),
  };
  return delivery;
}

/// The same after its first load.
inline World school_in_sync() {
  World world = World::of(one_school());
  world.synchronise();
  return world;
}

inline std::string person_dn(const World& world, std::string_view id) {
  return world.directory.with("ENTPersonJointure", "AC-TEST$" + std::string(id)).dn;
}

inline std::string group_dn(std::string_view name, const std::string& school = school_uai) {
  return "cn=" + school + "_" + std::string(name) + ",ou=groups,dc=ent,dc=test";
}

}  // namespace entsync::test
