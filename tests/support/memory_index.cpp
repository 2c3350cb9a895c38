#include "support/memory_index.hpp"

#include <algorithm>

#include "core/school_bindings.hpp"

namespace entsync::test {
namespace {

std::vector<std::string> strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

RecordDraft draft_of(const FeedRecord& record) {
  RecordDraft draft;
  draft.category = record.category();
  draft.request = record.request();
  draft.id = record.id();
  draft.position = record.position();
  for (std::size_t i = 0; i < record.value_count(); ++i) {
    const FeedValue value = record.value(i);
    draft.values.push_back(
        {value.attribute, std::string(value.text), value.position.line - draft.position.line,
         static_cast<std::uint32_t>(value.position.offset - draft.position.offset)});
  }
  draft.value_count = draft.values.size();
  return draft;
}

}  // namespace

MemoryIndex::MemoryIndex(const Scene& scene) : feed_(scene.feed_views.front()->feed()) {
  const Rules& rules = scene.world.rules;
  each_indexed(*scene.feed_views.front(), rules.feed, [&](const IndexedRecord& one) {
    const std::string id(one.record.id());
    records_.emplace(RecordKey{one.record.category(), id},
                     Known{strings(one.structures), strings(one.responsables)});
    if (one.record.category() == Category::etab_educ_nat) structures_.push_back({id, one.uai});
  });
  each_binding(scene.population, scene.matched, scene.snapshot, rules,
               [&](std::string_view uai, std::string_view dn) {
                 bound_[std::string(uai)].emplace_back(dn);
               });
}

Feed MemoryIndex::outline() const {
  Feed outline(feed_.academie(), feed_.kind(), feed_.date());
  for (const SourceFile& file : feed_.files()) outline.add_file(file);
  for (const RejectedRecord& rejected : feed_.rejected()) outline.add_rejected(rejected);
  return outline;
}

std::vector<RecordKey> MemoryIndex::persons_of(std::string_view structure) const {
  std::vector<RecordKey> found;
  for (const auto& [key, known] : records_)
    if (std::ranges::find(known.structures, structure) != known.structures.end())
      found.push_back(key);
  return found;
}

std::vector<std::string> MemoryIndex::structures_of(const RecordKey& person) const {
  const auto found = records_.find(person);
  return found == records_.end() ? std::vector<std::string>{} : found->second.structures;
}

std::vector<std::string> MemoryIndex::pupils_of(std::string_view responsable) const {
  std::vector<std::string> found;
  for (const auto& [key, known] : records_)
    if (std::ranges::find(known.responsables, responsable) != known.responsables.end())
      found.push_back(key.id);
  return found;
}

std::vector<std::string> MemoryIndex::responsables_of(std::string_view pupil) const {
  const auto found = records_.find({Category::eleve, std::string(pupil)});
  return found == records_.end() ? std::vector<std::string>{} : found->second.responsables;
}

std::vector<std::string> MemoryIndex::bound_to(std::string_view uai) const {
  const auto found = bound_.find(uai);
  return found == bound_.end() ? std::vector<std::string>{} : found->second;
}

Feed MemoryIndex::read(const std::set<RecordKey>& keys) const {
  Feed part = outline();
  for (const Category category : all_categories)
    for (const FeedRecord& record : feed_.records(category))
      if (keys.contains({category, std::string(record.id())})) part.add_record(draft_of(record));
  return part;
}

}  // namespace entsync::test
