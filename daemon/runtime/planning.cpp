#include "planning.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <iterator>

#include "core/fingerprint.hpp"
#include "core/scoped_plan.hpp"
#include "core/text.hpp"
#include "digest/sha256.hpp"
#include "instant.hpp"
#include "rectifications.hpp"
#include "rights.hpp"
#include "run_on.hpp"

namespace entsync {
namespace {

/// Look-ups that fail stop the planning; the callbacks of IdentityMemory have no other way out.
struct LedgerFailed {
  Problems problems;
};

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw LedgerFailed{result.error()};
  return std::move(*result);
}

IdentityMemory memory_of(Ledger& ledger, const std::string& prefix) {
  IdentityMemory memory;
  const bool empty = value_or_throw(ledger.identity_count()) == 0;
  // An empty ledger need not be asked 300 000 times.
  memory.find_subject = [&ledger, empty](std::string_view subject) -> std::optional<Identity> {
    if (empty) return std::nullopt;
    return value_or_throw(ledger.find_subject(subject));
  };
  memory.find_gone = [&ledger, empty](std::string_view subject, std::string_view ine,
                                      std::string_view birth) -> std::optional<std::string> {
    if (empty) return std::nullopt;
    return value_or_throw(ledger.find_gone(subject, ine, birth));
  };
  memory.login_taken = [&ledger, empty](std::string_view login, std::string_view identifiant) {
    return !empty && value_or_throw(ledger.login_taken(login, identifiant));
  };
  memory.highest_number = value_or_throw(ledger.highest_number(prefix));
  return memory;
}

/// In what the memory differs from the directory.
struct MemoryGap {
  std::vector<Identity> adopted;
  std::vector<Identity> joined;
  std::vector<std::string> gone;
};

/// Whether the ledger knows the account of an entry under another of its keys.
Result<bool> is_known_account(const Population& population, const Matched& matched, EntryIndex e,
                              const std::string& identifiant, Ledger& ledger) {
  for (const auto& [entry, key] : matched.keys_of(e)) {
    const Jointure other{population.feed(key.feed).academie(), key.category, std::string(key.id)};
    const auto known = ledger.find_subject(other.str());
    if (!known) return known.error();
    if (*known && equals_ignoring_case((**known).identifiant, identifiant)) return true;
  }
  return false;
}

/// Keys that the ledger knows and nobody delivers, by whether their identifier is anywhere.
class GoneSearch {
 public:
  /// Hashes: 8 bytes a person instead of texts. Two that collide are one less to be found, no more.
  using Hashes = boost::unordered_flat_set<std::size_t>;

  Result<void> look_for(const Hashes& undelivered, Ledger& ledger) {
    const std::hash<std::string_view> hash;
    std::vector<std::string> subjects;
    auto read = ledger.for_each_subject([&](std::string_view subject) {
      if (undelivered.contains(hash(subject))) subjects.emplace_back(subject);
    });
    if (!read) return read;
    for (std::string& subject : subjects) {
      auto identity = ledger.find_subject(subject);
      if (!identity) return identity.error();
      if (*identity)
        by_identifiant_[ascii_lower((**identity).identifiant)].push_back(std::move(subject));
    }
    return {};
  }

  std::vector<std::string> run(const DirectorySnapshot& snapshot, const Rules& rules) {
    for (EntryIndex e = 0; e < snapshot.size() && !by_identifiant_.empty(); ++e) {
      const SnapshotEntry entry = snapshot.entry(e);
      if (entry.branch() == Branch::people)
        by_identifiant_.erase(ascii_lower(entry.first(rules.names.identifiant)));
    }
    std::vector<std::string> gone;
    for (auto& [identifiant, subjects] : by_identifiant_)
      std::ranges::move(subjects, std::back_inserter(gone));
    std::ranges::sort(gone);
    return gone;
  }

