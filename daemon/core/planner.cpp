#include "planner.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "demande.hpp"
#include "dn.hpp"
#include "text.hpp"

namespace entsync {
namespace {

/// The rule of an end that nobody but the source ordered.
constexpr std::string_view absence_rule = "entsync:absence";

/// Requests that the note of a group names.
constexpr std::size_t most_causes = 5;

/// Locks an account for good (draft-behera-ldap-password-policy §5.3.3). The same instant as the
/// 000001010000Z that administrators write, in other characters: theirs is not taken off on return.
constexpr std::string_view account_lock_value = "00000101000000Z";

class Planner {
 public:
  Planner(const PlannerInput& input, Deriver deriver, const Survey* survey = nullptr)
      : in_(input),
        survey_(survey),
        ownership_(input.population, input.matched, input.snapshot, input.rules, input.tree,
                   input.ends),
        differ_(input.rules, ownership_),
        deriver_(std::move(deriver)) {
    deriver_.on_invalid = [this](FeedIndex feed, const InvalidValue& value) {
      found_ = true;
      if (looking_) return;
      const Feed& f = in_.population.feed(feed);
      const bool known = value.position.known();
      result_.problems.warning("DATA-040",
                               {known ? f.files()[value.position.file].name : std::string{},
                                known ? value.position.line : 0, names().name(value.attribute)},
                               "the directory's schema does not take this value; it is left out, "
                               "and what the attribute holds is kept",
                               "have the school correct it in the source");
    };
    std::uint32_t base = 0;
    for (FeedIndex f = 0; f < input.population.feed_count(); ++f) {
      file_base_.push_back(base);
      for (const SourceFile& file : input.population.feed(f).files()) {
        result_.plan.files.push_back(file);
        ++base;
      }
    }
    result_.pending.files = result_.plan.files;
  }

  PlannerResult run() {
    result_.review = in_.matched.review();
    result_.review.insert(result_.review.end(), in_.identities.review.begin(),
                          in_.identities.review.end());
    for (EcoleIndex e = 0; e < in_.population.ecoles().size(); ++e) plan_ecole(e);
    for (PersonIndex p = 0; p < in_.population.persons().size(); ++p)
      if (survey_ == nullptr || !survey_->is_settled(p)) plan_person(p);
    plan_groups();
    plan_ends();
    plan_references();
    if (in_.rules.names.restriction != TargetVocabulary::npos) plan_marks();
    note_waiting_schools();
    count_before();
    order(result_.plan);
    order(result_.pending);
    return std::move(result_);
  }

  /// Whether there is nothing to be planned or reported about a person.
  bool is_settled(PersonIndex p) {
    if (in_.matched.entry_of(p) == no_entry || in_.matched.registered_person(p) != nullptr)
      return false;
    looking_ = true;
    found_ = false;
    plan_person(p);
    return !found_;
  }
  bool is_settled(const GroupSubject& group) {
    const std::string dn = deriver_.dn_of(group);
    const EntryIndex entry = in_.snapshot.find(dn);
    if (entry == no_entry) return false;
    looking_ = true;
    found_ = false;
    plan_group(group, dn, entry);
    return !found_;
  }

 private:
  [[nodiscard]] const TargetVocabulary& names() const { return in_.rules.target; }

  /// What a change is about, beside its attributes.
  struct About {
    Operation operation = Operation::modify;
    EntryKind kind = EntryKind::person;
    std::optional<Profil> profil;
    std::uint8_t wave = 0;
    std::string_view dn;
    std::string_view csn;
    std::string subject;
    std::string rule;
    FeedIndex feed = 0;
    const Identity* identity = nullptr;
    std::string_view note;
    bool waits = false;  ///< the entry is restricted
    std::string_view approver;
  };

  /// What requests made of somebody, or nullptr.
  [[nodiscard]] const Requested* requested(FeedIndex feed, std::string_view id) const {
    return in_.population.feed(feed).requested(id);
  }
  /// Says which request a change follows, and who approved it. The note lives as long as
  /// `request_note_` is not written again.
  void follow_request(About& about, const Requested& request, std::string_view what) {
    if (request.valideur.empty()) return;
    request_note_ = std::string(what) + " (request " + request.demande + ")";
    about.note = request_note_;
    about.approver = request.valideur;
  }

  void emit(const About& about) {
    found_ = true;
    if (looking_) return;
    Plan& plan = about.waits ? result_.pending : result_.plan;
    Change change;
    change.operation = about.operation;
    change.kind = about.kind;
    change.profil = about.profil;
    change.wave = about.wave;
    change.dn = plan.store(about.dn);
    change.csn = plan.store(about.csn);
    change.subject = plan.store(about.subject);
    change.rule = plan.intern(about.rule);
    change.academie = plan.intern(in_.population.feed(about.feed).academie());
    change.note = plan.intern(about.note);
    change.approver = plan.intern(about.approver);
    if (about.identity != nullptr) {
      change.identifiant = plan.store(about.identity->identifiant);
      change.released = about.identity->released;
      change.login = plan.store(about.identity->login);
    }
    std::ranges::sort(schools_);
    schools_.erase(std::unique(schools_.begin(), schools_.end()), schools_.end());
    std::vector<std::string_view> uais;
    for (const std::string& uai : schools_) uais.push_back(plan.intern(uai));
    change.schools = plan.store_views(uais);

    attributes_.clear();
    for (const AttributeDiff& diff : diff_.attributes()) {
      AttributeChange attribute;
      attribute.attribute = plan.intern(names().name(diff.attribute));
      attribute.source = diff.source;
      if (attribute.source.known())
        attribute.source.file += file_base_[diff.source_feed.value_or(about.feed)];
      attribute.ordered = plan.store(std::span<const std::string_view>(diff.ordered));
      attribute.removed = plan.store(std::span<const std::string_view>(diff.removed));
      attribute.added = plan.store(std::span<const std::string_view>(diff.added));
      attribute.replace = diff.replace;
      attributes_.push_back(attribute);
    }
    change.attributes = plan.store(std::span<const AttributeChange>(attributes_));
    plan.changes.push_back(change);
  }

  // Schools --------------------------------------------------------------------------------------

  void plan_ecole(EcoleIndex e) {
    const EcoleNode& node = in_.population.ecoles()[e];
    const EntryIndex entry = in_.matched.entry_of_ecole(e);
    deriver_.derive_ecole(e, desired_);
    diff_.clear();
    schools_.assign(1, node.uai.str());
    About about;
    about.kind = EntryKind::structure;
    about.rule = in_.rules.structure.id;
    about.feed = node.feed;
    about.dn = deriver_.dn_of_ecole(e);
    if (entry == no_entry) {
      differ_.create(desired_, diff_);
      about.operation = Operation::create;
      about.wave = wave::create_schools;
      about.note = "a school that the directory does not hold";
    } else {
      if (is_lost_by_a_feed(node, entry)) return;
      const SnapshotEntry actual = in_.snapshot.entry(entry);
      differ_.diff(desired_, actual, diff_);
      clean_references(entry);
      if (diff_.empty()) return;
      about.wave = wave::modify;
      about.csn = actual.csn();
      about.note = "the directory differs from the delivery";
    }
    about.subject = subject_key(in_.population, node);
    emit(about);
  }

