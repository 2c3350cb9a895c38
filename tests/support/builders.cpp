#include "support/builders.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "config/load_rules.hpp"
#include "core/delta_fold.hpp"
#include "core/text.hpp"
#include "support/memory_schema.hpp"

namespace entsync::test {
namespace {

constexpr std::uint32_t lines_per_record = 10;
constexpr std::uint64_t bytes_per_record = 1000;
constexpr unsigned any_days = 10'000;

std::string file_name(const Delivery& delivery, Category category, Date date, std::uint32_t part) {
  const bool is_complet = delivery.kind == DeliveryKind::complet;
  return "ENT_" + delivery.academie + (is_complet ? "_Complet_" : "_Delta_") + date.compact() +
         "_" + std::string(to_string(category)) + "_000" + std::to_string(part) + ".xml";
}

/// Of the file's day and name, so that two files never have one.
std::string digest_of(const std::string& file) {
  std::string digest;
  for (const char c : file) digest += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  digest.resize(64, '0');
  return digest;
}

RecordDraft draft_of(const Record& record, const Rules& rules, SourcePosition position) {
  RecordDraft draft;
  draft.category = record.category;
  draft.request = record.request;
  draft.id = record.id;
  draft.position = position;
  for (const auto& [name, value] : record.values) {
    const auto attribute = rules.vocabulary.find(name);
    if (!attribute) continue;  // the reader drops what the rules do not name
    if (value.empty() && record.request != RequestKind::modify) continue;
    const auto n = static_cast<std::uint32_t>(draft.values.size() + 1);
    draft.values.push_back({*attribute, value, std::min(n, lines_per_record - 1), n});
  }
  draft.value_count = draft.values.size();
  return draft;
}

Record filler(Category category) {
  switch (category) {
    case Category::etab_educ_nat:
      return etab("999999", uai(9990001));
    case Category::eleve:
      return eleve("9999991", "999999", "");
    case Category::pers_rel_eleve:
      return responsable("9999992");
    case Category::pers_educ_nat:
      return personnel("9999993", "999999");
    case Category::pers_collectivite:
      break;  // in no delivery
  }
  throw std::logic_error("unknown category");
}

}  // namespace

Record& Record::with(std::string_view attribute, std::string_view value) {
  values.emplace_back(attribute, value);
  return *this;
}

Record& Record::set(std::string_view attribute, std::string_view value) {
  return without(attribute).with(attribute, value);
}

Record& Record::without(std::string_view attribute) {
  std::erase_if(values, [&](const auto& pair) { return pair.first == attribute; });
  return *this;
}

std::string uai(unsigned number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 7 - digits.size(), '0');
  return digits + "ABCDEFGHJKLMNPRSTUVWXYZ"[number % 23];
}

Record etab(std::string_view id, std::string_view uai) {
  return Record{Category::etab_educ_nat, std::string(id), {}}
      .with("ENTStructureUAI", uai)
      .with("ENTStructureNomCourant", "E.E.PU$ECOLE " + std::string(id) + "$VILLE")
      .with("ENTServAcAcademie", "TEST");
}

std::string classe(std::string_view etab, std::string_view id, std::string_view label) {
  return std::string(etab) + "$11$ORDINAIRE$" + std::string(id) + "$" + std::string(label);
}

std::string groupe(std::string_view etab, std::string_view id, std::string_view label) {
  return std::string(etab) + "$40$REGROUPEMENT$" + std::string(id) + "$" + std::string(label);
}

Record eleve(std::string_view id, std::string_view etab, std::string_view classe_id) {
  Record record{Category::eleve, std::string(id), {}};
  record.with("ENTPersonNom", "NOM" + std::string(id))
      .with("ENTPersonPrenom", "Prenom" + std::string(id))
      .with("ENTPersonDateNaissance", "01/02/2018")
      .with("ENTPersonStructRattach", etab);
  if (!classe_id.empty()) record.with("ENTPersonClasses", classe(etab, classe_id));
  return record;
}

Record responsable(std::string_view id) {
  return Record{Category::pers_rel_eleve, std::string(id), {}}
      .with("ENTPersonNom", "PARENT" + std::string(id))
      .with("ENTPersonPrenom", "Adulte" + std::string(id));
}

Record personnel(std::string_view id, std::string_view etab, std::string_view function) {
  return Record{Category::pers_educ_nat, std::string(id), {}}
      .with("ENTPersonNom", "AGENT" + std::string(id))
      .with("ENTPersonPrenom", "Prenom" + std::string(id))
      .with("ENTPersonStructRattach", etab)
      .with("ENTPersonFonctions",
            std::string(etab) + "$" + std::string(function) + "$LIBELLE$G0000$SANS SPECIALITE")
      .with("ENTPersonCategorieEnseignant", "O");
}

Record modify(Category category, std::string_view id) {
  Record record{category, std::string(id), {}};
  record.request = RequestKind::modify;
  return record;
}

Record deletion(Category category, std::string_view id) {
  Record record{category, std::string(id), {}};
  record.request = RequestKind::remove;
  return record;
}

Feed Delivery::feed(const Rules& rules) const {
  const Date day = Date::from_iso(date).value();
  Feed feed(academie, kind, day);
  std::uint32_t parts = 1;
  for (const Record& record : records) parts = std::max(parts, record.part + 1);
  for (std::uint32_t part = 0; part < parts; ++part)
    for (const Category category : all_categories) {
      const std::string name = file_name(*this, category, day, part);
      const std::string digest =
          kind == DeliveryKind::delta
              ? digest_of(name)
              : std::string(64, static_cast<char>('a' + static_cast<int>(category)));
      feed.add_file({academie, name, digest, 1000, 0, category});
    }
  std::vector<std::uint32_t> count(feed.files().size());
  for (const Record& record : records) {
    const auto file = record.part * static_cast<std::uint32_t>(all_categories.size()) +
                      static_cast<std::uint32_t>(record.category);
    const std::uint32_t n = count[file]++;
    feed.add_record(
        draft_of(record, rules, {file, n * lines_per_record + 1, n * bytes_per_record}));
  }
  for (const RejectedRecord& one : rejected) feed.add_rejected(one);
  return feed;
}

