#pragma once
/// What a whole, verified Complet holds and who names whom in it, without what it says of them:
/// enough to find the records of a part, and to know of a record that is not there that the
/// delivery has none. It is only ever made from a CompletFeed, so that "not in the index" is a fact
/// of a whole Complet.

#include <compare>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feed.hpp"
#include "rules.hpp"

namespace entsync {

struct RecordKey {
  Category category = Category::eleve;
  std::string id;
  auto operator<=>(const RecordKey&) const = default;
};

/// Where a record stands in the files of its delivery.
struct RecordPlace {
  RecordKey key;
  std::uint32_t file = 0;   ///< in Feed::files()
  std::uint64_t start = 0;  ///< byte of the file
  std::uint64_t end = 0;    ///< where the next usable record starts, or the file ends
  std::uint32_t line = 0;
};

/// One record as an index keeps it.
struct IndexedRecord {
  FeedRecord record;
  std::string uai;                             ///< of a structure, empty when it has no valid one
  std::vector<std::string_view> structures;    ///< that a person names
  std::vector<std::string_view> responsables;  ///< that a pupil names
};

/// Every record of a Complet, category by category in the order of reading; the value is valid
/// during the call, its views as long as the Complet.
void each_indexed(const CompletFeed& complet, const FeedNames& names,
                  const std::function<void(const IndexedRecord&)>& visit);

class CompletIndex {
 public:
  struct Structure {
    std::string id;
    std::string uai;  ///< empty when it has no valid one
  };

  CompletIndex() = default;
  CompletIndex(const CompletIndex&) = delete;
  CompletIndex& operator=(const CompletIndex&) = delete;
  virtual ~CompletIndex() = default;

  [[nodiscard]] virtual const std::string& academie() const = 0;
  /// The delivery's name, date, files and rejected records, without any other record.
  [[nodiscard]] virtual Feed outline() const = 0;
  [[nodiscard]] virtual bool has(const RecordKey& key) const = 0;
  [[nodiscard]] virtual std::vector<Structure> structures() const = 0;
  /// Pupils and staff who name a structure.
  [[nodiscard]] virtual std::vector<RecordKey> persons_of(std::string_view structure) const = 0;
  /// Structures that a pupil or a member of staff names.
  [[nodiscard]] virtual std::vector<std::string> structures_of(const RecordKey& person) const = 0;
  [[nodiscard]] virtual std::vector<std::string> pupils_of(std::string_view responsable) const = 0;
  [[nodiscard]] virtual std::vector<std::string> responsables_of(std::string_view pupil) const = 0;
  /// DNs of the entries that the directory bound to a school when it was last read whole; see
  /// each_binding().
  [[nodiscard]] virtual std::vector<std::string> bound_to(std::string_view uai) const = 0;
};

}  // namespace entsync
