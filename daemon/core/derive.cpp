#include "derive.hpp"

#include <algorithm>
#include <unordered_set>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

const AttributeRule* rule_for(const EntryRules& rules, std::string_view attribute,
                              const TargetVocabulary& vocabulary) {
  for (const AttributeRule& rule : rules.attributes)
    if (equals_ignoring_case(vocabulary.name(rule.attribute), attribute)) return &rule;
  return nullptr;
}

std::string rdn(std::string_view type, std::string_view value, std::string_view branch) {
  return std::string(type) + "=" + dn::escape(value) + "," + std::string(branch);
}

}  // namespace

Deriver::Deriver(const Population& population, const Matched& matched,
                 const DirectorySnapshot& snapshot, const Rules& rules, const Tree& tree,
                 const Identities& identities)
    : Deriver(population, rules, tree, identities, nullptr) {
  auto dns = std::make_shared<Dns>();
  dns_ = dns;
  // Schools first: a person's RDN could in principle name one.
  dns->ecoles.resize(population.ecoles().size());
  for (EcoleIndex e = 0; e < dns->ecoles.size(); ++e) {
    const EntryIndex entry = matched.entry_of_ecole(e);
    dns->ecoles[e] =
        entry != no_entry ? snapshot.entry(entry).dn() : dns->texts.store(structure_dn(e));
  }
  dns->persons.resize(population.persons().size());
  for (PersonIndex p = 0; p < dns->persons.size(); ++p) {
    const EntryIndex entry = matched.entry_of(p);
    if (entry != no_entry)
      dns->persons[p] = snapshot.entry(entry).dn();
    else if (identities.of_person[p])
      dns->persons[p] = dns->texts.store(person_dn(p));
  }
}

Deriver::Deriver(const Population& population, const Rules& rules, const Tree& tree,
                 const Identities& identities, std::shared_ptr<const Dns> dns)
    : population_(population),
      rules_(rules),
      tree_(tree),
      identities_(identities),
      dns_(std::move(dns)) {}

Deriver Deriver::another() const {
  return {population_, rules_, tree_, identities_, dns_};
}

std::string Deriver::structure_dn(EcoleIndex ecole) {
  const EcoleNode& node = population_.ecoles()[ecole];
  std::string value = node.uai.str();
  if (const AttributeRule* rule = rule_for(rules_.structure, tree_.structure_rdn, rules_.target)) {
    const Subject subject{&node.records.front(), node.feed, no_index, ecole, no_index};
    SourcePosition position;
    scratch_.clear();
    if (const auto text = evaluate(rule->value, subject, {}, position, scratch_)) value = *text;
  }
  return rdn(tree_.structure_rdn, value, tree_.structures);
}

std::string Deriver::person_dn(PersonIndex person) {
  const Person& p = population_.persons()[person];
  std::string value = identities_.of_person[person]->identifiant;
  if (const AttributeRule* rule =
          rule_for(rules_.person(p.profil), tree_.person_rdn, rules_.target)) {
    const Subject subject{&p.record, p.feed, person, no_index, no_index};
    SourcePosition position;
    scratch_.clear();
    if (const auto text = evaluate(rule->value, subject, {}, position, scratch_)) value = *text;
  }
  return rdn(tree_.person_rdn, value, tree_.people);
}

std::string Deriver::dn_of(const GroupSubject& group) {
  SourcePosition position;
  scratch_.clear();
  const auto name = evaluate(group.rules->name, subject_of(group), {}, position, scratch_);
  return rdn(tree_.group_rdn, name.value_or(std::string_view{}), tree_.groups);
}

Deriver::Subject Deriver::subject_of(const GroupSubject& group) const {
  const EcoleNode& node = population_.ecoles()[group.ecole];
  return {&node.records.front(), node.feed, no_index, group.ecole, group.classe};
}

std::vector<GroupSubject> Deriver::groups() const {
  std::vector<GroupSubject> groups;
  for (EcoleIndex e = 0; e < population_.ecoles().size(); ++e) {
    for (const GroupRules& rules : rules_.groups) {
      if (rules.per == GroupRules::Per::ecole) {
        groups.push_back({&rules, e, no_index});
        continue;
      }
      const bool regroupement = rules.per == GroupRules::Per::regroupement;
      for (const ClasseIndex c : population_.classes_of(e))
        if (population_.classes()[c].regroupement == regroupement) groups.push_back({&rules, e, c});
    }
  }
  return groups;
}

