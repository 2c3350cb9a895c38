#pragma once
/// What the registers of persons say, as values for the matching and the planner: whose entry is
/// restricted (GDPR art. 18), who objected (art. 21), who died (loi 78-17, art. 84–85). A
/// restriction stops everything, our own updates and our own deletions too; who objected or died
/// is to the directory as if no delivery named him, and an account that is there comes to its end.
/// The list of objections holds no key in the clear: it is looked into with keyed digests.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "date.hpp"

namespace entsync {

/// What holds for somebody. Of several the first one of this order.
enum class Standing : std::uint8_t {
  restricted,
  died,
  objected,
  follows,  ///< a responsable all of whose pupils died or objected; never of the registers
};

/// Whether the account of somebody who died may be deleted.
enum class Deletion : std::uint8_t {
  unconfirmed,  ///< two different people have to say so
  confirmed,
  kept,  ///< the directives of the person want it kept
};

struct RegisteredPerson {
  Standing standing = Standing::restricted;
  Date since;  ///< day of the restriction, the death, or the objection's acceptance
  Deletion deletion = Deletion::confirmed;
};

class PersonRegisters {
 public:
  /// Digest of a text under the secret key of the objections (HMAC-SHA-256, in hexadecimal). Needed
  /// as soon as there is an objection.
  std::function<std::string(std::string_view text)> digest;

  /// `subject` is a key, "AC-X/Eleve/123".
  void add_restriction(std::string subject, Date since);
  void add_death(std::string subject, Date died, Deletion deletion);
  /// `key` is the digest of objection_text(subject), `person` that of objection_text(ine, birth),
  /// or empty. An objection that is still examined restricts.
  void add_objection(std::string key, const std::string& person, Date since, bool is_examined);

  [[nodiscard]] bool empty() const { return by_subject_.empty() && by_digest_.empty(); }
  [[nodiscard]] bool has_objections() const { return !by_digest_.empty(); }
  /// What holds for the person with this key; nullptr for nearly everybody. INE and birth date may
  /// be empty.
  [[nodiscard]] const RegisteredPerson* find(std::string_view subject, std::string_view ine,
                                             std::string_view birth) const;

 private:
  using Persons = std::map<std::string, RegisteredPerson, std::less<>>;
  static void put(Persons& to, std::string key, RegisteredPerson person);

  Persons by_subject_;  ///< keys with their académie in lower case
  Persons by_digest_;
};

/// What the digests are made of. The second one is empty when either is not known.
std::string objection_text(std::string_view subject);
std::string objection_text(std::string_view ine, std::string_view birth);

/// Rules of the changes that the registers order. They are no surprise, and wait for nothing.
inline constexpr std::string_view restriction_rule = "entsync:restriction";
inline constexpr std::string_view death_rule = "entsync:death";
inline constexpr std::string_view objection_rule = "entsync:objection";
bool is_rule_of_registers(std::string_view rule);

/// Why somebody is left out of the directory, or left as he is: one sentence.
std::string_view reason_of(Standing standing);

}  // namespace entsync
