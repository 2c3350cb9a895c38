#include "population.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_set>

#include "text.hpp"

namespace entsync {

/// Builds a Population in the order that its references need: structures, pupils with their classes
/// and links, the responsables that pupils name, staff, and at the end the inverse tables.
class PopulationBuilder {
 public:
  PopulationBuilder(std::vector<const Feed*> feeds, const Rules& rules, const Registry& registry,
                    Problems& problems, std::span<const WorkLink> links)
      : rules_(rules), registry_(registry), problems_(problems) {
    population_.maps_.resize(feeds.size());
    population_.feeds_ = std::move(feeds);
    population_.work_links_.assign(links.begin(), links.end());
  }

  Population run() {
    for (FeedIndex f = 0; f < population_.feeds_.size(); ++f) {
      index_records(f);
      add_structures(f);
    }
    for (EcoleNode& node : population_.ecoles_)
      std::ranges::sort(node.records, precedes, &FeedRecord::id);
    report_schools();
    for (FeedIndex f = 0; f < population_.feeds_.size(); ++f)
      if (feed(f).is_of_requests()) name_schools_by_uai(f);
    index_links();
    for (FeedIndex f = 0; f < population_.feeds_.size(); ++f) {
      const auto first_pupil = static_cast<PersonIndex>(population_.persons_.size());
      add_eleves(f);
      add_responsables(f, first_pupil);
      add_personnels(f);
      add_agents(f);
    }
    invert_classes();
    invert_ecoles();
    return std::move(population_);
  }

 private:
  static constexpr auto at(Category category) { return static_cast<std::size_t>(category); }

  [[nodiscard]] const Feed& feed(FeedIndex f) const { return *population_.feeds_[f]; }
  [[nodiscard]] Place place(FeedIndex f, SourcePosition p, std::string item) const {
    const std::string file = p.known() ? feed(f).files()[p.file].name : std::string{};
    return {file, p.line, std::move(item)};
  }

  void index_records(FeedIndex f) {
    Population::FeedMaps& maps = population_.maps_[f];
    for (std::size_t c = 0; c < category_count; ++c) {
      const auto& records = feed(f).records(static_cast<Category>(c));
      maps.records[c].reserve(records.size());
      for (std::uint32_t i = 0; i < records.size(); ++i)
        maps.records[c].emplace(records[i].id(), i);
    }
    for (const RejectedRecord& rejected : feed(f).rejected()) {
      if (rejected.category && !rejected.id.empty()) {
        maps.rejected[at(*rejected.category)].insert(rejected.id);
      } else if (rejected.category) {
        maps.anonymous_reject[at(*rejected.category)] = true;
      } else {
        maps.anonymous_reject.fill(true);
      }
    }
  }

  void add_structures(FeedIndex f) {
    auto& by_id = population_.maps_[f].structures;
    for (const FeedRecord& record : feed(f).records(Category::etab_educ_nat)) {
      const auto ecole = enrolled(f, record);
      if (!ecole || *ecole == no_index) ++population_.counts_.structures_outside;
      if (ecole) by_id.emplace(record.id(), *ecole);
    }
  }

  /// no_index for a school that is not enrolled; nothing when the record does not tell which school
  /// it is.
  std::optional<EcoleIndex> enrolled(FeedIndex f, const FeedRecord& record) {
    const std::string_view text = record.first(rules_.feed.uai);
    if (text.empty()) return std::nullopt;
    const auto uai = Uai::parse(text);
    if (!uai) {
      problems_.warning("DATA-001",
                        place(f, record.position(), "structure " + std::string(record.id())),
                        "the UAI of this structure is not valid: " + Uai::why_invalid(text),
                        "nothing of the structure is changed; have the académie correct it");
      return std::nullopt;
    }
    if (!registry_.in_scope(*uai, feed(f).date())) return no_index;
    const auto [known, is_new] =
        population_.by_uai_.emplace(*uai, static_cast<EcoleIndex>(population_.ecoles_.size()));
    if (is_new) {
      population_.ecoles_.push_back({*uai, f, {}, {f}, {}});
    } else if (population_.ecoles_[known->second].feed != f) {
      problems_.warning("DATA-002", place(f, record.position(), uai->str()),
                        "this school is in the feeds of two académies",
                        "the description of the first one is used; check the perimeters");
      EcoleNode& node = population_.ecoles_[known->second];
      if (!node.is_described_by(f)) node.feeds.push_back(f);
      return known->second;
    }
    population_.ecoles_[known->second].records.push_back(record);
    return known->second;
  }

