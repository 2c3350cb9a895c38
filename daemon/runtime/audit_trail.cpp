#include "audit_trail.hpp"

#include "instant.hpp"

namespace entsync {

AuditRecord event_record(AuditType type, const Cause& cause, std::string detail) {
  AuditRecord record;
  record.time = now_rfc3339();
  record.type = type;
  record.run = cause.run;
  record.actor = cause.actor;
  record.reason = cause.reason;
  record.detail = std::move(detail);
  return record;
}

AuditRecord intent_record(const Change& change, const Plan& plan, const Cause& cause) {
  AuditRecord record = event_record(AuditType::intent, cause, std::string(change.note));
  if (!change.approver.empty()) record.actor = change.approver;
  record.operation = to_string(change.operation);
  record.kind = to_string(change.kind);
  if (change.profil) record.profil = to_string(*change.profil);
  record.dn = change.dn;
  record.subject = change.subject;
  record.schools.assign(change.schools.begin(), change.schools.end());
  record.csn = change.csn;
  record.rule = change.rule;
  for (const AttributeChange& attribute : change.attributes) {
    AttributeTrace trace;
    trace.attribute = attribute.attribute;
    trace.removed.assign(attribute.removed.begin(), attribute.removed.end());
    trace.added.assign(attribute.added.begin(), attribute.added.end());
    if (attribute.source.known()) {
      const SourceFile& file = plan.files[attribute.source.file];
      trace.file = file.name;
      trace.sha256 = file.sha256;
      trace.line = attribute.source.line;
      trace.offset = attribute.source.offset;
    }
    record.attributes.push_back(std::move(trace));
  }
  return record;
}

AuditRecord outcome_record(const Cause& cause, std::uint64_t intent_seq, Outcome outcome, int code,
                           std::string detail) {
  AuditRecord record = event_record(AuditType::outcome, cause, std::move(detail));
  record.reason.clear();  // said by the intent
  record.intent_seq = intent_seq;
  record.outcome = to_string(outcome);
  record.ldap_code = code;
  return record;
}

Plan plan_of(const std::vector<AuditRecord>& intents) {
  Plan plan;
  for (const AuditRecord& record : intents) {
    Change change;
    change.operation = parse_operation(record.operation).value_or(Operation::modify);
    change.kind = parse_entry_kind(record.kind).value_or(EntryKind::person);
    change.profil = parse_profil(record.profil);
    change.dn = plan.store(record.dn);
    change.subject = plan.store(record.subject);
    change.csn = plan.store(record.csn);
    std::vector<AttributeChange> attributes;
    for (const AttributeTrace& trace : record.attributes) {
      AttributeChange attribute;
      attribute.attribute = plan.intern(trace.attribute);
      std::vector<std::string_view> values(trace.removed.begin(), trace.removed.end());
      attribute.removed = plan.store(std::span<const std::string_view>(values));
      values.assign(trace.added.begin(), trace.added.end());
      attribute.added = plan.store(std::span<const std::string_view>(values));
      attributes.push_back(attribute);
    }
    change.attributes = plan.store(std::span<const AttributeChange>(attributes));
    plan.changes.push_back(change);
  }
  return plan;
}

}  // namespace entsync
