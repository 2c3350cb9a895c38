#pragma once
/// The XML files of a directory delivery as text, for the defects: found by name, read one at a
/// time, written back when changed. Works on bytes, in whatever encoding the files have, and
/// understands only the layout that this generator writes.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "random.hpp"

namespace generator {

/// One `<addRequest>` element as text.
class RecordText {
 public:
  explicit RecordText(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string id() const;
  /// Non-empty values of an attribute, as they are written (entities not resolved).
  [[nodiscard]] std::vector<std::string> values(std::string_view attribute) const;
  [[nodiscard]] std::string first(std::string_view attribute) const;
  /// Gives the first occurrence of the attribute these values. Throws std::runtime_error without
  /// one.
  void set(std::string_view attribute, const std::vector<std::string>& values);
  void replace_id(std::string_view id);
  /// Adds an attribute at the end.
  void append(std::string_view attribute, std::string_view value);

 private:
  std::string text_;
};

enum class Edit { keep, change, remove };

class DeliveryFiles {
 public:
  /// Throws std::invalid_argument when the directory holds no AAF file.
  explicit DeliveryFiles(std::filesystem::path directory);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  /// Files of a category in order of their number; all of them when the category is empty.
  [[nodiscard]] std::vector<std::filesystem::path> parts(std::string_view category = {}) const;
  /// The date in the file names, as eight digits.
  [[nodiscard]] std::string date() const;

  /// Shows every record of a category; changed files are written back. `where` names file and line.
  using Visit = std::function<Edit(RecordText&, const std::string& where)>;
  void edit(std::string_view category, const Visit& visit) const;
  /// Changes one record that `suits`, drawn at random; what `change` returns is put after it. Gives
  /// the place, or throws std::runtime_error when no record suits.
  std::string edit_one(std::string_view category, Random& random,
                       const std::function<bool(const RecordText&)>& suits,
                       const std::function<std::string(RecordText&)>& change) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace generator
