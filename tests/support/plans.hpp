#pragma once
/// Plans from literals, for what only looks at a plan: judge, split, render, read-back, the
/// machine.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/judge.hpp"
#include "core/plan.hpp"
#include "core/planner.hpp"

namespace entsync::test {

/// The attributes of the shipped rules that the judge looks at.
inline const JudgedAttributes judged_attributes{"mail", "member", "", "ENTCompteAbsentDepuis",
                                                "ENTCompteEtat"};

/// One attribute of a change from lists of values.
struct AttributeText {
  std::string name;
  std::vector<std::string> removed;
  std::vector<std::string> added;
  bool replace = false;
};

struct ChangeText {
  Operation operation = Operation::modify;
  EntryKind kind = EntryKind::person;
  std::optional<Profil> profil = Profil::eleve;
  std::uint8_t wave = wave::modify;
  std::string dn;
  std::vector<std::string> schools;
  std::vector<AttributeText> attributes;
  std::string academie = "AC-TEST";
};

inline void add(Plan& plan, const ChangeText& text) {
  Change change;
  change.operation = text.operation;
  change.kind = text.kind;
  change.profil = text.profil;
  change.wave = text.wave;
  change.dn = plan.store(text.dn);
  change.subject = change.dn;
  change.rule = plan.intern("test:rule");
  change.academie = plan.intern(text.academie);
  change.note = plan.intern("a test");
  if (text.operation != Operation::create) change.csn = plan.store("csn-of-" + text.dn);
  const auto views = [&](const std::vector<std::string>& values) {
    std::vector<std::string_view> list(values.begin(), values.end());
    return plan.store(std::span<const std::string_view>(list));
  };
  change.schools = views(text.schools);
  std::vector<AttributeChange> attributes;
  for (const AttributeText& a : text.attributes)
    attributes.push_back({plan.intern(a.name), {}, views(a.removed), views(a.added), a.replace});
  change.attributes = plan.store(std::span<const AttributeChange>(attributes));
  plan.changes.push_back(change);
}

inline Plan plan_of(const std::vector<ChangeText>& changes) {
  Plan plan;
  for (const ChangeText& change : changes) add(plan, change);
  order(plan);
  return plan;
}

inline std::string person(int n) {
  return "uid=p" + std::to_string(n) + ",ou=people,dc=ent,dc=test";
}

inline ChangeText absent(int n, std::string school, Profil profil = Profil::eleve) {
  return {Operation::absent,
          EntryKind::person,
          profil,
          wave::absences,
          person(n),
          {std::move(school)},
          {{"ENTCompteAbsentDepuis", {}, {"20260902000000Z"}, false},
           {"ENTCompteEtat", {}, {"SUSPENDU"}, false}}};
}

}  // namespace entsync::test
