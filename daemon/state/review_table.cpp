#include "review_table.hpp"

#include <map>
#include <utility>

namespace entsync {

Result<std::vector<OpenReview>> ReviewTable::items() {
  auto select = database_.prepare(
      "SELECT subject, reason, decidable, since FROM review_item ORDER BY subject, reason");
  if (!select) return select.error();
  std::vector<OpenReview> list;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    OpenReview one;
    one.item.subject = select->text(0);
    one.item.reason = select->text(1);
    one.item.decidable = select->integer(2) != 0;
    one.since = select->text(3);
    list.push_back(std::move(one));
  }
  for (OpenReview& one : list)
    if (auto read = read_candidates(one); !read) return read.error();
  return list;
}

Result<void> ReviewTable::read_candidates(OpenReview& review) {
  auto select = database_.prepare(
      "SELECT dn, keys FROM review_candidate WHERE subject = ?1 AND reason = ?2 ORDER BY dn");
  if (!select) return select.error();
  select->bind(std::string_view(review.item.subject), std::string_view(review.item.reason));
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    review.item.candidates.emplace_back(select->text(0));
    review.item.keys.emplace_back(select->text(1));
  }
}

Result<void> ReviewTable::set_items(const std::vector<ReviewItem>& items, const std::string& now) {
  const auto before = this->items();
  if (!before) return before.error();
  std::map<std::pair<std::string, std::string>, std::string> since;
  for (const OpenReview& one : *before) since[{one.item.subject, one.item.reason}] = one.since;
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  for (const char* sql : {"DELETE FROM review_candidate", "DELETE FROM review_item"})
    if (auto done = run(sql); !done) return done;
  for (const ReviewItem& item : items) {
    const auto known = since.find({item.subject, item.reason});
    if (auto done = insert(item, known == since.end() ? now : known->second); !done) return done;
  }
  return transaction->commit();
}

Result<void> ReviewTable::insert(const ReviewItem& item, const std::string& since) {
  auto into_items = database_.prepare("INSERT OR IGNORE INTO review_item VALUES(?1, ?2, ?3, ?4)");
  if (!into_items) return into_items.error();
  auto into_candidates =
      database_.prepare("INSERT OR IGNORE INTO review_candidate VALUES(?1, ?2, ?3, ?4)");
  if (!into_candidates) return into_candidates.error();
  const std::string_view subject = item.subject;
  const std::string_view reason = item.reason;
  auto done =
      into_items->bind(subject, reason, std::uint64_t{item.decidable}, std::string_view(since))
          .run();
  if (!done) return done;
  for (std::size_t i = 0; i < item.candidates.size(); ++i) {
    const std::string_view keys = i < item.keys.size() ? item.keys[i] : std::string_view();
    done = into_candidates->bind(subject, reason, std::string_view(item.candidates[i]), keys).run();
    if (!done) return done;
  }
  return {};
}

Result<std::vector<TakenDecision>> ReviewTable::decisions() {
  auto select = database_.prepare(
      "SELECT subject, entry, is_link, actor, reason, decided_at FROM review_decision "
      "ORDER BY subject, entry");
  if (!select) return select.error();
  std::vector<TakenDecision> list;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return list;
    const auto kind =
        select->integer(2) != 0 ? ReviewDecision::Kind::link : ReviewDecision::Kind::separate;
    list.push_back({{kind, std::string(select->text(0)), std::string(select->text(1))},
                    std::string(select->text(3)),
                    std::string(select->text(4)),
                    std::string(select->text(5))});
  }
}

Result<void> ReviewTable::decide(const std::vector<TakenDecision>& decisions) {
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto unlink = database_.prepare("DELETE FROM review_decision WHERE subject = ?1 AND is_link = 1");
  if (!unlink) return unlink.error();
  auto insert =
      database_.prepare("INSERT OR REPLACE INTO review_decision VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  if (!insert) return insert.error();
  for (const TakenDecision& one : decisions) {
    const std::string_view subject = one.decision.subject;
    const bool is_link = one.decision.kind == ReviewDecision::Kind::link;
    if (is_link)
      if (auto done = unlink->bind(subject).run(); !done) return done;
    auto done = insert
                    ->bind(subject, std::string_view(one.decision.entry), std::uint64_t{is_link},
                           std::string_view(one.actor), std::string_view(one.reason),
                           std::string_view(one.at))
                    .run();
    if (!done) return done;
  }
  return transaction->commit();
}

Result<void> ReviewTable::run(const char* sql) {
  auto statement = database_.prepare(sql);
  if (!statement) return statement.error();
  return statement->run();
}

}  // namespace entsync
