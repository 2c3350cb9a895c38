#include "audit_form.hpp"

#include <boost/json.hpp>

#include "core/csv.hpp"
#include "core/text.hpp"

namespace entsync {
namespace {

namespace json = boost::json;

/// Bytes that are no text would break the form that they stand in.
std::string_view readable(const std::string& value) {
  return is_valid_utf8(value) ? std::string_view(value) : "(binary)";
}

json::array texts(const std::vector<std::string>& values) {
  json::array array;
  for (const std::string& value : values) array.push_back(json::value(readable(value)));
  return array;
}

std::string outcome_of(const std::optional<AuditRecord>& outcome) {
  return outcome ? outcome->outcome : "open";
}

const std::string& whose(const AuditRecord& record) {
  return record.profil.empty() ? record.kind : record.profil;
}

/// "3 values in the vault"; empty when there is none.
std::string in_vault(std::uint64_t values) {
  if (values == 0) return {};
  return values == 1 ? "1 value in the vault" : std::to_string(values) + " values in the vault";
}

json::object trace_json(const AuditRecord& record, const AttributeTrace& trace) {
  return {{"attribute", trace.attribute},
          {"removed", texts(trace.removed)},
          {"added", texts(trace.added)},
          {"rule", record.rule + "." + trace.attribute},
          {"file", trace.file},
          {"sha256", trace.sha256},
          {"line", trace.line},
          {"offset", trace.offset},
          {"vaulted",
           json::object{{"removed", trace.vaulted_removed}, {"added", trace.vaulted_added}}}};
}

std::string as_json(const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
  json::object object{
      {"seq", record.seq},      {"time", record.time},   {"type", to_string(record.type)},
      {"run", record.run},      {"actor", record.actor}, {"reason", record.reason},
      {"detail", record.detail}};
  if (record.type == AuditType::intent) {
    object["operation"] = record.operation;
    object["profil"] = whose(record);
    object["subject"] = record.subject;
    object["dn"] = record.dn;
    object["schools"] = texts(record.schools);
    object["outcome"] = outcome_of(outcome);
    json::array attributes;
    for (const AttributeTrace& trace : record.attributes)
      attributes.push_back(trace_json(record, trace));
    object["attributes"] = std::move(attributes);
  }
  return json::serialize(object) + "\n";
}

std::string event_text(const AuditRecord& record) {
  return record.time + "  " + std::string(to_string(record.type)) + "  run " + record.run + "  " +
         record.actor + (record.reason.empty() ? "" : ": ") + record.reason + "  " + record.detail +
         "\n";
}

std::string trace_text(const AuditRecord& record, const AttributeTrace& trace) {
  std::string cause = "    (" + record.rule + "." + trace.attribute;
  if (!trace.file.empty()) cause += ", " + trace.file + ":" + std::to_string(trace.line);
  cause += ")";
  std::string text;
  const auto line = [&](const char* sign, std::string_view value, bool with_cause) {
    text += std::string("    ") + sign + " " + trace.attribute + ": " + std::string(value) +
            (with_cause ? cause : "") + "\n";
  };
  for (const std::string& value : trace.removed) line("-", readable(value), !trace.adds());
  if (trace.vaulted_removed != 0)
    line("-", "(" + in_vault(trace.vaulted_removed) + ")", !trace.adds());
  for (const std::string& value : trace.added) line("+", readable(value), true);
  if (trace.vaulted_added != 0) line("+", "(" + in_vault(trace.vaulted_added) + ")", true);
  return text;
}

std::string as_text(const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
  if (record.type != AuditType::intent) return event_text(record);
  std::string text = record.time + "  " + record.operation + " " + whose(record) + " " +
                     record.subject + "  " + outcome_of(outcome) + "  (" + record.detail +
                     ", run " + record.run + " by " + record.actor + ": " + record.reason + ")\n";
  for (const AttributeTrace& trace : record.attributes) text += trace_text(record, trace);
  return text;
}

std::string joined(const std::vector<std::string>& values, std::uint64_t vaulted = 0) {
  std::string text = vaulted == 0 ? "" : "(" + in_vault(vaulted) + ")";
  for (const std::string& value : values)
    text += (text.empty() ? "" : "\n") + std::string(readable(value));
  return text;
}

std::string row(const AuditRecord& record, const std::optional<AuditRecord>& outcome,
                const AttributeTrace& trace) {
  const bool is_intent = record.type == AuditType::intent;
  const std::string rule =
      trace.attribute.empty() ? record.rule : record.rule + "." + trace.attribute;
  std::string text;
  for (const std::string& value :
       {std::to_string(record.seq), record.time, std::string(to_string(record.type)), record.run,
        record.actor, record.reason, record.operation, is_intent ? whose(record) : std::string(),
        record.subject, record.dn, joined(record.schools),
        is_intent ? outcome_of(outcome) : std::string(), trace.attribute,
        joined(trace.removed, trace.vaulted_removed), joined(trace.added, trace.vaulted_added),
        rule, trace.file, trace.file.empty() ? std::string() : std::to_string(trace.line),
        record.detail})
    text += (text.empty() ? "" : ",") + csv_cell(value);
  return text + "\r\n";
}

std::string as_csv(const AuditRecord& record, const std::optional<AuditRecord>& outcome) {
  if (record.attributes.empty()) return row(record, outcome, {});
  std::string rows;
  for (const AttributeTrace& trace : record.attributes) rows += row(record, outcome, trace);
  return rows;
}

}  // namespace

std::optional<AuditForm> parse_audit_form(std::string_view name) {
  if (name == "text") return AuditForm::text;
  if (name == "json") return AuditForm::json;
  if (name == "csv") return AuditForm::csv;
  return std::nullopt;
}

std::string_view heading(AuditForm form) {
  return form == AuditForm::csv
             ? "seq,time,type,run,actor,reason,operation,profil,subject,dn,schools,outcome,"
               "attribute,removed,added,rule,file,line,detail\r\n"
             : "";
}

std::string shown(AuditForm form, const AuditRecord& record,
                  const std::optional<AuditRecord>& outcome) {
  switch (form) {
    case AuditForm::json:
      return as_json(record, outcome);
    case AuditForm::csv:
      return as_csv(record, outcome);
    case AuditForm::text:
      break;
  }
  return as_text(record, outcome);
}

}  // namespace entsync