  /// A school that another académie still describes is lost all the same for the one whose key the
  /// entry carries: its classes and directors are of that one.
  bool is_lost_by_a_feed(const EcoleNode& node, EntryIndex entry) {
    for (const auto& [index, key] : in_.matched.keys_of(entry)) {
      if (node.is_described_by(key.feed)) continue;
      result_.problems.warning(
          "DATA-003", {{}, 0, node.uai.str()},
          "this school is enrolled but no longer in the delivery of " +
              in_.population.feed(key.feed).academie() + ", whose key its entry carries",
          "nobody of that delivery becomes absent from it; ask the académie whether its perimeter "
          "holds it, or take the key off the entry");
      return true;
    }
    return false;
  }

  // Persons --------------------------------------------------------------------------------------

  void plan_person(PersonIndex p) {
    const RegisteredPerson* registered = in_.matched.registered_person(p);
    if (registered != nullptr) count_left_out(*registered, p);
    if (deriver_.dn_of(p).empty()) return;  // ambiguous or left out
    const Person& person = in_.population.persons()[p];
    const EntryIndex entry = in_.matched.entry_of(p);
    deriver_.derive(p, desired_,
                    entry == no_entry ? Deriver::Extent::all : Deriver::Extent::enforced);
    diff_.clear();
    About about;
    about.profil = person.profil;
    about.feed = person.feed;
    about.dn = deriver_.dn_of(p);
    if (entry == no_entry) {
      differ_.create(desired_, diff_);
      about.operation = Operation::create;
      about.wave = wave::create_persons;
      about.identity = &*in_.identities.of_person[p];
      about.note = "a person whom the directory does not hold";
    } else {
      const SnapshotEntry actual = in_.snapshot.entry(entry);
      differ_.diff(desired_, actual, diff_);
      const bool back = take_off_absence(actual);
      clean_references(entry);
      about.waits = in_.matched.is_restricted(entry);
      const bool is_in_sync = diff_.empty();
      if (about.waits)
        plan_mark(entry, person.profil);
      else
        take_off_mark(actual);
      if (diff_.empty()) return;
      about.operation = back ? Operation::restore : Operation::modify;
      about.wave = wave::modify;
      about.csn = actual.csn();
      about.note = back         ? "in the delivery again"
                   : is_in_sync ? "the restriction was lifted"
                                : "the directory differs from the delivery";
      if (const auto why = in_.matched.arrival_of(p); !why.empty()) about.note = why;
    }
    if (const Requested* request = requested(person.feed, person.record.id()))
      follow_request(about, *request, what_requests_do(about.operation));
    if (const WorkLink* link = in_.population.sole_link_of(p); link != nullptr && comes(about)) {
      about.approver = link->last.valideur;
      request_note_ =
          "a link places this person in an enrolled school (" + cause_of(link->last) + ")";
      about.note = request_note_;
    }
    about.subject = subject_key(in_.population, person);
    about.rule = desired_.rules->id;
    schools_.clear();
    for (const EcoleIndex e : in_.population.ecoles_of(person))
      schools_.push_back(in_.population.ecoles()[e].uai.str());
    if (entry != no_entry) add_schools_of_entry(in_.snapshot.entry(entry), true);
    emit(about);
  }

  static bool comes(const About& about) {
    return about.operation == Operation::create || about.operation == Operation::restore;
  }

  static std::string_view what_requests_do(Operation operation) {
    switch (operation) {
      case Operation::create:
        return "an account is asked for that the directory does not hold";
      case Operation::restore:
        return "the account is asked for again";
      default:
        return "the directory differs from what is asked for";
    }
  }

  void count_left_out(const RegisteredPerson& registered, PersonIndex p) {
    if (registered.standing == Standing::objected) ++result_.objected;
    if (registered.standing == Standing::died) ++result_.died;
    if (registered.standing != Standing::restricted || in_.matched.entry_of(p) != no_entry ||
        in_.matched.is_ambiguous(p))
      return;
    // He has no name in the directory yet, so there is nothing more to tell.
    const Person& person = in_.population.persons()[p];
    diff_.clear();
    schools_.clear();
    for (const EcoleIndex e : in_.population.ecoles_of(person))
      schools_.push_back(in_.population.ecoles()[e].uai.str());
    About about;
    about.operation = Operation::create;
    about.profil = person.profil;
    about.wave = wave::create_persons;
    about.subject = subject_key(in_.population, person);
    about.rule = in_.rules.person(person.profil).id;
    about.feed = person.feed;
    about.note = "a person whom the directory does not hold";
    about.waits = true;
    emit(about);
  }

  // Restrictions ---------------------------------------------------------------------------------

  [[nodiscard]] bool is_marked(const SnapshotEntry& entry) const {
    return in_.rules.names.restriction != TargetVocabulary::npos &&
           equals_ignoring_case(entry.first(in_.rules.names.restriction),
                                in_.rules.restricted_value);
  }

  /// The only change that an entry gets because it is restricted, and none after it. diff_ is kept.
  void plan_mark(EntryIndex e, Profil profil) {
    const SnapshotEntry entry = in_.snapshot.entry(e);
    const TargetNames& names = in_.rules.names;
    if (names.restriction == TargetVocabulary::npos || is_marked(entry)) return;
    std::swap(diff_, mark_);
    diff_.clear();
    AttributeDiff& mark = diff_.add(names.restriction);
    if (in_.rules.target.info(names.restriction).single_valued)
      entry.values_of(names.restriction, mark.removed);
    mark.added.emplace_back(in_.rules.restricted_value);
    if (names.account_lock != TargetVocabulary::npos && entry.first(names.account_lock).empty())
      diff_.add(names.account_lock).added.push_back(account_lock_value);
    emit_mark(e, profil, "the entry is restricted (GDPR art. 18)");
    std::swap(diff_, mark_);
  }

  /// The mark and the lock that came with it; a lock of a suspension stays.
  void take_off_mark(const SnapshotEntry& entry) {
    if (!is_marked(entry)) return;
    const TargetNames& names = in_.rules.names;
    diff_.of(names.restriction).removed.push_back(entry.first(names.restriction));
    if (names.account_lock != TargetVocabulary::npos && entry.first(names.absent_since).empty() &&
        entry.first(names.account_lock) == account_lock_value)
      diff_.of(names.account_lock).removed.push_back(account_lock_value);
  }

