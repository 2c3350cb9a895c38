#include "person_registers.hpp"

#include <utility>

#include "text.hpp"

namespace entsync {
namespace {

/// Sources are compared without case, ids are not.
std::string folded(std::string_view subject) {
  const std::size_t end = subject.find('/');
  if (end == std::string_view::npos) return std::string(subject);
  return ascii_lower(subject.substr(0, end)) + std::string(subject.substr(end));
}

}  // namespace

void PersonRegisters::put(Persons& to, std::string key, RegisteredPerson person) {
  const auto [known, is_new] = to.try_emplace(std::move(key), person);
  if (!is_new && person.standing < known->second.standing) known->second = person;
}

void PersonRegisters::add_restriction(std::string subject, Date since) {
  put(by_subject_, folded(subject), {Standing::restricted, since, Deletion::confirmed});
}

void PersonRegisters::add_death(std::string subject, Date died, Deletion deletion) {
  put(by_subject_, folded(subject), {Standing::died, died, deletion});
}

void PersonRegisters::add_objection(std::string key, const std::string& person, Date since,
                                    bool is_examined) {
  const Standing standing = is_examined ? Standing::restricted : Standing::objected;
  if (!person.empty()) put(by_digest_, person, {standing, since, Deletion::confirmed});
  put(by_digest_, std::move(key), {standing, since, Deletion::confirmed});
}

const RegisteredPerson* PersonRegisters::find(std::string_view subject, std::string_view ine,
                                              std::string_view birth) const {
  const RegisteredPerson* found = nullptr;
  const auto look = [&found](const Persons& in, const std::string& key) {
    const auto one = in.find(key);
    if (one == in.end()) return;
    if (found == nullptr || one->second.standing < found->standing) found = &one->second;
  };
  if (!by_subject_.empty()) look(by_subject_, folded(subject));
  if (by_digest_.empty()) return found;
  look(by_digest_, digest(objection_text(subject)));
  if (const std::string person = objection_text(ine, birth); !person.empty())
    look(by_digest_, digest(person));
  return found;
}

std::string objection_text(std::string_view subject) {
  return "key\n" + folded(subject);
}

std::string objection_text(std::string_view ine, std::string_view birth) {
  if (trim(ine).empty() || trim(birth).empty()) return {};
  return "ine\n" + ascii_lower(trim(ine)) + "\n" + std::string(trim(birth));
}

bool is_rule_of_registers(std::string_view rule) {
  return rule == restriction_rule || rule == death_rule || rule == objection_rule;
}

std::string_view reason_of(Standing standing) {
  switch (standing) {
    case Standing::restricted:
      return "the entry is restricted (GDPR art. 18)";
    case Standing::died:
      return "this person died";
    case Standing::objected:
      return "this person objected (GDPR art. 21)";
    case Standing::follows:
      return "every pupil of this responsable died or objected";
  }
  return {};
}

}  // namespace entsync
