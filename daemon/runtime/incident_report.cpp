#include "incident_report.hpp"

#include <boost/json.hpp>
#include <cstdio>
#include <utility>

#include "audit_reading.hpp"
#include "instant.hpp"
#include "journal/instant.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

constexpr std::int64_t hours_to_notify_ms = std::int64_t{72} * 60 * 60 * 1000;

std::string data_label_of(const std::string& attribute, const ProcessingRegister& processing) {
  const RegisterLine* line = processing.line_of(attribute);
  return line == nullptr ? std::string() : line->label;
}

std::string data_category_of(const std::string& attribute, const ProcessingRegister& processing) {
  const RegisterLine* line = processing.line_of(attribute);
  return line == nullptr ? std::string() : processing.category_of(*line).label;
}

/// "  eleve                        12 records of 7 persons"
std::string incident_row(const std::string& name, const IncidentLine& line,
                         const std::string& more = {}) {
  char numbers[80];
  std::snprintf(numbers, sizeof numbers, "%10llu records of %8llu persons",
                static_cast<unsigned long long>(line.records),
                static_cast<unsigned long long>(line.persons));
  std::string text = "  " + name;
  constexpr std::size_t width = 34;
  text.append(text.size() < width ? width - text.size() : 1, ' ');
  return text + numbers + (more.empty() ? "" : "  " + more) + "\n";
}

std::string incident_rows(const char* title, const std::map<std::string, IncidentLine>& lines) {
  std::string text = std::string(title) + "\n";
  for (const auto& [name, line] : lines) text += incident_row(name, line);
  return lines.empty() ? text + "  none\n" : text;
}

std::string listed_numbers(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
  return text.empty() ? "none" : text;
}

std::string chain_line(const ChainReport& chain) {
  const std::string records = std::to_string(chain.records - chain.removed) + " records";
  if (chain.good)
    return "whole: " + records + ", " + std::to_string(chain.checkpoints) +
           " checkpoints; give entsync-verify the copies that are kept elsewhere";
  return "NOT WHOLE: " + std::string(to_string(chain.faults.front().kind)) + ": " +
         chain.faults.front().what;
}

json::object lines_json(const std::map<std::string, IncidentLine>& lines) {
  json::object object;
  for (const auto& [name, line] : lines)
    object[name] = json::object{{"records", line.records}, {"persons", line.persons}};
  return object;
}

json::object numbers_json(const std::map<std::string, std::uint64_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

}  // namespace

Result<IncidentReport> make_incident_report(Journal& journal, JournalQuery query,
                                            std::string known_since,
                                            const config::Settings& settings) {
  const auto known = instant_milliseconds(known_since);
  if (!known) return not_an_instant("--known-since");
  IncidentReport report;
  report.question = describe(query);
  report.known_since = std::move(known_since);
  report.notify_by = rfc3339_of(*known + hours_to_notify_ms);
  report.controller = settings.controller;
  IncidentTally tally;
  auto read = journal.query(query, [&](const AuditRecord& record, const auto& outcome) {
    tally.take(record, outcome ? std::string_view(outcome->outcome) : std::string_view());
  });
  if (!read) return read.error();
  report.counts = tally.counts();
  auto chain = journal.verify({});
  if (!chain) return chain.error();
  report.chain = std::move(*chain);
  return report;
}

std::string incident_text(const IncidentReport& report, const ProcessingRegister& processing) {
  const IncidentCounts& counts = report.counts;
  const auto or_missing = [](const std::string& text) {
    return text.empty() ? std::string("not configured ([controller])") : text;
  };
  std::string text = "Personal data breach: what the journal says (GDPR art. 33)\n";
  text += "asked for        " + report.question + "\n";
  text += "known since      " + report.known_since + "\n";
  text += "notify by        " + report.notify_by + "\n";
  text += "controller       " + or_missing(report.controller.name) + "\n";
  text += "contact (DPO)    " + or_missing(report.controller.dpo) + "\n";
  text += "journal          " + chain_line(report.chain) + "\n";
  text += "records          " + std::to_string(counts.records) +
          (counts.records == 0 ? "" : ", " + counts.first + " to " + counts.last) + "\n";
  text += "persons changed  " + std::to_string(counts.persons) + "\n";
  text += "readings         " + std::to_string(counts.readings) + ", of " +
          std::to_string(counts.read_persons) + " persons and other entries together; " +
          std::to_string(counts.unsealings) + " showed values\n";
  text += "refused          " + std::to_string(counts.refusals) + "\n";
  text += "operations       " + listed_numbers(counts.operations) + "\n";
  text += "outcomes         " + listed_numbers(counts.outcomes) + "\n\n";
  text += incident_rows("Categories of persons (changes)", counts.profils) + "\n";
  text += "Data (changes)\n";
  for (const auto& [name, line] : counts.attributes) {
    const std::string label = data_label_of(name, processing);
    text += incident_row(
        name, line, label.empty() ? "" : label + " (" + data_category_of(name, processing) + ")");
  }
  if (counts.attributes.empty()) text += "  none\n";
  text += "\n" + incident_rows("Schools (changes)", counts.schools);
  text += "\nActors\n";
  for (const auto& [name, count] : counts.actors)
    text += "  " + (name.empty() ? "unnamed" : name) + ": " + std::to_string(count) + " records\n";
  text +=
      "\nNext: entsync audit actor ACTOR, entsync audit run RUN; likely consequences and the "
      "measures taken\nare for you to add.\n";
  return text;
}

std::string incident_json(const IncidentReport& report, const ProcessingRegister& processing) {
  const IncidentCounts& counts = report.counts;
  json::object attributes = lines_json(counts.attributes);
  for (auto& [name, line] : attributes) {
    const std::string attribute(name);
    line.as_object()["label"] = data_label_of(attribute, processing);
    line.as_object()["category"] = data_category_of(attribute, processing);
  }
  const json::object object{
      {"asked_for", report.question},
      {"known_since", report.known_since},
      {"notify_by", report.notify_by},
      {"controller", report.controller.name},
      {"dpo", report.controller.dpo},
      {"journal", json::object{{"whole", report.chain.good},
                               {"records", report.chain.records - report.chain.removed},
                               {"checkpoints", report.chain.checkpoints},
                               {"said", chain_line(report.chain)}}},
      {"records", counts.records},
      {"first", counts.first},
      {"last", counts.last},
      {"persons_changed", counts.persons},
      {"readings", counts.readings},
      {"read_persons", counts.read_persons},
      {"unsealings", counts.unsealings},
      {"refusals", counts.refusals},
      {"operations", numbers_json(counts.operations)},
      {"outcomes", numbers_json(counts.outcomes)},
      {"profils", lines_json(counts.profils)},
      {"attributes", std::move(attributes)},
      {"schools", lines_json(counts.schools)},
      {"actors", numbers_json(counts.actors)},
      {"runs", numbers_json(counts.runs)}};
  return json::serialize(object) + "\n";
}

}  // namespace entsync
