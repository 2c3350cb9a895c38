#include "review_decision.hpp"

#include <algorithm>
#include <tuple>

namespace entsync {

ReviewDecisions::ReviewDecisions(std::vector<ReviewDecision> list) : list_(std::move(list)) {
  std::ranges::sort(list_, {},
                    [](const ReviewDecision& one) { return std::tie(one.subject, one.entry); });
}

bool ReviewDecisions::are_separate(std::string_view subject, std::string_view entry) const {
  const auto is_before = [](const ReviewDecision& one, const auto& key) {
    return std::tuple<std::string_view, std::string_view>(one.subject, one.entry) < key;
  };
  const std::tuple key(subject, entry);
  const auto found = std::lower_bound(list_.begin(), list_.end(), key, is_before);
  return found != list_.end() && found->subject == subject && found->entry == entry &&
         found->kind == ReviewDecision::Kind::separate;
}

}  // namespace entsync