void Deriver::members_of(const GroupSubject& group, std::vector<PersonIndex>& out) const {
  out.clear();
  const Members wanted = group.rules->members;
  if (wanted == Members::none) return;
  const auto add = [&](PersonIndex p) {
    if (!dns_->persons[p].empty()) out.push_back(p);
  };
  if (group.classe != no_index) {
    for (const PersonIndex eleve : population_.eleves_of(group.classe)) {
      if (dns_->persons[eleve].empty())
        continue;  // in doubt, and his responsables are here for him
      if (wanted == Members::eleves || wanted == Members::tous) add(eleve);
      if (wanted == Members::responsables || wanted == Members::tous)
        for (const Link& link : population_.links_of(population_.persons()[eleve]))
          add(link.person);
    }
    // Siblings in one class share their responsables.
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return;
  }
  for (const PersonIndex p : population_.persons_of(group.ecole)) {
    const Profil profil = population_.persons()[p].profil;
    // Whoever is in a group sees who else is: never pupils, for the staff of local authorities.
    if (profil == Profil::collectivite) continue;
    switch (wanted) {
      case Members::tous:
        if (is_there(p, group.ecole)) add(p);
        break;
      case Members::eleves:
        if (profil == Profil::eleve) add(p);
        break;
      case Members::responsables:
        if (profil == Profil::responsable && is_there(p, group.ecole)) add(p);
        break;
      case Members::enseignants:
        if (profil == Profil::enseignant || profil == Profil::directeur) add(p);
        break;
      case Members::directeurs: {
        const auto directeurs = population_.directeurs_of(group.ecole);
        if (std::ranges::find(directeurs, p) != directeurs.end()) add(p);
        break;
      }
      case Members::personnels:
        if (profil == Profil::personnel) add(p);
        break;
      case Members::none:
        break;
    }
  }
}

bool Deriver::is_there(PersonIndex p, EcoleIndex ecole) const {
  const Person& person = population_.persons()[p];
  if (person.profil != Profil::responsable) return true;
  return std::ranges::any_of(population_.links_of(person), [&](const Link& link) {
    if (dns_->persons[link.person].empty()) return false;
    const auto ecoles = population_.ecoles_of(population_.persons()[link.person]);
    return std::ranges::find(ecoles, ecole) != ecoles.end();
  });
}

void Deriver::derive(PersonIndex person, DesiredEntry& out, Extent extent) {
  const Person& p = population_.persons()[person];
  out.clear();
  out.kind = EntryKind::person;
  out.rules = &rules_.person(p.profil);
  derive_attributes(*out.rules, {&p.record, p.feed, person, no_index, no_index}, out, extent);
}

void Deriver::derive_ecole(EcoleIndex ecole, DesiredEntry& out) {
  const EcoleNode& node = population_.ecoles()[ecole];
  out.clear();
  out.kind = EntryKind::structure;
  out.rules = &rules_.structure;
  derive_attributes(*out.rules, {&node.records.front(), node.feed, no_index, ecole, no_index}, out);
}

void Deriver::derive(const GroupSubject& group, DesiredEntry& out) {
  out.clear();
  out.kind = group.rules->kind;
  out.rules = &group.rules->entry;
  derive_attributes(*out.rules, subject_of(group), out);
}

void Deriver::derive_attributes(const EntryRules& rules, const Subject& subject, DesiredEntry& out,
                                Extent extent) {
  for (const AttributeRule& rule : rules.attributes) {
    if (rule.owner == Owner::ent) continue;
    if (extent == Extent::enforced && rule.owner != Owner::source) continue;
    const auto first = static_cast<std::uint32_t>(out.values.size());
    incomplete_ = false;
    derive_attribute(rule, subject, out);
    out.attributes.push_back({rule.attribute, rule.owner, first,
                              static_cast<std::uint32_t>(out.values.size()) - first, incomplete_});
  }
}

Deriver::Item Deriver::ecole_item(EcoleIndex ecole) const {
  Item item;
  item.dn = dns_->ecoles[ecole];
  item.ecole = item.dn;
  item.uai = population_.ecoles()[ecole].uai.str();
  return item;
}