  void emit_mark(EntryIndex e, Profil profil, std::string_view note) {
    const SnapshotEntry entry = in_.snapshot.entry(e);
    About about;
    about.profil = profil;
    about.wave = wave::modify;
    about.dn = entry.dn();
    about.csn = entry.csn();
    about.subject = subject_of_entry(e);
    about.rule = restriction_rule;
    about.note = note;
    if (const auto key = in_.matched.key_of(e)) about.feed = key->feed;
    schools_.clear();
    add_schools_of_entry(entry, true);
    emit(about);
  }

  /// Of entries that no delivery speaks of, and that are on no clock.
  void plan_marks() {
    for (EntryIndex e = 0; e < in_.snapshot.size(); ++e) {
      const SnapshotEntry entry = in_.snapshot.entry(e);
      if (entry.branch() != Branch::people || in_.matched.status(e) == EntryStatus::matched)
        continue;
      const bool is_restricted = in_.matched.is_restricted(e);
      if (is_restricted == is_marked(entry) || marked_.contains(e)) continue;
      const auto key = in_.matched.key_of(e);
      const Profil profil = profil_of(entry, key ? key->category : Category::eleve, in_.rules);
      diff_.clear();
      // Of an entry in doubt too: what was marked there is not left behind.
      if (is_restricted) {
        plan_mark(e, profil);
      } else if (in_.matched.status(e) != EntryStatus::foreign) {
        take_off_mark(entry);
        emit_mark(e, profil, "the restriction was lifted");
      }
    }
  }

  /// The dates of absence and end go, and the state that came with them; any other state is not
  /// ours.
  bool take_off_absence(const SnapshotEntry& actual) {
    const TargetNames& names = in_.rules.names;
    const std::string_view since = actual.first(names.absent_since);
    const std::string_view end = actual.first(names.deletion_date);
    if (!since.empty()) diff_.add(names.absent_since).removed.push_back(since);
    if (!end.empty()) diff_.add(names.deletion_date).removed.push_back(end);
    if (since.empty()) return !end.empty();
    const std::string_view state = actual.first(names.account_state);
    if (is_suspension(state, in_.rules)) diff_.add(names.account_state).removed.push_back(state);
    if (names.account_lock != TargetVocabulary::npos &&
        actual.first(names.account_lock) == account_lock_value)
      diff_.add(names.account_lock).removed.push_back(account_lock_value);
    return true;
  }

  /// Schools that the entry is linked to in the directory; those of a responsable through his
  /// pupils.
  void add_schools_of_entry(const SnapshotEntry& entry, bool through_pupils) {
    schools_of_entry(entry, in_.snapshot, in_.rules, entry_schools_);
    for (const EntryIndex e : entry_schools_) {
      const std::string_view uai = in_.snapshot.entry(e).first(in_.rules.names.uai);
      if (!uai.empty()) schools_.emplace_back(uai);
    }
    if (!through_pupils) return;
    std::vector<std::string_view> pupils;
    entry.values_of(in_.rules.names.responsable_pupils, pupils);
    for (const std::string_view dn : pupils) {
      const EntryIndex pupil = in_.snapshot.find(dn);
      if (pupil != no_entry) add_schools_of_entry(in_.snapshot.entry(pupil), false);
    }
  }

  // Groups ---------------------------------------------------------------------------------------

  void plan_groups() {
    std::vector<bool> wanted(in_.snapshot.size(), false);
    const std::vector<GroupSubject> groups = deriver_.groups();
    const std::unordered_set<std::string> shared = shared_names(groups);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const GroupSubject& group = groups[g];
      const std::string dn = deriver_.dn_of(group);
      const EntryIndex entry = in_.snapshot.find(dn);
      if (entry != no_entry) wanted[entry] = true;
      if (survey_ != nullptr && survey_->is_group_settled(g)) continue;
      if (shared.empty() || !shared.contains(dn::normalise(dn))) plan_group(group, dn, entry);
    }
    for (EntryIndex e = 0; e < in_.snapshot.size(); ++e)
      if (!wanted[e] && in_.snapshot.entry(e).branch() == Branch::groups) plan_left_over_group(e);
  }

  /// DNs that several groups would have: class ids come from outside and may look like a suffix of
  /// the rules, or differ in case only. Nothing tells which group is meant, so all of them are left
  /// alone.
  std::unordered_set<std::string> shared_names(const std::vector<GroupSubject>& groups) {
    std::unordered_set<std::string> seen;
    std::unordered_set<std::string> shared;
    for (const GroupSubject& group : groups) {
      const std::string dn = dn::normalise(deriver_.dn_of(group));
      if (seen.insert(dn).second || !shared.insert(dn).second) continue;
      result_.problems.warning(
          "DATA-041", {{}, 0, dn}, "several groups of this school would have this name",
          "none of them is changed; have the school check its class ids, or give "
          "the groups other names in the rules");
    }
    return shared;
  }

  void plan_group(const GroupSubject& group, std::string_view dn, EntryIndex entry) {
    const EcoleNode& node = in_.population.ecoles()[group.ecole];
    deriver_.derive(group, desired_);
    deriver_.members_of(group, members_);
    diff_.clear();
    causes_.clear();
    About about;
    about.kind = group.rules->kind;
    about.rule = group.rules->entry.id;
    about.feed = node.feed;
    about.wave = wave::groups;
    about.dn = entry == no_entry ? dn : in_.snapshot.entry(entry).dn();
    if (entry == no_entry) {
      differ_.create(desired_, diff_);
      AttributeDiff& member = diff_.add(in_.rules.names.member);
      for (const PersonIndex p : members_)
        if (const EntryIndex e = in_.matched.entry_of(p); e == no_entry || !is_waiting(e))
          add_member(member, p, group.ecole);
      if (member.added.empty()) member.added.emplace_back(in_.rules.empty_group_member);
      about.operation = Operation::create;
      about.note = "a group that the directory does not hold";
    } else {
      const SnapshotEntry actual = in_.snapshot.entry(entry);
      differ_.diff(desired_, actual, diff_);
      clean_explicit(actual);
      // A group without a rule for its members is filled by hand: its members are the ENT's.
      if (group.rules->members != Members::none)
        diff_members(actual, group);
      else
        clean_members(entry, actual);
      clean_references(entry);
      if (diff_.empty()) return;
      about.csn = actual.csn();
      about.note = "the directory differs from the delivery";
    }
    follow_links(about);
    schools_.assign(1, node.uai.str());
    about.subject = dn;
    emit(about);
  }

