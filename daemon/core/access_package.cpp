#include "access_package.hpp"

#include <algorithm>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

constexpr int months_to_answer = 1;
constexpr int months_when_put_off = 3;
/// Shorter ones are no contact by themselves, and would be found in everything.
constexpr std::size_t shortest_contact = 6;
/// Towns and countries are no contact; an address without a number is longer than most of them.
constexpr std::size_t surely_contact = 16;
/// Of a phone number, however it begins: 06 …, +33 6 …, 0033 6 ….
constexpr std::size_t phone_digits = 9;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_of_word(char c) {
  return is_digit(c) || is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80U;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (is_digit(c)) digits += c;
  return digits;
}

bool is_phone(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_of_word(c) && !is_digit(c); }) &&
         digits_of(text).size() >= phone_digits;
}

bool reaches_a_person(std::string_view text) {
  return text.size() >= surely_contact ||
         (text.size() >= shortest_contact &&
          std::ranges::any_of(text, [](char c) { return c == '@' || is_digit(c); }));
}

/// As a word of its own: "jean.dupont" is not in "jean.dupont2".
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_of_word(text[at - 1])) && (end == text.size() || !is_of_word(text[end])))
      return true;
  }
  return false;
}

/// Whether the byte is a later one of a character that parts words.
bool is_continuation_of_punctuation(std::string_view text, std::size_t at) {
  return (at >= 1 && (text.substr(at - 1).starts_with("\xE2\x80") ||
                      text.substr(at - 1).starts_with("\xC2\xA0"))) ||
         (at >= 2 && text.substr(at - 2).starts_with("\xE2\x80"));
}

/// The words of a text in ASCII, whatever stands between them: "L'HAŸ, Éva" and "l hay eva" are
/// one.
std::string words_of(std::string_view text) {
  std::string words;
  std::string word;
  const auto end_word = [&] {
    const std::string plain = ascii_letters(word);
    if (!plain.empty()) words += (words.empty() ? "" : " ") + plain;
    word.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Apostrophes and dashes of typographers (U+2000 to U+203F) and the no-break space part words.
    if (text.substr(i).starts_with("\xE2\x80") || text.substr(i).starts_with("\xC2\xA0"))
      end_word();
    else if (is_of_word(text[i]) && !is_continuation_of_punctuation(text, i))
      word += text[i];
    else
      end_word();
  }
  end_word();
  return words;
}

/// The part of a value that may be a DN: of composites what stands before the first `$`.
std::string_view head_of(std::string_view value) {
  return value.substr(0, value.find('$'));
}

Withheld role_of(Profil profil) {
  switch (profil) {
    case Profil::eleve:
      return Withheld::eleve;
    case Profil::responsable:
      return Withheld::responsable;
    case Profil::enseignant:
      return Withheld::enseignant;
    case Profil::directeur:
      return Withheld::directeur;
    case Profil::personnel:
      return Withheld::personnel;
    case Profil::collectivite:
      return Withheld::collectivite;
  }
  return Withheld::person;
}

/// The attributes that a responsable's entry has and a pupil's has not: what reaches a person.
std::vector<TargetAttribute> contacts_of(const Rules& rules) {
  std::vector<TargetAttribute> contacts;
  const auto& of_pupils = rules.person(Profil::eleve).attributes;
  for (const AttributeRule& rule : rules.person(Profil::responsable).attributes)
    if (rule.attribute != rules.names.responsable_pupils &&
        std::ranges::find(of_pupils, rule.attribute, &AttributeRule::attribute) == of_pupils.end())
      contacts.push_back(rule.attribute);
  return contacts;
}

class PackageMaker {
 public:
  PackageMaker(const PlannerInput& input, const AccessSources& sources)
      : in_(input),
        sources_(sources),
        discretion_(input, sources.entry, sources.requester, sources.others) {}

  AccessPackage run() {
    const Explanation& explanation = sources_.explanation;
    out_.subject = explanation.subject;
    out_.schools = explanation.schools;
    out_.delivery = explanation.where.file;
    out_.delivered = explanation.delivered;
    out_.profil = parse_profil(explanation.profil).value_or(Profil::eleve);
    if (sources_.entry != no_entry) add_account();
    add_changes();
    add_attributes();
    return std::move(out_);
  }