void Deriver::derive_attribute(const AttributeRule& rule, const Subject& subject,
                               DesiredEntry& out) {
  const Person* person =
      subject.person == no_index ? nullptr : &population_.persons()[subject.person];
  const FeedRecord& record = *subject.record;
  const auto first = out.values.size();
  const auto add = [&](const Item& item) {
    // Single-valued attributes take the first value that is valid.
    if (rules_.target.info(rule.attribute).single_valued && out.values.size() > first) return;
    add_value(rule, subject, item, out);
  };
  const auto each_feed_value = [&](FeedAttribute attribute, auto&& visit) {
    for (const FeedValue value : record.values(attribute)) visit(value);
  };
  switch (rule.each) {
    case Each::once:
      // A school of several structure ids carries all of them.
      if (rule.attribute == rules_.names.structure_jointure && subject.ecole != no_index) {
        for (const FeedRecord& one : population_.ecoles()[subject.ecole].records) {
          Subject same = subject;
          same.record = &one;
          add_value(rule, same, {}, out);
        }
      } else {
        add({});
      }
      break;
    case Each::feed_values:
      each_feed_value(rule.each_attribute, [&](const FeedValue& value) {
        Item item;
        split_composite(value.text, parts_);
        item.parts = parts_;
        item.position = value.position;
        add(item);
      });
      break;
    case Each::fonctions:
    case Each::directions:
      each_feed_value(rule.each == Each::fonctions ? rules_.feed.fonctions : rules_.feed.direction,
                      [&](const FeedValue& value) {
                        split_composite(value.text, parts_);
                        const EcoleIndex ecole =
                            population_.ecole_of(subject.feed, trim(parts_[0]));
                        if (ecole == no_index) return;
                        Item item = ecole_item(ecole);
                        item.parts = parts_;
                        item.position = value.position;
                        add(item);
                      });
      break;
    case Each::classes:
    case Each::groupes: {
      const bool regroupement = rule.each == Each::groupes;
      const auto classes = person != nullptr ? population_.classes_of(*person)
                                             : population_.classes_of(subject.ecole);
      const Unread& unread =
          person != nullptr ? person->unread : population_.ecoles()[subject.ecole].unread;
      incomplete_ = unread.of(regroupement);
      for (const ClasseIndex c : classes) {
        const ClasseNode& classe = population_.classes()[c];
        if (classe.regroupement != regroupement) continue;
        Item item = ecole_item(classe.ecole);
        item.id = classe.id;
        item.label = classe.label;
        item.position = person != nullptr ? record.position() : classe.position;
        add(item);
      }
      break;
    }
    case Each::responsables:
    case Each::eleves:
      if (person == nullptr) break;
      for (const Link& link : population_.links_of(*person)) {
        Item item;
        item.dn = dns_->persons[link.person];
        item.lien = link.lien;
        item.position = link.position;
        if (!item.dn.empty()) add(item);
      }
      break;
    case Each::ecoles:
      if (person == nullptr) break;
      for (const EcoleIndex ecole : population_.ecoles_of(*person)) add(ecole_item(ecole));
      break;
    case Each::directeurs:
      for (const PersonIndex directeur : population_.directeurs_of(subject.ecole)) {
        Item item;
        item.dn = dns_->persons[directeur];
        item.position = population_.persons()[directeur].record.position();
        if (!item.dn.empty()) add(item);
      }
      break;
    case Each::profils:
      profils_of(subject, codes_);
      for (const std::string_view code : codes_) {
        Item item;
        item.code = code;
        add(item);
      }
      break;
  }
}

/// The national profile codes of a person (SDET § 4.7): of staff, those of the functions in scope.
void Deriver::profils_of(const Subject& subject, std::vector<std::string_view>& out) {
  out.clear();
  if (subject.person == no_index) return;
  const Profil profil = population_.persons()[subject.person].profil;
  const std::string_view code = rules_.profil_code[static_cast<std::size_t>(profil)];
  const auto add = [&](std::string_view c) {
    if (!c.empty() && std::ranges::find(out, c) == out.end()) out.push_back(c);
  };
  if (category_of(profil) == Category::pers_educ_nat) {
    for (const FeedValue value : subject.record->values(rules_.feed.fonctions)) {
      split_composite(value.text, parts_);
      if (parts_.size() < 2 || population_.ecole_of(subject.feed, trim(parts_[0])) == no_index)
        continue;
      const auto known = std::ranges::find(rules_.profil_by_function, trim(parts_[1]),
                                           &std::pair<std::string, std::string>::first);
      if (known != rules_.profil_by_function.end()) add(known->second);
    }
  }
  if (profil == Profil::directeur || out.empty()) add(code);
}

