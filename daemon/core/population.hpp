#pragma once
/// Who and what the feeds describe, inside the scope of the registry: schools, classes, groups
/// (regroupements), persons with their profile, and the links between them. Everything that is not
/// in an enrolled school is counted and left out. Staff whom a request links to a school are there
/// as its own staff are. The population keeps references into the feeds, which must outlive it.

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "category.hpp"
#include "complet_part.hpp"
#include "feed.hpp"
#include "problem.hpp"
#include "registry.hpp"
#include "rules.hpp"
#include "work_links.hpp"

namespace entsync {

using FeedIndex = std::uint16_t;
using PersonIndex = std::uint32_t;
using EcoleIndex = std::uint32_t;
using ClasseIndex = std::uint32_t;
inline constexpr std::uint32_t no_index = 0xFFFFFFFF;

/// A run of elements in one of the population's flat tables.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  [[nodiscard]] std::uint32_t size() const { return last - first; }
};

/// Of somebody or something: whether a class or a group value could not be read. What the feed says
/// of his classes is then not all that there is.
struct Unread {
  bool classes = false;
  bool groupes = false;
  [[nodiscard]] bool of(bool regroupement) const { return regroupement ? groupes : classes; }
  [[nodiscard]] bool any() const { return classes || groupes; }
  Unread& operator|=(const Unread& other);
};

/// A school in scope. Several structure ids of a feed may carry one UAI (aaf-format §4.2): they are
/// one school, described by the record with the smallest one.
struct EcoleNode {
  Uai uai;
  FeedIndex feed = 0;
  std::vector<FeedRecord> records;  ///< in order of id
  std::vector<FeedIndex> feeds;     ///< those that describe it; records are of the first one
  Unread unread;                    ///< on one of its pupils
  [[nodiscard]] bool is_described_by(FeedIndex feed) const;
};

/// A class or a group of pupils; the feed only knows it through its pupils.
struct ClasseNode {
  EcoleIndex ecole = 0;
  std::string_view structure;  ///< structure id as the pupils write it
  std::string_view id;
  std::string_view label;
  SourcePosition position;  ///< of the first value that names it
  bool regroupement = false;
};

/// Pupil → responsable, or the inverse.
struct Link {
  PersonIndex person = 0;
  std::string_view lien;  ///< code of the link, may be empty
  SourcePosition position;
};

struct Person {
  FeedRecord record;
  FeedIndex feed = 0;
  Profil profil = Profil::eleve;
  Range ecoles;   ///< in Population::ecole_refs
  Range classes;  ///< in Population::classe_refs
  Range links;    ///< in Population::links
  Unread unread;  ///< on the pupil; of a responsable, on one of his pupils
};

/// What was left out and what looked wrong, counted: no personal data.
struct PopulationCounts {
  std::uint64_t structures_outside = 0;  ///< structures of the feed that are not enrolled
  std::uint64_t eleves_outside = 0;
  std::uint64_t responsables_unused = 0;
  std::uint64_t personnels_outside = 0;
  std::uint64_t personnels_without_structure = 0;  ///< of those outside
  std::uint64_t dangling_responsables = 0;         ///< pupil → responsable without a record
};

class Population {
 public:
  /// `feeds` are whole Complets; each académie once, and the requests last. Findings of severity
  /// warning or note only.
  static Population build(std::span<const CompletFeed* const> feeds, const Rules& rules,
                          const Registry& registry, Problems& problems,
                          std::span<const WorkLink> links = {});
  /// The same of parts: what it says of people, classes and groups is right for those whose records
  /// the parts hold.
  static Population build(std::span<const CompletPart* const> parts, const Rules& rules,
                          const Registry& registry, Problems& problems,
                          std::span<const WorkLink> links = {});

  [[nodiscard]] const Feed& feed(FeedIndex index) const { return *feeds_[index]; }
  [[nodiscard]] std::size_t feed_count() const { return feeds_.size(); }
  [[nodiscard]] const std::vector<Person>& persons() const { return persons_; }
  [[nodiscard]] const std::vector<EcoleNode>& ecoles() const { return ecoles_; }
  [[nodiscard]] const std::vector<ClasseNode>& classes() const { return classes_; }
  [[nodiscard]] const PopulationCounts& counts() const { return counts_; }

  [[nodiscard]] std::span<const EcoleIndex> ecoles_of(const Person& person) const {
    return view(ecole_refs_, person.ecoles);
  }
  [[nodiscard]] std::span<const ClasseIndex> classes_of(const Person& person) const {
    return view(classe_refs_, person.classes);
  }
  /// Responsables of a pupil, pupils of a responsable.
  [[nodiscard]] std::span<const Link> links_of(const Person& person) const {
    return view(links_, person.links);
  }
  /// Classes and groups of a school, in order of id.
  [[nodiscard]] std::span<const ClasseIndex> classes_of(EcoleIndex ecole) const {
    return view(ecole_classes_, ecole_class_ranges_[ecole]);
  }
  /// Persons attached to a school, whatever their profile.
  [[nodiscard]] std::span<const PersonIndex> persons_of(EcoleIndex ecole) const {
    return view(ecole_persons_, ecole_person_ranges_[ecole]);
  }
  [[nodiscard]] std::span<const PersonIndex> eleves_of(ClasseIndex classe) const {
    return view(classe_eleves_, classe_ranges_[classe]);
  }
  /// Directors of a school, in feed order.
  [[nodiscard]] std::span<const PersonIndex> directeurs_of(EcoleIndex ecole) const;

