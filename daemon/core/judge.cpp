#include "judge.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unordered_set>

#include "demande.hpp"
#include "dn.hpp"
#include "ownership.hpp"
#include "person_registers.hpp"
#include "rollover.hpp"
#include "text.hpp"

namespace entsync {
namespace {

/// What one population loses and gains in a plan.
struct Losses {
  std::uint64_t create = 0;
  std::uint64_t modify = 0;
  std::uint64_t absent = 0;
  std::uint64_t suspend = 0;
  std::uint64_t erased = 0;
  std::uint64_t mail_lost = 0;
  std::uint64_t groups_created = 0;
  std::uint64_t groups_removed = 0;
  std::uint64_t members_lost = 0;
  std::uint64_t members_gained = 0;
};

std::uint64_t net(std::uint64_t lost, std::uint64_t gained) {
  return lost > gained ? lost - gained : 0;
}

std::uint64_t counted(const Losses& losses, Surprise surprise) {
  switch (surprise) {
    case Surprise::create:
      return losses.create;
    case Surprise::modify:
      return losses.modify;
    case Surprise::absent:
      return losses.absent;
    case Surprise::suspend:
      return losses.suspend;
    case Surprise::remove:
      return net(losses.groups_removed, losses.groups_created);
    case Surprise::erase:
      return losses.erased;
    case Surprise::mail_lost:
      return losses.mail_lost;
    case Surprise::member_lost:
      return net(losses.members_lost, losses.members_gained);
  }
  return 0;
}

std::uint64_t population_of(const Tally& before, Surprise surprise) {
  switch (surprise) {
    case Surprise::create:
      return std::max(before.persons, before.live);
    case Surprise::modify:
    case Surprise::absent:
    case Surprise::suspend:
    case Surprise::erase:
      return before.persons;
    case Surprise::remove:
      return before.groups;
    case Surprise::mail_lost:
      return before.mails;
    case Surprise::member_lost:
      return before.members;
  }
  return 0;
}

bool is_passed(std::uint64_t count, std::uint64_t population, const Limit& limit) {
  if (limit.absolute && count > *limit.absolute) return true;
  if (!limit.percent || population == 0 || count <= limit.floor) return false;
  return static_cast<double>(count) * 100.0 > *limit.percent * static_cast<double>(population);
}

std::uint64_t count_members(std::span<const std::string_view> values,
                            std::string_view placeholder) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(values, [&](std::string_view v) { return v != placeholder; }));
}

/// Of the values that are removed: a plan may hold a part of what the change was.
std::uint64_t count_ordered(const AttributeChange& attribute) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(attribute.removed, [&](std::string_view value) {
        return std::ranges::find(attribute.ordered, value) != attribute.ordered.end();
      }));
}

void add_change(Losses& losses, const Change& change, const JudgedAttributes& names) {
  const bool person = change.kind == EntryKind::person;
  switch (change.operation) {
    case Operation::create:
      if (person && !change.released) ++losses.create;
      if (change.kind != EntryKind::structure && !person) ++losses.groups_created;
      break;
    case Operation::modify:
    case Operation::restore:
      losses.modify += person ? 1 : 0;
      break;
    case Operation::absent:
      break;  // by its attributes: a later suspension is no second departure
    case Operation::remove:
      ++(person ? losses.erased : losses.groups_removed);
      break;
  }
  for (const AttributeChange& attribute : change.attributes) {
    if (change.operation == Operation::absent && !attribute.added.empty()) {
      losses.absent += equals_ignoring_case(attribute.attribute, names.absent_since) ? 1 : 0;
      losses.suspend += equals_ignoring_case(attribute.attribute, names.account_state) ? 1 : 0;
    }
    if (equals_ignoring_case(attribute.attribute, names.member)) {
      // Classes that are emptied between two years are filled again: the window announced it.
      if (change.rule == rollover_rule) continue;
      losses.members_lost +=
          count_members(attribute.removed, names.empty_member) - count_ordered(attribute);
      losses.members_gained += count_members(attribute.added, names.empty_member);
    } else if (equals_ignoring_case(attribute.attribute, names.mail) && person &&
               change.operation != Operation::remove && attribute.added.empty() &&
               !attribute.removed.empty()) {
      ++losses.mail_lost;
    }
  }
}

