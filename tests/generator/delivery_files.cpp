#include "delivery_files.hpp"

#include <algorithm>
#include <stdexcept>

#include "sink.hpp"

namespace generator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view record_begin = "<addRequest>";
constexpr std::string_view record_end = "</addRequest>\n";

struct Span {
  std::size_t first = std::string::npos;
  std::size_t last = 0;
};

/// Place of the next record at or after `from`; first = npos when there is none.
Span next_record(std::string_view text, std::size_t from) {
  const std::size_t first = text.find(record_begin, from);
  if (first == std::string_view::npos) return {};
  const std::size_t last = text.find(record_end, first);
  if (last == std::string_view::npos) return {};
  return {first, last + record_end.size()};
}

/// Place of the content of the first `<attr name="…">` at or after `from`.
Span attribute_content(std::string_view text, std::string_view attribute, std::size_t from) {
  const std::string open = "<attr name=\"" + std::string(attribute) + "\">";
  const std::size_t first = text.find(open, from);
  if (first == std::string_view::npos) return {};
  return {first + open.size(), text.find("</attr>", first)};
}

std::string where(const fs::path& file, std::string_view text_before) {
  return file.filename().string() + ":" + std::to_string(1 + std::ranges::count(text_before, '\n'));
}

/// "Eleve" of "…_Eleve_0003.xml"; empty when the name has not this form.
std::string category_of(const fs::path& file) {
  const std::string name = file.filename().string();
  if (!name.ends_with(".xml")) return {};
  const std::size_t number = name.rfind('_');
  if (number == std::string::npos || number == 0) return {};
  const std::size_t category = name.rfind('_', number - 1);
  if (category == std::string::npos) return {};
  return name.substr(category + 1, number - category - 1);
}

}  // namespace

std::string RecordText::id() const {
  const std::size_t first = text_.find("<id>");
  if (first == std::string::npos) return {};
  return text_.substr(first + 4, text_.find("</id>", first) - first - 4);
}

std::vector<std::string> RecordText::values(std::string_view attribute) const {
  constexpr std::string_view open = "<value>";
  std::vector<std::string> result;
  for (Span span = attribute_content(text_, attribute, 0); span.first != std::string::npos;
       span = attribute_content(text_, attribute, span.last)) {
    const std::string_view content =
        std::string_view(text_).substr(span.first, span.last - span.first);
    for (std::size_t at = content.find(open); at != std::string_view::npos;
         at = content.find(open, at + 1)) {
      const std::size_t last = content.find("</value>", at);
      result.emplace_back(content.substr(at + open.size(), last - at - open.size()));
    }
  }
  return result;
}

std::string RecordText::first(std::string_view attribute) const {
  const auto all = values(attribute);
  return all.empty() ? std::string{} : all.front();
}

void RecordText::set(std::string_view attribute, const std::vector<std::string>& values) {
  const Span span = attribute_content(text_, attribute, 0);
  if (span.first == std::string::npos)
    throw std::runtime_error("record " + id() + " has no attribute " + std::string(attribute));
  std::string content;
  for (const std::string& value : values) content += "<value>" + value + "</value>";
  if (values.empty()) content = "<value/>";
  text_.replace(span.first, span.last - span.first, content);
}

void RecordText::replace_id(std::string_view id) {
  const std::size_t first = text_.find("<id>") + 4;
  text_.replace(first, text_.find("</id>") - first, id);
}

void RecordText::append(std::string_view attribute, std::string_view value) {
  text_.insert(text_.find("</attributes>"), "<attr name=\"" + std::string(attribute) +
                                                "\"><value>" + std::string(value) +
                                                "</value></attr>\n");
}

DeliveryFiles::DeliveryFiles(fs::path directory) : directory_(std::move(directory)) {
  if (!fs::is_directory(directory_))
    throw std::invalid_argument(directory_.string() + " is not a directory");
  if (parts().empty())
    throw std::invalid_argument(
        directory_.string() +
        " holds no AAF file (…_<Category>_<NNNN>.xml); name the folder of one académie");
}

std::vector<fs::path> DeliveryFiles::parts(std::string_view category) const {
  std::vector<fs::path> result;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
    const std::string found = category_of(entry.path());
    if (!found.empty() && (category.empty() || found == category)) result.push_back(entry.path());
  }
  std::ranges::sort(result);
  return result;
}

std::string DeliveryFiles::date() const {
  const std::string name = parts().front().filename().string();
  const std::size_t at = name.find("_Complet_");
  if (at == std::string::npos) throw std::runtime_error(name + " names no date of a Complet");
  return name.substr(at + 9, 8);
}

void DeliveryFiles::edit(std::string_view category, const Visit& visit) const {
  for (const fs::path& file : parts(category)) {
    const std::string text = read_file(file);
    std::string result;
    bool changed = false;
    std::size_t copied = 0;
    std::size_t line = 1;
    std::size_t counted = 0;
    for (Span span = next_record(text, 0); span.first != std::string::npos;
         span = next_record(text, span.last)) {
      result.append(text, copied, span.first - copied);
      line += static_cast<std::size_t>(
          std::count(result.begin() + static_cast<std::ptrdiff_t>(counted), result.end(), '\n'));
      counted = result.size();
      RecordText record(text.substr(span.first, span.last - span.first));
      const Edit edit = visit(record, file.filename().string() + ":" + std::to_string(line));
      if (edit != Edit::remove) result += record.text();
      changed = changed || edit != Edit::keep;
      copied = span.last;
    }
    if (!changed) continue;
    result.append(text, copied);
    write_file(file, result);
  }
}

std::string DeliveryFiles::edit_one(std::string_view category, Random& random,
                                    const std::function<bool(const RecordText&)>& suits,
                                    const std::function<std::string(RecordText&)>& change) const {
  const auto files = parts(category);
  const auto count = static_cast<std::uint32_t>(files.size());
  const std::uint32_t start = count == 0 ? 0 : random.below(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const fs::path& file = files[(start + i) % count];
    std::string text = read_file(file);
    Span chosen;
    std::uint32_t seen = 0;
    for (Span span = next_record(text, 0); span.first != std::string::npos;
         span = next_record(text, span.last))
      if (suits(RecordText(text.substr(span.first, span.last - span.first))) &&
          random.below(++seen) == 0)
        chosen = span;
    if (chosen.first == std::string::npos) continue;
    RecordText record(text.substr(chosen.first, chosen.last - chosen.first));
    const std::string after = change(record);
    const std::string place = where(file, std::string_view(text).substr(0, chosen.first));
    text.replace(chosen.first, chosen.last - chosen.first, record.text() + after);
    write_file(file, text);
    return place;
  }
  throw std::runtime_error("no record of " + std::string(category) + " suits this defect");
}

}  // namespace generator