  void report_schools() {
    const Date day = last_day();
    for (const auto& [uai, ecole] : registry_.ecoles()) {
      if (!registry_.in_scope(uai, day)) continue;
      if (!population_.by_uai_.contains(uai))
        problems_.warning(
            "DATA-003", {{}, 0, uai.str()}, "this school is enrolled but in no delivery",
            "nothing of it is changed; ask the académie whether its perimeter holds it");
      report_term(ecole, registry_.term_of(ecole, day));
    }
  }

  /// Every night from the end of the term on, and otherwise once the grace is over.
  void report_term(const Ecole& ecole, Term term) {
    if (term != Term::grace && term != Term::overdue) return;
    const std::string grace = registry_.grace_until(ecole)->iso();
    const std::string ended = "the agreement of this school ended on " + ecole.fin_le->iso();
    const std::string renew = "renew it in the registry, or write etat = \"resiliee\" and etat_le";
    if (term == Term::grace)
      problems_.warning("DATA-004", {{}, 0, ecole.uai.str()},
                        ended + ", its time of grace ends on " + grace,
                        "its accounts are kept up to date; " + renew);
    else
      problems_.warning(
          "DATA-005", {{}, 0, ecole.uai.str()},
          ended + ", and its time of grace on " + grace + ": it is served without an agreement",
          "its accounts are kept up to date until a person decides: " + renew);
  }

  /// Of the newest delivery.
  [[nodiscard]] Date last_day() const {
    Date day;
    for (FeedIndex f = 0; f < population_.feed_count(); ++f) day = std::max(day, feed(f).date());
    return day;
  }

  // Pupils ---------------------------------------------------------------------------------------

  void add_eleves(FeedIndex f) {
    for (const FeedRecord& record : feed(f).records(Category::eleve)) {
      ecoles_.clear();
      classes_.clear();
      unread_ = {};
      for (const FeedValue value : record.values()) {
        if (value.attribute == rules_.feed.structure)
          add_ecole(population_.ecole_of(f, value.text));
        if (value.attribute == rules_.feed.classes) add_classe(f, value, false);
        if (value.attribute == rules_.feed.groupes) add_classe(f, value, true);
      }
      if (ecoles_.empty()) {
        ++population_.counts_.eleves_outside;
        if (note_unplaced(f, record, true)) note_responsables(f, record);
        continue;
      }
      for (const EcoleIndex ecole : ecoles_) population_.ecoles_[ecole].unread |= unread_;
      Person person{record,
                    f,
                    Profil::eleve,
                    keep(population_.ecole_refs_, ecoles_),
                    keep(population_.classe_refs_, classes_),
                    {},
                    unread_};
      population_.persons_.push_back(person);
    }
  }

  /// A record that names a structure which cannot be read, or none at all, may be of an enrolled
  /// school. Staff also work in structures that no delivery describes; pupils do not.
  bool note_unplaced(FeedIndex f, const FeedRecord& record, bool undescribed_too) {
    const FeedNames& names = rules_.feed;
    bool names_any = false;
    bool unplaced = false;
    for (const FeedValue value : record.values()) {
      const bool names_structure =
          value.attribute == names.structure || value.attribute == names.classes ||
          value.attribute == names.groupes || value.attribute == names.fonctions ||
          value.attribute == names.direction;
      if (!names_structure) continue;
      const std::string_view id = trim(value.text.substr(0, value.text.find('$')));
      names_any = names_any || !id.empty();
      if (population_.knows_structure(f, id)) continue;
      unplaced = unplaced || undescribed_too ||
                 population_.has_record(f, Category::etab_educ_nat, id) ||
                 population_.may_be_rejected(f, Category::etab_educ_nat, id);
    }
    if (!names_any && record.category() == Category::pers_educ_nat)
      ++population_.counts_.personnels_without_structure;
    if (!unplaced && names_any) return false;
    population_.maps_[f].unplaced[at(record.category())].insert(record.id());
    return true;
  }

  /// Whom an unplaced pupil names has not left either.
  void note_responsables(FeedIndex f, const FeedRecord& record) {
    for (const FeedValue value : record.values(rules_.feed.responsables)) {
      const std::string_view id = trim(value.text.substr(0, value.text.find('$')));
      if (!id.empty()) population_.maps_[f].named_responsables.insert(id);
    }
  }

