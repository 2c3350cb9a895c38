#pragma once
/// What was found when the deliveries that are applied and the directory were last read whole: the
/// CompletIndex of each, the places of their records, which entries are bound to which school, and
/// the judge's populations. One SQLite file of the state directory, beside the ledger, which may be
/// lost: it only spares a whole reading. It holds keys, UAIs, DNs and offsets, and no value of
/// anybody's record.

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/complet_index.hpp"
#include "core/planner.hpp"

namespace entsync {

/// One delivery that an index is about.
struct IndexedDelivery {
  struct File {
    std::string path;   ///< of the file itself
    std::string stamp;  ///< of the file, see aaf::stamp_of(); empty when it cannot be read by place
    std::uint64_t head = 0;  ///< where its first usable record starts
    bool operator==(const File&) const = default;
  };
  std::string academie;
  std::string path;    ///< where the delivery was found
  std::string folder;  ///< where its files lie, `path` itself or below it
  std::string stamp;   ///< of both folders
  std::string digest;  ///< as in the ledger
  std::vector<File> files;
  bool operator==(const IndexedDelivery&) const = default;
};

/// Reading the file failed, inside a CompletIndex, which has no other way to say so.
struct IndexFailed {
  Problems problems;
};

class DeliveryIndex {
 public:
  /// What deliveries hold.
  struct Records {
    std::string rules;  ///< digest of the rules and the registry that the index is made with
    std::vector<IndexedDelivery> deliveries;
    std::vector<const CompletFeed*> complets;  ///< of each
  };
  /// What was found in the directory beside them.
  struct Findings {
    std::vector<std::pair<std::string, std::string>> bindings;  ///< UAI and DN
    Before before;
  };

  /// Opens or creates deliveries.db in the state directory.
  static Result<std::unique_ptr<DeliveryIndex>> open(const std::filesystem::path& directory);
  virtual ~DeliveryIndex() = default;

  /// A new content on its way. Nobody sees it before it is finished; what is destroyed unfinished
  /// leaves what was there. Refers to the index.
  class Writing {
   public:
    Writing() = default;
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    virtual ~Writing() = default;
    virtual Result<void> finish(const Findings& findings) = 0;
  };
  /// Writes the records, unless they are of the deliveries that are there.
  virtual Result<std::unique_ptr<Writing>> begin(const Records& records,
                                                 const FeedNames& names) = 0;

  /// Empty when nothing was written yet.
  virtual Result<std::string> rules() = 0;
  virtual Result<std::vector<IndexedDelivery>> deliveries() = 0;
  virtual Result<Before> before() = 0;
  /// The index of one of deliveries(), by its number; refers to this object. Throws IndexFailed.
  virtual std::unique_ptr<CompletIndex> complet(std::size_t number) = 0;
  /// Of keys that the index has. Throws IndexFailed.
  virtual std::vector<RecordPlace> places(std::size_t number, const std::set<RecordKey>& keys) = 0;
};

}  // namespace entsync