 private:
  void add_account() {
    const SnapshotEntry entry = in_.snapshot.entry(sources_.entry);
    out_.dn = entry.dn();
    if (const auto key = in_.matched.key_of(sources_.entry))
      out_.profil = profil_of(entry, key->category, in_.rules);
    out_.restricted = in_.matched.is_restricted(sources_.entry);
    out_.account_end = marks_of(entry, in_.rules).end;
    out_.delete_after_days = in_.absence.delays_of(out_.profil).delete_after_days;
    add_groups(dn::normalise(entry.dn()));
  }

  void add_groups(const std::string& member) {
    for (EntryIndex e = 0; e < in_.snapshot.size(); ++e) {
      const SnapshotEntry group = in_.snapshot.entry(e);
      if (group.branch() != Branch::groups) continue;
      for (std::size_t i = 0; i < group.value_count(); ++i)
        if ((group.attribute(i) == in_.rules.names.member ||
             group.attribute(i) == in_.rules.names.explicit_member) &&
            dn::normalise(group.text(i)) == member) {
          out_.groups.emplace_back(group.first(in_.rules.names.group_name));
          break;
        }
    }
    std::ranges::sort(out_.groups);
  }

  std::vector<ToldAttribute>::iterator known_attribute(const std::string& name) {
    return std::ranges::find_if(out_.attributes, [&](const ToldAttribute& attribute) {
      return equals_ignoring_case(attribute.name, name);
    });
  }

  void add_attributes() {
    for (const auto& [name, value] : sources_.values) {
      auto known = known_attribute(name);
      if (known == out_.attributes.end()) {
        out_.attributes.push_back(attribute_of(name));
        known = std::prev(out_.attributes.end());
      }
      ToldValue told = told_value(name, value);
      if (told.withheld == Withheld::nothing) told.source = source_of(name, value);
      known->values.push_back(std::move(told));
    }
  }

  [[nodiscard]] ToldAttribute attribute_of(const std::string& name) const {
    ToldAttribute out;
    out.name = name;
    const EntryRules& rules = in_.rules.person(out_.profil);
    const TargetAttribute attribute = in_.rules.target.find(name);
    const auto rule = std::ranges::find(rules.attributes, attribute, &AttributeRule::attribute);
    if (attribute == TargetVocabulary::npos)
      out.owner = ToldOwner::ent;
    else if (rule != rules.attributes.end()) {
      out.owner = owner_of(rule->owner);
      out.rule = rules.id + "." + name;
    } else if (is_written_by_program(attribute))
      out.owner = ToldOwner::program;
    const auto changed = last_change_.find(ascii_lower(name));
    if (changed != last_change_.end()) out.last_change = changed->second;
    return out;
  }

  static ToldOwner owner_of(Owner owner) {
    switch (owner) {
      case Owner::source:
        return ToldOwner::source;
      case Owner::initial:
        return ToldOwner::initial;
      case Owner::ent:
        break;
    }
    return ToldOwner::ent;
  }

  [[nodiscard]] bool is_written_by_program(TargetAttribute attribute) const {
    const TargetNames& names = in_.rules.names;
    return attribute == names.object_class || attribute == names.absent_since ||
           attribute == names.deletion_date || attribute == names.account_state ||
           attribute == names.account_lock || attribute == names.restriction;
  }

  [[nodiscard]] ExplainedSource source_of(const std::string& name, const std::string& value) const {
    for (const ExplainedAttribute& attribute : sources_.explanation.attributes) {
      if (!equals_ignoring_case(attribute.name, name)) continue;
      for (std::size_t i = 0; i < attribute.desired.size(); ++i)
        if (case_fold(attribute.desired[i]) == case_fold(value)) return attribute.sources[i];
    }
    return {};
  }

  [[nodiscard]] bool leads_to_requester(std::string_view value) const {
    return sources_.requester != no_entry && value.find('=') != std::string_view::npos &&
           dn::normalise(head_of(value)) ==
               dn::normalise(in_.snapshot.entry(sources_.requester).dn());
  }