 private:
  boost::unordered_flat_map<std::string, std::vector<std::string>> by_identifiant_;
};

/// Accounts that were there before us have identifiers and logins too: they are remembered, so that
/// they are never given to somebody else after they are gone. So are new keys of known accounts.
Result<MemoryGap> gap_of_memory(const Population& population, const Matched& matched,
                                const DirectorySnapshot& snapshot, const Rules& rules,
                                Ledger& ledger, const Scope& scope) {
  GoneSearch::Hashes known;
  const std::hash<std::string_view> hash;
  auto read =
      ledger.for_each_subject([&](std::string_view subject) { known.insert(hash(subject)); });
  if (!read) return read.error();
  MemoryGap found;
  GoneSearch::Hashes undelivered = known;
  for (PersonIndex p = 0; p < population.persons().size(); ++p) {
    const EntryIndex e = matched.entry_of(p);
    std::string subject = subject_key(population, population.persons()[p]);
    const std::size_t hashed = hash(subject);
    undelivered.erase(hashed);
    if (e == no_entry || known.contains(hashed)) continue;
    const SnapshotEntry entry = snapshot.entry(e);
    Identity identity{std::move(subject), std::string(entry.first(rules.names.identifiant)),
                      std::string(entry.first(rules.names.login))};
    const auto is_known = is_known_account(population, matched, e, identity.identifiant, ledger);
    if (!is_known) return is_known.error();
    (*is_known ? found.joined : found.adopted).push_back(std::move(identity));
  }
  if (!scope.is_everything() || undelivered.empty()) return found;
  GoneSearch search;
  if (auto looked = search.look_for(undelivered, ledger); !looked) return looked.error();
  found.gone = search.run(snapshot, rules);
  return found;
}

/// By all their keys.
std::vector<Departing> departing_of(const Population& population, const Model& model,
                                    const DirectorySnapshot& snapshot, const Rules& rules) {
  std::vector<Departing> departing;
  if (!model.ends.erases() || !rules.feed.ine) return departing;
  const TargetAttribute ine = rules.kept_in(Profil::eleve, *rules.feed.ine);
  const TargetAttribute birth = rules.kept_in(Profil::eleve, rules.feed.date_naissance);
  if (ine == TargetVocabulary::npos || birth == TargetVocabulary::npos) return departing;
  for (const EntryIndex e : model.ends.entries()) {
    if (!model.ends.is_erased(e)) continue;
    const SnapshotEntry entry = snapshot.entry(e);
    for (const auto& [_, key] : model.matched.keys_of(e))
      if (key.category == Category::eleve)
        departing.push_back(
            {Jointure{population.feed(key.feed).academie(), key.category, std::string(key.id)}
                 .str(),
             std::string(entry.first(ine)), std::string(entry.first(birth))});
  }
  return departing;
}

/// Objections whose record has an INE and a birth date that are not in the list yet.
std::vector<LearnedPerson> learned_of(const Population& population,
                                      const std::vector<PersonIndex>& persons, const Rules& rules,
                                      const LoadedRegisters& registers) {
  std::vector<LearnedPerson> learned;
  if (!registers.values.has_objections() || !rules.feed.ine) return learned;
  for (const PersonIndex p : persons) {
    const FeedRecord& record = population.persons()[p].record;
    if (record.category() != Category::eleve) continue;
    const std::string text =
        objection_text(record.first(*rules.feed.ine), record.first(rules.feed.date_naissance));
    if (text.empty()) continue;
    const std::string key =
        registers.values.digest(objection_text(subject_key(population, population.persons()[p])));
    for (const RegisterEntry& entry : registers.entries)
      if (entry.which == Register::objection && entry.subject == key && entry.person.empty())
        learned.push_back({key, registers.values.digest(text)});
  }
  return learned;
}

/// Today for each feed. The clock of an account's end runs although nobody delivers; a delivery of
/// a day to come is ahead of it.
std::vector<Date> days_of(const Population& population, bool by_delivery_day) {
  std::vector<Date> days;
  for (FeedIndex f = 0; f < population.feed_count(); ++f) {
    const Date delivered = population.feed(f).date();
    days.push_back(by_delivery_day ? delivered : std::max(delivered, today()));
  }
  return days;
}

/// The planner's result inside the scope, with everything that comes from outside the core, and the
/// verdict.
Result<Planning> judged_plan(const config::Configuration& configuration, const Inputs& inputs,
                             const Model& model, PlannerResult result, const std::string& run,
                             const Scope& scope) {
  const PlannerInput input = planner_input(configuration, inputs, model);
  if (Problems unknown = check_scope(scope, input); unknown.has_errors()) return unknown;
  result.plan = within(std::move(result.plan), scope, input);
  result.pending = within(std::move(result.pending), scope, input);
  if (Problems bugs = check_plan(result.plan); bugs.has_errors()) return bugs;
  Planning planning;
  planning.plan = std::move(result.plan);
  planning.before = inputs.before ? *inputs.before : std::move(result.before);
  planning.review = std::move(result.review);
  planning.problems = std::move(result.problems);
  planning.counts = inputs.population.counts();
  planning.persons = inputs.population.persons().size();
  planning.schools = inputs.population.ecoles().size();
  planning.absent_already = result.absent_already;
  planning.unknown = model.absences.count(Presence::unknown);
  planning.pending = std::move(result.pending);
  planning.objected = result.objected;
  planning.died = result.died;
  planning.learned = model.learned;
  planning.departing = departing_of(inputs.population, model, inputs.snapshot, configuration.rules);
  planning.outside = model.absences.count(Presence::outside);
  planning.plan.id = run;
  planning.plan.created = now_rfc3339();
  planning.plan.fingerprint = {sha256_hex(deliveries_text(planning.plan.files)),
                               shaping_fingerprint(configuration, model.registers),
                               sha256_hex(directory_text(planning.plan))};
  const config::Settings& settings = configuration.settings;
  // A delivery that is dated ahead does not bring the limits of a coming season with it.
  const std::vector<Date> days = days_of(inputs.population, settings.absence.by_delivery_day);
  planning.verdict = judge(planning.plan, planning.before, settings.limits, settings.seasons,
                           *std::ranges::min_element(days), judged_attributes(configuration.rules));
  return planning;
}

}  // namespace

