#pragma once
/// One part of a world, known as PartClosure says, and the plan that comes of it; what a Scene is
/// for the whole.

#include "core/part_closure.hpp"
#include "support/memory_index.hpp"
#include "support/scene.hpp"

namespace entsync::test {

class PartScene {
 public:
  /// `whole` is of the same world, which has one académie.
  PartScene(const Scene& whole, const Scope& scope);

  Plan plan;  ///< narrowed
  Problems unknown;
  bool erases = false;  ///< somebody is to be deleted, for which a part is never enough
  std::size_t rounds = 0;
  std::size_t size = 0;

 private:
  void answer(PartClosure& closure, const EntryQuery& query) const;
  const Scene& whole_;
};

}  // namespace entsync::test