  /// Counts what belongs to others.
  ToldValue told_value(std::string_view attribute, const std::string& value) {
    ToldValue told;
    told.withheld = discretion_.of(attribute, value);
    if (told.withheld == Withheld::nothing) {
      told.text = value;
      told.is_requester = leads_to_requester(value);
    } else if (told.withheld != Withheld::secret)
      ++out_.withheld;
    return told;
  }

  void add_changes() {
    for (const AuditRecord& record : sources_.changes) {
      ToldChange change;
      change.time = record.time;
      change.operation = parse_operation(record.operation).value_or(Operation::modify);
      change.run = record.run;
      change.by_program = record.actor.starts_with("system:");
      if (const auto day = Date::from_iso(record.time.substr(0, 10)))
        change.told_until = day->plus_days(sources_.values_days);
      if (record.attributes.empty()) out_.changes.push_back(change);
      for (const AttributeTrace& trace : record.attributes) add_change(change, record, trace);
    }
  }

  void add_change(ToldChange change, const AuditRecord& record, const AttributeTrace& trace) {
    change.attribute = trace.attribute;
    change.rule = record.rule.empty() ? std::string() : record.rule + "." + trace.attribute;
    change.source = {trace.file, trace.line};
    add_values(trace.attribute, trace.removed, trace.vaulted_removed, change.removed);
    add_values(trace.attribute, trace.added, trace.vaulted_added, change.added);
    last_change_[ascii_lower(trace.attribute)] = record.time;
    out_.changes.push_back(std::move(change));
  }

  void add_values(const std::string& attribute, const std::vector<std::string>& values,
                  std::uint64_t in_vault, std::vector<ToldValue>& to) {
    const bool is_digest = in_.rules.policy.of(attribute) == ValueClass::digest;
    for (const std::string& value : values) {
      to.push_back(is_digest ? ToldValue{{}, Withheld::digest} : told_value(attribute, value));
    }
    for (std::uint64_t i = 0; i < in_vault; ++i) to.push_back({{}, Withheld::erased});
  }

  const PlannerInput in_;
  const AccessSources& sources_;
  Discretion discretion_;
  std::map<std::string, std::string, std::less<>> last_change_;
  AccessPackage out_;
};

}  // namespace

Discretion::Forms Discretion::forms_of(std::string_view value) {
  return {case_fold(value), words_of(value), digits_of(value)};
}

bool Discretion::tells_of(const Forms& value, const Forms& text) {
  return (!text.folded.empty() && has_word(value.folded, text.folded)) ||
         (!text.words.empty() && has_word(value.words, text.words)) ||
         (!text.digits.empty() && value.digits.find(text.digits) != std::string::npos);
}

Date answer_due(Date received) {
  return received.plus_months(months_to_answer);
}

Date answer_due_put_off(Date received) {
  return received.plus_months(months_when_put_off);
}

std::string_view to_string(ToldOwner owner) {
  switch (owner) {
    case ToldOwner::source:
      return "source";
    case ToldOwner::initial:
      return "initial";
    case ToldOwner::ent:
      return "ent";
    case ToldOwner::program:
      return "program";
  }
  return "?";
}

Discretion::Discretion(const PlannerInput& input, EntryIndex subject, EntryIndex requester,
                       const OtherPeople& others)
    : in_(input), others_(others), people_(dn::normalise(input.tree.people)) {
  for (const EntryIndex known : {subject, requester})
    if (known != no_entry) told_.insert(dn::normalise(in_.snapshot.entry(known).dn()));
  if (subject == no_entry) return;
  const auto key = in_.matched.key_of(subject);
  if (!key) return;
  learn_own(subject, profil_of(in_.snapshot.entry(subject), key->category, in_.rules));
  std::set<EntryIndex> responsables;
  if (key->category == Category::eleve) responsables = responsables_of(subject);
  std::vector<std::string_view> pupils;
  in_.snapshot.entry(subject).values_of(in_.rules.names.responsable_pupils, pupils);
  for (const std::string_view pupil : pupils) {
    told_.insert(dn::normalise(head_of(pupil)));
    if (const EntryIndex e = in_.snapshot.find(head_of(pupil)); e != no_entry)
      responsables.merge(responsables_of(e));
  }
  for (const EntryIndex other : responsables)
    if (other != no_entry && other != requester && other != subject) protect(other);
}