  void add_ecole(EcoleIndex ecole) {
    if (ecole != no_index && std::ranges::find(ecoles_, ecole) == ecoles_.end())
      ecoles_.push_back(ecole);
  }

  /// `etab$codeType$libType$id$label`. The id is stable, the label may change (aaf-format §4.3).
  void add_classe(FeedIndex f, const FeedValue& value, bool regroupement) {
    split_composite(value.text, parts_, 5);
    const EcoleIndex ecole = population_.ecole_of(f, trim(parts_[0]));
    add_ecole(ecole);
    if (parts_.size() < 4 || trim(parts_[3]).empty()) {
      // Of a school that is known and not enrolled nothing is missing.
      if (ecole != no_index || !population_.knows_structure(f, trim(parts_[0])))
        (regroupement ? unread_.groupes : unread_.classes) = true;
      problems_.warning("DATA-010",
                        place(f, value.position, rules_.vocabulary.name(value.attribute)),
                        "this class value has fewer parts than etab$type$libelle$id$libelle",
                        "the value is left out; what the directory holds of the pupil's classes "
                        "is kept");
      return;
    }
    if (ecole == no_index) return;
    const std::string_view id = trim(parts_[3]);
    const std::string_view label = parts_.size() > 4 ? trim(parts_[4]) : std::string_view{};
    const auto [known, is_new] = classe_index_.try_emplace(
        ClasseKey{ecole, regroupement, id}, static_cast<ClasseIndex>(population_.classes_.size()));
    if (is_new) {
      population_.classes_.push_back(
          {ecole, trim(parts_[0]), id, label, value.position, regroupement});
    } else if (ClasseNode& node = population_.classes_[known->second]; node.label != label) {
      // The smallest label wins, so that the order of the parts does not matter.
      if (reported_labels_.insert(known->second).second)
        problems_.warning(
            "DATA-011",
            place(f, value.position, population_.ecoles_[ecole].uai.str() + "/" + std::string(id)),
            "pupils of one class name it differently",
            "one of the labels is used; have the school check the class in ONDE");
      if (!label.empty() && (node.label.empty() || label < node.label)) node.label = label;
    }
    if (std::ranges::find(classes_, known->second) == classes_.end())
      classes_.push_back(known->second);
  }

  // Responsables ---------------------------------------------------------------------------------

  /// The link is read from the pupil (aaf-format §3.2). A responsable exists for us when a pupil in
  /// scope names him and the feed has his record.
  void add_responsables(FeedIndex f, PersonIndex first_pupil) {
    auto& maps = population_.maps_[f];
    const auto& records = feed(f).records(Category::pers_rel_eleve);
    const auto& by_id = maps.records[at(Category::pers_rel_eleve)];
    const auto last_pupil = static_cast<PersonIndex>(population_.persons_.size());
    std::vector<std::uint32_t> children(records.size(), 0);

    // Links carry the record's position first; they are turned into person indexes below.
    for (PersonIndex p = first_pupil; p < last_pupil; ++p) {
      Person& pupil = population_.persons_[p];
      pupil.links.first = static_cast<std::uint32_t>(population_.links_.size());
      add_links(f, pupil, by_id, maps);
      pupil.links.last = static_cast<std::uint32_t>(population_.links_.size());
      for (std::uint32_t i = pupil.links.first; i < pupil.links.last; ++i)
        ++children[population_.links_[i].person];
    }
    std::vector<PersonIndex> person_of(records.size(), no_index);
    for (std::uint32_t r = 0; r < records.size(); ++r) {
      if (children[r] == 0) {
        ++population_.counts_.responsables_unused;
        continue;
      }
      person_of[r] = static_cast<PersonIndex>(population_.persons_.size());
      population_.persons_.push_back({records[r], f, Profil::responsable, {}, {}, {}, {}});
    }
    invert_links(first_pupil, last_pupil, person_of, children);
  }

