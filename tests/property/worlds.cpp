#include "worlds.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/text.hpp"

namespace entsync::test {
namespace {

int pick(int below) {
  return *rc::gen::inRange(0, below);
}
bool maybe(int one_in) {
  return pick(one_in) == 0;
}

template <class T>
const T& one_of(const std::vector<T>& list) {
  return list[static_cast<std::size_t>(pick(static_cast<int>(list.size())))];
}

std::string number(int from, int below) {
  return std::to_string(from + pick(below));
}

std::vector<std::string> schools_of(const Delivery& delivery) {
  std::vector<std::string> ids;
  for (const Record& record : delivery.records)
    if (record.category == Category::etab_educ_nat) ids.push_back(record.id);
  return ids;
}

void place(Record& pupil, const std::vector<std::string>& schools) {
  const std::string& school = one_of(schools);
  pupil.set("ENTPersonStructRattach", school)
      .without("ENTPersonClasses")
      .without("ENTPersonGroupes");
  if (!maybe(6))
    pupil.with("ENTPersonClasses", classe(school, number(73196, 2), maybe(5) ? "CP B" : "CP A"));
  if (maybe(4)) pupil.with("ENTPersonClasses", classe(one_of(schools), number(73196, 2)));
  if (maybe(3)) pupil.with("ENTPersonGroupes", groupe(school, number(500, 2)));
}

void link(Record& pupil) {
  pupil.without("ENTEleveAutoriteParentale");
  for (int n = pick(4); n > 0; --n)
    pupil.with("ENTEleveAutoriteParentale", number(200, 7) + "$" + (maybe(2) ? "10" : "20"));
}

Record any_pupil(const std::string& id, const std::vector<std::string>& schools) {
  Record pupil = eleve(id, schools[0], "");
  if (maybe(3)) pupil.set("ENTPersonNom", "MARTIN").set("ENTPersonPrenom", "Léa");
  place(pupil, schools);
  link(pupil);
  return pupil;
}

Record any_staff(const std::string& id, const std::vector<std::string>& schools) {
  Record staff = personnel(id, one_of(schools), one_of<std::string>({"ENS", "DOC", "-", "AED"}));
  if (maybe(3)) staff.with("ENTPersonFonctions", one_of(schools) + "$ENS$L$G0000$S");
  if (maybe(3)) staff.with("ENTEnsFonctionDir", one_of(schools));
  if (maybe(3)) staff.set("ENTPersonCategorieEnseignant", maybe(2) ? "N" : "");
  if (maybe(2)) staff.with("ENTPersonMail", "a" + id + "@exemple.test");
  return staff;
}

void change_record(Delivery& delivery, Record& record) {
  const auto schools = schools_of(delivery);
  switch (record.category) {
    case Category::etab_educ_nat:
      record.set("ENTStructureNomCourant", "E.E.PU$AUTRE$VILLE");
      if (maybe(4)) record.set("ENTStructureUAI", "0310002A");
      break;
    case Category::eleve:
      if (maybe(2)) place(record, schools);
      if (maybe(2)) link(record);
      if (maybe(3)) record.set("ENTPersonNom", "AUTRE NOM");
      if (maybe(5)) record.set("ENTPersonClasses", one_of(schools) + "$11$ORDINAIRE");
      if (maybe(8)) record.with("ENTPersonGroupes", "$40$REGROUPEMENT$$");
      break;
    case Category::pers_rel_eleve:
      if (maybe(2))
        record.without("ENTPersonMail");
      else if (maybe(4))
        record.set("ENTPersonMail", "é@exemple.test");
      else
        record.set("ENTPersonMail", "p" + number(0, 9) + "@exemple.test");
      break;
    case Category::pers_educ_nat:
      record = any_staff(record.id, schools);
      if (maybe(6)) record.without("ENTPersonFonctions").without("ENTPersonStructRattach");
      break;
    case Category::pers_collectivite:
      break;  // in no delivery
  }
}

std::vector<std::string> dns(const MemoryDirectory& directory, std::string_view object_class) {
  std::vector<std::string> list;
  for (const auto& [key, entry] : directory.entries())
    for (const std::string& name : entry.values("objectClass"))
      if (equals_ignoring_case(name, object_class)) list.push_back(entry.dn);
  return list;
}

void touch_person(MemoryDirectory& directory, const std::string& dn) {
  switch (pick(6)) {
    case 0:
      directory.clear(dn, "sn");
      directory.put(dn, "sn", "FAUX");
      break;
    case 1:
      directory.put(dn, "ENTPersonJointure", "ENT$7");
      break;
    case 2:
      directory.clear(dn, "displayName");
      directory.put(dn, "displayName", "Surnom");
      break;
    case 3:
      directory.clear(dn, "ENTCompteAbsentDepuis");
      directory.put(dn, "ENTCompteAbsentDepuis", "20260801000000Z");
      break;
    case 4:
      directory.put(dn, "description", "une note");
      break;
    default:
      directory.remove(dn);
      break;
  }
}

void touch_group(MemoryDirectory& directory, const std::string& dn) {
  const std::string local = "uid=local" + number(1, 2) + ",ou=people,dc=ent,dc=test";
  switch (pick(5)) {
    case 0:
      directory.put(dn, "ENTGroupeMembreExplicite", local);
      if (maybe(2)) directory.put(dn, "member", local);
      break;
    case 1:
      directory.put(dn, "member", local);
      break;
    case 2:
      directory.put(dn, "member", "uid=parti,ou=people,dc=ent,dc=test");
      break;
    case 3:
      if (const auto members = directory.at(dn).values("member"); members.size() > 1)
        directory.take(dn, "member", one_of(members));
      break;
    default:
      directory.remove(dn);
      break;
  }
}

}  // namespace

Delivery any_delivery() {
  Delivery delivery;
  const int count = 1 + pick(3);
  std::vector<std::string> schools;
  for (int i = 0; i < count; ++i) {
    schools.push_back(std::to_string(8 + i));
    delivery.records.push_back(etab(schools.back(), uai(310001 + static_cast<unsigned>(i))));
  }
  if (maybe(3)) {  // a second structure id of the first school
    schools.emplace_back("80");
    delivery.records.push_back(etab("80", uai(310001)));
  }
  for (int i = 0, n = pick(9); i < n; ++i)
    delivery.records.push_back(any_pupil(std::to_string(100 + i), schools));
  for (int i = 0; i < 7; ++i)
    if (!maybe(5)) {
      delivery.records.push_back(responsable(std::to_string(200 + i)));
      if (maybe(2))
        delivery.records.back().with("ENTPersonMail", "p" + std::to_string(i) + "@exemple.test");
    }
  for (int i = 0, n = pick(5); i < n; ++i)
    delivery.records.push_back(any_staff(std::to_string(300 + i), schools));
  return delivery;
}

void change_any(Delivery& delivery) {
  for (int n = pick(7); n > 0; --n) {
    const auto at = static_cast<std::size_t>(pick(static_cast<int>(delivery.records.size())));
    const Record record = delivery.records[at];
    switch (pick(5)) {
      case 0:
        if (record.category != Category::etab_educ_nat) delivery.remove(record.category, record.id);
        break;
      case 1:
        delivery.reject(record.category, record.id);
        break;
      case 2:
        if (const auto schools = schools_of(delivery); !schools.empty()) {
          const std::string id = "15" + std::to_string(n);
          std::erase_if(delivery.records, [&](const Record& r) { return r.id == id; });
          delivery.records.push_back(any_pupil(id, schools));
        }
        break;
      default:
        if (!schools_of(delivery).empty()) change_record(delivery, delivery.records[at]);
        break;
    }
    if (delivery.records.empty()) return;
  }
}

void touch_any(MemoryDirectory& directory) {
  for (const char* n : {"1", "2"})
    directory.load("dn: uid=local" + std::string(n) +
                   ",ou=people,dc=ent,dc=test\nobjectClass: top\nobjectClass: person\n"
                   "objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: local" +
                   std::string(n) + "\ncn: Local\nsn: Local\n\n");
  for (int n = pick(7); n > 0; --n) {
    const auto people = dns(directory, "ENTPerson");
    const auto groups = dns(directory, "ENTGroupe");
    const auto teachers = dns(directory, "ENTAuxEnseignant");
    if (maybe(4) && !teachers.empty())
      directory.put(one_of(teachers), "ENTAuxEnsClasses",
                    "ENTStructureUAI=" + uai(310001) + ",ou=structures,dc=ent,dc=test$73196");
    else if (maybe(2) && !people.empty())
      touch_person(directory, one_of(people));
    else if (!groups.empty())
      touch_group(directory, one_of(groups));
  }
}

Delivery shuffled(const Delivery& delivery) {
  Delivery turned = delivery;
  auto& records = turned.records;
  for (std::size_t i = records.size(); i > 1; --i)
    std::swap(records[i - 1], records[static_cast<std::size_t>(pick(static_cast<int>(i)))]);
  return turned;
}

World any_night() {
  World world = World::of(any_delivery());
  world.synchronise();
  if (*rc::gen::arbitrary<bool>()) {
    change_any(world.delivery());
    if (world.delivery().records.empty()) RC_DISCARD("nothing left");
    world.synchronise();
  }
  touch_any(world.directory);
  change_any(world.delivery());
  if (world.delivery().records.empty()) RC_DISCARD("nothing left");
  world.delivery().date = "2026-09-10";
  return world;
}

Scope any_scope(const Scene& scene) {
  Scope scope;
  while (scope.is_everything()) {
    const auto maybe = [] { return *rc::gen::inRange(0, 3) == 0; };
    const Population& population = scene.population;
    const auto count = static_cast<std::uint32_t>(population.persons().size());
    if (maybe() && count != 0) {
      const Person& person = population.persons()[*rc::gen::inRange(0U, count)];
      scope.person =
          Jointure{"AC-TEST", category_of(person.profil), std::string(person.record.id())};
    } else if (maybe()) {  // somebody who may have left
      scope.person =
          Jointure{"AC-TEST", Category::eleve, std::to_string(*rc::gen::inRange(100, 109))};
    }
    const Uai school = *Uai::parse(uai(310001 + *rc::gen::inRange(0U, 3U)));
    if (maybe())
      scope.classe = {school, *rc::gen::element<std::string>("73196", "73197", "500", "501")};
    if (maybe()) scope.school = school;
    if (maybe()) scope.academie = "AC-TEST";
    if (maybe()) scope.profil = static_cast<Profil>(*rc::gen::inRange(0, 5));
  }
  return scope;
}

}  // namespace entsync::test
