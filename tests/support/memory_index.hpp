#pragma once
/// The index of a Complet in memory, made from the Complet that it describes.

#include <map>

#include "core/complet_index.hpp"
#include "support/scene.hpp"

namespace entsync::test {

class MemoryIndex final : public CompletIndex {
 public:
  /// Of a scene's only delivery and its directory.
  explicit MemoryIndex(const Scene& scene);

  [[nodiscard]] const std::string& academie() const override { return feed_.academie(); }
  [[nodiscard]] Feed outline() const override;
  [[nodiscard]] bool has(const RecordKey& key) const override { return records_.contains(key); }
  [[nodiscard]] std::vector<Structure> structures() const override { return structures_; }
  [[nodiscard]] std::vector<RecordKey> persons_of(std::string_view structure) const override;
  [[nodiscard]] std::vector<std::string> structures_of(const RecordKey& person) const override;
  [[nodiscard]] std::vector<std::string> pupils_of(std::string_view responsable) const override;
  [[nodiscard]] std::vector<std::string> responsables_of(std::string_view pupil) const override;
  [[nodiscard]] std::vector<std::string> bound_to(std::string_view uai) const override;

  /// The outline with the records of these keys, in the order of the delivery.
  [[nodiscard]] Feed read(const std::set<RecordKey>& keys) const;

 private:
  struct Known {
    std::vector<std::string> structures;
    std::vector<std::string> responsables;
  };
  const Feed& feed_;
  std::map<RecordKey, Known> records_;
  std::vector<Structure> structures_;
  std::map<std::string, std::vector<std::string>, std::less<>> bound_;
};

}  // namespace entsync::test
