#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/audit_record.hpp"

namespace entsync {
namespace {

rc::Gen<std::string> digest() {
  return rc::gen::oneOf(
      rc::gen::container<std::string>(64, rc::gen::elementOf(std::string("0123456789abcdef"))),
      rc::gen::container<std::string>(64, rc::gen::elementOf(std::string("09afAFg"))),
      rc::gen::arbitrary<std::string>(), rc::gen::just(std::string()));
}

/// Few different sources, so that traces share them.
rc::Gen<AttributeTrace> trace(const std::vector<std::pair<std::string, std::string>>& sources) {
  return rc::gen::apply(
      [sources](std::string attribute, std::vector<std::string> removed,
                std::vector<std::string> added, std::size_t source, std::uint64_t line,
                std::uint64_t offset) {
        const auto& [file, sha256] = sources[source];
        return AttributeTrace{
            std::move(attribute), std::move(removed), std::move(added), file, sha256, line, offset};
      },
      rc::gen::arbitrary<std::string>(), rc::gen::arbitrary<std::vector<std::string>>(),
      rc::gen::arbitrary<std::vector<std::string>>(),
      rc::gen::inRange<std::size_t>(0, sources.size()), rc::gen::arbitrary<std::uint64_t>(),
      rc::gen::arbitrary<std::uint64_t>());
}

AuditRecord any_record() {
  const auto text = [] { return *rc::gen::arbitrary<std::string>(); };
  AuditRecord record;
  record.seq = *rc::gen::arbitrary<std::uint64_t>();
  record.time = text();
  record.type = static_cast<AuditType>(*rc::gen::inRange(1, 15));
  record.run = text();
  record.actor = text();
  record.reason = text();
  record.operation = text();
  record.kind = text();
  record.profil = text();
  record.dn = text();
  record.subject = text();
  record.schools = *rc::gen::arbitrary<std::vector<std::string>>();
  record.csn = text();
  record.rule = text();
  std::vector<std::pair<std::string, std::string>> sources{{"", ""}};
  for (int i = 0; i < 4; ++i) sources.emplace_back(text(), *digest());
  record.attributes = *rc::gen::container<std::vector<AttributeTrace>>(trace(sources));
  record.intent_seq = *rc::gen::arbitrary<std::uint64_t>();
  record.outcome = text();
  record.ldap_code = *rc::gen::arbitrary<std::int64_t>();
  record.detail = text();
  return record;
}

RC_GTEST_PROP(AuditRecordProperty, DecodingGivesBackWhatWasEncoded, ()) {
  const AuditRecord record = any_record();
  const auto decoded = decode_audit_record(encode(record));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == record);
}

RC_GTEST_PROP(AuditRecordProperty, ChangedBytesAreRefusedOrAreAnotherRecordsOnlyForm, ()) {
  const AuditRecord record = any_record();
  std::string bytes = encode(record);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto replacement = *rc::gen::arbitrary<char>();
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      bytes[at] = replacement;
      break;
    case 1:
      bytes.insert(at, 1, replacement);
      break;
    default:
      bytes.erase(at, 1);
  }
  if (const auto decoded = decode_audit_record(bytes)) RC_ASSERT(encode(*decoded) == bytes);
}

RC_GTEST_PROP(AuditRecordProperty, EqualBytesMeanEqualRecords, ()) {
  const AuditRecord a = any_record();
  AuditRecord b = a;
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      b.seq = *rc::gen::arbitrary<std::uint64_t>();
      break;
    case 1:
      b.subject = *rc::gen::arbitrary<std::string>();
      break;
    case 2:
      b.schools = *rc::gen::arbitrary<std::vector<std::string>>();
      break;
    case 3:
      b.attributes.emplace_back();
      break;
    default:
      std::ranges::reverse(b.attributes);
  }
  RC_ASSERT((encode(a) == encode(b)) == (a == b));
}

}  // namespace
}  // namespace entsync
