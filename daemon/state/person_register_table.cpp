#include "person_register_table.hpp"

#include <array>

namespace entsync {
namespace {

constexpr std::array all_registers{Register::restriction, Register::objection, Register::death};
constexpr std::array all_register_states{RegisterState::active, RegisterState::examined,
                                         RegisterState::refused, RegisterState::lifted,
                                         RegisterState::withdrawn};

Problem altered(const std::string& file) {
  return {Severity::error,
          "LDG-008",
          {file, 0, "person_register"},
          "a line of the registers of persons cannot be read",
          "the file was changed by another program: restore it from a backup"};
}

}  // namespace

std::string_view to_string(Register which) {
  switch (which) {
    case Register::restriction:
      return "restriction";
    case Register::objection:
      return "objection";
    case Register::death:
      return "death";
  }
  return "?";
}

std::optional<Register> parse_register(std::string_view name) {
  for (const Register one : all_registers)
    if (to_string(one) == name) return one;
  return std::nullopt;
}

std::string_view to_string(RegisterState state) {
  switch (state) {
    case RegisterState::active:
      return "active";
    case RegisterState::examined:
      return "examined";
    case RegisterState::refused:
      return "refused";
    case RegisterState::lifted:
      return "lifted";
    case RegisterState::withdrawn:
      return "withdrawn";
  }
  return "?";
}

std::optional<RegisterState> parse_register_state(std::string_view name) {
  for (const RegisterState one : all_register_states)
    if (to_string(one) == name) return one;
  return std::nullopt;
}

Result<std::vector<RegisterEntry>> PersonRegisterTable::entries() {
  auto select = database_.prepare(
      "SELECT register, subject, state, since, person, key_check, directive, evidence, notice, "
      "actor, reason, changed_at FROM person_register ORDER BY register, subject");
  if (!select) return select.error();
  std::vector<RegisterEntry> list;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto which = parse_register(select->text(0));
    const auto state = parse_register_state(select->text(2));
    const auto since = Date::from_iso(select->text(3));
    if (!which || !state || !since) return altered(database_.file());
    const auto text = [&](int column) { return std::string(select->text(column)); };
    list.push_back({*which,
                    text(1),
                    *state,
                    *since,
                    text(4),
                    text(5),
                    text(6),
                    text(7),
                    text(8),
                    text(9),
                    text(10),
                    text(11),
                    {}});
  }
  for (RegisterEntry& entry : list)
    if (entry.which == Register::death)
      if (auto read = read_confirmations(entry); !read) return read.error();
  return list;
}

Result<void> PersonRegisterTable::read_confirmations(RegisterEntry& entry) {
  auto select = database_.prepare(
      "SELECT actor, reason, confirmed_at FROM deletion_confirmation WHERE subject = ?1 "
      "ORDER BY confirmed_at, actor");
  if (!select) return select.error();
  select->bind(std::string_view(entry.subject));
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    entry.confirmations.push_back(
        {std::string(select->text(0)), std::string(select->text(1)), std::string(select->text(2))});
  }
}

Result<void> PersonRegisterTable::set(const RegisterEntry& entry) {
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto insert = database_.prepare(
      "INSERT OR REPLACE INTO person_register "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  if (!insert) return insert.error();
  const std::string since = entry.since.iso();
  auto done = insert
                  ->bind(to_string(entry.which), std::string_view(entry.subject),
                         to_string(entry.state), std::string_view(since),
                         std::string_view(entry.person), std::string_view(entry.key_check),
                         std::string_view(entry.directive), std::string_view(entry.evidence),
                         std::string_view(entry.notice), std::string_view(entry.actor),
                         std::string_view(entry.reason), std::string_view(entry.changed_at))
                  .run();
  if (!done) return done;
  if (entry.which == Register::death)
    if (done = set_confirmations(entry); !done) return done;
  return transaction->commit();
}

Result<void> PersonRegisterTable::set_confirmations(const RegisterEntry& entry) {
  auto remove = database_.prepare("DELETE FROM deletion_confirmation WHERE subject = ?1");
  if (!remove) return remove.error();
  const std::string_view subject = entry.subject;
  if (auto done = remove->bind(subject).run(); !done) return done;
  auto insert = database_.prepare("INSERT INTO deletion_confirmation VALUES(?1, ?2, ?3, ?4)");
  if (!insert) return insert.error();
  for (const DeletionConfirmation& one : entry.confirmations) {
    auto done = insert
                    ->bind(subject, std::string_view(one.actor), std::string_view(one.reason),
                           std::string_view(one.at))
                    .run();
    if (!done) return done;
  }
  return {};
}

Result<void> PersonRegisterTable::learn(const std::vector<LearnedPerson>& learned) {
  if (learned.empty()) return {};
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto update = database_.prepare(
      "UPDATE person_register SET person = ?2 WHERE register = 'objection' AND subject = ?1");
  if (!update) return update.error();
  for (const LearnedPerson& one : learned)
    if (auto done = update->bind(std::string_view(one.subject), std::string_view(one.person)).run();
        !done)
      return done;
  return transaction->commit();
}

}  // namespace entsync