/// What the rules give the person himself is his, also when another has the same: the address of a
/// couple, the name of a father and his son.
void Discretion::learn_own(EntryIndex subject, Profil profil) {
  const SnapshotEntry entry = in_.snapshot.entry(subject);
  std::vector<std::string_view> values;
  for (const AttributeRule& rule : in_.rules.person(profil).attributes) {
    const bool is_link = rule.attribute == in_.rules.names.pupil_responsables ||
                         rule.attribute == in_.rules.names.responsable_pupils;
    if (rule.owner == Owner::ent || is_link) continue;
    entry.values_of(rule.attribute, values);
    for (const std::string_view value : values) own_.push_back(forms_of(value));
  }
}

/// Those to whom the pupil's entry leads, and those whom the delivery names: the one may be behind
/// the other.
std::set<EntryIndex> Discretion::responsables_of(EntryIndex pupil) const {
  std::set<EntryIndex> found;
  std::vector<std::string_view> values;
  in_.snapshot.entry(pupil).values_of(in_.rules.names.pupil_responsables, values);
  for (const std::string_view link : values) found.insert(in_.snapshot.find(head_of(link)));
  const std::string dn = dn::normalise(in_.snapshot.entry(pupil).dn());
  for (EntryIndex e = 0; e < in_.snapshot.size(); ++e) {
    in_.snapshot.entry(e).values_of(in_.rules.names.responsable_pupils, values);
    if (std::ranges::any_of(
            values, [&](std::string_view one) { return dn::normalise(head_of(one)) == dn; }))
      found.insert(e);
  }
  const std::uint32_t person = in_.matched.subject_of(pupil);
  if (in_.matched.status(pupil) == EntryStatus::matched && person != no_index)
    for (const Link& link : in_.population.links_of(in_.population.persons()[person]))
      found.insert(in_.matched.entry_of(link.person));
  return found;
}

void Discretion::protect(EntryIndex responsable) {
  const SnapshotEntry entry = in_.snapshot.entry(responsable);
  std::vector<std::string_view> values;
  for (const TargetAttribute attribute : contacts_of(in_.rules)) {
    entry.values_of(attribute, values);
    for (const std::string_view value : values) {
      if (is_phone(value)) {
        const std::string digits = digits_of(value);
        protect({{}, {}, digits.substr(digits.size() - phone_digits)});
      }
      if (reaches_a_person(value)) protect({case_fold(value), {}, {}});
    }
  }
  for (const TargetAttribute name : {in_.rules.names.identifiant, in_.rules.names.login})
    if (const std::string_view value = entry.first(name); !value.empty())
      protect({case_fold(value), {}, {}});
  protect_name(entry);
}

/// First name and name together, in either order: each alone may be anybody's.
void Discretion::protect_name(const SnapshotEntry& entry) {
  const TargetAttribute nom = in_.rules.kept_in(Profil::responsable, in_.rules.feed.nom);
  const TargetAttribute prenom = in_.rules.kept_in(Profil::responsable, in_.rules.feed.prenom);
  if (nom == TargetVocabulary::npos || prenom == TargetVocabulary::npos) return;
  const std::string name = words_of(entry.first(nom));
  const std::string first = words_of(entry.first(prenom));
  if (name.empty() || first.empty()) return;
  protect({{}, name + " " + first, {}});
  protect({{}, first + " " + name, {}});
}

void Discretion::protect(const Forms& text) {
  const bool is_own =
      std::ranges::any_of(own_, [&](const Forms& own) { return tells_of(own, text); });
  if (!is_own) protected_.push_back(text);
}

Withheld Discretion::role_of(std::string_view dn) const {
  const EntryIndex e = in_.snapshot.find(dn);
  if (e == no_entry) {
    const auto other = others_.find(dn::normalise(dn));
    return other == others_.end() ? Withheld::person : role_of(other->second);
  }
  const auto key = in_.matched.key_of(e);
  if (!key) return Withheld::person;
  return entsync::role_of(profil_of(in_.snapshot.entry(e), key->category, in_.rules));
}