/// By people, and not by what a source says.
bool is_ordered(const Change& change) {
  return is_rule_of_registers(change.rule) || change.rule == end_by_request_rule;
}

using LossMap = std::map<std::string, Losses, std::less<>>;

class Judge {
 public:
  Judge(const Plan& plan, const Before& before, const JudgeLimits& limits,
        const JudgedAttributes& names)
      : before_(before), limits_(limits) {
    for (const Change& change : plan.changes) {
      if (is_ordered(change)) continue;
      add_change(run_, change, names);
      add_change(academies_[std::string(change.academie)], change, names);
      if (change.profil)
        add_change(profils_[std::string(to_string(*change.profil))], change, names);
      for (const std::string_view uai : change.schools) {
        add_change(schools_[std::string(uai)], change, names);
        if (change.profil)
          add_change(school_profils_[school_profil_key(uai, *change.profil)], change, names);
      }
    }
  }

  Verdict run() {
    check(HoldScope::run, {}, run_, before_.run, limits_.run);
    check_all(HoldScope::academie, academies_, before_.academies, limits_.academie);
    check_all(HoldScope::school, schools_, before_.schools, limits_.school);
    check_all(HoldScope::school, school_profils_, before_.school_profils, limits_.school_profil);
    check_all(HoldScope::profil, profils_, before_.profils, limits_.profil);
    return std::move(verdict_);
  }

 private:
  void check_all(HoldScope scope, const LossMap& losses,
                 const std::map<std::string, Tally, std::less<>>& before,
                 const LimitTable& limits) {
    for (const auto& [key, loss] : losses) {
      const auto tally = before.find(key);
      check(scope, key, loss, tally == before.end() ? Tally{} : tally->second, limits);
    }
  }

  void check(HoldScope scope, const std::string& key, const Losses& losses, const Tally& before,
             const LimitTable& limits) {
    for (const auto& [surprise, limit] : limits) {
      const std::uint64_t count = counted(losses, surprise);
      const std::uint64_t population = population_of(before, surprise);
      if (is_passed(count, population, limit))
        verdict_.holds.push_back({scope, key, surprise, count, population, limit});
    }
  }

  const Before& before_;
  const JudgeLimits& limits_;
  Losses run_;
  LossMap academies_;
  LossMap schools_;
  LossMap profils_;
  LossMap school_profils_;
  Verdict verdict_;
};

/// Divides a plan; see split().
class Splitter {
 public:
  Splitter(Plan&& plan, const std::function<bool(const Change&)>& waits,
           const JudgedAttributes& names)
      : names_(names), waits_(waits) {
    result_.held.files = plan.files;
    result_.held.id = plan.id;
    result_.held.created = plan.created;
    result_.held.fingerprint = plan.fingerprint;
    result_.go = std::move(plan);
  }

  SplitPlan run() {
    std::vector<Change> going;
    for (const Change& change : result_.go.changes) {
      if (!waits_(change)) {
        going.push_back(change);
        continue;
      }
      hold(change, change.attributes);
      if (change.operation == Operation::create) waiting_.insert(dn::normalise(change.dn));
      if (change.kind == EntryKind::person) people_.insert(dn::normalise(change.dn));
      if (is_departure(change)) departing_.insert(dn::normalise(change.dn));
    }
    result_.go.changes.clear();
    for (const Change& change : going) keep_what_can_go(change);
    order(result_.held);
    return std::move(result_);
  }

 private:
  void hold(const Change& change, std::span<const AttributeChange> attributes) {
    Plan& held = result_.held;
    Change copy = change;
    copy.dn = held.store(change.dn);
    copy.subject = held.store(change.subject);
    copy.csn = held.store(change.csn);
    copy.identifiant = held.store(change.identifiant);
    copy.login = held.store(change.login);
    copy.rule = held.intern(change.rule);
    copy.academie = held.intern(change.academie);
    copy.note = held.intern(change.note);
    copy.approver = held.intern(change.approver);
    std::vector<std::string_view> uais;
    for (const std::string_view uai : change.schools) uais.push_back(held.intern(uai));
    copy.schools = held.store_views(uais);
    std::vector<AttributeChange> copies;
    for (const AttributeChange& attribute : attributes) {
      AttributeChange a = attribute;
      a.attribute = held.intern(attribute.attribute);
      a.removed = held.store(attribute.removed);
      a.added = held.store(attribute.added);
      a.ordered = held.store(attribute.ordered);
      copies.push_back(a);
    }
    copy.attributes = held.store(std::span<const AttributeChange>(copies));
    held.changes.push_back(copy);
  }