  /// The link that alone places this member of staff in the school; nullptr when the delivery does,
  /// or nobody does.
  [[nodiscard]] const WorkLink* link_of(PersonIndex person, EcoleIndex ecole) const;
  /// The link that places him in a school for as long as it holds, when no delivery places him in
  /// any; nullptr for everybody else.
  [[nodiscard]] const WorkLink* sole_link_of(PersonIndex person) const;
  /// The link to this school that a request has ended; nullptr when there was none or it holds.
  [[nodiscard]] const WorkLink* ended_link(FeedIndex feed, Category category, std::string_view id,
                                           EcoleIndex ecole) const;
  /// The link that ended last, whatever its school; nullptr when there was none.
  [[nodiscard]] const WorkLink* last_ended_link(FeedIndex feed, Category category,
                                                std::string_view id) const;
  /// A warning for each link that holds of somebody whom no delivery describes.
  void note_links_without_person(Problems& problems) const;
  /// Where the request stands in the files of the requests, and in which feed; nothing when they
  /// were not read.
  struct RequestPlace {
    FeedIndex feed = 0;
    SourcePosition position;
  };
  [[nodiscard]] std::optional<RequestPlace> place_of(const DemandeOrigin& origin) const;

  /// The school in scope that a feed means by a structure id, or no_index.
  [[nodiscard]] EcoleIndex ecole_of(FeedIndex feed, std::string_view structure_id) const;
  /// Whether the feed describes this structure with a valid UAI, enrolled or not.
  [[nodiscard]] bool knows_structure(FeedIndex feed, std::string_view structure_id) const;
  [[nodiscard]] EcoleIndex ecole_with(const Uai& uai) const;
  /// Whether a record with this id was rejected, or some record of the category could not even be
  /// identified: then nobody of the category may be taken for absent because of the record's lack.
  [[nodiscard]] bool may_be_rejected(FeedIndex feed, Category category, std::string_view id) const;
  /// Whether any record of the category was rejected.
  [[nodiscard]] bool has_rejected(FeedIndex feed, Category category) const;
  /// Whether the feed has a record for this id that is out of scope only because a structure it
  /// names cannot be read: rejected, without a valid UAI or, for a pupil, not described at all; or
  /// because it names none.
  [[nodiscard]] bool is_unplaced(FeedIndex feed, Category category, std::string_view id) const;
  /// Whether the feed has a usable record for this id, in scope or not.
  [[nodiscard]] bool has_record(FeedIndex feed, Category category, std::string_view id) const;
  /// Whether a pupil in scope, or one who is unplaced, names this responsable, with or without a
  /// record.
  [[nodiscard]] bool is_named_responsable(FeedIndex feed, std::string_view id) const;

 private:
  friend class PopulationBuilder;
  Population() = default;

  template <class T>
  static std::span<const T> view(const std::vector<T>& table, Range range) {
    return {table.data() + range.first, range.size()};
  }

  using IdMap = boost::unordered_flat_map<std::string_view, std::uint32_t>;
  using IdSet = boost::unordered_flat_set<std::string_view>;
  struct FeedMaps {
    IdMap structures;  ///< id → EcoleIndex, no_index when outside the scope; only with a valid UAI
    std::array<IdMap, category_count> records;  ///< id → position among the records of the category
    std::array<IdSet, category_count> rejected;
    std::array<bool, category_count> anonymous_reject{};
    std::array<IdSet, category_count> unplaced;
    IdSet named_responsables;
  };

  std::vector<const Feed*> feeds_;
  std::vector<FeedMaps> maps_;
  std::vector<EcoleNode> ecoles_;
  std::vector<ClasseNode> classes_;
  std::vector<Person> persons_;
  std::vector<EcoleIndex> ecole_refs_;
  std::vector<ClasseIndex> classe_refs_;
  std::vector<Link> links_;
  std::vector<ClasseIndex> ecole_classes_;
  std::vector<Range> ecole_class_ranges_;
  std::vector<PersonIndex> ecole_persons_;
  std::vector<Range> ecole_person_ranges_;
  std::vector<PersonIndex> classe_eleves_;
  std::vector<Range> classe_ranges_;
  std::unordered_map<EcoleIndex, std::vector<PersonIndex>> directeurs_;
  std::map<Uai, EcoleIndex> by_uai_;
  std::vector<WorkLink> work_links_;
  using LinksOfRecords = std::map<std::pair<FeedIndex, std::string>, std::vector<std::uint32_t>>;
  LinksOfRecords links_of_records_;  ///< in work_links_, by staff of a feed
  std::map<std::pair<PersonIndex, EcoleIndex>, std::uint32_t> placed_by_link_;
  PopulationCounts counts_;
};

}  // namespace entsync
