#include "delta_fold.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "feed_checks.hpp"

namespace entsync {
namespace {

constexpr std::size_t most_values = std::numeric_limits<std::uint16_t>::max();

std::size_t at(Category category) {
  return static_cast<std::size_t>(category);
}

/// What a Delta says of one object.
struct Requests {
  std::vector<FeedRecord> in_order;  ///< of reading
  bool has_rejected = false;
  bool is_taken = false;  ///< into the records of objects that were described before
};

bool is_of_one_file(const std::vector<FeedRecord>& requests) {
  return std::ranges::all_of(requests, [&](const FeedRecord& request) {
    return request.position().file == requests.front().position().file;
  });
}

bool are_all_the_same(const std::vector<FeedRecord>& requests) {
  return std::ranges::all_of(
      requests, [&](const FeedRecord& request) { return say_the_same(requests.front(), request); });
}

bool names(const FeedRecord& request, FeedAttribute attribute) {
  const FeedValues named = request.values(attribute);
  return named.begin() != named.end();
}

/// Origins are taken over as far as values still come from them.
class Origins {
 public:
  explicit Origins(RecordDraft& draft) : draft_(draft) {}

  std::uint16_t number_of(const SourcePosition& request) {
    const auto found = std::ranges::find(draft_.origins, request);
    const auto number = static_cast<std::uint16_t>(found - draft_.origins.begin() + 1);
    if (found == draft_.origins.end()) draft_.origins.push_back(request);
    return number;
  }

 private:
  RecordDraft& draft_;
};

/// The record `before` with the values that `change`, a modifyRequest, brings; it stands where the
/// change does.
RecordDraft modified(const RecordDraft& before, const FeedRecord& change, SourcePosition where) {
  RecordDraft after = change.draft();
  after.request = RequestKind::add;
  after.position = where;
  std::erase_if(after.values, [](const RecordDraft::Value& value) { return value.text.empty(); });
  Origins origins(after);
  for (const RecordDraft::Value& value : before.values) {
    if (names(change, value.attribute)) continue;
    after.values.push_back(value);
    after.values.back().origin =
        origins.number_of(value.origin == 0 ? before.position : before.origins[value.origin - 1U]);
  }
  after.value_count = after.values.size();
  return after;
}

}  // namespace

class DeltaFold {
 public:
  DeltaFold(CompletFeed& whole, const Feed& delta, const ExpectedDelta& expected,
            Problems& findings)
      : whole_(whole),
        state_(whole.feed_),
        delta_(delta),
        expected_(expected),
        findings_(findings),
        first_file_(static_cast<std::uint32_t>(whole.feed_.files_.size())) {}

  Problems run() {
    if (Problems problems = check(); problems.has_errors()) return problems;
    state_.files_.insert(state_.files_.end(), delta_.files_.begin(), delta_.files_.end());
    collect();
    for (const Category category : all_categories) fold(category);
    replace_rejected();
    take_over_facts();
    Problems problems;
    if (asked_ > 0 && known_ == 0) problems.add(knows_nobody());
    check_no_category_is_empty(state_, problems);
    check_structures(state_, expected_.label, expected_.academie_label, problems);
    if (replaced_ > 0)
      findings_.note("AAF-077", {first_name(), 0, state_.academie()},
                     std::to_string(replaced_) +
                         " addRequests describe objects that were described before; they count as "
                         "whole descriptions",
                     {});
    return problems;
  }

 private:
  enum class Standing : std::uint8_t { never, described, unknown, deleted };

  [[nodiscard]] std::string first_name() const {
    return delta_.files_.empty() ? delta_.academie_ : delta_.files_.front().name;
  }

  Problems check() const {
    Problems problems;
    if (delta_.kind_ != DeliveryKind::delta || delta_.academie_ != state_.academie_) {
      problems.error("AAF-068", {first_name(), 0, delta_.academie_},
                     "this delivery is no Delta of " + state_.academie_, wait_for_complet);
      return problems;
    }
    check_files(delta_, problems);
    check_exporter(delta_, state_.academie_, expected_.label, problems);
    if (expected_.latest) check_day(delta_, *expected_.latest, problems);
    if (auto refusal = why_not_next(whole_, delta_, expected_.limits))
      problems.add(std::move(*refusal));
    return problems;
  }

  Requests& requests_of(Category category, std::string_view id) {
    const auto [found, is_new] = requests_[at(category)].try_emplace(id);
    if (is_new) order_[at(category)].push_back(id);
    return found->second;
  }

  void collect() {
    for (const Category category : all_categories)
      for (const FeedRecord& request : delta_.records(category))
        requests_of(category, request.id()).in_order.push_back(request);
    for (const RejectedRecord& rejected : delta_.rejected_)
      if (rejected.category && !rejected.id.empty())
        requests_of(*rejected.category, rejected.id).has_rejected = true;
    for (const RejectedRecord& rejected : state_.rejected_)
      if (rejected.category && !rejected.id.empty())
        unknown_[at(*rejected.category)].insert(rejected.id);
  }

  void fold(Category category) {
    auto& requests = requests_[at(category)];
    if (requests.empty()) return;
    std::vector<FeedRecord>& records = state_.records_[at(category)];
    std::size_t kept = 0;
    for (const FeedRecord& record : records) {
      const auto found = requests.find(record.id());
      if (found == requests.end()) {
        records[kept++] = record;
        continue;
      }
      found->second.is_taken = true;
      if (const auto after = settle(category, record.id(), found->second, record.draft()))
        records[kept++] = state_.store(*after);
    }
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(kept), records.end());
    for (const std::string_view id : order_[at(category)]) {
      const Requests& of_one = requests.at(id);
      if (of_one.is_taken) continue;
      if (const auto after = settle(category, id, of_one, std::nullopt))
        records.push_back(state_.store(*after));
    }
  }