  void add_links(FeedIndex f, const Person& pupil, const Population::IdMap& by_id,
                 Population::FeedMaps& maps) {
    const auto first = static_cast<std::ptrdiff_t>(population_.links_.size());
    for (const FeedValue value : pupil.record.values(rules_.feed.responsables)) {
      split_composite(value.text, parts_, 0);
      const std::string_view id = trim(parts_[0]);
      if (id.empty()) continue;
      maps.named_responsables.insert(id);
      const auto found = by_id.find(id);
      if (found == by_id.end()) {
        ++population_.counts_.dangling_responsables;
        problems_.note("DATA-020", place(f, value.position, "responsable " + std::string(id)),
                       "a pupil names a responsable that the delivery does not describe",
                       "the pupil is kept; a link that the directory already has is kept too");
        continue;
      }
      const bool twice =
          std::any_of(population_.links_.begin() + first, population_.links_.end(),
                      [&](const Link& link) { return link.person == found->second; });
      if (twice) continue;  // entered twice in the source (aaf-format §3.9)
      population_.links_.push_back({found->second,
                                    parts_.size() > 1 ? trim(parts_[1]) : std::string_view{},
                                    value.position});
    }
  }

  void invert_links(PersonIndex first_pupil, PersonIndex last_pupil,
                    const std::vector<PersonIndex>& person_of,
                    const std::vector<std::uint32_t>& children) {
    auto next = static_cast<std::uint32_t>(population_.links_.size());
    std::vector<std::uint32_t> cursor(person_of.size(), 0);
    for (std::size_t r = 0; r < person_of.size(); ++r) {
      if (person_of[r] == no_index) continue;
      cursor[r] = next;
      population_.persons_[person_of[r]].links = {next, next + children[r]};
      next += children[r];
    }
    population_.links_.resize(next);
    for (PersonIndex p = first_pupil; p < last_pupil; ++p) {
      const Range range = population_.persons_[p].links;
      for (std::uint32_t i = range.first; i < range.last; ++i) {
        Link& link = population_.links_[i];
        const std::uint32_t record = link.person;
        link.person = person_of[record];
        population_.links_[cursor[record]++] = {p, link.lien, link.position};
      }
    }
    for (const PersonIndex person : person_of)
      if (person != no_index) add_schools_of_pupils(population_.persons_[person]);
  }

  /// A responsable has no school of his own: his pupils' schools and classes are his.
  void add_schools_of_pupils(Person& responsable) {
    ecoles_.clear();
    classes_.clear();
    for (std::uint32_t i = responsable.links.first; i < responsable.links.last; ++i) {
      const Person& pupil = population_.persons_[population_.links_[i].person];
      responsable.unread |= pupil.unread;
      for (const EcoleIndex ecole : population_.ecoles_of(pupil)) add_ecole(ecole);
      for (const ClasseIndex classe : population_.classes_of(pupil))
        if (std::ranges::find(classes_, classe) == classes_.end()) classes_.push_back(classe);
    }
    responsable.ecoles = keep(population_.ecole_refs_, ecoles_);
    responsable.classes = keep(population_.classe_refs_, classes_);
  }

  // Staff ----------------------------------------------------------------------------------------

  void add_personnels(FeedIndex f) {
    const std::uint64_t without_before = population_.counts_.personnels_without_structure;
    for (const FeedRecord& record : feed(f).records(Category::pers_educ_nat)) {
      ecoles_.clear();
      directions_.clear();
      linked_.clear();
      for (const FeedValue value : record.values()) {
        if (value.attribute == rules_.feed.fonctions) {
          add_ecole(population_.ecole_of(f, trim(value.text.substr(0, value.text.find('$')))));
        } else if (value.attribute == rules_.feed.structure) {
          add_ecole(population_.ecole_of(f, trim(value.text)));
        } else if (value.attribute == rules_.feed.direction) {
          const EcoleIndex ecole = population_.ecole_of(f, trim(value.text));
          if (ecole == no_index) continue;
          add_ecole(ecole);
          if (std::ranges::find(directions_, ecole) == directions_.end())
            directions_.push_back(ecole);
        }
      }
      add_links_of(f, record);
      if (ecoles_.empty()) {
        ++population_.counts_.personnels_outside;
        note_unplaced(f, record, false);
        continue;
      }
      const auto index = static_cast<PersonIndex>(population_.persons_.size());
      for (const EcoleIndex ecole : directions_) population_.directeurs_[ecole].push_back(index);
      for (const auto& [ecole, link] : linked_) population_.placed_by_link_[{index, ecole}] = link;
      population_.persons_.push_back({record,
                                      f,
                                      profil_of(record, !directions_.empty()),
                                      keep(population_.ecole_refs_, ecoles_),
                                      {},
                                      {},
                                      {}});
    }
    const std::uint64_t without = population_.counts_.personnels_without_structure - without_before;
    if (without != 0)
      problems_.note("DATA-030", {{}, 0, feed(f).academie()},
                     std::to_string(without) + " staff are described without any structure",
                     "their entries are left as they are");
  }

