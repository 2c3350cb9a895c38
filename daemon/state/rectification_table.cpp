#include "rectification_table.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "digest_key.hpp"

namespace entsync {
namespace {

constexpr std::string_view number_fact = "last rectification";

Problem altered_ticket(const std::string& file) {
  return {Severity::error,
          "LDG-012",
          {file, 0, "rectification"},
          "a ticket of rectification cannot be read",
          "the file was changed by another program: restore it from a backup"};
}

std::string day_text(const std::optional<Date>& day) {
  return day ? day->iso() : std::string();
}

/// Reads the columns of a row one after the other.
class TicketRow {
 public:
  explicit TicketRow(const sqlite::Statement& select) : select_(select) {}

  std::string text() { return std::string(select_.text(column_++)); }
  std::uint64_t number() { return static_cast<std::uint64_t>(select_.integer(column_++)); }
  Date day() {
    const auto day = Date::from_iso(select_.text(column_++));
    if (!day) good_ = false;
    return day.value_or(Date());
  }
  RectificationState state() {
    const auto state = parse_rectification_state(select_.text(column_++));
    if (!state) good_ = false;
    return state.value_or(RectificationState::open);
  }
  Ageing ageing() {
    const auto ageing = parse_ageing(select_.text(column_++));
    if (!ageing) good_ = false;
    return ageing.value_or(Ageing::fresh);
  }
  DeliveredPlace place() {
    DeliveredPlace place;
    place.file = text();
    place.line = number();
    if (select_.text(column_).empty())
      ++column_;
    else
      place.delivered = day();
    return place;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  const sqlite::Statement& select_;
  int column_ = 0;
  bool good_ = true;
};

}  // namespace

Result<std::vector<Rectification>> RectificationTable::tickets() {
  auto select = database_.prepare(
      "SELECT number, subject, attribute, school, contested, state, received, opened, since, "
      "opened_seq, source_file, source_line, source_day, correction_file, correction_line, "
      "correction_day, corrected_run, corrected_seq, reflected_at, reflected_run, reminded, actor, "
      "reason, ticket, changed_at FROM rectification ORDER BY number");
  if (!select) return select.error();
  std::vector<Rectification> list;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return list;
    TicketRow read(*select);
    Rectification one;
    one.number = read.number();
    one.subject = read.text();
    one.attribute = read.text();
    one.school = read.text();
    one.contested = read.text();
    one.state = read.state();
    one.received = read.day();
    one.opened = read.day();
    one.since = read.day();
    one.opened_seq = read.number();
    one.source = read.place();
    one.correction = read.place();
    one.corrected_run = read.text();
    one.corrected_seq = read.number();
    one.reflected_at = read.text();
    one.reflected_run = read.text();
    one.reminded = read.ageing();
    one.actor = read.text();
    one.reason = read.text();
    one.ticket = read.text();
    one.changed_at = read.text();
    if (!read.good()) return altered_ticket(database_.file());
    list.push_back(std::move(one));
  }
}

Result<std::uint64_t> RectificationTable::next_number() {
  auto select = database_.prepare("SELECT value FROM fact WHERE name = ?1");
  if (!select) return select.error();
  const auto row = select->bind(number_fact).step();
  if (!row) return row.error();
  return *row ? static_cast<std::uint64_t>(select->integer(0)) + 1 : std::uint64_t{1};
}

Result<void> RectificationTable::set(const std::vector<Rectification>& tickets) {
  if (tickets.empty()) return {};
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto insert = database_.prepare(
      "INSERT OR REPLACE INTO rectification VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
      "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)");
  if (!insert) return insert.error();
  std::uint64_t highest = 0;
  for (const Rectification& one : tickets) {
    highest = std::max(highest, one.number);
    const std::string received = one.received.iso();
    const std::string opened = one.opened.iso();
    const std::string since = one.since.iso();
    const std::string source_day = day_text(one.source.delivered);
    const std::string correction_day = day_text(one.correction.delivered);
    const auto text = [](const std::string& of) { return std::string_view(of); };
    auto done =
        insert
            ->bind(one.number, text(one.subject), text(one.attribute), text(one.school),
                   text(one.contested), to_string(one.state), text(received), text(opened),
                   text(since), one.opened_seq, text(one.source.file), one.source.line,
                   text(source_day), text(one.correction.file), one.correction.line,
                   text(correction_day), text(one.corrected_run), one.corrected_seq,
                   text(one.reflected_at), text(one.reflected_run), to_string(one.reminded),
                   text(one.actor), text(one.reason), text(one.ticket), text(one.changed_at))
            .run();
    if (!done) return done;
  }
  auto count = database_.prepare(
      "INSERT INTO fact VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = max(value, ?2)");
  if (!count) return count.error();
  if (auto done = count->bind(number_fact, highest).run(); !done) return done;
  return transaction->commit();
}

Result<void> RectificationTable::remove(const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return {};
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto remove = database_.prepare("DELETE FROM rectification WHERE number = ?1");
  if (!remove) return remove.error();
  for (const std::uint64_t number : numbers)
    if (auto done = remove->bind(number).run(); !done) return done;
  return transaction->commit();
}

Result<bool> RectificationTable::has_digests() {
  auto select = database_.prepare("SELECT 1 FROM rectification WHERE contested <> '' LIMIT 1");
  if (!select) return select.error();
  return select->step();
}

Result<std::string> RectificationTable::digest(std::string_view subject, std::string_view attribute,
                                               std::string_view value) {
  if (!key_) {
    const auto has = has_digests();
    if (!has) return has.error();
    auto key = open_digest_key(
        key_file_,
        {"the key of the rectifications", "nobody would know whether a contested value is back"},
        *has);
    if (!key) return key.error();
    key_.emplace(std::move(*key));
  }
  return key_->of("contested\n" + std::string(subject) + "\n" + ascii_lower(attribute) + "\n" +
                  std::string(value));
}

}  // namespace entsync