void Deriver::add_value(const AttributeRule& rule, const Subject& subject, const Item& item,
                        DesiredEntry& out) {
  SourcePosition position = item.position;
  const auto text = evaluate(rule.value, subject, item, position, out.scratch);
  if (!text) return;
  if (!is_valid(rules_.target.info(rule.attribute), *text)) {
    if (on_invalid) on_invalid(subject.feed, {rule.attribute, position});
    incomplete_ = true;
    return;
  }
  out.values.push_back({*text, position});
}

/// The value, or nothing when a field that is not optional is empty. A template that is one bare
/// field gives a view of the feed itself.
std::optional<std::string_view> Deriver::evaluate(const Template& value, const Subject& subject,
                                                  const Item& item, SourcePosition& position,
                                                  Arena& scratch) {
  if (value.fields.size() == 1 && value.fields.front().filters.empty()) {
    const std::string_view text =
        trim(field_text(value.fields.front(), subject, item, position, scratch));
    if (text.empty()) return std::nullopt;
    return text;
  }
  buffer_.clear();
  for (const Field& field : value.fields) {
    if (field.kind == Field::Kind::literal) {
      buffer_ += field.literal;
      continue;
    }
    const std::string_view text = field_text(field, subject, item, position, scratch);
    const std::size_t before = buffer_.size();
    if (field.filters.empty())
      buffer_ += trim(text);
    else
      buffer_ += apply_filters(field, trim(text), rules_.tables);
    if (buffer_.size() == before && !field.optional) return std::nullopt;
  }
  const std::string_view result = trim(buffer_);
  if (result.empty()) return std::nullopt;
  return scratch.store(result);
}

std::string_view Deriver::field_text(const Field& field, const Subject& subject, const Item& item,
                                     SourcePosition& position, Arena& scratch) const {
  switch (field.kind) {
    case Field::Kind::literal:
      return field.literal;
    case Field::Kind::feed_attribute: {
      const auto value = subject.record->first_value(field.attribute);
      if (!value) return {};
      if (!position.known()) position = value->position;
      return value->text;
    }
    case Field::Kind::part:
      return field.part < item.parts.size() ? item.parts[field.part] : std::string_view{};
    case Field::Kind::item:
      switch (field.item) {
        case ItemField::dn:
          return item.dn;
        case ItemField::uai:
          return item.uai;
        case ItemField::ecole:
          return item.ecole;
        case ItemField::id:
          return item.id;
        case ItemField::label:
          return item.label;
        case ItemField::lien:
          return item.lien;
        case ItemField::code:
          return item.code;
      }
      return {};
    case Field::Kind::scalar:
      if (!position.known() && field.scalar != Scalar::identifiant && field.scalar != Scalar::login)
        position = subject.record->position();
      return scalar(field.scalar, subject, scratch);
  }
  return {};
}

std::string_view Deriver::scalar(Scalar wanted, const Subject& subject, Arena& scratch) const {
  const auto attachment = [&]() -> EcoleIndex {
    if (subject.person == no_index) return subject.ecole;
    for (const FeedValue value : subject.record->values(rules_.feed.structure)) {
      const EcoleIndex ecole = population_.ecole_of(subject.feed, value.text);
      if (ecole != no_index) return ecole;
    }
    return no_index;
  };
  switch (wanted) {
    case Scalar::identifiant:
    case Scalar::login: {
      if (subject.person == no_index || !identities_.of_person[subject.person]) return {};
      const Identity& identity = *identities_.of_person[subject.person];
      return wanted == Scalar::login ? identity.login : identity.identifiant;
    }
    case Scalar::jointure: {
      std::string key = population_.feed(subject.feed).academie() + "$";
      key += subject.record->id();
      if (subject.classe != no_index)
        key += "$" + std::string(population_.classes()[subject.classe].id);
      return scratch.store(key);
    }
    case Scalar::ecole: {
      const EcoleIndex ecole = attachment();
      return ecole == no_index ? std::string_view{} : dns_->ecoles[ecole];
    }
    case Scalar::uai: {
      const EcoleIndex ecole = attachment();
      return ecole == no_index ? std::string_view{} : population_.ecoles()[ecole].uai.str();
    }
    case Scalar::nom: {
      if (subject.classe != no_index) {
        const ClasseNode& classe = population_.classes()[subject.classe];
        return classe.label.empty() ? classe.id : classe.label;
      }
      std::string name(subject.record->first(rules_.feed.structure_nom));
      std::ranges::replace(name, '$', ' ');
      return scratch.store(trim(name));
    }
    case Scalar::id:
      return subject.classe == no_index ? subject.record->id()
                                        : population_.classes()[subject.classe].id;
  }
  return {};
}

}  // namespace entsync
