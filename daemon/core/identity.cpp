#include "identity.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "text.hpp"

namespace entsync {
namespace {

/// Digits of a new identifier; more are used when the counter needs them.
constexpr std::size_t identifier_digits = 8;

std::optional<std::uint64_t> number_after(std::string_view prefix, std::string_view identifiant) {
  if (!identifiant.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = identifiant.substr(prefix.size());
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return n;
}

std::string identifier(std::string_view prefix, std::uint64_t n) {
  std::string digits = std::to_string(n);
  if (digits.size() < identifier_digits) digits.insert(0, identifier_digits - digits.size(), '0');
  return std::string(prefix) + digits;
}

/// What of somebody's record makes an identity, or tells him again.
struct Described {
  std::string_view prenom, nom;
  std::string_view ine, birth;  ///< of a pupil
};

Described described(const Person& person, const Rules& rules) {
  const FeedRecord& record = person.record;
  const bool is_pupil = record.category() == Category::eleve && rules.feed.ine;
  return {record.first(rules.feed.prenom), record.first(rules.feed.nom),
          is_pupil ? record.first(*rules.feed.ine) : std::string_view(),
          is_pupil ? record.first(rules.feed.date_naissance) : std::string_view()};
}

class Giver {
 public:
  Giver(const DirectorySnapshot& snapshot, const Rules& rules, const IdentitySettings& settings,
        const IdentityMemory& memory)
      : settings_(settings), memory_(memory), next_(memory.highest_number + 1) {
    for (EntryIndex e = 0; e < snapshot.size(); ++e) {
      const SnapshotEntry entry = snapshot.entry(e);
      if (entry.branch() != Branch::people) continue;
      const std::string_view login = entry.first(rules.names.login);
      if (!login.empty()) logins_.insert(case_fold(login));
      const std::string_view id = entry.first(rules.names.identifiant);
      std::string lower = ascii_lower(id);  // uid is compared by caseIgnoreMatch
      if (const auto n = number_after(settings.prefix, lower)) next_ = std::max(next_, *n + 1);
      identifiants_.insert(std::move(lower));
    }
  }

  /// Nothing when the identifier that the subject once got is on an entry that is not his any more.
  std::optional<Identity> give(std::string subject, const Described& person) {
    const auto known = memory_.find_subject(subject);
    if (!known) return give_anew(std::move(subject), person);
    // Two keys may have one account behind them; it is made once.
    if (!identifiants_.insert(ascii_lower(known->identifiant)).second) return std::nullopt;
    const bool same_login = !known->login.empty() && logins_.insert(case_fold(known->login)).second;
    return Identity{std::move(subject), known->identifiant,
                    same_login ? known->login : free_login(person), known->released};
  }

 private:
  /// To somebody without an identity: a new one, or the one that he had.
  std::optional<Identity> give_anew(std::string subject, const Described& person) {
    std::optional<std::string> gone;
    if (memory_.find_gone) gone = memory_.find_gone(subject, person.ine, person.birth);
    if (!gone) return Identity{std::move(subject), free_identifier(), free_login(person)};
    if (!identifiants_.insert(ascii_lower(*gone)).second) return std::nullopt;
    std::string login = login_again(person, *gone);
    return Identity{std::move(subject), std::move(*gone), std::move(login)};
  }

  std::string free_identifier() {
    for (;;) {
      std::string id = identifier(settings_.prefix, next_++);
      if (!identifiants_.contains(id)) return id;
    }
  }

  /// The former login of who comes again, unless another name makes another one.
  std::string login_again(const Described& person, std::string_view identifiant) {
    const std::string base = login_base(person.prenom, person.nom, settings_.login_length);
    for (unsigned n = 0;; ++n) {
      std::string login = numbered(base, n);
      if (logins_.contains(login) || memory_.login_taken(login, identifiant)) continue;
      logins_.insert(login);
      return login;
    }
  }

  static std::string numbered(const std::string& base, unsigned n) {
    return n == 0 ? base : base + std::to_string(n + 1);
  }

  std::string free_login(const Described& person) {
    const std::string base = login_base(person.prenom, person.nom, settings_.login_length);
    unsigned& n = next_suffix_[base];  // 300 homonyms would otherwise cost 300²/2 look-ups
    for (;; ++n) {
      std::string login = numbered(base, n);
      if (logins_.contains(login) || memory_.login_taken(login, {})) continue;
      logins_.insert(login);
      ++n;
      return login;
    }
  }

  const IdentitySettings& settings_;
  const IdentityMemory& memory_;
  std::uint64_t next_;
  std::unordered_set<std::string> logins_;
  std::unordered_set<std::string> identifiants_;
  std::unordered_map<std::string, unsigned> next_suffix_;
};

/// Persons who get an entry, in order of académie, category and id.
std::vector<PersonIndex> newcomers_of(const Population& population, const Matched& matched) {
  std::vector<PersonIndex> list;
  for (PersonIndex p = 0; p < population.persons().size(); ++p)
    if (matched.entry_of(p) == no_entry && !matched.is_ambiguous(p) &&
        matched.registered_person(p) == nullptr)
      list.push_back(p);
  std::ranges::sort(list, [&](PersonIndex a, PersonIndex b) {
    const Person& x = population.persons()[a];
    const Person& y = population.persons()[b];
    if (x.feed != y.feed) return x.feed < y.feed;
    if (x.record.category() != y.record.category())
      return x.record.category() < y.record.category();
    return precedes(x.record.id(), y.record.id());
  });
  return list;
}

}  // namespace

std::string login_base(std::string_view prenom, std::string_view nom, std::size_t length) {
  std::string first = ascii_letters(prenom);
  std::string last = ascii_letters(nom);
  if (first.empty() && last.empty()) return "compte";
  if (first.empty() || last.empty()) return (first + last).substr(0, length);
  const std::size_t room = length > 3 ? length - 1 : 2;
  if (first.size() + last.size() > room) {
    first.resize(std::min(first.size(), std::max(room / 2, room - std::min(room, last.size()))));
    last.resize(std::min(last.size(), room - first.size()));
  }
  return first + "." + last;
}

Identities give_identities(const Population& population, const Matched& matched,
                           const DirectorySnapshot& snapshot, const Rules& rules,
                           const IdentitySettings& settings, const IdentityMemory& memory) {
  Identities identities;
  identities.of_person.resize(population.persons().size());
  const std::vector<PersonIndex> newcomers = newcomers_of(population, matched);
  if (newcomers.empty()) return identities;  // reading all logins is only worth it for somebody new
  Giver giver(snapshot, rules, settings, memory);
  for (const PersonIndex p : newcomers) {
    const Person& person = population.persons()[p];
    std::string subject = subject_key(population, person);
    identities.of_person[p] = giver.give(subject, described(person, rules));
    if (!identities.of_person[p])
      identities.review.push_back(
          {std::move(subject), {}, "its identifier is on an entry that no longer carries its key"});
  }
  return identities;
}

}  // namespace entsync
