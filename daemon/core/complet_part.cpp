#include "complet_part.hpp"

namespace entsync {

Result<CompletPart> CompletPart::verify(Feed&& feed, const CompletIndex& index,
                                        const std::set<RecordKey>& wanted) {
  std::set<RecordKey> read;
  std::size_t count = 0;
  for (const Category category : all_categories)
    for (const FeedRecord& record : feed.records(category)) {
      read.insert({category, std::string(record.id())});
      ++count;
    }
  const bool is_whole = feed.kind() == DeliveryKind::complet &&
                        feed.academie() == index.academie() && read == wanted &&
                        count == wanted.size();
  if (!is_whole)
    return Problem{Severity::error,
                   "PART-001",
                   {feed.academie(), 0, {}},
                   "the records of this part are not those that the index of the delivery names",
                   "the delivery changed since it was applied: the whole of it is read instead"};
  return CompletPart(std::move(feed));
}

}  // namespace entsync
