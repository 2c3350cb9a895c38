#include "scoped_inputs.hpp"

#include <algorithm>

#include "connectors/aaf/delivery.hpp"
#include "connectors/aaf/part_reader.hpp"
#include "core/part_closure.hpp"
#include "core/scoped_plan.hpp"
#include "core/snapshot_attributes.hpp"
#include "delivery_marks.hpp"
#include "planning.hpp"
#include "requested_accounts.hpp"

namespace entsync {
namespace {

/// A part with more records and entries than this is as quickly read whole.
constexpr std::size_t largest_part = 100'000;
/// Rounds after which a part that still lacks something is given up.
constexpr int most_rounds = 12;
/// Below this many persons a share says nothing.
constexpr std::size_t few_persons = 20;

/// Why a part is read whole.
struct NoPart {
  std::string why;
};

Problems no_part(std::string why) {
  return Problem{Severity::note, "RUN-062", {}, std::move(why), {}};
}

class PartReading {
 public:
  PartReading(Context& context, Ledger& ledger, const Scope& scope)
      : context_(context), ledger_(ledger), scope_(scope) {}

  /// The index, when it is of the deliveries that are there and were applied last.
  void open() {
    const config::Settings& settings = context_.config.settings;
    auto index = DeliveryIndex::open(settings.state_directory);
    if (!index) throw IndexFailed{index.error()};
    index_ = std::move(*index);
    deliveries_ = value(index_->deliveries());
    if (deliveries_.size() != settings.academies.size())
      throw NoPart{"no whole run has left an index of these deliveries"};
    if (value(index_->rules()) != rules_fingerprint(context_.config))
      throw NoPart{"rules, registry or settings are not those of the last whole run"};
    for (std::size_t i = 0; i < deliveries_.size(); ++i)
      check(settings.academies[i], deliveries_[i]);
    before_ = value(index_->before());
    for (std::size_t i = 0; i < deliveries_.size(); ++i) complets_.push_back(index_->complet(i));
    for (const auto& complet : complets_) indexes_.push_back(complet.get());
    read_links();
    closure_.emplace(scope_, indexes_, context_.config.rules, settings.tree, links_);
  }

  std::vector<EntryQuery> ask() {
    context_.throw_if_stopped();
    if (closure_->size() > largest_part) throw NoPart{"it is not much smaller than the whole"};
    return closure_->ask();
  }

  void take(std::vector<FoundEntry> entries) {
    for (FoundEntry& entry : entries) closure_->take(std::move(entry));
  }

  /// The inputs as far as they are known, and whether they lack something.
  std::pair<Inputs, bool> assemble() {
    std::vector<DeliveryPart> parts;
    for (std::size_t i = 0; i < deliveries_.size(); ++i) parts.push_back(read(i));
    std::vector<const CompletPart*> feeds;
    for (const DeliveryPart& part : parts) feeds.push_back(&part.feed);
    Problems findings;
    const config::Configuration& configuration = context_.config;
    Population population =
        Population::build(feeds, configuration.rules, configuration.registry, findings, links_);
    Inputs inputs{{},
                  std::move(population),
                  std::move(findings),
                  value(closure_->snapshot()),
                  std::move(parts),
                  before_};
    const Model model = value(make_model(configuration, inputs, ledger_));
    if (model.ends.erases())
      throw NoPart{"an account is to be deleted, and what leads to it may stand anywhere"};
    const PlannerInput input = planner_input(configuration, inputs, model);
    const Plan narrowed = within(make_plan(input).plan, scope_, input);
    const bool lacks = closure_->needs_more(input, narrowed);
    if (!lacks) doubt(inputs, model.matched);
    if (!lacks) expect_linked_entries(inputs);
    return {std::move(inputs), lacks};
  }

 private:
  template <class T>
  static T value(Result<T> result) {
    if (!result) throw IndexFailed{result.error()};
    return std::move(*result);
  }

  /// What requests say of links now. Refusals and reminders are for whole runs to say.
  void read_links() {
    std::vector<Date> days;
    for (const CompletIndex* index : indexes_) days.push_back(index->outline().date());
    const Date day = day_of_requests(days, context_.config.settings.absence.by_delivery_day);
    Problems unsaid;
    auto requests = value(read_requested_accounts(context_.config, ledger_, day, unsaid));
    if (requests) links_ = requests->agents.links();
  }

  void check(const config::Academie& academie, const IndexedDelivery& known) {
    const aaf::FoundDelivery found = value(aaf::find_delivery(academie.delivery));
    if (!found.deltas.empty()) throw NoPart{"Deltas follow the Complet of " + academie.code};
    if (known.academie != academie.code || known.path != found.complet.string() ||
        applied_digest(academie.code) != known.digest)
      throw NoPart{"the delivery of " + academie.code + " is not the one that was applied last"};
    if (!is_unchanged(known))
      throw NoPart{"the delivery of " + academie.code + " changed since it was applied"};
  }

  /// Of the delivery that was applied last, or that the run under way applies: it has read it
  /// whole.
  std::string applied_digest(const std::string& academie) {
    const auto& vouched = context_.main().room.vouched();
    if (const auto own = vouched.find(academie); own != vouched.end()) return own->second;
    const auto last = value(ledger_.last_delivery(academie));
    return last ? last->digest : std::string();
  }

  DeliveryPart read(std::size_t i) {
    const Rules& rules = context_.config.rules;
    const auto feed = static_cast<FeedIndex>(i);
    std::vector<aaf::PartFile> files;
    for (const IndexedDelivery::File& file : deliveries_[i].files)
      files.push_back({file.path, file.stamp, file.head});
    aaf::PartRequest request{
        files, index_->places(i, closure_->records(feed)), rules.vocabulary, rules.required, {}};
    Feed records = value(aaf::read_records(complets_[i]->outline(), std::move(request)));
    return {deliveries_[i].path,
            value(CompletPart::verify(std::move(records), *complets_[i], closure_->records(feed)))};
  }