  /// Names the links behind memberships. The actor is who approved them when nothing else changes
  /// and it is one person; otherwise the note alone says it.
  void follow_links(About& about) {
    if (causes_.empty()) return;
    const bool by_links = about.operation == Operation::modify && diff_.attributes().size() == 1 &&
                          causes_.size() == members_changed(diff_.attributes().front());
    const bool by_one = std::ranges::all_of(causes_, [&](const DemandeOrigin* cause) {
      return cause->valideur == causes_.front()->valideur;
    });
    if (by_links && by_one) about.approver = causes_.front()->valideur;
    std::set<std::string> named;
    for (const DemandeOrigin* cause : causes_) named.insert(approved_cause_of(*cause));
    request_note_ = by_links ? "links of staff to this school changed"
                             : std::string(about.note) + "; links of staff to this school changed";
    std::size_t count = 0;
    for (const std::string& cause : named)
      if (++count <= most_causes) request_note_ += (count == 1 ? " (" : "; ") + cause;
    if (count > most_causes)
      request_note_ += "; and " + std::to_string(count - most_causes) + " more";
    about.note = request_note_ += ")";
  }
  [[nodiscard]] std::size_t members_changed(const AttributeDiff& diff) const {
    const auto is_somebody = [&](std::string_view dn) {
      return !dn.empty() && dn != in_.rules.empty_group_member;
    };
    return static_cast<std::size_t>(std::ranges::count_if(diff.added, is_somebody) +
                                    std::ranges::count_if(diff.removed, is_somebody));
  }

  /// Whether memberships of an entry stay as they are because it is restricted.
  [[nodiscard]] bool is_waiting(EntryIndex e) const { return in_.matched.is_restricted(e); }

  /// The source of the values is that of the first one.
  void add_member(AttributeDiff& diff, PersonIndex p, EcoleIndex ecole) {
    const WorkLink* link = in_.population.link_of(p, ecole);
    if (link != nullptr) causes_.push_back(&link->last);
    if (diff.added.empty() && link != nullptr) {
      set_source(diff, link->last);
    } else if (diff.added.empty()) {
      diff.source = in_.population.persons()[p].record.position();
      diff.source_feed = in_.population.persons()[p].feed;
    }
    diff.added.push_back(deriver_.dn_of(p));
  }

  void set_source(AttributeDiff& diff, const DemandeOrigin& origin) const {
    diff.source = {};
    const auto place = in_.population.place_of(origin);
    if (!place) return;
    diff.source = place->position;
    diff.source_feed = place->feed;
  }

  /// The link that has an entry's person in a school no more. Whom the delivery has and places
  /// nowhere leaves with it; who is in no delivery stays, as all who are absent, until he is cut.
  [[nodiscard]] const WorkLink* ended_link(EntryIndex e, EcoleIndex ecole) const {
    if (e == no_entry || in_.snapshot.entry(e).branch() != Branch::people) return nullptr;
    for (const auto& [index, key] : in_.matched.keys_of(e))
      if (const WorkLink* link = in_.population.ended_link(key.feed, key.category, key.id, ecole);
          link != nullptr && in_.population.has_record(key.feed, key.category, key.id))
        return link;
    return nullptr;
  }
  [[nodiscard]] bool leaves_with_link(EntryIndex e, const WorkLink* ended) const {
    return ended != nullptr && in_.matched.status(e) == EntryStatus::unmatched &&
           !in_.matched.is_restricted(e);
  }

  /// Members wanted by the rule, members added by hand, and those who are not ours to take out. One
  /// pass with one look-up per present member: groups have thousands.
  void diff_members(const SnapshotEntry& actual, const GroupSubject& group) {
    ++epoch_;
    marks_.resize(in_.snapshot.size(), 0);
    AttributeDiff& diff = diff_.add(in_.rules.names.member);
    std::vector<std::string_view> values;
    bool has_placeholder = false;
    std::uint64_t staying = 0;

    actual.values_of(in_.rules.names.explicit_member, values);
    find_explicit(values);
    for (const PersonIndex p : members_)
      if (const EntryIndex e = in_.matched.entry_of(p); e != no_entry) mark_wanted(e);
    for (const EntryIndex e : explicit_) mark_wanted(e);

    actual.values_of(in_.rules.names.member, values);
    std::size_t next = 0;
    for (const std::string_view dn : values) {
      if (dn.empty() || dn == in_.rules.empty_group_member) {
        has_placeholder = true;
        continue;
      }
      const EntryIndex e = find_member(dn, next);
      if (e != no_entry && is_wanted(e)) {
        marks_[e] = seen_mark();
        ++staying;
        continue;
      }
      const WorkLink* ended = ended_link(e, group.ecole);
      if (!leaves_with_link(e, ended) &&
          (ownership_.fate_of_link(dn) == Fate::keep ||
           (e != no_entry && (may_be_in_class(e, group.classe) || is_in_doubt(e, group))))) {
        ++staying;
        continue;
      }
      diff.removed.push_back(dn);
      if (ended == nullptr) continue;
      if (diff.ordered.empty()) set_source(diff, ended->ending);
      diff.ordered.push_back(dn);
      causes_.push_back(&ended->ending);
    }
    for (const PersonIndex p : members_) {
      const EntryIndex e = in_.matched.entry_of(p);
      if (e == no_entry || (marks_[e] != seen_mark() && !is_waiting(e)))
        add_member(diff, p, group.ecole);
    }
    for (const EntryIndex e : explicit_)
      if (marks_[e] != seen_mark() && !is_waiting(e) && !is_added(diff, e))
        diff.added.push_back(in_.snapshot.entry(e).dn());

    const bool empty = staying == 0 && diff.added.empty();
    if (empty && !has_placeholder) diff.added.emplace_back(in_.rules.empty_group_member);
    if (!empty && has_placeholder) diff.removed.emplace_back(in_.rules.empty_group_member);
    if (diff.added.empty() && diff.removed.empty()) diff_.drop_last();
  }

  /// The entry of a member's DN. Members mostly stand in the order in which they are wanted, as
  /// they were written: the one that is `next` in turn is tried before the index.
  [[nodiscard]] EntryIndex find_member(std::string_view dn, std::size_t& next) const {
    if (next < members_.size())
      if (const EntryIndex e = in_.matched.entry_of(members_[next++]);
          e != no_entry && in_.snapshot.entry(e).dn() == dn)
        return e;
    return in_.snapshot.find(dn);
  }

  /// Whether somebody may still be in a class or group although no value that could be read says
  /// so.
  [[nodiscard]] bool may_be_in_class(EntryIndex e, ClasseIndex classe) const {
    return classe != no_index && unread_of(e).of(in_.population.classes()[classe].regroupement);
  }
  /// A responsable who is in a group for the sake of a pupil of whom nothing is certain: doubt adds
  /// nobody, and takes nobody out.
  [[nodiscard]] bool is_in_doubt(EntryIndex e, const GroupSubject& group) const {
    if (in_.matched.status(e) != EntryStatus::matched ||
        in_.snapshot.entry(e).branch() != Branch::people)
      return false;
    const Person& person = in_.population.persons()[in_.matched.subject_of(e)];
    if (person.profil != Profil::responsable) return false;
    return std::ranges::any_of(in_.population.links_of(person), [&](const Link& link) {
      if (!in_.matched.is_ambiguous(link.person)) return false;
      const Person& pupil = in_.population.persons()[link.person];
      if (group.classe == no_index) return holds(in_.population.ecoles_of(pupil), group.ecole);
      return holds(in_.population.eleves_of(group.classe), link.person);
    });
  }
  static bool holds(std::span<const std::uint32_t> all, std::uint32_t one) {
    return std::ranges::find(all, one) != all.end();
  }

