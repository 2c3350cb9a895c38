#include <algorithm>
#include <stdexcept>

#include "date.hpp"
#include "defects.hpp"
#include "sink.hpp"

namespace generator::defect {
namespace {

namespace fs = std::filesystem;

/// The first part keeps its head and its end; the others go.
void empty(DefectContext& context, std::string_view category) {
  const auto parts = context.files.parts(category);
  for (std::size_t i = 1; i < parts.size(); ++i) fs::remove(parts[i]);
  std::string text = read_file(parts.front());
  const std::size_t first = text.find("<addRequest>");
  const std::size_t last = text.rfind("</addRequest>\n");
  if (first != std::string::npos && last != std::string::npos)
    text.erase(first, last + std::string_view("</addRequest>\n").size() - first);
  write_file(parts.front(), text);
  context.report(
      parts.front().filename().string() + ":" + std::to_string(1 + std::ranges::count(text, '\n')),
      "no record left, " + std::to_string(parts.size() - 1) + " further parts removed");
}

bool declares_utf8(std::string_view text) {
  return text.substr(0, text.find('\n')).find("UTF-8") != std::string_view::npos;
}

/// Replaces up to `limit` occurrences inside values of one Eleve part; gives how many.
std::size_t replace_in_values(DefectContext& context, std::string_view from, std::string_view to,
                              std::size_t limit) {
  std::size_t done = 0;
  context.files.edit("Eleve", [&](RecordText& record, const std::string& where) {
    if (done == limit) return Edit::keep;
    const std::string nom = record.first("ENTPersonNom");
    std::string changed = nom;
    for (std::size_t at = changed.find(from); at != std::string::npos;
         at = changed.find(from, at + to.size()))
      changed.replace(at, from.size(), to);
    if (changed == nom) return Edit::keep;
    record.set("ENTPersonNom", {changed});
    context.report(where, "record " + record.id() + ": ENTPersonNom rewritten");
    ++done;
    return Edit::change;
  });
  return done;
}

/// Puts all XML files into one archive and takes them out of the folder.
fs::path pack(DefectContext& context, Format format, const std::function<void(Sink&)>& add_more) {
  const std::string date = context.files.date();
  const std::string name = "ENT1DVA." + date;
  const auto parts = context.files.parts();
  const auto sink =
      make_archive_sink(context.files.directory(), name, format, parse_compact(date).value_or(0));
  for (const fs::path& part : parts) sink->put(part.filename().string(), read_file(part));
  add_more(*sink);
  sink->close();
  for (const fs::path& part : parts) fs::remove(part);
  return context.files.directory() / (name + (format == Format::tgz ? ".tgz" : ".zip"));
}

}  // namespace

void missing_category(DefectContext& context) {
  const auto parts = context.files.parts("PersRelEleve");
  for (const fs::path& part : parts) {
    fs::remove(part);
    context.report(part.filename().string(), "removed");
  }
}

void missing_part(DefectContext& context) {
  for (const std::string_view category : {"PersRelEleve", "Eleve", "PersEducNat", "EtabEducNat"}) {
    const auto parts = context.files.parts(category);
    if (parts.size() < 2) continue;
    // Never the last one: its lack cannot be seen from the numbers.
    const fs::path& part =
        parts[context.random.below(static_cast<std::uint32_t>(parts.size() - 1))];
    fs::remove(part);
    context.report(part.filename().string(), "removed");
    return;
  }
  throw std::runtime_error("no category has two parts; generate with a smaller --parts");
}

void truncated_part(DefectContext& context) {
  const fs::path part = context.files.parts("Eleve").back();
  std::string text = read_file(part);
  // Inside a record, well before the end: after a name and before its value.
  const std::size_t cut = text.find("<attr name=\"ENTPersonPrenom\">", text.size() * 3 / 5);
  text.resize(cut == std::string::npos ? text.size() / 2 : cut + 12);
  write_file(part, text);
  context.report(
      part.filename().string() + ":" + std::to_string(1 + std::ranges::count(text, '\n')),
      "cut off after " + std::to_string(text.size()) + " bytes");
}

void empty_category(DefectContext& context) {
  empty(context, "Eleve");
}

void empty_feed(DefectContext& context) {
  for (const std::string_view category : {"EtabEducNat", "Eleve", "PersRelEleve", "PersEducNat"})
    empty(context, category);
}

void two_roots(DefectContext& context) {
  const fs::path part = context.files.parts("Eleve").front();
  const std::string text = read_file(part);
  const std::string root = "<ficAlimMENESR>\n</ficAlimMENESR>\n";
  write_file(part, text + root);
  context.report(
      part.filename().string() + ":" + std::to_string(1 + std::ranges::count(text, '\n')),
      "a second root element");
}

void bad_encoding(DefectContext& context) {
  const fs::path part = context.files.parts("Eleve").front();
  std::string text = read_file(part);
  std::size_t at = 0;
  if (declares_utf8(text)) {
    // The second byte of an accented letter becomes a plain one.
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    if (at == text.size()) throw std::runtime_error("no accented letter in " + part.string());
    text[at + 1] = '(';
  } else {
    const std::size_t from = text.find("encoding=\"") + 10;
    text.replace(from, text.find('"', from) - from, "UTF-8");
  }
  write_file(part, text);
  context.report(
      part.filename().string() + ":" +
          std::to_string(
              1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')),
      "bytes that are not UTF-8");
}

void html_entities(DefectContext& context) {
  const bool utf8 = declares_utf8(read_file(context.files.parts("Eleve").front()));
  if (replace_in_values(context, utf8 ? "É" : "\xC9", "&Eacute;", 20) == 0)
    throw std::runtime_error("no family name with É in the Eleve files");
}

void double_encoded(DefectContext& context) {
  if (replace_in_values(context, "'", "&amp;apos;", 20) == 0)
    throw std::runtime_error("no family name with an apostrophe in the Eleve files");
}

void wrong_academie(DefectContext& context) {
  std::size_t done = 0;
  std::string first;
  context.files.edit("EtabEducNat", [&](RecordText& record, const std::string& where) {
    record.set("ENTServAcAcademie", {"POITIERS"});
    if (done++ == 0) first = where;
    return Edit::change;
  });
  context.report(first, "ENTServAcAcademie of " + std::to_string(done) + " structures is POITIERS");
}

void older_date(DefectContext& context) {
  const std::string date = context.files.date();
  const auto day = parse_compact(date);
  if (!day) throw std::runtime_error("the files carry no date: " + date);
  for (const fs::path& part : context.files.parts()) {
    std::string name = part.filename().string();
    name.replace(name.find("_Complet_") + 9, 8, compact(*day - 30));
    fs::rename(part, part.parent_path() / name);
    context.report(name, "renamed, was of " + date);
  }
}

void path_traversal(DefectContext& context) {
  const std::string name =
      "../../ENTOCC_EVASION_Complet_" + context.files.date() + "_Eleve_9999.xml";
  const fs::path archive = pack(context, Format::tgz, [&](Sink& sink) {
    sink.put(name, "<?xml version=\"1.0\"?>\n<ficAlimMENESR>\n</ficAlimMENESR>\n");
  });
  context.report(archive.filename().string(), "entry " + name);
}

void zip_damaged(DefectContext& context) {
  const fs::path archive = pack(context, Format::zip, [](Sink&) {});
  std::string bytes = read_file(archive);
  const std::size_t middle = bytes.size() / 2;
  for (std::size_t i = middle; i < std::min(middle + 64, bytes.size()); ++i)
    bytes[i] = static_cast<char>(~bytes[i]);
  write_file(archive, bytes);
  context.report(archive.filename().string(),
                 "64 bytes changed from byte " + std::to_string(middle));
}

}  // namespace generator::defect
