#include "audit_record.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace entsync {
namespace {

enum Tag : std::uint8_t {
  tag_seq = 1,
  tag_time = 2,
  tag_type = 3,
  tag_run = 4,
  tag_actor = 5,
  tag_reason = 6,
  tag_operation = 16,
  tag_kind = 17,
  tag_profil = 18,
  tag_dn = 19,
  tag_subject = 20,
  tag_schools = 21,
  tag_csn = 22,
  tag_rule = 23,
  tag_sources = 24,
  tag_attributes = 25,
  tag_intent_seq = 32,
  tag_outcome = 33,
  tag_ldap_code = 34,
  tag_detail = 35,
  tag_vaulted = 40,
  tag_vaulted_until = 41,
  tag_removed_until = 42,
  tag_removed_head = 43,
};

enum TraceTag : std::uint8_t {
  trace_attribute = 1,
  trace_removed = 2,
  trace_added = 3,
  trace_source = 4,
  trace_line = 5,
  trace_offset = 6,
  trace_vaulted_removed = 7,
  trace_vaulted_added = 8,
};

constexpr std::size_t digest_bytes = 32;

/// A file and its digest; views into the record while encoding, into the bytes while decoding.
using Source = std::pair<std::string_view, std::string_view>;

/// Line and offset of the trace before, for each source.
struct Position {
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
};

// ---- numbers

/// Signed as unsigned with small magnitudes first: 0, -1, 1, -2…
std::uint64_t fold_sign(std::uint64_t two_complement) {
  const std::uint64_t sign = two_complement >> 63U;
  return (two_complement << 1U) ^ (0 - sign);
}

std::uint64_t unfold_sign(std::uint64_t folded) {
  return (folded >> 1U) ^ (0 - (folded & 1U));
}

std::size_t number_size(std::uint64_t n) {
  std::size_t size = 1;
  while (n >= 0x80) {
    n >>= 7U;
    ++size;
  }
  return size;
}

void put_number(std::string& out, std::uint64_t n) {
  while (n >= 0x80) {
    out += static_cast<char>((n & 0x7FU) | 0x80U);
    n >>= 7U;
  }
  out += static_cast<char>(n);
}

// ---- writing

void put_bytes(std::string& out, std::string_view bytes) {
  put_number(out, bytes.size());
  out += bytes;
}

void put_field(std::string& out, std::uint8_t tag, std::string_view bytes) {
  if (bytes.empty()) return;
  out += static_cast<char>(tag);
  put_bytes(out, bytes);
}

void put_number_field(std::string& out, std::uint8_t tag, std::uint64_t n) {
  if (n == 0) return;
  out += static_cast<char>(tag);
  put_number(out, number_size(n));
  put_number(out, n);
}

void put_list_field(std::string& out, std::uint8_t tag, const std::vector<std::string>& list) {
  if (list.empty()) return;
  std::size_t size = 0;
  for (const std::string& element : list) size += number_size(element.size()) + element.size();
  out += static_cast<char>(tag);
  put_number(out, size);
  for (const std::string& element : list) put_bytes(out, element);
}

int lower_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The 32 bytes behind 64 lower-case hexadecimal digits.
std::optional<std::array<char, digest_bytes>> raw_digest(std::string_view text) {
  if (text.size() != 2 * digest_bytes) return std::nullopt;
  std::array<char, digest_bytes> raw{};
  for (std::size_t i = 0; i < digest_bytes; ++i) {
    const int high = lower_hex_digit(text[2 * i]);
    const int low = lower_hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    raw[i] = static_cast<char>(high * 16 + low);
  }
  return raw;
}

std::string hexadecimal(std::string_view raw) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * raw.size());
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

/// Rows of the source table in order of first use, and the row of every trace (0: none).
struct SourceTable {
  std::vector<Source> rows;
  std::vector<std::size_t> row_of;
};

SourceTable tabulate(const std::vector<AttributeTrace>& traces) {
  SourceTable table;
  table.row_of.reserve(traces.size());
  std::map<Source, std::size_t> known;
  for (const AttributeTrace& trace : traces) {
    const Source source{trace.file, trace.sha256};
    std::size_t row = 0;
    if (!table.rows.empty() && table.rows.back() == source) {
      row = table.rows.size();
    } else if (source != Source{}) {
      row = known.try_emplace(source, table.rows.size() + 1).first->second;
      if (row > table.rows.size()) table.rows.push_back(source);
    }
    table.row_of.push_back(row);
  }
  return table;
}