  using Dns = std::unordered_set<std::string>;

  static bool leads_to(const Dns& dns, std::string_view value) {
    if (dns.empty()) return false;
    std::string_view dn = value;
    if (const std::size_t dollar = value.find('$'); dollar != std::string_view::npos)
      dn = value.substr(0, dollar);
    return dn.find('=') != std::string_view::npos && dns.contains(dn::normalise(dn));
  }

  static bool is_departure(const Change& change) {
    return change.kind == EntryKind::person &&
           (change.operation == Operation::absent || change.operation == Operation::remove);
  }
  [[nodiscard]] bool is_member(const AttributeChange& attribute) const {
    return equals_ignoring_case(attribute.attribute, names_.member);
  }
  [[nodiscard]] bool comes_later(const AttributeChange& attribute, std::string_view value) const {
    return leads_to(waiting_, value) || (is_member(attribute) && leads_to(people_, value));
  }
  [[nodiscard]] bool leaves_later(const AttributeChange& attribute, std::string_view value) const {
    if (attribute.replace) return false;
    return leads_to(departing_, value) || (is_member(attribute) && leads_to(people_, value));
  }

  void keep_what_can_go(const Change& change) {
    Plan& go = result_.go;
    const auto has_waiting = [&](const AttributeChange& a) {
      return std::ranges::any_of(a.added, [&](auto v) { return comes_later(a, v); }) ||
             std::ranges::any_of(a.removed, [&](auto v) { return leaves_later(a, v); });
    };
    if (std::ranges::none_of(change.attributes, has_waiting)) {
      go.changes.push_back(change);
      return;
    }
    if (change.operation == Operation::remove) {
      hold(change, change.attributes);
      return;
    }
    std::vector<AttributeChange> kept;
    std::vector<AttributeChange> held;
    for (const AttributeChange& attribute : change.attributes)
      divide(attribute, change, kept, held);
    Change rest = change;
    rest.attributes = go.store(std::span<const AttributeChange>(kept));
    if (!kept.empty()) go.changes.push_back(rest);
    Change part = change;
    part.operation = Operation::modify;
    part.wave = std::max(change.wave, wave::modify);
    part.csn = {};  // the entry will have moved on by our own hand
    part.identifiant = {};
    part.login = {};
    hold(part, held);
  }

  void divide(const AttributeChange& attribute, const Change& change,
              std::vector<AttributeChange>& kept, std::vector<AttributeChange>& held) {
    Values go_added;
    Values held_added;
    for (const std::string_view v : attribute.added)
      (comes_later(attribute, v) ? held_added : go_added).push_back(v);
    Values go_removed;
    Values held_removed;
    for (const std::string_view v : attribute.removed)
      (leaves_later(attribute, v) ? held_removed : go_removed).push_back(v);
    if (held_added.empty() && held_removed.empty()) {
      kept.push_back(attribute);
      return;
    }
    const bool is_create = change.operation == Operation::create;
    // An attribute may take one value only: what comes waits for what leaves.
    if (!is_member(attribute) && !held_removed.empty() && !go_added.empty()) {
      held.push_back(attribute);
      return;
    }
    // A group needs a member: whoever leaves stays until one of those who come is there.
    if (is_member(attribute) && !is_create && !held_added.empty() && go_added.empty()) {
      held.push_back(attribute);
      return;
    }
    if (attribute.replace) {
      held_removed = go_added;
      held_added.assign(attribute.added.begin(), attribute.added.end());
    } else if (is_member(attribute) && is_create && go_added.empty()) {
      go_added.push_back(names_.empty_member);
      held_removed.push_back(names_.empty_member);
    } else if (is_member(attribute) && !held_removed.empty() &&
               std::erase(go_added, names_.empty_member) != 0) {
      held_added.push_back(names_.empty_member);  // the group is not empty yet
    }
    AttributeChange go = attribute;
    go.added = result_.go.store(std::span<const std::string_view>(go_added));
    go.removed = result_.go.store(std::span<const std::string_view>(go_removed));
    if (!go.added.empty() || !go.removed.empty()) kept.push_back(go);
    AttributeChange wait = attribute;
    wait.removed = result_.go.store(std::span<const std::string_view>(held_removed));
    wait.added = result_.go.store(std::span<const std::string_view>(held_added));
    held.push_back(wait);
  }

