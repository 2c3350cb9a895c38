#pragma once
/// Identifiers and logins for new accounts: given once, never changed, never given to somebody
/// else, unique over the present (the directory) and the past (the ledger). No password is ever
/// made.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "match.hpp"

namespace entsync {

/// An identifier and a login, given once to the person with this key.
struct Identity {
  std::string subject;  ///< Jointure::str(), "AC-X/Eleve/123"
  std::string identifiant;
  std::string login;  ///< lower case; may be empty for entries that were there before us
  /// A run that was let through gave it: what it did not get to is no surprise to the next one.
  bool released = false;
  bool operator==(const Identity&) const = default;
};

/// A pupil whose account is about to be deleted, and what will tell him again.
struct Departing {
  std::string subject;
  std::string ine;
  std::string birth;
};

struct IdentitySettings {
  std::string prefix = "e";       ///< one to four lower-case letters before the counter
  std::size_t login_length = 40;  ///< longest login without its number
  bool operator==(const IdentitySettings&) const = default;
};

/// What the ledger remembers of the past.
struct IdentityMemory {
  std::function<std::optional<Identity>(std::string_view subject)> find_subject{};
  /// The identifier of somebody who is gone: by key, then by INE and birth date, which may be
  /// empty. May be left out.
  std::function<std::optional<std::string>(std::string_view subject, std::string_view ine,
                                           std::string_view birth)>
      find_gone{};
  /// By anybody, present or past, but who is gone and had this identifier.
  std::function<bool(std::string_view login, std::string_view identifiant)> login_taken{};
  std::uint64_t highest_number = 0;  ///< of identifiers with the prefix
};

/// `prenom.nom` in ASCII letters and digits, each part cut so that the whole has at most `length`
/// characters; the name alone when there is no first name; "compte" when nothing is left of either.
std::string login_base(std::string_view prenom, std::string_view nom, std::size_t length);

struct Identities {
  /// At the index of the person; empty for those who have an entry or are left alone.
  std::vector<std::optional<Identity>> of_person;
  /// Persons whose identifier is in the directory, on an entry that no longer carries their key.
  std::vector<ReviewItem> review;
};

/// Identities for the persons of the population that have no entry, are not ambiguous and in no
/// register, in the order of their keys. The same persons get the same identities, in whatever
/// order the delivery names them. Somebody the ledger knows gets his own back.
Identities give_identities(const Population& population, const Matched& matched,
                           const DirectorySnapshot& snapshot, const Rules& rules,
                           const IdentitySettings& settings, const IdentityMemory& memory);

}  // namespace entsync