void put_sources(std::string& out, const std::vector<Source>& rows) {
  std::string body;
  for (const auto& [file, sha256] : rows) {
    put_bytes(body, file);
    if (const auto raw = raw_digest(sha256)) {
      body += '\1';
      body.append(raw->data(), raw->size());
    } else {
      body += '\0';
      put_bytes(body, sha256);
    }
  }
  put_field(out, tag_sources, body);
}

void put_attributes(std::string& out, const std::vector<AttributeTrace>& traces,
                    const SourceTable& table) {
  std::string body;
  std::string one;
  std::vector<Position> previous(table.rows.size() + 1);
  for (std::size_t i = 0; i < traces.size(); ++i) {
    const AttributeTrace& trace = traces[i];
    Position& before = previous[table.row_of[i]];
    one.clear();
    put_field(one, trace_attribute, trace.attribute);
    put_list_field(one, trace_removed, trace.removed);
    put_list_field(one, trace_added, trace.added);
    put_number_field(one, trace_source, table.row_of[i]);
    put_number_field(one, trace_line, fold_sign(trace.line - before.line));
    put_number_field(one, trace_offset, fold_sign(trace.offset - before.offset));
    put_number_field(one, trace_vaulted_removed, trace.vaulted_removed);
    put_number_field(one, trace_vaulted_added, trace.vaulted_added);
    before = {trace.line, trace.offset};
    put_bytes(body, one);
  }
  put_field(out, tag_attributes, body);
}

// ---- reading

/// Reads from the front of some bytes. The first fault is kept and ends every reading: nothing is
/// left after it, so loops over `at_end` stop.
class Reader {
 public:
  Reader(std::string_view bytes, const char*& fault, const char*& fault_at)
      : rest_(bytes), fault_(fault), fault_at_(fault_at) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return fault_ != nullptr; }

  void fail(const char* reason) {
    if (fault_ == nullptr) {
      fault_ = reason;
      fault_at_ = rest_.data();
    }
    rest_.remove_prefix(rest_.size());
  }

  std::uint8_t byte() {
    if (rest_.empty()) {
      fail("it ends too early");
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (failed()) return 0;
      if (shift == 63 && next > 1) break;
      value |= static_cast<std::uint64_t>(next & 0x7FU) << shift;
      if (next >= 0x80) continue;
      if (next == 0 && shift != 0) {
        fail("a number is longer than needed");
        return 0;
      }
      return value;
    }
    fail("a number has more than 64 bits");
    return 0;
  }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      fail("it ends too early");
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes() { return take(number()); }

  /// A reader of a part that was taken, with the same place for faults.
  [[nodiscard]] Reader inside(std::string_view part) const { return {part, fault_, fault_at_}; }

 private:
  std::string_view rest_;
  const char*& fault_;
  const char*& fault_at_;
};

/// Walks `tag, length, bytes` fields in rising order of tags.
class Fields {
 public:
  explicit Fields(Reader reader) : reader_(reader) {}

  bool next() {
    if (reader_.at_end() || reader_.failed()) return false;
    const std::uint8_t tag = reader_.byte();
    if (tag <= tag_) {
      reader_.fail("its fields are not in order");
      return false;
    }
    tag_ = tag;
    body_ = reader_.bytes();
    if (!reader_.failed() && body_.empty()) reader_.fail("an empty field is present");
    return !reader_.failed();
  }

  [[nodiscard]] std::uint8_t tag() const { return tag_; }
  [[nodiscard]] std::string_view body() const { return body_; }
  [[nodiscard]] Reader reader() const { return reader_.inside(body_); }
  void refuse(const char* reason) { reader_.fail(reason); }

  std::uint64_t number() {
    Reader inside = reader();
    const std::uint64_t value = inside.number();
    if (!inside.at_end()) inside.fail("bytes follow a number");
    if (value == 0) inside.fail("an empty field is present");
    return value;
  }

  std::vector<std::string> list() {
    // Counted before anything is stored: elements cannot be more than there are bytes.
    std::size_t count = 0;
    for (Reader inside = reader(); !inside.at_end() && !inside.failed(); ++count) inside.bytes();
    std::vector<std::string> elements;
    if (reader_.failed()) return elements;
    elements.reserve(count);
    for (Reader inside = reader(); !inside.at_end();) elements.emplace_back(inside.bytes());
    return elements;
  }

 private:
  Reader reader_;
  std::uint8_t tag_ = 0;
  std::string_view body_;
};