  [[nodiscard]] Unread unread_of(EntryIndex e) const {
    if (in_.matched.status(e) != EntryStatus::matched ||
        in_.snapshot.entry(e).branch() != Branch::people)
      return {};
    return in_.population.persons()[in_.matched.subject_of(e)].unread;
  }

  /// The entries of members added by hand; those that exist no more, or go tonight, are left out.
  void find_explicit(const std::vector<std::string_view>& dns) {
    explicit_.clear();
    for (const std::string_view dn : dns) {
      const EntryIndex e = in_.snapshot.find(dn);
      if (e != no_entry && !in_.ends.is_erased(e)) explicit_.push_back(e);
    }
  }

  /// What hands made is cleaned only where its target no longer exists.
  void clean_explicit(const SnapshotEntry& actual) {
    remove_dangling(actual, in_.rules.names.explicit_member);
  }
  void clean_members(EntryIndex e, const SnapshotEntry& actual) {
    if (remove_dangling(actual, in_.rules.names.member)) keep_a_member(e);
  }
  bool remove_dangling(const SnapshotEntry& actual, TargetAttribute attribute) {
    std::vector<std::string_view> values;
    actual.values_of(attribute, values);
    bool some = false;
    for (const std::string_view dn : values) {
      if (dn.empty() || dn == in_.rules.empty_group_member ||
          ownership_.fate_of_link(dn) != Fate::dangling)
        continue;
      diff_.of(attribute).removed.push_back(dn);
      some = true;
    }
    return some;
  }

  /// Marks of the group at hand: wanted, then seen. Those of earlier groups are smaller.
  [[nodiscard]] std::uint32_t wanted_mark() const { return epoch_ * 2; }
  [[nodiscard]] std::uint32_t seen_mark() const { return epoch_ * 2 + 1; }
  void mark_wanted(EntryIndex e) { marks_[e] = wanted_mark(); }
  [[nodiscard]] bool is_wanted(EntryIndex e) const { return marks_[e] >= wanted_mark(); }
  [[nodiscard]] bool is_added(const AttributeDiff& diff, EntryIndex e) const {
    return std::ranges::find(diff.added, in_.snapshot.entry(e).dn()) != diff.added.end();
  }

  /// Whether somebody's membership in a left-over group is not ours to end: added by hand, not ours
  /// at all, or staff in a class's group – the rules only ever put pupils and responsables there.
  [[nodiscard]] bool stays_in_left_over(std::string_view dn, bool of_class) const {
    if (ownership_.fate_of_link(dn) == Fate::keep) return true;
    const EntryIndex e = in_.snapshot.find(dn);
    if (e == no_entry) return false;
    if (std::ranges::find(explicit_, e) != explicit_.end() || unread_of(e).any()) return true;
    if (!of_class || in_.matched.status(e) != EntryStatus::matched ||
        in_.snapshot.entry(e).branch() != Branch::people)
      return false;
    const Profil profil = in_.population.persons()[in_.matched.subject_of(e)].profil;
    return profil != Profil::eleve && profil != Profil::responsable;
  }

  /// A group made from the feed whose class the feed no longer names. It goes when nobody is left
  /// in it; with members added by hand, or absent and uncertain ones, it stays, and so it does
  /// while a class value of the school cannot be read: that may be the one that names it. It stays
  /// too while the school waits for the roll-over.
  void plan_left_over_group(EntryIndex e) {
    const SnapshotEntry entry = in_.snapshot.entry(e);
    FeedIndex feed = no_feed();
    const std::string_view jointure = entry.first(in_.rules.names.group_jointure);
    const EcoleIndex ecole = school_of_group(jointure, feed);
    if (ecole == no_index) return empty_ended_group(e, feed);
    const bool of_class = std::ranges::count(jointure, '$') > 1;
    std::vector<std::string_view> values;
    entry.values_of(in_.rules.names.explicit_member, values);
    const bool unread = in_.population.ecoles()[ecole].unread.any();
    find_explicit(values);
    const bool waits = in_.absences.rollover().is_waiting(ecole, feed);
    if (waits) waiting_.insert(ecole);
    bool stays = unread || waits || std::ranges::any_of(values, [&](std::string_view dn) {
                   const EntryIndex member = in_.snapshot.find(dn);
                   return member != no_entry ? !in_.ends.is_erased(member)
                                             : ownership_.fate_of_link(dn) == Fate::keep;
                 });
    entry.values_of(in_.rules.names.member, values);
    for (const std::string_view dn : values)
      if (!dn.empty() && dn != in_.rules.empty_group_member)
        stays = stays || stays_in_left_over(dn, of_class);
    diff_.clear();
    if (stays) {
      // Those who are placed elsewhere now still have to leave it.
      AttributeDiff& diff = diff_.add(in_.rules.names.member);
      for (const std::string_view dn : values)
        if (!dn.empty() && dn != in_.rules.empty_group_member && !stays_in_left_over(dn, of_class))
          diff.removed.push_back(dn);
      const bool emptied = !values.empty() && diff.removed.size() == values.size();
      if (emptied) diff.added.emplace_back(in_.rules.empty_group_member);
      if (diff.removed.empty()) diff_.drop_last();
      clean_explicit(entry);
      clean_references(e);
      if (diff_.empty()) return;
    } else {
      remove_whole(entry);
      cleaned_.insert(e);
    }
    About about;
    about.operation = stays ? Operation::modify : Operation::remove;
    about.kind = kind_of_group(entry);
    about.wave = stays ? wave::groups : wave::removals;
    about.dn = entry.dn();
    about.csn = entry.csn();
    about.subject = std::string(entry.dn());
    about.rule = waits ? rollover_rule : "entsync:left-over-group";
    about.feed = feed;
    about.note = !stays  ? "the delivery no longer names this group and nobody is left in it"
                 : waits ? "the school waits for the roll-over of the year: its classes stand empty"
                 : unread
                     ? "the delivery does not name this group, but has class values that cannot be "
                       "read"
                     : "the delivery no longer names this group, but somebody stays in it";
    schools_.assign(1, in_.population.ecoles()[ecole].uai.str());
    emit(about);
  }

