#pragma once
/// One prepared statement. Bound text and blobs are not copied: they must live until the statement
/// has been run or reset. A row's views are valid until the next step or reset.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/problem.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace entsync::sqlite {

/// Bytes that are not text.
struct Blob {
  std::string_view bytes;
};

class Statement {
 public:
  Statement() = default;

  /// Binds the parameters ?1, ?2… and forgets the ones bound before.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_at(++index, values), ...);
    return *this;
  }
  /// Binds one parameter of a statement that was reset, for statements with many rows of them.
  void bind_at(int index, std::int64_t value);
  void bind_at(int index, std::uint64_t value);
  void bind_at(int index, std::string_view text);
  void bind_at(int index, Blob blob);
  void bind_at(int index, std::nullptr_t null);

  /// The next row: true when there is one. After false or a failure the statement is reset.
  Result<bool> step();
  /// Runs to the end, ignoring rows.
  Result<void> run();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

  /// Result code of the failure that `step` or `run` returned last; 0 before any.
  [[nodiscard]] int last_failure() const { return last_failure_; }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::shared_ptr<const std::string> file);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::shared_ptr<const std::string> file_;
  int last_failure_ = 0;
};

}  // namespace entsync::sqlite