  void index_links() {
    for (std::uint32_t i = 0; i < population_.work_links_.size(); ++i) {
      const Jointure& person = population_.work_links_[i].person;
      for (FeedIndex f = 0; f < population_.feeds_.size(); ++f)
        if (equals_ignoring_case(feed(f).academie(), person.academie))
          population_.links_of_records_[{f, person.id}].push_back(i);
    }
  }

  /// Schools where a request has him work too. What a delivery says of a school goes first: the end
  /// of the link then takes nothing away.
  void add_links_of(FeedIndex f, const FeedRecord& record) {
    if (population_.links_of_records_.empty()) return;
    const auto found = population_.links_of_records_.find({f, std::string(record.id())});
    if (found == population_.links_of_records_.end()) return;
    for (const std::uint32_t i : found->second) {
      const WorkLink& link = population_.work_links_[i];
      const EcoleIndex ecole = population_.ecole_with(link.uai);
      if (!link.holds() || ecole == no_index || std::ranges::find(ecoles_, ecole) != ecoles_.end())
        continue;
      ecoles_.push_back(ecole);
      linked_.emplace_back(ecole, i);
    }
  }

  /// Director by function of direction, never by speciality; teacher by category, or by function
  /// when the category is empty (ent-directory §3.2).
  [[nodiscard]] Profil profil_of(const FeedRecord& record, bool directs) {
    if (directs) return Profil::directeur;
    const std::string_view category = record.first(rules_.feed.categorie_enseignant);
    if (!category.empty()) return category == "O" ? Profil::enseignant : Profil::personnel;
    for (const FeedValue value : record.values(rules_.feed.fonctions)) {
      split_composite(value.text, parts_);
      if (parts_.size() > 1 && std::ranges::find(rules_.teacher_functions, trim(parts_[1])) !=
                                   rules_.teacher_functions.end())
        return Profil::enseignant;
    }
    return Profil::personnel;
  }

  // Staff of local authorities -------------------------------------------------------------------

  /// Requests name schools as the registry does.
  void name_schools_by_uai(FeedIndex f) {
    for (EcoleIndex e = 0; e < population_.ecoles_.size(); ++e)
      population_.maps_[f].structures.emplace(population_.ecoles_[e].uai.str(), e);
  }

  /// Schools that no delivery describes are not theirs yet; who is left with none has his account
  /// all the same, for he was asked for.
  void add_agents(FeedIndex f) {
    for (const FeedRecord& record : feed(f).records(Category::pers_collectivite)) {
      ecoles_.clear();
      for (const FeedValue value : record.values(rules_.feed.structure))
        add_ecole(population_.ecole_of(f, value.text));
      population_.persons_.push_back(
          {record, f, Profil::collectivite, keep(population_.ecole_refs_, ecoles_), {}, {}, {}});
    }
  }

  // Inverse tables -------------------------------------------------------------------------------

  template <class T>
  static Range keep(std::vector<T>& table, const std::vector<T>& values) {
    const auto first = static_cast<std::uint32_t>(table.size());
    table.insert(table.end(), values.begin(), values.end());
    return {first, static_cast<std::uint32_t>(table.size())};
  }

  /// Ranges for counted buckets; `cursor` then gives the next free place of each.
  static std::vector<Range> ranges_of(const std::vector<std::uint32_t>& counts) {
    std::vector<Range> ranges(counts.size());
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      ranges[i] = {next, next};
      next += counts[i];
    }
    return ranges;
  }

  void invert_classes() {
    const auto& persons = population_.persons_;
    std::vector<std::uint32_t> eleves(population_.classes_.size(), 0);
    for (const Person& person : persons)
      if (person.profil == Profil::eleve)
        for (const ClasseIndex classe : population_.classes_of(person)) ++eleves[classe];
    population_.classe_ranges_ = ranges_of(eleves);
    population_.classe_eleves_.resize(std::accumulate(eleves.begin(), eleves.end(), 0U));
    for (PersonIndex p = 0; p < persons.size(); ++p)
      if (persons[p].profil == Profil::eleve)
        for (const ClasseIndex classe : population_.classes_of(persons[p]))
          population_.classe_eleves_[population_.classe_ranges_[classe].last++] = p;
  }