JudgedAttributes judged_attributes(const Rules& rules) {
  return {rules.target.name(rules.names.mail), rules.target.name(rules.names.member),
          rules.empty_group_member, rules.target.name(rules.names.absent_since),
          rules.target.name(rules.names.account_state)};
}

std::string rules_fingerprint(const config::Configuration& configuration) {
  return sha256_hex(configuration.rules.digest + "\n" + configuration.registry.digest + "\n" +
                    config::shaping_text(configuration.settings));
}

std::string shaping_fingerprint(const config::Configuration& configuration,
                                const std::string& registers) {
  const std::string rules = rules_fingerprint(configuration);
  return registers.empty() ? rules : sha256_hex(rules + "\n" + registers);
}

std::string delivery_digest(std::span<const SourceFile> files, std::string_view academie) {
  std::vector<SourceFile> own;
  for (const SourceFile& file : files)
    if (file.academie == academie) own.push_back(file);
  return sha256_hex(deliveries_text(own));
}

Result<Model> make_model(const config::Configuration& configuration, const Inputs& inputs,
                         Ledger& ledger) {
  const Rules& rules = configuration.rules;
  const Population& population = inputs.population;
  const auto taken = ledger.decisions();
  if (!taken) return taken.error();
  const auto registers = load_registers(configuration.settings, ledger);
  if (!registers) return registers.error();
  Matched matched =
      Matched::make(population, inputs.snapshot, rules, decisions_of(*taken), registers->values);
  Identities identities;
  try {
    identities = give_identities(population, matched, inputs.snapshot, rules,
                                 configuration.settings.identifiers,
                                 memory_of(ledger, configuration.settings.identifiers.prefix));
  } catch (const LedgerFailed& failed) {
    return failed.problems;
  }
  const AbsenceSettings& settings = configuration.settings.absence;
  const std::vector<Date> days = days_of(population, settings.by_delivery_day);
  Absences absences =
      Absences::decide(population, matched, inputs.snapshot, rules, configuration.registry,
                       frozen_feeds(population, settings, days),
                       Rollover::of(population, settings.rollovers_of_academie));
  AccountEnds ends =
      AccountEnds::decide(population, matched, absences, inputs.snapshot, rules, settings, days);
  const std::vector<PersonIndex> matched_pupils = matched.registered_persons();
  return Model{std::move(matched),     std::move(identities),
               std::move(absences),    std::move(ends),
               registers->fingerprint, learned_of(population, matched_pupils, rules, *registers)};
}

PlannerInput planner_input(const config::Configuration& configuration, const Inputs& inputs,
                           const Model& model) {
  return {inputs.population,
          model.matched,
          model.identities,
          model.absences,
          model.ends,
          inputs.snapshot,
          configuration.rules,
          configuration.registry,
          configuration.settings.tree,
          configuration.settings.absence};
}

asio::awaitable<Result<Planning>> make_planning(Context& context, const Inputs& inputs,
                                                Ledger& ledger, const std::string& run,
                                                const Scope& scope) {
  using namespace asio::experimental::awaitable_operators;
  const config::Configuration& configuration = context.config;
  auto modelling = [&] { return make_model(configuration, inputs, ledger); };
  auto model = co_await run_on(context.workers, std::move(modelling));
  if (!model) co_return model.error();

  std::optional<Survey> survey;
  auto prepare = [&] {
    survey.emplace(planner_input(configuration, inputs, *model));
    return true;
  };
  co_await run_on(context.workers, std::move(prepare));
  std::atomic<std::size_t> block{0};
  auto look = [&] {
    survey->take_part([&block] { return block++; });
    return true;
  };
  auto look_too = look;
  auto remembering = [&] {
    return gap_of_memory(inputs.population, model->matched, inputs.snapshot, configuration.rules,
                         ledger, scope);
  };
  auto [found, first, second] = co_await (run_on(context.workers, std::move(remembering)) &&
                                          run_on(context.workers, std::move(look)) &&
                                          run_on(context.workers, std::move(look_too)));
  if (!found) co_return found.error();

  auto planning = [&]() -> Result<Planning> {
    auto sights = look_at_rectifications(survey->input(), survey->deriver(), ledger);
    auto judged = judged_plan(configuration, inputs, *model, make_plan(*survey), run, scope);
    if (!judged) return judged;
    // Tickets that cannot be looked at stop no run.
    if (sights)
      judged->rectifications = std::move(*sights);
    else
      judged->problems.append(sights.error());
    return judged;
  };
  auto result = co_await run_on(context.workers, std::move(planning));
  if (!result) co_return result.error();
  result->adopted = std::move(found->adopted);
  result->joined = std::move(found->joined);
  result->gone = std::move(found->gone);
  result->matched = std::move(model->matched);
  co_return result;
}

}  // namespace entsync
