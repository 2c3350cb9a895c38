#pragma once
/// Tables of deliveries.db; `delivery` numbers deliveries and files from 0.

#include "sqlite/schema.hpp"

namespace entsync {

const sqlite::Schema& delivery_index_schema();

}  // namespace entsync