  /// The record of one object after its requests, when it has one. `before`: what it was.
  std::optional<RecordDraft> settle(Category category, std::string_view id,
                                    const Requests& requests, std::optional<RecordDraft> before) {
    const bool was_unknown = unknown_[at(category)].contains(id);
    const bool is_known = before || was_unknown;
    if (!requests.in_order.empty()) {
      const bool is_add = requests.in_order.front().request() == RequestKind::add;
      asked_ += is_add ? 0 : 1;
      known_ += !is_add && is_known ? 1 : 0;
      replaced_ += is_add && before ? 1 : 0;
    }
    standing_ = before ? Standing::described : was_unknown ? Standing::unknown : Standing::never;
    if (requests.has_rejected) {
      standing_ = Standing::unknown;  // why stands among the rejected records of the Delta
    } else if (!is_of_one_file(requests.in_order) && !are_all_the_same(requests.in_order)) {
      leave_unknown(requests.in_order.back(), "AAF-075",
                    "requests for this object stand in several files of the Delta, and files have "
                    "no order");
    } else {
      for (const FeedRecord& request : requests.in_order) apply(request, before);
    }
    if (standing_ == Standing::deleted)
      state_.deleted_[{category, std::string(id)}] = deletion_;
    else
      state_.deleted_.erase({category, std::string(id)});
    if (standing_ != Standing::described) before.reset();
    if (was_unknown && standing_ != Standing::unknown) settled_.insert({category, std::string(id)});
    return before;
  }

  void apply(const FeedRecord& request, std::optional<RecordDraft>& state) {
    switch (request.request()) {
      case RequestKind::add:
        state = request.draft();
        state->position = place_of(request);
        standing_ = Standing::described;
        return;
      case RequestKind::modify:
        if (standing_ == Standing::described)
          modify(request, *state);
        else if (standing_ != Standing::unknown)
          leave_unknown(request, "AAF-074",
                        "the modifyRequest is for an object that no delivery describes");
        return;
      case RequestKind::remove:
        if (standing_ == Standing::never)
          findings_.note("AAF-076", finding_place(request),
                         "the deleteRequest is for an object that no delivery describes", {});
        else
          standing_ = Standing::deleted;
        deletion_ = place_of(request);
        return;
    }
  }

  void modify(const FeedRecord& request, RecordDraft& state) {
    if (request.value_count() == 0) return;  // of attributes that nobody wants
    state = modified(state, request, place_of(request));
    if (state.values.size() > most_values)
      leave_unknown(request, "AAF-078", "the record has more than 65 535 values");
  }

  void leave_unknown(const FeedRecord& request, const char* code, std::string reason) {
    standing_ = Standing::unknown;
    newly_rejected_.push_back({request.category(), std::string(request.id()), place_of(request),
                               code, std::move(reason)});
  }

  [[nodiscard]] SourcePosition place_of(const FeedRecord& request) const {
    SourcePosition place = request.position();
    place.file += first_file_;
    return place;
  }

  [[nodiscard]] Place finding_place(const FeedRecord& request) const {
    return {delta_.files_[request.position().file].name, request.position().line,
            std::string(to_string(request.category())) + "/" + std::string(request.id())};
  }

  void replace_rejected() {
    std::erase_if(state_.rejected_, [&](const RejectedRecord& rejected) {
      return rejected.category && settled_.contains({*rejected.category, rejected.id});
    });
    for (RejectedRecord rejected : delta_.rejected_) {
      if (rejected.position.known()) rejected.position.file += first_file_;
      state_.rejected_.push_back(std::move(rejected));
    }
    for (RejectedRecord& rejected : newly_rejected_)
      state_.rejected_.push_back(std::move(rejected));
  }

  void take_over_facts() {
    for (const auto& [name, count] : delta_.dropped_) state_.dropped_[name] += count;
    for (const auto& [name, value] : delta_.metadata) state_.metadata[name] = value;
    state_.bytes += delta_.bytes;
    state_.date_ = delta_.date_;
    whole_.chain_.push_back(
        {delta_.date_, first_file_, static_cast<std::uint32_t>(delta_.files_.size())});
  }

  [[nodiscard]] Problem knows_nobody() const {
    return {
        Severity::error,
        "AAF-073",
        {first_name(), 0, state_.academie()},
        "none of the " + std::to_string(asked_) +
            " objects that the Delta changes or deletes is known: it belongs to another Complet",
        wait_for_complet};
  }

  CompletFeed& whole_;
  Feed& state_;
  const Feed& delta_;
  const ExpectedDelta& expected_;
  Problems& findings_;
  std::uint32_t first_file_;
  std::array<std::unordered_map<std::string_view, Requests>, 4> requests_;
  std::array<std::vector<std::string_view>, 4> order_;           ///< of their keys
  std::array<std::unordered_set<std::string_view>, 4> unknown_;  ///< before the Delta
  std::set<std::pair<Category, std::string>> settled_;           ///< unknown before, not any more
  std::vector<RejectedRecord> newly_rejected_;
  Standing standing_ = Standing::never;
  SourcePosition deletion_;  ///< the last deleteRequest
  std::uint64_t asked_ = 0;  ///< objects that the Delta changes or deletes
  std::uint64_t known_ = 0;  ///< of these
  std::uint64_t replaced_ = 0;
};

Result<CompletFeed> fold_delta(CompletFeed&& behind, const Feed& delta,
                               const ExpectedDelta& expected, Problems& findings) {
  CompletFeed whole = std::move(behind);
  if (Problems problems = DeltaFold(whole, delta, expected, findings).run(); problems.has_errors())
    return problems;
  return whole;
}

}  // namespace entsync
