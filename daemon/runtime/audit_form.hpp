#pragma once
/// The forms in which records of the journal are shown to people and programs: text that reads like
/// a story, one JSON object a line, or CSV for a spreadsheet with one row for each changed
/// attribute. Personal data, as the records are: whoever asks for a form has the right to read.

#include <optional>
#include <string>
#include <string_view>

#include "core/audit_record.hpp"

namespace entsync {

enum class AuditForm : std::uint8_t { text, json, csv };

std::optional<AuditForm> parse_audit_form(std::string_view name);

/// What stands before the first record; empty but for CSV.
std::string_view heading(AuditForm form);

/// One record, and the outcome of an intent; nothing when that is open.
std::string shown(AuditForm form, const AuditRecord& record,
                  const std::optional<AuditRecord>& outcome);

}  // namespace entsync