  void invert_ecoles() {
    const auto& persons = population_.persons_;
    std::vector<std::uint32_t> members(population_.ecoles_.size(), 0);
    for (const Person& person : persons)
      for (const EcoleIndex ecole : population_.ecoles_of(person)) ++members[ecole];
    population_.ecole_person_ranges_ = ranges_of(members);
    population_.ecole_persons_.resize(std::accumulate(members.begin(), members.end(), 0U));
    for (PersonIndex p = 0; p < persons.size(); ++p)
      for (const EcoleIndex ecole : population_.ecoles_of(persons[p]))
        population_.ecole_persons_[population_.ecole_person_ranges_[ecole].last++] = p;

    const auto& classes = population_.classes_;
    std::vector<std::uint32_t> counts(population_.ecoles_.size(), 0);
    for (const ClasseNode& classe : classes) ++counts[classe.ecole];
    population_.ecole_class_ranges_ = ranges_of(counts);
    population_.ecole_classes_.resize(classes.size());
    for (ClasseIndex c = 0; c < classes.size(); ++c)
      population_.ecole_classes_[population_.ecole_class_ranges_[classes[c].ecole].last++] = c;
    for (const Range range : population_.ecole_class_ranges_)
      std::sort(population_.ecole_classes_.begin() + range.first,
                population_.ecole_classes_.begin() + range.last, [&](ClasseIndex a, ClasseIndex b) {
                  return std::tie(classes[a].id, classes[a].regroupement) <
                         std::tie(classes[b].id, classes[b].regroupement);
                });
  }

  struct ClasseKey {
    EcoleIndex ecole;
    bool regroupement;
    std::string_view id;
    auto operator<=>(const ClasseKey&) const = default;
  };
  struct ClasseHash {
    std::size_t operator()(const ClasseKey& key) const {
      return std::hash<std::string_view>{}(key.id) * 31 + key.ecole * 2 +
             (key.regroupement ? 1 : 0);
    }
  };

  const Rules& rules_;
  const Registry& registry_;
  Problems& problems_;
  Population population_;
  std::unordered_map<ClasseKey, ClasseIndex, ClasseHash> classe_index_;
  std::unordered_set<ClasseIndex> reported_labels_;
  std::vector<EcoleIndex> ecoles_;
  std::vector<EcoleIndex> directions_;
  std::vector<std::pair<EcoleIndex, std::uint32_t>> linked_;  ///< of the member of staff at hand
  std::vector<ClasseIndex> classes_;
  Unread unread_;
  std::vector<std::string_view> parts_;
};

Unread& Unread::operator|=(const Unread& other) {
  classes = classes || other.classes;
  groupes = groupes || other.groupes;
  return *this;
}

bool EcoleNode::is_described_by(FeedIndex f) const {
  return std::ranges::find(feeds, f) != feeds.end();
}

Population Population::build(std::span<const CompletFeed* const> feeds, const Rules& rules,
                             const Registry& registry, Problems& problems,
                             std::span<const WorkLink> links) {
  std::vector<const Feed*> all;
  for (const CompletFeed* feed : feeds) all.push_back(&feed->feed());
  return PopulationBuilder(std::move(all), rules, registry, problems, links).run();
}

Population Population::build(std::span<const CompletPart* const> parts, const Rules& rules,
                             const Registry& registry, Problems& problems,
                             std::span<const WorkLink> links) {
  std::vector<const Feed*> all;
  for (const CompletPart* part : parts) all.push_back(&part->feed());
  return PopulationBuilder(std::move(all), rules, registry, problems, links).run();
}

std::span<const PersonIndex> Population::directeurs_of(EcoleIndex ecole) const {
  const auto found = directeurs_.find(ecole);
  if (found == directeurs_.end()) return {};
  return found->second;
}

const WorkLink* Population::link_of(PersonIndex person, EcoleIndex ecole) const {
  const auto found = placed_by_link_.find({person, ecole});
  return found == placed_by_link_.end() ? nullptr : &work_links_[found->second];
}

