#include "load_processing_register.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "toml_reader.hpp"

namespace entsync::config {
namespace {

class RegisterReader {
 public:
  explicit RegisterReader(TomlTable root) : root_(std::move(root)) {}

  ProcessingRegister run(const std::string& file) {
    register_.file = file;
    if (!root_.integer("format", 1, 1) && !root_.has("format"))
      root_.error("format", "this key is missing", "add format = 1");
    register_.legal_basis = root_.required_text("legal_basis");
    read_categories();
    read_purposes();
    for (TomlTable& line : root_.tables("attributes")) read_line(line);
    root_.finish();
    return std::move(register_);
  }

 private:
  void read_categories() {
    auto categories = root_.table("category");
    if (!categories) return;
    for (const std::string& id : categories->keys())
      if (auto table = categories->table(id)) {
        register_.categories.push_back(
            {id, table->required_text("label"), table->texts("recipients")});
        table->finish();
      }
  }

  void read_purposes() {
    auto purposes = root_.table("purpose");
    if (!purposes) return;
    for (const auto& [id, text] : purposes->all_texts()) register_.purposes.push_back({id, text});
  }

  template <class List>
  static void check_id(TomlTable& table, std::string_view key, const List& list,
                       const std::string& id) {
    const auto same = [&](const auto& one) { return one.id == id; };
    if (!id.empty() && std::none_of(list.begin(), list.end(), same))
      table.error(key, "'" + id + "' is not known", "name one of [" + std::string(key) + "]");
  }

  void read_line(TomlTable& table) {
    RegisterLine line{table.required_text("name"), table.required_text("label"),
                      table.required_text("category"), table.required_text("purpose")};
    check_id(table, "category", register_.categories, line.category);
    check_id(table, "purpose", register_.purposes, line.purpose);
    if (register_.line_of(line.attribute) != nullptr)
      table.error("name", "this attribute has two lines", "keep one of them");
    table.finish();
    register_.lines.push_back(std::move(line));
  }

  TomlTable root_;
  ProcessingRegister register_;
};

}  // namespace

std::filesystem::path processing_register_of(const std::filesystem::path& rules_file) {
  return std::filesystem::path(rules_file).replace_extension(".rgpd.toml");
}

Result<ProcessingRegister> parse_processing_register(std::string_view text,
                                                     const std::string& file) {
  auto parsed = parse_toml(text, file);
  if (!parsed) return parsed.error();
  Problems problems;
  auto processing = RegisterReader(TomlTable(*parsed, file, {}, problems)).run(file);
  if (problems.has_errors()) return problems;
  return processing;
}

Result<ProcessingRegister> load_processing_register(const std::filesystem::path& path) {
  auto text = read_text_file(path, "CONF-013");
  if (!text) return text.error();
  return parse_processing_register(*text, path.string());
}

}  // namespace entsync::config