  /// An entry that somebody decided to be a person's is not found by his key before a run gave it
  /// to him.
  void expect_linked_entries(const Inputs& inputs) const {
    for (const TakenDecision& taken : value(ledger_.decisions())) {
      const ReviewDecision& decision = taken.decision;
      const auto is_subject = [&](const Person& person) {
        return subject_key(inputs.population, person) == decision.subject;
      };
      if (decision.kind == ReviewDecision::Kind::link &&
          inputs.snapshot.find(decision.entry) == no_entry &&
          std::ranges::any_of(inputs.population.persons(), is_subject))
        throw NoPart{"an entry was linked to " + decision.subject};
    }
  }

  /// Entries that cannot be seen look like people who are new. The whole reading tells them apart,
  /// and the run under way has just done so: with it, people may be on their way into the
  /// directory.
  void doubt(const Inputs& inputs, const Matched& matched) const {
    if (!context_.main().room.vouched().empty()) return;
    const std::size_t persons = inputs.population.persons().size();
    std::size_t found = 0;
    for (PersonIndex p = 0; p < persons; ++p) found += matched.entry_of(p) != no_entry ? 1 : 0;
    const double share = context_.config.settings.minimum_directory_share;
    const bool is_small = static_cast<double>(found) < share * static_cast<double>(persons);
    if (persons != 0 && (found == 0 || (persons >= few_persons && is_small)))
      throw NoPart{"the directory shows " + std::to_string(found) + " of its " +
                   std::to_string(persons) + " persons"};
  }

  Context& context_;
  Ledger& ledger_;
  const Scope& scope_;
  std::unique_ptr<DeliveryIndex> index_;
  std::vector<IndexedDelivery> deliveries_;
  Before before_;
  std::vector<std::unique_ptr<CompletIndex>> complets_;
  std::vector<const CompletIndex*> indexes_;
  std::vector<WorkLink> links_;
  std::optional<PartClosure> closure_;
};

/// Work on a worker; what it throws about the index becomes a reason to read the whole.
template <class F>
asio::awaitable<Result<std::invoke_result_t<F>>> attempt(Context& context, F work) {
  auto guarded = [work = std::move(work)]() -> Result<std::invoke_result_t<F>> {
    try {
      return work();
    } catch (const NoPart& none) {
      return no_part(none.why);
    } catch (const IndexFailed& failed) {
      return failed.problems;
    }
  };
  co_return co_await run_on(context.workers, std::move(guarded));
}

asio::awaitable<Result<std::vector<FoundEntry>>> search(Context& context,
                                                        ldap::Directory& directory,
                                                        std::vector<EntryQuery> queries) {
  const config::Settings& settings = context.config.settings;
  ldap::PartRequest request{
      std::move(queries), {}, context.config.rules.target, settings.ldap.page_size};
  const auto add = [&](Branch branch, const std::string& dn) {
    request.bases.push_back({branch, dn, snapshot_attributes(context.config.rules, branch)});
  };
  add(Branch::people, settings.tree.people);
  add(Branch::structures, settings.tree.structures);
  add(Branch::groups, settings.tree.groups);
  co_return co_await directory.read_part(std::move(request));
}

asio::awaitable<Result<Inputs>> gather_part(Context& context, ldap::Directory& directory,
                                            Ledger& ledger, const Scope& scope) {
  PartReading reading(context, ledger, scope);
  auto opening = [&] {
    reading.open();
    return true;
  };
  if (auto opened = co_await attempt(context, std::move(opening)); !opened)
    co_return opened.error();
  for (int round = 0; round < most_rounds; ++round) {
    for (;;) {
      auto asking = [&] { return reading.ask(); };
      auto queries = co_await attempt(context, std::move(asking));
      if (!queries) co_return queries.error();
      if (queries->empty()) break;
      auto found = co_await search(context, directory, std::move(*queries));
      if (!found) co_return found.error();
      reading.take(std::move(*found));
    }
    auto assembling = [&] { return reading.assemble(); };
    auto inputs = co_await attempt(context, std::move(assembling));
    if (!inputs) co_return inputs.error();
    if (!inputs->second) co_return std::move(inputs->first);
  }
  co_return no_part("it never comes to an end");
}

}  // namespace

bool is_no_part(const Problems& problems) {
  return !problems.list.empty() && problems.list.front().code == "RUN-062";
}

asio::awaitable<Result<Inputs>> gather_scope(Context& context, ldap::Directory& directory,
                                             Ledger& ledger, const Scope& scope, Reach reach) {
  if (!PartClosure::covers(scope)) {
    if (reach == Reach::part_only) co_return no_part("académies and profiles are read whole");
    co_return co_await gather(context, directory, ledger);
  }
  context.progress.start("part", "entries");
  auto part = co_await gather_part(context, directory, ledger, scope);
  context.progress.finish("part");
  if (part) {
    context.log.info(
        "RUN-064", "only the part was read: " + std::to_string(part->population.persons().size()) +
                       " persons, " + std::to_string(part->snapshot.size()) +
                       " entries of the directory");
    co_return part;
  }
  context.throw_if_stopped();
  const Problem first = part.error().list.front();
  const std::string why = (first.code == "RUN-062" ? "" : first.code + " ") + first.what;
  if (reach == Reach::part_only) co_return no_part(why);
  context.log.info("RUN-062", "the whole is read for this part: " + why);
  co_return co_await gather(context, directory, ledger);
}

}  // namespace entsync