/// Rows of the source table as they stand: digests are turned into text only where they are used.
struct DecodedSource {
  std::string_view file;
  std::string sha256;
};

std::vector<DecodedSource> read_sources(Reader reader) {
  std::vector<DecodedSource> rows;
  while (!reader.at_end() && !reader.failed()) {
    DecodedSource row;
    row.file = reader.bytes();
    const std::uint8_t form = reader.byte();
    if (form == 1) {
      row.sha256 = hexadecimal(reader.take(digest_bytes));
    } else if (form == 0) {
      row.sha256 = reader.bytes();
      if (raw_digest(row.sha256)) reader.fail("a digest is written as text");
    } else {
      reader.fail("a digest has an unknown form");
    }
    if (row.file.empty() && row.sha256.empty()) reader.fail("a source is empty");
    rows.push_back(std::move(row));
  }
  std::vector<Source> sorted;
  sorted.reserve(rows.size());
  for (const DecodedSource& row : rows) sorted.emplace_back(row.file, row.sha256);
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) reader.fail("a source is listed twice");
  return rows;
}

AttributeTrace read_trace(Reader reader, std::uint64_t& row) {
  AttributeTrace trace;
  Fields fields(reader);
  while (fields.next()) {
    switch (fields.tag()) {
      case trace_attribute:
        trace.attribute = fields.body();
        break;
      case trace_removed:
        trace.removed = fields.list();
        break;
      case trace_added:
        trace.added = fields.list();
        break;
      case trace_source:
        row = fields.number();
        break;
      case trace_line:
        trace.line = unfold_sign(fields.number());
        break;
      case trace_offset:
        trace.offset = unfold_sign(fields.number());
        break;
      case trace_vaulted_removed:
        trace.vaulted_removed = fields.number();
        break;
      case trace_vaulted_added:
        trace.vaulted_added = fields.number();
        break;
      default:
        fields.refuse("an attribute has an unknown field");
    }
  }
  return trace;
}

std::vector<AttributeTrace> read_attributes(Reader reader, const std::vector<DecodedSource>& rows,
                                            std::size_t& rows_used) {
  std::vector<AttributeTrace> traces;
  std::vector<Position> previous(rows.size() + 1);
  while (!reader.at_end() && !reader.failed()) {
    if (traces.size() == max_audit_attributes) {
      reader.fail("it has too many attributes");
      break;
    }
    std::uint64_t row = 0;
    AttributeTrace trace = read_trace(reader.inside(reader.bytes()), row);
    if (row > rows.size() || row > rows_used + 1) {
      reader.fail("a source is used out of order");
      break;
    }
    if (row > rows_used) rows_used = row;
    if (row != 0) {
      trace.file = rows[row - 1].file;
      trace.sha256 = rows[row - 1].sha256;
    }
    Position& before = previous[row];
    trace.line += before.line;
    trace.offset += before.offset;
    before = {trace.line, trace.offset};
    traces.push_back(std::move(trace));
  }
  return traces;
}

AuditType read_type(Fields& fields) {
  const std::string_view body = fields.body();
  const auto value = static_cast<std::uint8_t>(body.front());
  const bool known = body.size() == 1 &&
                     value >= static_cast<std::uint8_t>(AuditType::run_started) &&
                     value <= static_cast<std::uint8_t>(AuditType::rectification);
  if (!known) fields.refuse("its type is unknown");
  return known ? static_cast<AuditType>(value) : AuditType::run_started;
}

