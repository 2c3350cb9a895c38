#pragma once
/// The part of a region that somebody asks to have synchronised: one person, one class, one school,
/// one académie, one profile, or what several of these have in common. A value without any of them
/// is everything. It says who is meant; what that means for a plan is within()'s.

#include <optional>
#include <set>
#include <string>

#include "category.hpp"
#include "problem.hpp"
#include "uai.hpp"

namespace entsync {

struct Scope {
  struct Classe {
    Uai school;
    std::string id;  ///< of a class or of a group of pupils
    bool operator==(const Classe&) const = default;
  };

  std::optional<Jointure> person;
  std::optional<Classe> classe;
  std::optional<Uai> school;
  std::string academie;  ///< source name; empty for any
  std::optional<Profil> profil;

  [[nodiscard]] bool is_everything() const { return *this == Scope{}; }
  bool operator==(const Scope&) const = default;
};

inline const Scope everything;

/// A scope as people type it; empty text is not given.
struct ScopeText {
  std::string person = {};  ///< "AC-X/Eleve/123"
  std::string classe = {};  ///< "0310001H/73196"
  std::string school = {};  ///< UAI
  std::string academie = {};
  std::string profil = {};
};

/// Every mistake is told; text that names nothing is one.
Result<Scope> parse_scope(const ScopeText& text);

/// Whether the scope cannot mean anybody who is in none of these schools (UAIs): it names one of
/// them, or a class of one.
bool is_within(const Scope& scope, const std::set<std::string>& schools);

/// "class 0310001H/73196, profile eleve"; "everything" without any part.
std::string to_string(const Scope& scope);

}  // namespace entsync