const WorkLink* Population::sole_link_of(PersonIndex person) const {
  const WorkLink* sole = nullptr;
  if (placed_by_link_.empty() || category_of(persons_[person].profil) != Category::pers_educ_nat)
    return nullptr;
  for (const EcoleIndex ecole : ecoles_of(persons_[person])) {
    const WorkLink* link = link_of(person, ecole);
    if (link == nullptr) return nullptr;
    if (sole == nullptr) sole = link;
  }
  return sole;
}

const WorkLink* Population::ended_link(FeedIndex feed, Category category, std::string_view id,
                                       EcoleIndex ecole) const {
  if (ecole == no_index || category != Category::pers_educ_nat) return nullptr;
  const auto found = links_of_records_.find({feed, std::string(id)});
  if (found == links_of_records_.end()) return nullptr;
  for (const std::uint32_t i : found->second) {
    const WorkLink& link = work_links_[i];
    if (link.uai == ecoles_[ecole].uai && link.held_until_its_end()) return &link;
  }
  return nullptr;
}

const WorkLink* Population::last_ended_link(FeedIndex feed, Category category,
                                            std::string_view id) const {
  const auto found = links_of_records_.find({feed, std::string(id)});
  if (category != Category::pers_educ_nat || found == links_of_records_.end()) return nullptr;
  const WorkLink* last = nullptr;
  for (const std::uint32_t i : found->second) {
    const WorkLink& link = work_links_[i];
    if (link.held_until_its_end() && (last == nullptr || last->end < link.end)) last = &link;
  }
  return last;
}

void Population::note_links_without_person(Problems& problems) const {
  for (const WorkLink& link : work_links_) {
    if (!link.holds()) continue;
    const auto describes = [&](FeedIndex f) {
      return equals_ignoring_case(feeds_[f]->academie(), link.person.academie) &&
             has_record(f, link.person.category, link.person.id);
    };
    bool is_described = false;
    for (FeedIndex f = 0; f < feed_count(); ++f) is_described = is_described || describes(f);
    if (!is_described)
      problems.warning("DATA-043",
                       {link.last.file, link.last.line, "link of request " + link.last.id},
                       "no delivery describes " + link.person.str() +
                           ", who is linked to the school " + link.uai.str(),
                       "the link waits, and holds when a delivery describes the person before " +
                           link.end.iso() + "; check the key");
  }
}

std::optional<Population::RequestPlace> Population::place_of(const DemandeOrigin& origin) const {
  for (FeedIndex f = 0; f < feed_count(); ++f) {
    if (!feeds_[f]->is_of_requests()) continue;
    const auto& files = feeds_[f]->files();
    for (std::uint32_t i = 0; i < files.size(); ++i)
      if (files[i].name == origin.file) return RequestPlace{f, {i, origin.line, origin.offset}};
  }
  return std::nullopt;
}

EcoleIndex Population::ecole_of(FeedIndex feed, std::string_view structure_id) const {
  const auto found = maps_[feed].structures.find(structure_id);
  return found == maps_[feed].structures.end() ? no_index : found->second;
}

bool Population::knows_structure(FeedIndex feed, std::string_view structure_id) const {
  return maps_[feed].structures.contains(structure_id);
}

EcoleIndex Population::ecole_with(const Uai& uai) const {
  const auto found = by_uai_.find(uai);
  return found == by_uai_.end() ? no_index : found->second;
}

bool Population::may_be_rejected(FeedIndex feed, Category category, std::string_view id) const {
  const auto c = static_cast<std::size_t>(category);
  return maps_[feed].anonymous_reject[c] || maps_[feed].rejected[c].contains(id);
}

bool Population::has_rejected(FeedIndex feed, Category category) const {
  const auto c = static_cast<std::size_t>(category);
  return maps_[feed].anonymous_reject[c] || !maps_[feed].rejected[c].empty();
}

bool Population::is_unplaced(FeedIndex feed, Category category, std::string_view id) const {
  return maps_[feed].unplaced[static_cast<std::size_t>(category)].contains(id);
}

bool Population::has_record(FeedIndex feed, Category category, std::string_view id) const {
  return maps_[feed].records[static_cast<std::size_t>(category)].contains(id);
}

bool Population::is_named_responsable(FeedIndex feed, std::string_view id) const {
  return maps_[feed].named_responsables.contains(id);
}

}  // namespace entsync