  using Values = std::vector<std::string_view>;

  const JudgedAttributes& names_;
  const std::function<bool(const Change&)>& waits_;
  SplitPlan result_;
  Dns waiting_;    ///< that only the held part creates
  Dns people_;     ///< of persons whose own change waits
  Dns departing_;  ///< of those among them whose absence or deletion waits
};

}  // namespace

std::string_view to_string(HoldScope scope) {
  switch (scope) {
    case HoldScope::run:
      return "run";
    case HoldScope::academie:
      return "academie";
    case HoldScope::school:
      return "school";
    case HoldScope::profil:
      return "profil";
  }
  return "?";
}

std::string to_string(const Hold& hold) {
  std::string text(to_string(hold.scope));
  if (!hold.key.empty()) text += " " + hold.key;
  text += ": " + std::string(to_string(hold.surprise)) + " " + std::to_string(hold.count) + " of " +
          std::to_string(hold.population);
  const auto percent = [](double value) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.1f %%", value);
    return std::string(buffer.data());
  };
  if (hold.population != 0)
    text +=
        " (" +
        percent(100.0 * static_cast<double>(hold.count) / static_cast<double>(hold.population)) +
        ")";
  text += ", limit";
  if (hold.limit.percent)
    text += " " + percent(*hold.limit.percent) + " above " + std::to_string(hold.limit.floor);
  if (hold.limit.absolute) text += " absolute " + std::to_string(*hold.limit.absolute);
  if (!hold.season.empty()) text += " of the season " + hold.season;
  return text;
}

HeldChanges::HeldChanges(const Verdict& verdict) {
  for (const Hold& hold : verdict.holds) {
    switch (hold.scope) {
      case HoldScope::run:
        everything_ = true;
        break;
      case HoldScope::academie:
        academies_.insert(hold.key);
        break;
      case HoldScope::school:
        // One profile too many holds the whole school.
        schools_.insert(hold.key.substr(0, hold.key.find('/')));
        break;
      case HoldScope::profil:
        profils_.insert(hold.key);
        break;
    }
  }
}

bool HeldChanges::contains(const Change& change) const {
  if (is_ordered(change)) return false;
  return everything_ || academies_.contains(change.academie) ||
         (change.profil && profils_.contains(to_string(*change.profil))) ||
         (!schools_.empty() && std::ranges::any_of(change.schools, [&](std::string_view uai) {
           return schools_.contains(uai);
         }));
}

bool Verdict::holds_change(const Change& change) const {
  return HeldChanges(*this).contains(change);
}

Verdict judge(const Plan& plan, const Before& before, const JudgeLimits& limits,
              const JudgedAttributes& attributes) {
  return Judge(plan, before, limits, attributes).run();
}

Verdict judge(const Plan& plan, const Before& before, const JudgeLimits& ordinary,
              const std::vector<LimitSeason>& seasons, Date day,
              const JudgedAttributes& attributes) {
  const LimitSeason* season = season_on(seasons, day);
  if (season == nullptr) return judge(plan, before, ordinary, attributes);
  Verdict verdict = judge(plan, before, season->limits, attributes);
  verdict.season = season->str();
  for (Hold& hold : verdict.holds) hold.season = verdict.season;
  return verdict;
}

SplitPlan split(Plan&& plan, const Verdict& verdict, const JudgedAttributes& attributes) {
  const HeldChanges held(verdict);
  return split_by(
      std::move(plan), [&held](const Change& change) { return held.contains(change); }, attributes);
}

SplitPlan split_by(Plan&& plan, const std::function<bool(const Change&)>& waits,
                   const JudgedAttributes& attributes) {
  return Splitter(std::move(plan), waits, attributes).run();
}

}  // namespace entsync
