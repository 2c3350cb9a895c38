#pragma once
/// Test data for everything behind the connectors: deliveries from short literals, the real rule
/// file with the real schema, a registry, and values that are right by construction (UAI with check
/// letter). All names are invented.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/feed.hpp"
#include "core/registry.hpp"
#include "core/rules.hpp"
#include "core/tree.hpp"

namespace entsync::test {

/// One record of a delivery. `with` adds a value, `set` replaces all of an attribute.
struct Record {
  Category category = Category::eleve;
  std::string id;
  std::vector<std::pair<std::string, std::string>> values;
  RequestKind request = RequestKind::add;  ///< of a Delta; a modifyRequest may hold empty values
  std::uint32_t part = 0;                  ///< of a Delta: the number of its file

  Record& with(std::string_view attribute, std::string_view value);
  Record& set(std::string_view attribute, std::string_view value);
  Record& without(std::string_view attribute);
};

/// A UAI with the right check letter: uai(310001) is "0310001" and its letter.
std::string uai(unsigned number);

Record etab(std::string_view id, std::string_view uai);
/// A pupil attached to `etab`; `classe` is a class id, none when empty.
Record eleve(std::string_view id, std::string_view etab, std::string_view classe = "73196");
Record responsable(std::string_view id);
/// A member of staff with one function at `etab` and the category of teachers.
Record personnel(std::string_view id, std::string_view etab, std::string_view function = "ENS");
/// `etab$11$ORDINAIRE$id$label`, a value of ENTPersonClasses.
std::string classe(std::string_view etab, std::string_view id, std::string_view label = "CP A");
std::string groupe(std::string_view etab, std::string_view id, std::string_view label = "CHORALE");

/// Requests of a Delta: the values that an attribute gets, and the end of an object.
Record modify(Category category, std::string_view id);
Record deletion(Category category, std::string_view id);

/// One académie's delivery of one day.
struct Delivery {
  std::string academie = "AC-TEST";
  std::string date = "2026-09-02";
  std::vector<Record> records;
  std::vector<RejectedRecord> rejected;
  DeliveryKind kind = DeliveryKind::complet;
  std::vector<Delivery> deltas;  ///< that follow it, in order

  /// As it was read. Each category has a file `…_0000.xml`; a record stands on ten lines of its
  /// own.
  [[nodiscard]] Feed feed(const Rules& rules) const;
  /// Categories without a record get one of a structure that nobody enrolled, because a Complet
  /// without them is refused.
  [[nodiscard]] Delivery filled() const;
  /// The same verified, with its Deltas folded in.
  [[nodiscard]] CompletFeed complet(const Rules& rules) const;

  Record& find(Category category, std::string_view id);
  void remove(Category category, std::string_view id);
  /// The record could not be used: it leaves the delivery and is counted as rejected.
  void reject(Category category, std::string_view id);
};

/// The Delta that makes one delivery another, of the day of the latter: new objects are added,
/// changed ones modified, missing ones deleted, newly rejected ones cannot be used.
Delivery delta_between(const Delivery& before, const Delivery& after);

/// Parses the text of a delivery: `Category id` opens a record, `  Attribute: value` adds to it,
/// `rejected Category id` counts one (without id: one that could not be identified). Blank lines
/// and `#` are skipped.
Delivery delivery_from_text(std::string_view text);

/// config/rules/sdet-1d.toml, its attributes refined by config/schema/ent-1d.schema.
const Rules& rules_1d();

Registry registry_of(const std::vector<std::string>& uais);

/// dc=ent,dc=test with ou=people, ou=structures and ou=groups.
Tree test_tree();

/// Splits at line ends; the last line may lack one.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace entsync::test
