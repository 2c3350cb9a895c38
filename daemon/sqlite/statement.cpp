#include "statement.hpp"

#include <sqlite3.h>

#include <limits>
#include <new>
#include <stdexcept>

#include "failure.hpp"

namespace entsync::sqlite {
namespace {

/// A parameter that cannot be bound is a mistake in our own SQL.
void must_bind(int code) {
  if (code == SQLITE_NOMEM) throw std::bad_alloc();
  if (code != SQLITE_OK)
    throw std::logic_error(std::string("cannot bind a parameter: ") + sqlite3_errstr(code));
}

/// SQLite takes a null pointer for NULL, and an empty view may have one.
const char* not_null(std::string_view text) {
  return text.data() == nullptr ? "" : text.data();
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3_stmt* statement, std::shared_ptr<const std::string> file)
    : statement_(statement), file_(std::move(file)) {}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  if (code == SQLITE_DONE) return false;
  if (code == SQLITE_MISUSE) throw std::logic_error("a statement was used out of order");
  last_failure_ = code;
  return failure(code, *file_);
}

Result<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* at = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (at == nullptr) return {};
  return {at, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const auto* at = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  if (at == nullptr) return {};
  return {at, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Statement::bind_at(int index, std::int64_t value) {
  must_bind(sqlite3_bind_int64(statement_.get(), index, value));
}

void Statement::bind_at(int index, std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    throw std::logic_error("a number does not fit SQLite's integers");
  bind_at(index, static_cast<std::int64_t>(value));
}

void Statement::bind_at(int index, std::string_view text) {
  must_bind(sqlite3_bind_text64(statement_.get(), index, not_null(text), text.size(), SQLITE_STATIC,
                                SQLITE_UTF8));
}

void Statement::bind_at(int index, Blob blob) {
  must_bind(sqlite3_bind_blob64(statement_.get(), index, not_null(blob.bytes), blob.bytes.size(),
                                SQLITE_STATIC));
}

void Statement::bind_at(int index, std::nullptr_t) {
  must_bind(sqlite3_bind_null(statement_.get(), index));
}

}  // namespace entsync::sqlite
