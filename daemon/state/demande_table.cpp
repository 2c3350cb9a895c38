#include "demande_table.hpp"

#include <algorithm>

#include "core/scope.hpp"

namespace entsync {
namespace {

Problems unreadable_request(std::string_view id) {
  return Problem{Severity::error,
                 "LDG-013",
                 {{}, 0, "request " + std::string(id)},
                 "the state file has a request of links that cannot be read",
                 "restore the state file from the last backup"};
}

std::string day_text(const std::optional<Date>& day) {
  return day ? day->iso() : std::string();
}

}  // namespace

Result<TakenDemandes> DemandeTable::taken() {
  auto select = database_.prepare("SELECT id, digest FROM demande ORDER BY id");
  if (!select) return select.error();
  TakenDemandes taken;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return taken;
    taken.emplace(select->text(0), select->text(1));
  }
}

Result<void> DemandeTable::take(const std::vector<TakenDemande>& demandes, const std::string& now) {
  if (demandes.empty()) return {};
  auto transaction = database_.begin_write();
  if (!transaction) return transaction.error();
  auto insert = database_.prepare("INSERT OR IGNORE INTO demande VALUES(?1, ?2, ?3)");
  if (!insert) return insert.error();
  for (const TakenDemande& one : demandes)
    if (auto done = insert
                        ->bind(std::string_view(one.id), std::string_view(one.digest),
                               std::string_view(now))
                        .run();
        !done)
      return done;
  for (const TakenDemande& one : demandes)
    if (one.of_links)
      if (auto done = remember(*one.of_links); !done) return done;
  if (auto done = forget_old(now); !done) return done;
  return transaction->commit();
}

Result<std::vector<Demande>> DemandeTable::of_links() {
  auto select = database_.prepare(
      "SELECT id, digest, action, person, schools, debut, fin, demandeur, valideur, validation, "
      "file, line, start FROM link_request ORDER BY number");
  if (!select) return select.error();
  std::vector<Demande> requests;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return requests;
    Demande one;
    one.id = select->text(0);
    one.digest = select->text(1);
    const auto action = parse_demande_action(select->text(2));
    const auto person = parse_scope(ScopeText{.person = std::string(select->text(3))});
    const auto validation = Date::from_iso(select->text(9));
    if (!action || !person || !validation) return unreadable_request(one.id);
    one.action = *action;
    one.cle = person->person;
    std::string_view rest = select->text(4);
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const auto uai = Uai::parse(rest.substr(0, end));
      if (!uai) return unreadable_request(one.id);
      one.uais.push_back(*uai);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    one.debut = Date::from_iso(select->text(5));
    one.fin = Date::from_iso(select->text(6));
    if (one.action == DemandeAction::lier && !one.fin) return unreadable_request(one.id);
    one.demandeur = select->text(7);
    one.valideur = select->text(8);
    one.validation = *validation;
    one.file = select->text(10);
    one.line = static_cast<std::uint32_t>(select->integer(11));
    one.offset = static_cast<std::uint64_t>(select->integer(12));
    requests.push_back(std::move(one));
  }
}

Result<void> DemandeTable::remember(const Demande& demande) {
  auto insert = database_.prepare(
      "INSERT OR IGNORE INTO link_request(id, digest, action, person, schools, debut, fin, "
      "demandeur, valideur, validation, file, line, start) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
  if (!insert) return insert.error();
  std::string schools;
  for (const Uai& uai : demande.uais) schools += (schools.empty() ? "" : " ") + uai.str();
  const std::string person = demande.cle->str();
  const std::string debut = day_text(demande.debut);
  const std::string fin = day_text(demande.fin);
  const std::string validation = demande.validation.iso();
  return insert
      ->bind(std::string_view(demande.id), std::string_view(demande.digest),
             to_string(demande.action), std::string_view(person), std::string_view(schools),
             std::string_view(debut), std::string_view(fin), std::string_view(demande.demandeur),
             std::string_view(demande.valideur), std::string_view(validation),
             std::string_view(demande.file), std::uint64_t{demande.line}, demande.offset)
      .run();
}

/// All of a person or none: an end that is forgotten must not let a link stand again.
Result<void> DemandeTable::forget_old(const std::string& now) {
  auto remove = database_.prepare(
      "DELETE FROM link_request WHERE person NOT IN (SELECT person FROM link_request WHERE "
      "max(fin, validation) > date(?1, '-1 year'))");
  if (!remove) return remove.error();
  return remove->bind(std::string_view(now)).run();
}

}  // namespace entsync