  /// The groups of a school whose agreement was ended stand, for it may come back, but nobody is in
  /// them because of the deliveries any more.
  void empty_ended_group(EntryIndex e, FeedIndex feed) {
    const SnapshotEntry entry = in_.snapshot.entry(e);
    if (feed == no_feed() || !is_of_ended_school(entry, feed)) return;
    std::vector<std::string_view> values;
    entry.values_of(in_.rules.names.explicit_member, values);
    find_explicit(values);
    entry.values_of(in_.rules.names.member, values);
    diff_.clear();
    AttributeDiff& diff = diff_.add(in_.rules.names.member);
    for (const std::string_view dn : values)
      if (!dn.empty() && dn != in_.rules.empty_group_member && !stays_in_left_over(dn, false))
        diff.removed.push_back(dn);
    if (diff.removed.empty()) return;
    if (diff.removed.size() == values.size()) diff.added.emplace_back(in_.rules.empty_group_member);
    clean_references(e);
    About about;
    about.operation = Operation::modify;
    about.kind = kind_of_group(entry);
    about.wave = wave::groups;
    about.dn = entry.dn();
    about.csn = entry.csn();
    about.subject = std::string(entry.dn());
    about.rule = "entsync:left-over-group";
    about.feed = feed;
    about.note = "the agreement of the school was ended";
    schools_.clear();
    add_schools_of_entry(entry, false);
    emit(about);
  }

  [[nodiscard]] FeedIndex no_feed() const {
    return static_cast<FeedIndex>(in_.population.feed_count());
  }

  [[nodiscard]] bool is_of_ended_school(const SnapshotEntry& group, FeedIndex feed) {
    schools_of_entry(group, in_.snapshot, in_.rules, entry_schools_);
    return !entry_schools_.empty() && std::ranges::all_of(entry_schools_, [&](EntryIndex school) {
      const auto uai = Uai::parse(in_.snapshot.entry(school).first(in_.rules.names.uai));
      return uai && in_.registry.has_ended(*uai, in_.population.feed(feed).date());
    });
  }

  /// The school in scope behind `AC-X$8` or `AC-X$8$73196`.
  EcoleIndex school_of_group(std::string_view jointure, FeedIndex& feed) const {
    std::vector<std::string_view> parts;
    split_composite(jointure, parts);
    if (parts.size() < 2) return no_index;
    for (FeedIndex f = 0; f < in_.population.feed_count(); ++f) {
      if (!equals_ignoring_case(in_.population.feed(f).academie(), parts[0])) continue;
      feed = f;
      return in_.population.ecole_of(f, parts[1]);
    }
    return no_index;
  }

  /// Schools of which the wait for the roll-over keeps somebody or something.
  void note_waiting_schools() {
    const auto& kept_from = in_.absences.waiting_schools();
    waiting_.insert(kept_from.begin(), kept_from.end());
    std::set<std::string> uais;
    for (const EcoleIndex ecole : waiting_) uais.insert(in_.population.ecoles()[ecole].uai.str());
    for (const std::string& uai : uais)
      result_.problems.note("DATA-042", {{}, 0, uai},
                            "this school waits for the roll-over of the school year: the delivery "
                            "places none of its pupils in a class",
                            "nobody of it becomes absent, and its classes stand empty, until a "
                            "Complet places pupils in classes again");
  }

  [[nodiscard]] EntryKind kind_of_group(const SnapshotEntry& entry) const {
    for (const GroupRules& rules : in_.rules.groups) {
      if (rules.kind == EntryKind::groupe) continue;
      for (std::size_t i = 0; i < entry.value_count(); ++i)
        if (entry.attribute(i) == in_.rules.names.object_class &&
            !rules.entry.object_classes.empty() &&
            equals_ignoring_case(entry.text(i), rules.entry.object_classes.back()))
          return rules.kind;
    }
    return EntryKind::groupe;
  }

  // The end of accounts --------------------------------------------------------------------------

  void plan_ends() {
    for (const EntryIndex e : in_.ends.entries()) {
      const AccountDue& due = *in_.ends.of(e);
      if (due.in_doubt)
        plan_doubt(e, due);
      else if (due.erase)
        plan_deletion(e, due, false);
      else
        plan_absence(e, due, false);
      if (due.unconfirmed)
        result_.review.push_back({subject_of_entry(e),
                                  {std::string(in_.snapshot.entry(e).dn())},
                                  "this person died, and the end of the account of " +
                                      due.end.iso() +
                                      " has passed; two different people have to confirm the "
                                      "deletion (entsync rights confirm-deletion)"});
    }
    for (const auto& [e, due] : in_.ends.waiting()) {
      if (due.in_doubt) continue;
      if (due.erase)
        plan_deletion(e, due, true);
      else
        plan_absence(e, due, true);
    }
  }

  /// Who ordered that an account comes to its end, when it was not its delivery.
  [[nodiscard]] std::string_view rule_of_end(EntryIndex e) const {
    const RegisteredPerson* registered = in_.matched.registered(e);
    if (registered != nullptr && registered->standing == Standing::died) return death_rule;
    if (registered != nullptr && registered->standing == Standing::objected) return objection_rule;
    return absence_rule;
  }

  /// The request that ended an account; nullptr when something else did.
  [[nodiscard]] const Requested* ended_by_request(EntryIndex e) const {
    const auto key = in_.matched.key_of(e);
    const Requested* request = key ? requested(key->feed, key->id) : nullptr;
    const bool has_ended = request != nullptr && request->has_ended && !request->valideur.empty();
    return has_ended && rule_of_end(e) == absence_rule ? request : nullptr;
  }

  /// The link that an account stood on alone and that ended; nullptr when something else ended it.
  [[nodiscard]] const WorkLink* ended_with_link(EntryIndex e) const {
    if (!in_.absences.is_end_of_link(e) || rule_of_end(e) != absence_rule) return nullptr;
    const auto key = in_.matched.key_of(e);
    const WorkLink* link =
        key ? in_.population.last_ended_link(key->feed, key->category, key->id) : nullptr;
    return link != nullptr && link->why.empty() ? link : nullptr;
  }

  /// The date of the end does not move while nobody can tell, so that a person has to look.
  void plan_doubt(EntryIndex e, const AccountDue& due) {
    if (due.overdue)
      result_.review.push_back({subject_of_entry(e),
                                {std::string(in_.snapshot.entry(e).dn())},
                                "its end of " + due.end.iso() + " has passed, but " +
                                    std::string(in_.absences.reason(e))});
  }

  [[nodiscard]] std::string subject_of_entry(EntryIndex e) const {
    const auto key = in_.matched.key_of(e);
    if (!key) return std::string(in_.snapshot.entry(e).dn());
    return Jointure{in_.population.feed(key->feed).academie(), key->category, std::string(key->id)}
        .str();
  }