/// A director has the classes of a teacher too.
Withheld Discretion::role_of(const std::vector<std::string>& object_classes) const {
  for (const Profil profil : {Profil::eleve, Profil::responsable, Profil::directeur,
                              Profil::enseignant, Profil::collectivite, Profil::personnel}) {
    const EntryRules& rules = in_.rules.person(profil);
    const auto has = [&](const std::string& wanted) {
      return std::ranges::any_of(object_classes, [&](const std::string& one) {
        return equals_ignoring_case(one, wanted);
      });
    };
    const bool is_told_apart =
        !in_.rules.role_classes[static_cast<std::size_t>(entsync::category_of(profil))].empty();
    if (is_told_apart && std::ranges::all_of(rules.object_classes, has))
      return entsync::role_of(profil);
  }
  return Withheld::person;
}

Withheld Discretion::of(std::string_view attribute, std::string_view value) const {
  if (in_.rules.policy.of(attribute) == ValueClass::never) return Withheld::secret;
  const std::string_view head = head_of(value);
  if (head.find('=') != std::string_view::npos && dn::parse(head) && dn::is_under(head, people_) &&
      !told_.contains(dn::normalise(head))) {
    const TargetAttribute known = in_.rules.target.find(attribute);
    if (known == in_.rules.names.pupil_responsables) return Withheld::responsable;
    if (known == in_.rules.names.responsable_pupils) return Withheld::eleve;
    return role_of(head);
  }
  const Forms forms = forms_of(value);
  const bool tells_of_others =
      std::ranges::any_of(protected_, [&](const Forms& text) { return tells_of(forms, text); });
  return tells_of_others ? Withheld::contact : Withheld::nothing;
}

EntryIndex entry_of_key(const PlannerInput& input, const std::string& key) {
  for (PersonIndex p = 0; p < input.population.persons().size(); ++p) {
    const Person& person = input.population.persons()[p];
    const EntryIndex entry = input.matched.entry_of(p);
    if (entry != no_entry && key.ends_with(person.record.id()) &&
        subject_key(input.population, person) == key)
      return entry;
  }
  EntryIndex found = no_entry;
  for (EntryIndex e = 0; e < input.snapshot.size(); ++e)
    for (const auto& [entry, its] : input.matched.keys_of(e)) {
      const Jointure jointure{input.population.feed(its.feed).academie(), its.category,
                              std::string(its.id)};
      if (jointure.str() != key) continue;
      if (found != no_entry || input.matched.status(e) == EntryStatus::ambiguous) return no_entry;
      found = e;
    }
  return found;
}

std::vector<std::string> keys_of_entry(const PlannerInput& input, EntryIndex entry) {
  std::vector<std::string> keys;
  for (const auto& [one, key] : input.matched.keys_of(entry))
    keys.push_back(
        Jointure{input.population.feed(key.feed).academie(), key.category, std::string(key.id)}
            .str());
  return keys;
}

std::set<std::string> unread_people(const PlannerInput& input, const AccessSources& sources) {
  const std::string people = dn::normalise(input.tree.people);
  std::set<std::string> unread;
  const auto look_at = [&](const std::string& value) {
    const std::string head(head_of(value));
    if (head.find('=') != std::string::npos && dn::parse(head) && dn::is_under(head, people) &&
        input.snapshot.find(head) == no_entry)
      unread.insert(dn::normalise(head));
  };
  for (const auto& [name, value] : sources.values) look_at(value);
  for (const AuditRecord& record : sources.changes)
    for (const AttributeTrace& trace : record.attributes) {
      for (const std::string& value : trace.removed) look_at(value);
      for (const std::string& value : trace.added) look_at(value);
    }
  return unread;
}

bool is_responsable_of(const PlannerInput& input, EntryIndex responsable, EntryIndex pupil) {
  if (responsable == no_entry || pupil == no_entry) return false;
  const std::string wanted = dn::normalise(input.snapshot.entry(responsable).dn());
  std::vector<std::string_view> links;
  input.snapshot.entry(pupil).values_of(input.rules.names.pupil_responsables, links);
  return std::ranges::any_of(
      links, [&](std::string_view link) { return dn::normalise(head_of(link)) == wanted; });
}

AccessPackage make_access_package(const PlannerInput& input, const AccessSources& sources) {
  return PackageMaker(input, sources).run();
}

}  // namespace entsync
