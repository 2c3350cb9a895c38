#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "worlds.hpp"

namespace entsync::test {
namespace {

/// What a feed says, without places and order: one line a record or rejected one.
std::multiset<std::string> statements(const Feed& feed, const Vocabulary& vocabulary) {
  std::multiset<std::string> lines;
  for (const Category category : all_categories)
    for (const FeedRecord& record : feed.records(category)) {
      std::vector<std::pair<FeedAttribute, std::string>> values;
      for (std::size_t i = 0; i < record.value_count(); ++i)
        values.emplace_back(record.value(i).attribute, record.value(i).text);
      std::ranges::stable_sort(values, {}, &std::pair<FeedAttribute, std::string>::first);
      std::string line = std::string(to_string(category)) + "/" + std::string(record.id());
      for (const auto& [attribute, text] : values)
        line += "\n  " + vocabulary.name(attribute) + ": " + text;
      lines.insert(line);
    }
  for (const RejectedRecord& one : feed.rejected())
    lines.insert("rejected " + std::string(to_string(*one.category)) + "/" + one.id);
  return lines;
}

/// A record that can be read again is not rejected any more; rejected twice is once.
void tidy(Delivery& delivery) {
  auto& rejected = delivery.rejected;
  std::erase_if(rejected, [&](const RejectedRecord& one) {
    return std::ranges::any_of(delivery.records, [&](const Record& record) {
      return record.category == one.category && record.id == one.id;
    });
  });
  for (std::size_t i = rejected.size(); i-- > 0;)
    if (std::any_of(rejected.begin(), rejected.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const RejectedRecord& one) {
                      return one.category == rejected[i].category && one.id == rejected[i].id;
                    }))
      rejected.erase(rejected.begin() + static_cast<std::ptrdiff_t>(i));
}

/// A Complet and what it is on the nights after it.
std::vector<Delivery> any_nights() {
  std::vector<Delivery> nights{any_delivery().filled()};
  const int count = *rc::gen::inRange(1, 5);
  for (int n = 1; n <= count; ++n) {
    Delivery next = nights.back();
    change_any(next);
    next = next.filled();
    tidy(next);
    next.date = Date::from_iso(nights.back().date)->plus_days(*rc::gen::inRange(1, 4)).iso();
    nights.push_back(std::move(next));
  }
  return nights;
}

RC_GTEST_PROP(DeltaChain, SaysWhatItsFinalCompletSays, ()) {
  const std::vector<Delivery> nights = any_nights();
  Delivery chain = nights.front();
  for (std::size_t n = 1; n < nights.size(); ++n)
    chain.deltas.push_back(delta_between(nights[n - 1], nights[n]));
  const CompletFeed folded = chain.complet(rules_1d());
  const CompletFeed whole = nights.back().complet(rules_1d());
  RC_ASSERT(statements(folded.feed(), rules_1d().vocabulary) ==
            statements(whole.feed(), rules_1d().vocabulary));
  RC_ASSERT(folded.feed().date() == whole.feed().date());
}

/// Night after night, the Complet of the night here and the Delta that leads to it there.
RC_GTEST_PROP(DeltaChain, GivesTheDirectoryOfItsCompletsNightByNight, ()) {
  const std::vector<Delivery> nights = any_nights();
  World by_complet = World::of(nights.front());
  by_complet.synchronise();
  touch_any(by_complet.directory);
  World by_delta = by_complet;
  for (std::size_t n = 1; n < nights.size(); ++n) {
    by_complet.delivery() = nights[n];
    by_delta.delivery().deltas.push_back(delta_between(nights[n - 1], nights[n]));
    const std::string plan = canonical(Scene(by_complet).plan());
    const std::string plan_of_chain = canonical(Scene(by_delta).plan());
    RC_LOG() << "-- Complet\n" << plan << "-- Deltas\n" << plan_of_chain;
    RC_ASSERT(plan == plan_of_chain);
    by_complet.synchronise();
    by_delta.synchronise();
  }
  RC_ASSERT(by_complet.directory.text() == by_delta.directory.text());
}

/// Nights that were missed are made up in one.
RC_GTEST_PROP(DeltaChain, GivesThePlanOfItsFinalComplet, ()) {
  const std::vector<Delivery> nights = any_nights();
  World by_complet = World::of(nights.front());
  by_complet.synchronise();
  touch_any(by_complet.directory);
  World by_delta = by_complet;
  by_complet.delivery() = nights.back();
  for (std::size_t n = 1; n < nights.size(); ++n)
    by_delta.delivery().deltas.push_back(delta_between(nights[n - 1], nights[n]));
  const std::string plan = canonical(Scene(by_complet).plan());
  const std::string plan_of_chain = canonical(Scene(by_delta).plan());
  RC_LOG() << "-- Complet\n" << plan << "-- Deltas\n" << plan_of_chain;
  RC_ASSERT(plan == plan_of_chain);
}

}  // namespace
}  // namespace entsync::test