AuditRecord read_record(Reader reader) {
  AuditRecord record;
  std::vector<DecodedSource> rows;
  std::size_t rows_used = 0;
  bool has_type = false;
  Fields fields(reader);
  while (fields.next()) {
    switch (fields.tag()) {
      case tag_seq:
        record.seq = fields.number();
        break;
      case tag_time:
        record.time = fields.body();
        break;
      case tag_type:
        record.type = read_type(fields);
        has_type = true;
        break;
      case tag_run:
        record.run = fields.body();
        break;
      case tag_actor:
        record.actor = fields.body();
        break;
      case tag_reason:
        record.reason = fields.body();
        break;
      case tag_operation:
        record.operation = fields.body();
        break;
      case tag_kind:
        record.kind = fields.body();
        break;
      case tag_profil:
        record.profil = fields.body();
        break;
      case tag_dn:
        record.dn = fields.body();
        break;
      case tag_subject:
        record.subject = fields.body();
        break;
      case tag_schools:
        record.schools = fields.list();
        break;
      case tag_csn:
        record.csn = fields.body();
        break;
      case tag_rule:
        record.rule = fields.body();
        break;
      case tag_sources:
        rows = read_sources(fields.reader());
        break;
      case tag_attributes:
        record.attributes = read_attributes(fields.reader(), rows, rows_used);
        break;
      case tag_intent_seq:
        record.intent_seq = fields.number();
        break;
      case tag_outcome:
        record.outcome = fields.body();
        break;
      case tag_ldap_code:
        record.ldap_code = static_cast<std::int64_t>(unfold_sign(fields.number()));
        break;
      case tag_detail:
        record.detail = fields.body();
        break;
      case tag_vaulted:
        record.vaulted = fields.body();
        if (record.vaulted.size() != digest_bytes)
          fields.refuse("the digest of what is in the vault has not 32 bytes");
        break;
      case tag_vaulted_until:
        record.vaulted_until = fields.number();
        break;
      case tag_removed_until:
        record.removed_until = fields.number();
        break;
      case tag_removed_head:
        record.removed_head = fields.body();
        if (record.removed_head.size() != digest_bytes)
          fields.refuse("the hash of the last record that was removed has not 32 bytes");
        break;
      default:
        fields.refuse("it has an unknown field");
    }
  }
  if (!has_type) fields.refuse("it has no type");
  if (rows_used != rows.size()) fields.refuse("a source is not used");
  return record;
}

}  // namespace

std::string_view to_string(AuditType type) {
  switch (type) {
    case AuditType::run_started:
      return "run-started";
    case AuditType::intent:
      return "intent";
    case AuditType::outcome:
      return "outcome";
    case AuditType::run_finished:
      return "run-finished";
    case AuditType::held:
      return "held";
    case AuditType::released:
      return "released";
    case AuditType::rejected:
      return "rejected";
    case AuditType::read:
      return "read";
    case AuditType::access_refused:
      return "access-refused";
    case AuditType::order:
      return "order";
    case AuditType::key_destroyed:
      return "key-destroyed";
    case AuditType::values_removed:
      return "values-removed";
    case AuditType::records_removed:
      return "records-removed";
    case AuditType::rectification:
      return "rectification";
  }
  return "?";
}

std::string encode(const AuditRecord& record) {
  const SourceTable table = tabulate(record.attributes);
  std::string out;
  out.reserve(512);
  put_number_field(out, tag_seq, record.seq);
  put_field(out, tag_time, record.time);
  put_number_field(out, tag_type, static_cast<std::uint8_t>(record.type));
  put_field(out, tag_run, record.run);
  put_field(out, tag_actor, record.actor);
  put_field(out, tag_reason, record.reason);
  put_field(out, tag_operation, record.operation);
  put_field(out, tag_kind, record.kind);
  put_field(out, tag_profil, record.profil);
  put_field(out, tag_dn, record.dn);
  put_field(out, tag_subject, record.subject);
  put_list_field(out, tag_schools, record.schools);
  put_field(out, tag_csn, record.csn);
  put_field(out, tag_rule, record.rule);
  put_sources(out, table.rows);
  put_attributes(out, record.attributes, table);
  put_number_field(out, tag_intent_seq, record.intent_seq);
  put_field(out, tag_outcome, record.outcome);
  put_number_field(out, tag_ldap_code, fold_sign(static_cast<std::uint64_t>(record.ldap_code)));
  put_field(out, tag_detail, record.detail);
  put_field(out, tag_vaulted, record.vaulted);
  put_number_field(out, tag_vaulted_until, record.vaulted_until);
  put_number_field(out, tag_removed_until, record.removed_until);
  put_field(out, tag_removed_head, record.removed_head);
  return out;
}

Result<AuditRecord> decode_audit_record(std::string_view bytes) {
  if (bytes.size() > max_audit_record_bytes)
    return Problem{Severity::error,
                   "AUD-002",
                   {},
                   "an audit record has " + std::to_string(bytes.size()) + " bytes; at most " +
                       std::to_string(max_audit_record_bytes) + " are read",
                   "it was not written by this program: verify the journal"};
  const char* fault = nullptr;
  const char* fault_at = nullptr;
  AuditRecord record = read_record(Reader(bytes, fault, fault_at));
  if (fault == nullptr) return record;
  return Problem{Severity::error,
                 "AUD-001",
                 {},
                 std::string("the bytes are not an audit record in canonical form: ") + fault +
                     " (byte " + std::to_string(fault_at - bytes.data()) + ")",
                 "it was altered or written by a later version: verify the journal"};
}

}  // namespace entsync
