#pragma once
/// Random worlds for RapidCheck: deliveries with several schools, shared responsables and staff,
/// nights on which they change, and hands that change the directory in between. Small, so that a
/// counterexample is.

#include "core/scope.hpp"
#include "support/scene.hpp"

namespace entsync::test {

/// One to three schools with their people; everything enrolled.
Delivery any_delivery();

/// What a night may bring: leavers, newcomers, moves, changed values, rejected records, mistyped
/// UAIs.
void change_any(Delivery& delivery);

/// What hands may do to a directory between two nights, within what its schema allows.
void touch_any(MemoryDirectory& directory);

/// A directory after some nights and some hands, and tonight's delivery.
World any_night();

/// One part, or several, of what the delivery or the directory knows.
Scope any_scope(const Scene& scene);

/// The same records in another order.
Delivery shuffled(const Delivery& delivery);

}  // namespace entsync::test
