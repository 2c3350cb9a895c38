#include "explain.hpp"

#include <algorithm>

#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

class Explainer {
 public:
  Explainer(const PlannerInput& input, std::string_view what, std::string_view attribute)
      : in_(input),
        what_(what),
        attribute_(attribute),
        ownership_(input.population, input.matched, input.snapshot, input.rules, input.tree,
                   input.ends),
        differ_(input.rules, ownership_),
        deriver_(input.population, input.matched, input.snapshot, input.rules, input.tree,
                 input.identities) {}

  std::vector<Explanation> run() {
    const std::string normal = dn::normalise(what_);
    for (PersonIndex p = 0; p < in_.population.persons().size(); ++p)
      if (names(in_.population.persons()[p], deriver_.dn_of(p), normal)) explain_person(p);
    for (EcoleIndex e = 0; e < in_.population.ecoles().size(); ++e)
      if (names_ecole(e, normal)) explain_ecole(e);
    if (result_.empty()) explain_group(normal);
    if (result_.empty()) explain_entry(in_.snapshot.find(what_));
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool names(const Person& person, std::string_view dn, const std::string& normal) {
    if (what_.find('=') != std::string_view::npos)
      return !dn.empty() && dn::normalise(dn) == normal;
    if (what_.find(person.record.id()) == std::string_view::npos) return false;
    return what_ == subject_key(in_.population, person) ||
           what_ ==
               in_.population.feed(person.feed).academie() + "$" + std::string(person.record.id());
  }

  [[nodiscard]] bool names_ecole(EcoleIndex e, const std::string& normal) const {
    const EcoleNode& node = in_.population.ecoles()[e];
    return equals_ignoring_case(what_, node.uai.str()) ||
           what_ == subject_key(in_.population, node) ||
           dn::normalise(deriver_.dn_of_ecole(e)) == normal;
  }

  [[nodiscard]] ExplainedSource place(FeedIndex feed, SourcePosition position) const {
    if (!position.known()) return {};
    return {in_.population.feed(feed).files()[position.file].name, position.line};
  }

  void explain_person(PersonIndex p) {
    const Person& person = in_.population.persons()[p];
    Explanation out;
    out.subject = subject_key(in_.population, person);
    out.dn = deriver_.dn_of(p);
    out.where = place(person.feed, person.record.position());
    out.delivered = in_.population.feed(person.feed).date();
    out.profil = to_string(person.profil);
    for (const EcoleIndex e : in_.population.ecoles_of(person))
      out.schools.push_back(in_.population.ecoles()[e].uai.str());
    for (const EcoleIndex e : in_.population.ecoles_of(person))
      if (const WorkLink* link = in_.population.link_of(p, e))
        out.links.push_back(link->uai.str() + " until " + link->end.iso() + " (" +
                            approved_cause_of(link->last) + ")");
    const EntryIndex entry = in_.matched.entry_of(p);
    if (out.dn.empty())
      out.state =
          "left alone: it is not certain which entry is this person's (see the review list)";
    else
      out.state = entry == no_entry ? "not in the directory: to be created" : "in the directory";
    const RegisteredPerson* registered = in_.matched.registered_person(p);
    if (registered != nullptr) out.state = state_of_registered(*registered, p);
    waits_ = entry != no_entry && in_.matched.is_restricted(entry);
    if (registered == nullptr || entry != no_entry) {
      deriver_.derive(p, desired_);
      add_attributes(out, person.feed, entry);
    }
    waits_ = false;
    result_.push_back(std::move(out));
  }

  /// The entry of somebody who objected or died is nobody's, so it is looked for by its key.
  [[nodiscard]] std::string state_of_registered(const RegisteredPerson& registered, PersonIndex p) {
    if (registered.standing == Standing::restricted)
      return "restricted since " + registered.since.iso() +
             (in_.matched.entry_of(p) == no_entry
                  ? ": no account is made while that holds"
                  : ": neither changed nor deleted while that holds; what differs below waits");
    const std::string why = std::string(reason_of(registered.standing)) + ", " +
                            registered.since.iso() + ": its record in the delivery is left out";
    const EntryIndex e = entry_by_jointure();
    return e == no_entry || in_.matched.registered(e) == nullptr
               ? why + ", and no account is made"
               : why + "; its account is " + state_of_unmatched(e);
  }

  void explain_ecole(EcoleIndex e) {
    const EcoleNode& node = in_.population.ecoles()[e];
    Explanation out;
    out.subject = subject_key(in_.population, node);
    out.dn = deriver_.dn_of_ecole(e);
    out.where = place(node.feed, node.records.front().position());
    out.delivered = in_.population.feed(node.feed).date();
    out.schools.push_back(node.uai.str());
    const EntryIndex entry = in_.matched.entry_of_ecole(e);
    out.state = entry == no_entry ? "not in the directory: to be created" : "in the directory";
    deriver_.derive_ecole(e, desired_);
    add_attributes(out, node.feed, entry);
    result_.push_back(std::move(out));
  }

  void explain_group(const std::string& normal) {
    for (const GroupSubject& group : deriver_.groups()) {
      const std::string dn = deriver_.dn_of(group);
      if (dn::normalise(dn) != normal) continue;
      const EcoleNode& node = in_.population.ecoles()[group.ecole];
      Explanation out;
      out.subject = dn;
      out.dn = dn;
      out.schools.push_back(node.uai.str());
      const EntryIndex entry = in_.snapshot.find(dn);
      out.state = entry == no_entry ? "not in the directory: to be created" : "in the directory";
      deriver_.derive(group, desired_);
      add_attributes(out, node.feed, entry);
      result_.push_back(std::move(out));
      return;
    }
  }

  /// An entry that no record of the deliveries speaks for.
  void explain_entry(EntryIndex e) {
    if (e == no_entry) e = entry_by_jointure();
    if (e == no_entry) return;
    Explanation out;
    out.dn = in_.snapshot.entry(e).dn();
    out.subject = out.dn;
    if (const auto key = in_.matched.key_of(e))
      out.subject =
          Jointure{in_.population.feed(key->feed).academie(), key->category, std::string(key->id)}
              .str();
    switch (in_.matched.status(e)) {
      case EntryStatus::foreign:
        out.state = "not ours: it carries no key of a configured académie and is never touched";
        break;
      case EntryStatus::ambiguous:
        out.state = "left alone: several persons or entries claim it (see the review list)";
        break;
      case EntryStatus::matched:
        out.state = "in the directory";
        break;
      case EntryStatus::unmatched:
        out.state = state_of_unmatched(e);
        break;
    }
    result_.push_back(std::move(out));
  }

  /// Where the clock of an account stands, and why.
  [[nodiscard]] std::string state_of_unmatched(EntryIndex e) const {
    const std::string reason(in_.absences.reason(e));
    if (in_.matched.is_restricted(e))
      return "restricted since " + in_.matched.registered(e)->since.iso() +
             ": neither changed nor deleted while that holds; in the deliveries: " + reason;
    const AccountDue* due = in_.ends.of(e);
    if (due == nullptr) return "left alone: " + reason;
    const std::string since = "absent since " + due->since.iso();
    if (due->overdue)
      return since + ", its end of " + due->end.iso() +
             " has passed; left alone for a person to decide, because now " + reason;
    if (due->in_doubt)
      return since + ", left alone before its end on " + due->end.iso() + ", because now " + reason;
    std::string state = since + (due->cut ? ", suspended" : ", not suspended yet");
    if (due->erase)
      state += ", to be deleted now: its end was " + due->end.iso();
    else if (due->unconfirmed)
      state += ", to be deleted when two different people have confirmed it: its end was " +
               due->end.iso();
    else if (in_.absence.erase)
      state += ", will be deleted on " + due->end.iso();
    return state + ", because: " + reason;
  }

  [[nodiscard]] EntryIndex entry_by_jointure() const {
    std::string wanted(what_);
    if (const std::size_t first = wanted.find('/'); first != std::string::npos)
      wanted = wanted.substr(0, first) + "$" + wanted.substr(wanted.rfind('/') + 1);
    for (EntryIndex e = 0; e < in_.snapshot.size(); ++e) {
      const SnapshotEntry entry = in_.snapshot.entry(e);
      for (std::size_t i = 0; i < entry.value_count(); ++i)
        if (entry.attribute(i) == in_.rules.names.person_jointure &&
            equals_ignoring_case(entry.text(i), wanted))
          return e;
    }
    return no_entry;
  }

  void add_attributes(Explanation& out, FeedIndex feed, EntryIndex entry) {
    EntryDiff diff;
    if (entry != no_entry) differ_.diff(desired_, in_.snapshot.entry(entry), diff);
    for (const AttributeRule& rule : desired_.rules->attributes) {
      const std::string& name = in_.rules.target.name(rule.attribute);
      if (!attribute_.empty() && !equals_ignoring_case(attribute_, name)) continue;
      ExplainedAttribute attribute;
      attribute.name = name;
      attribute.rule = desired_.rules->id + "." + name;
      attribute.owner = to_string(rule.owner);
      attribute.value_template = rule.value.text;
      for (const DesiredAttribute& wanted : desired_.attributes) {
        if (wanted.attribute != rule.attribute) continue;
        for (const DesiredValue& value : desired_.values_of(wanted)) {
          attribute.desired.emplace_back(value.text);
          attribute.sources.push_back(place(feed, value.position));
        }
      }
      if (entry != no_entry) {
        std::vector<std::string_view> values;
        in_.snapshot.entry(entry).values_of(rule.attribute, values);
        attribute.actual.assign(values.begin(), values.end());
      }
      attribute.verdict = verdict(rule, entry, diff);
      out.attributes.push_back(std::move(attribute));
    }
  }

  [[nodiscard]] std::string verdict(const AttributeRule& rule, EntryIndex entry,
                                    const EntryDiff& diff) const {
    if (rule.owner == Owner::ent) return "belongs to the ENT: never written";
    if (entry == no_entry) return "to be set at creation";
    if (rule.owner == Owner::initial) return "set at creation, never touched again";
    for (const AttributeDiff& changed : diff.attributes())
      if (changed.attribute == rule.attribute)
        return waits_ ? "differs: waits while the entry is restricted" : "differs: to be changed";
    return "in sync";
  }

  PlannerInput in_;
  std::string_view what_;
  std::string_view attribute_;
  Ownership ownership_;
  Differ differ_;
  Deriver deriver_;
  DesiredEntry desired_;
  std::vector<Explanation> result_;
  bool waits_ = false;  ///< the entry at hand is restricted
};

void list(std::string& out, std::string_view title, const std::vector<std::string>& values,
          const std::vector<ExplainedSource>& sources) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    out += "    " + std::string(title) + printable(values[i]);
    if (i < sources.size() && !sources[i].file.empty())
      out += "    (" + printable(sources[i].str()) + ")";
    out += "\n";
  }
}

}  // namespace

std::string ExplainedSource::str() const {
  return file.empty() ? std::string() : file + ":" + std::to_string(line);
}

std::vector<Explanation> explain(const PlannerInput& input, std::string_view what,
                                 std::string_view attribute) {
  return Explainer(input, what, attribute).run();
}

std::string render(const Explanation& e) {
  std::string out = printable(e.subject) + "\n  dn: " + printable(e.dn) + "\n";
  if (!e.profil.empty()) out += "  profil: " + e.profil + "\n";
  if (!e.where.file.empty()) out += "  record: " + printable(e.where.str()) + "\n";
  for (const std::string& uai : e.schools) out += "  school: " + uai + "\n";
  for (const std::string& link : e.links) out += "  linked to: " + printable(link) + "\n";
  out += "  state: " + e.state + "\n";
  for (const ExplainedAttribute& a : e.attributes) {
    out += "  " + a.name + "  [" + a.owner + "]  " + a.verdict + "\n    rule: " + a.rule;
    if (!a.value_template.empty()) out += "  " + a.value_template;
    out += "\n";
    list(out, "wanted: ", a.desired, a.sources);
    list(out, "held:   ", a.actual, {});
  }
  return out;
}

}  // namespace entsync