  /// What all changes of an account on the clock have in common.
  About about_end(EntryIndex e, const AccountDue& due) {
    const SnapshotEntry entry = in_.snapshot.entry(e);
    About about;
    about.profil = due.profil;
    about.dn = entry.dn();
    about.csn = entry.csn();
    about.subject = subject_of_entry(e);
    about.feed = in_.matched.key_of(e)->feed;
    schools_.clear();
    add_schools_of_entry(entry, true);
    return about;
  }

  /// The deleteRequest for whom an entry is, when a Delta had one.
  [[nodiscard]] std::optional<SourcePosition> deletion_of(EntryIndex e) const {
    const auto key = in_.matched.key_of(e);
    if (!key) return std::nullopt;
    return in_.population.feed(key->feed).deletion(key->category, key->id);
  }

  void plan_absence(EntryIndex e, const AccountDue& due, bool waits) {
    const SnapshotEntry entry = in_.snapshot.entry(e);
    const TargetNames& names = in_.rules.names;
    since_ = generalized_time(due.since);
    end_ = generalized_time(due.end);
    diff_.clear();
    if (due.write_since) {
      AttributeDiff& since = diff_.add(names.absent_since);
      since.added.push_back(since_);
      if (const auto place = deletion_of(e)) since.source = *place;
    } else {
      ++result_.absent_already;
    }
    if (due.write_end) diff_.add(names.deletion_date).added.push_back(end_);
    if (due.suspend) diff_.add(names.account_state).added.emplace_back(in_.rules.suspended_value);
    if (due.suspend && names.account_lock != TargetVocabulary::npos &&
        entry.first(names.account_lock).empty())
      diff_.add(names.account_lock).added.push_back(account_lock_value);
    if (due.cut) cut_links(entry, due.profil);
    clean_references(e);
    if (!waits && is_marked(entry)) {
      take_off_mark(entry);
      marked_.insert(e);
    }
    if (diff_.empty()) return;
    About about = about_end(e, due);
    about.waits = waits;
    about.operation = Operation::absent;
    about.wave = wave::absences;
    about.rule = rule_of_end(e);
    about.note = in_.absences.reason(e);
    if (const Requested* request = ended_by_request(e)) {
      about.rule = end_by_request_rule;
      follow_request(about, *request, in_.absences.reason(e));
    } else if (const WorkLink* link = ended_with_link(e)) {
      about.rule = end_by_request_rule;
      about.approver = link->ending.valideur;
      request_note_ = std::string(in_.absences.reason(e)) + " (" + cause_of(link->ending) + ")";
      about.note = request_note_;
    }
    if (due.write_since && !waits) newly_absent_.push_back({e, due.profil, about.feed, schools_});
    emit(about);
  }

  /// Links that the source made go with the suspension; it names them again when he returns.
  void cut_links(const SnapshotEntry& entry, Profil profil) {
    std::vector<std::string_view> values;
    for (const AttributeRule& rule : in_.rules.person(profil).attributes) {
      if (rule.owner != Owner::source || rule.mandatory) continue;
      entry.values_of(rule.attribute, values);
      for (const std::string_view value : values)
        if (ownership_.is_link_of_source(rule.attribute, value))
          diff_.of(rule.attribute).removed.push_back(value);
    }
  }

  void plan_deletion(EntryIndex e, const AccountDue& due, bool waits) {
    ++result_.absent_already;
    remove_whole(in_.snapshot.entry(e));
    if (!waits) marked_.insert(e);
    About about = about_end(e, due);
    about.waits = waits;
    about.operation = Operation::remove;
    about.wave = wave::deletions;
    about.rule = "entsync:deletion";
    const std::string note =
        "absent since " + due.since.iso() + ", its end of " + due.end.iso() + " is reached";
    about.note = note;
    emit(about);
  }

  void remove_whole(const SnapshotEntry& entry) {
    diff_.clear();
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      if (diff_.empty() || diff_.last().attribute != entry.attribute(i))
        diff_.add(entry.attribute(i));
      diff_.last().removed.push_back(entry.text(i));
    }
  }

  /// Takes what leads to deleted accounts off an entry, whoever made it.
  void clean_references(EntryIndex e) {
    for (const AccountEnds::Reference& reference : in_.ends.references_of(e)) {
      AttributeDiff& diff = diff_.of(reference.attribute);
      if (!diff.replace && std::ranges::find(diff.removed, reference.value) == diff.removed.end())
        diff.removed.push_back(reference.value);
    }
    if (!in_.ends.references_of(e).empty()) {
      cleaned_.insert(e);
      keep_a_member(e);
    }
  }

  /// A group needs a member.
  void keep_a_member(EntryIndex e) {
    std::vector<std::string_view> values;
    in_.snapshot.entry(e).values_of(in_.rules.names.member, values);
    if (values.empty()) return;
    AttributeDiff& diff = diff_.of(in_.rules.names.member);
    if (diff.added.empty() && diff.removed.size() == values.size())
      diff.added.emplace_back(in_.rules.empty_group_member);
    else if (diff.added.empty() && diff.removed.empty())
      diff_.drop_last();
  }

  /// References in entries that nothing else plans: of other sources, left alone, filled by hand.
  void plan_references() {
    const auto references = in_.ends.references();
    for (std::size_t i = 0; i < references.size(); ++i) {
      const EntryIndex e = references[i].entry;
      if (cleaned_.contains(e)) continue;
      diff_.clear();
      clean_references(e);
      const SnapshotEntry entry = in_.snapshot.entry(e);
      const EntryIndex target = references[i].leads_to;
      About about = about_end(target, *in_.ends.of(target));
      about.waits = in_.matched.is_restricted(e);
      about.kind = kind_of_entry(entry);
      about.profil = {};
      about.wave = about.kind == EntryKind::person || about.kind == EntryKind::structure
                       ? wave::modify
                       : wave::groups;
      about.dn = entry.dn();
      about.csn = entry.csn();
      about.subject = subject_of_entry(e);
      about.rule = "entsync:deletion";
      about.note = "it leads to an account that is deleted";
      emit(about);
    }
  }

  [[nodiscard]] EntryKind kind_of_entry(const SnapshotEntry& entry) const {
    switch (entry.branch()) {
      case Branch::people:
        return EntryKind::person;
      case Branch::structures:
        return EntryKind::structure;
      case Branch::groups:
        break;
    }
    return kind_of_group(entry);
  }

  // The judge's denominators ---------------------------------------------------------------------

