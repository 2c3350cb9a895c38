#include "scope.hpp"

#include <algorithm>

#include "text.hpp"

namespace entsync {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Of a person of a delivery a number, else the id of a request.
bool is_id(Category category, std::string_view text) {
  return category == Category::pers_collectivite ? is_plain_name(text) : is_number(text);
}

std::optional<Jointure> parse_person(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t last = text.rfind('/');
  if (first == std::string_view::npos || first == last || first == 0) return std::nullopt;
  const auto category = parse_category(text.substr(first + 1, last - first - 1));
  if (!category || *category == Category::etab_educ_nat || !is_id(*category, text.substr(last + 1)))
    return std::nullopt;
  return Jointure{std::string(text.substr(0, first)), *category,
                  std::string(text.substr(last + 1))};
}

void refuse(Problems& problems, std::string item, std::string what, std::string remedy) {
  problems.error("SCOPE-001", {{}, 0, std::move(item)}, std::move(what), std::move(remedy));
}

std::optional<Uai> parse_uai(std::string_view text, const std::string& item, Problems& problems) {
  auto uai = Uai::parse(text);
  if (!uai) refuse(problems, item, Uai::why_invalid(text), "give the UAI of a school");
  return uai;
}

std::string profil_names() {
  std::string names;
  for (const Profil profil : all_profils)
    names += (names.empty() ? "" : ", ") + std::string(to_string(profil));
  return names;
}

}  // namespace

Result<Scope> parse_scope(const ScopeText& text) {
  Scope scope;
  Problems problems;
  if (const std::string_view person = trim(text.person); !person.empty()) {
    scope.person = parse_person(person);
    if (!scope.person)
      refuse(problems, text.person, "this is not the key of a person",
             "give it as AC-X/Eleve/123, AC-X/PersRelEleve/123 or AC-X/PersEducNat/123");
  }
  if (const std::string_view classe = trim(text.classe); !classe.empty()) {
    const std::size_t slash = classe.find('/');
    const bool has_id = slash != std::string_view::npos && slash + 1 < classe.size();
    if (!has_id)
      refuse(problems, text.classe, "this does not name a class",
             "give it as UAI/ID, with the id that the delivery gives the class");
    else if (const auto uai = parse_uai(classe.substr(0, slash), text.classe, problems))
      scope.classe = {*uai, std::string(classe.substr(slash + 1))};
  }
  if (!trim(text.school).empty()) scope.school = parse_uai(text.school, text.school, problems);
  scope.academie = trim(text.academie);
  if (const std::string_view profil = trim(text.profil); !profil.empty()) {
    scope.profil = parse_profil(profil);
    if (!scope.profil)
      refuse(problems, text.profil, "this is no profile", "give one of " + profil_names());
  }
  if (!problems.has_errors() && scope.is_everything())
    refuse(problems, {}, "nothing to be synchronised is named",
           "name a person, a class, a school, an académie or a profile");
  if (problems.has_errors()) return problems;
  return scope;
}

bool is_within(const Scope& scope, const std::set<std::string>& schools) {
  // What a scope names it means in common: one part that is inside keeps all of it inside.
  return (scope.school && schools.contains(scope.school->str())) ||
         (scope.classe && schools.contains(scope.classe->school.str()));
}

std::string to_string(const Scope& scope) {
  std::string text;
  const auto add = [&](const char* what, const std::string& value) {
    text += (text.empty() ? "" : ", ") + std::string(what) + " " + value;
  };
  if (scope.person) add("person", scope.person->str());
  if (scope.classe) add("class", scope.classe->school.str() + "/" + scope.classe->id);
  if (scope.school) add("school", scope.school->str());
  if (!scope.academie.empty()) add("academie", scope.academie);
  if (scope.profil) add("profile", std::string(to_string(*scope.profil)));
  return text.empty() ? "everything" : text;
}

}  // namespace entsync