Delivery Delivery::filled() const {
  Delivery filled = *this;
  for (const Category category : all_categories)
    if (std::ranges::find(records, category, &Record::category) == records.end())
      filled.records.push_back(filler(category));
  return filled;
}

CompletFeed Delivery::complet(const Rules& rules) const {
  auto whole = CompletFeed::verify(filled().feed(rules), {academie, {}, {}}, {}).value();
  ExpectedDelta expected;
  expected.limits = {any_days, any_days};
  Problems findings;
  for (const Delivery& delta : deltas)
    whole = fold_delta(std::move(whole), delta.feed(rules), expected, findings).value();
  return whole;
}

Delivery delta_between(const Delivery& before, const Delivery& after) {
  Delivery delta{after.academie, after.date, {}, {}, DeliveryKind::delta, {}};
  const auto same_object = [](const auto& of) {
    return [&of](const Record& r) { return r.category == of.category && r.id == of.id; };
  };
  for (const Record& now : after.records) {
    const auto then = std::ranges::find_if(before.records, same_object(now));
    if (then == before.records.end()) {
      delta.records.push_back(now);
      continue;
    }
    Record change = modify(now.category, now.id);
    std::set<std::string> names;
    for (const auto& [name, value] : then->values) names.insert(name);
    for (const auto& [name, value] : now.values) names.insert(name);
    for (const std::string& name : names) {
      const auto values_of = [&name](const Record& record) {
        std::vector<std::string> values;
        for (const auto& [attribute, value] : record.values)
          if (attribute == name && !value.empty()) values.push_back(value);
        return values;
      };
      const auto values = values_of(now);
      if (values == values_of(*then)) continue;
      for (const std::string& value : values) change.with(name, value);
      if (values.empty()) change.with(name, "");
    }
    if (!change.values.empty()) delta.records.push_back(std::move(change));
  }
  const auto is_rejected_in = [](const Delivery& delivery, const auto& of) {
    return std::ranges::any_of(delivery.rejected, [&](const RejectedRecord& r) {
      return r.category == of.category && r.id == of.id;
    });
  };
  for (const Record& then : before.records)
    if (std::ranges::none_of(after.records, same_object(then)) && !is_rejected_in(after, then))
      delta.records.push_back(deletion(then.category, then.id));
  for (const RejectedRecord& one : after.rejected)
    if (!is_rejected_in(before, one)) delta.rejected.push_back(one);
  return delta;
}

Record& Delivery::find(Category category, std::string_view id) {
  const auto found = std::ranges::find_if(
      records, [&](const Record& r) { return r.category == category && r.id == id; });
  if (found == records.end()) throw std::logic_error("no record " + std::string(id));
  return *found;
}

void Delivery::remove(Category category, std::string_view id) {
  const Record& record = find(category, id);
  records.erase(records.begin() + (&record - records.data()));
}

void Delivery::reject(Category category, std::string_view id) {
  remove(category, id);
  rejected.push_back({category, std::string(id), {}, "AAF-031", "rejected by the test"});
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Delivery delivery_from_text(std::string_view text) {
  Delivery delivery;
  const auto words = [](std::string_view line) {
    const std::size_t space = line.find(' ');
    return std::pair{line.substr(0, space),
                     space == std::string_view::npos ? std::string_view{} : line.substr(space + 1)};
  };
  const auto category = [](std::string_view token) {
    const auto known = parse_category(token);
    if (!known) throw std::logic_error("not a category: " + std::string(token));
    return *known;
  };
  for (const std::string_view line : lines_of(text)) {
    if (trim(line).empty() || line.starts_with('#')) continue;
    if (line.starts_with(' ')) {
      const std::string_view pair = trim(line);
      const std::size_t colon = pair.find(": ");
      if (colon == std::string_view::npos)
        throw std::logic_error("not a value: " + std::string(line));
      delivery.records.back().with(pair.substr(0, colon), trim(pair.substr(colon + 2)));
      continue;
    }
    const auto [first, rest] = words(line);
    if (first == "academie") {
      delivery.academie = rest;
    } else if (first == "date") {
      delivery.date = rest;
    } else if (first == "rejected") {
      const auto [token, id] = words(rest);
      delivery.rejected.push_back({category(token), std::string(id), {}, "AAF-031", "rejected"});
    } else {
      delivery.records.push_back({category(first), std::string(rest), {}});
    }
  }
  return delivery;
}

const Rules& rules_1d() {
  static const Rules rules = [] {
    Rules loaded = config::load_rules(ENTSYNC_SOURCE_DIR "/config/rules/sdet-1d.toml").value();
    Schema::of_1d().refine(loaded.target);
    return loaded;
  }();
  return rules;
}

Registry registry_of(const std::vector<std::string>& uais) {
  Registry registry;
  for (const std::string& text : uais)
    registry.add(
        {Uai::parse(text).value(), {}, {}, {}, {}, "public", {}, {}, {}, EtatConvention::inscrite});
  return registry;
}

Tree test_tree() {
  return {"dc=ent,dc=test",
          "ou=people,dc=ent,dc=test",
          "ou=structures,dc=ent,dc=test",
          "ou=groups,dc=ent,dc=test",
          "uid",
          "ENTStructureUAI",
          "cn"};
}

}  // namespace entsync::test