  void count_before() {
    Before& before = result_.before;
    const auto count = [&](const SnapshotEntry& entry, Profil profil, FeedIndex feed,
                           const auto& uais) {
      if (!entry.first(in_.rules.names.absent_since).empty()) return;
      const bool mail = !entry.first(in_.rules.names.mail).empty();
      const auto add = [&](Tally& tally) {
        ++tally.persons;
        tally.mails += mail ? 1 : 0;
      };
      add(before.run);
      add(before.academies[in_.population.feed(feed).academie()]);
      add(before.profils[std::string(to_string(profil))]);
      for (const std::string_view uai : uais) {
        add(tally_of_school(uai));
        add(before.school_profils[school_profil_key(uai, profil)]);
      }
    };
    std::vector<std::string_view> uais;
    for (PersonIndex p = 0; p < in_.population.persons().size(); ++p) {
      const EntryIndex e = in_.matched.entry_of(p);
      if (e == no_entry) continue;
      const Person& person = in_.population.persons()[p];
      uais.clear();
      for (const EcoleIndex ecole : in_.population.ecoles_of(person))
        uais.push_back(in_.population.ecoles()[ecole].uai.str());
      count(in_.snapshot.entry(e), person.profil, person.feed, uais);
    }
    for (const NewlyAbsent& absent : newly_absent_) {
      std::vector<std::string> schools = absent.schools;
      std::ranges::sort(schools);
      schools.erase(std::unique(schools.begin(), schools.end()), schools.end());
      count(in_.snapshot.entry(absent.entry), absent.profil, absent.feed, schools);
    }
    for (EntryIndex e = 0; e < in_.snapshot.size(); ++e) {
      const SnapshotEntry entry = in_.snapshot.entry(e);
      if (entry.branch() == Branch::groups) count_group(entry);
      if (entry.branch() == Branch::people && is_person(entry) &&
          entry.first(in_.rules.names.absent_since).empty())
        ++before.run.live;
    }
  }

  /// By its object classes: a directory that is keyed otherwise holds persons too, and to create
  /// all of them a second time is no first load.
  [[nodiscard]] bool is_person(const SnapshotEntry& entry) const {
    const auto& classes = in_.rules.person(Profil::eleve).object_classes;
    for (std::size_t i = 0; i < entry.value_count(); ++i) {
      if (entry.attribute(i) != in_.rules.names.object_class ||
          equals_ignoring_case(entry.text(i), "top"))
        continue;
      for (const std::string& name : classes)
        if (equals_ignoring_case(name, entry.text(i))) return true;
    }
    return false;
  }

  void count_group(const SnapshotEntry& entry) {
    FeedIndex feed = 0;
    const EcoleIndex ecole = school_of_group(entry.first(in_.rules.names.group_jointure), feed);
    if (ecole == no_index) return;
    std::uint64_t members = 0;
    for (std::size_t i = 0; i < entry.value_count(); ++i)
      members += entry.attribute(i) == in_.rules.names.member && !entry.text(i).empty() ? 1 : 0;
    const auto add = [&](Tally& tally) {
      ++tally.groups;
      tally.members += members;
    };
    add(result_.before.run);
    add(result_.before.academies[in_.population.feed(feed).academie()]);
    add(tally_of_school(in_.population.ecoles()[ecole].uai.str()));
  }

  Tally& tally_of_school(std::string_view uai) {
    auto& schools = result_.before.schools;
    const auto found = schools.find(uai);
    return found != schools.end() ? found->second : schools[std::string(uai)];
  }

  struct NewlyAbsent {
    EntryIndex entry;
    Profil profil;
    FeedIndex feed;
    std::vector<std::string> schools;
  };

  PlannerInput in_;
  const Survey* survey_;
  bool looking_ = false;  ///< nothing is planned, only found
  bool found_ = false;    ///< something to plan or report
  Ownership ownership_;
  Differ differ_;
  Deriver deriver_;
  PlannerResult result_;
  DesiredEntry desired_;
  EntryDiff diff_;
  EntryDiff mark_;                         ///< diff_ while a mark is planned
  std::unordered_set<EntryIndex> marked_;  ///< entries whose mark another change takes off
  std::vector<std::uint32_t> file_base_;
  std::vector<std::string> schools_;
  std::vector<EntryIndex> entry_schools_;
  std::vector<AttributeChange> attributes_;
  std::vector<PersonIndex> members_;
  std::vector<EntryIndex> explicit_;
  std::vector<std::uint32_t> marks_;  ///< of entries
  std::uint32_t epoch_ = 0;
  std::vector<NewlyAbsent> newly_absent_;
  std::set<EcoleIndex> waiting_;              ///< for the roll-over, and it keeps something
  std::unordered_set<EntryIndex> cleaned_;    ///< entries whose references to deleted accounts went
  std::vector<const DemandeOrigin*> causes_;  ///< of memberships of the group at hand
  std::string request_note_;                  ///< of the change at hand
  std::string since_;                         ///< of the absence at hand
  std::string end_;
};

Deriver deriver_for(const PlannerInput& input) {
  return {input.population, input.matched, input.snapshot,
          input.rules,      input.tree,    input.identities};
}

}  // namespace

std::string school_profil_key(std::string_view uai, Profil profil) {
  return std::string(uai) + "/" + std::string(to_string(profil));
}

Survey::Survey(const PlannerInput& input)
    : input_(input),
      deriver_(deriver_for(input)),
      groups_(deriver_.groups()),
      settled_persons_(input.population.persons().size(), 0),
      settled_groups_(groups_.size(), 0) {}

namespace {

/// Groups have hundreds of members.
constexpr std::size_t persons_in_block = 512;
constexpr std::size_t groups_in_block = 16;

std::size_t blocks_of(std::size_t count, std::size_t in_block) {
  return (count + in_block - 1) / in_block;
}

}  // namespace

std::size_t Survey::blocks() const {
  return blocks_of(settled_persons_.size(), persons_in_block) +
         blocks_of(groups_.size(), groups_in_block);
}

void Survey::take_part(const std::function<std::size_t()>& next) {
  Planner planner(input_, deriver_.another());
  const std::size_t person_blocks = blocks_of(settled_persons_.size(), persons_in_block);
  for (std::size_t block = next(); block < blocks(); block = next()) {
    if (block < person_blocks) {
      const std::size_t first = block * persons_in_block;
      const std::size_t last = std::min(first + persons_in_block, settled_persons_.size());
      for (std::size_t p = first; p < last; ++p)
        settled_persons_[p] = planner.is_settled(static_cast<PersonIndex>(p)) ? 1 : 0;
    } else {
      const std::size_t first = (block - person_blocks) * groups_in_block;
      const std::size_t last = std::min(first + groups_in_block, groups_.size());
      for (std::size_t g = first; g < last; ++g)
        settled_groups_[g] = planner.is_settled(groups_[g]) ? 1 : 0;
    }
  }
}

PlannerResult make_plan(const Survey& survey) {
  return Planner(survey.input(), survey.deriver().another(), &survey).run();
}

PlannerResult make_plan(const PlannerInput& input) {
  return Planner(input, deriver_for(input)).run();
}

}  // namespace entsync
