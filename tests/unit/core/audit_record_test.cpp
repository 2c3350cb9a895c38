#include "core/audit_record.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace entsync {
namespace {

using namespace std::string_literals;

const std::string digest_a(64, 'a');

AuditRecord minimal() {
  AuditRecord record;
  record.seq = 1;
  record.time = "t";
  return record;
}

AttributeTrace trace(std::string attribute, std::string added, std::string file, std::string sha256,
                     std::uint64_t line, std::uint64_t offset) {
  return {std::move(attribute),
          {},
          {std::move(added)},
          std::move(file),
          std::move(sha256),
          line,
          offset};
}

AuditRecord full() {
  AuditRecord record;
  record.seq = 4711;
  record.time = "2026-01-31T02:30:00.123Z";
  record.type = AuditType::intent;
  record.run = "20260131-0230-ab12";
  record.actor = "system:nightly";
  record.reason = "ticket 7";
  record.operation = "modify";
  record.kind = "person";
  record.profil = "eleve";
  record.dn = "uid=e000123,ou=personnes,dc=ent,dc=example";
  record.subject = "AC-EXEMPLE/Eleve/123";
  record.schools = {"0660001A", "0660002B"};
  record.csn = "20260130010203.000000Z#000000#000#000000";
  record.rule = "sdet-1d:eleve";
  record.attributes = {
      trace("sn", "Xa", "f1", digest_a, 10, 900), trace("givenName", "Xb", "f1", digest_a, 11, 950),
      trace("mail", "Xc", "f2", "unknown", 3, 7), trace("cn", "Xa Xb", "", "", 0, 0)};
  record.attributes[1].removed = {"Old", ""};
  record.intent_seq = 12;
  record.outcome = "refused";
  record.ldap_code = 53;
  record.detail = "unwillingToPerform";
  return record;
}

/// A pupil as a first import creates it, every value with its own place.
AuditRecord created_pupil() {
  AuditRecord record = full();
  record.operation = "create";
  record.reason.clear();
  record.csn.clear();
  record.intent_seq = 0;
  record.outcome.clear();
  record.ldap_code = 0;
  record.detail.clear();
  record.schools = {"0660001A"};
  record.attributes.clear();
  const std::string file = "ENT_0660001A_Complet_20260130_Eleve_0001.xml";
  const std::string school = "ENTStructureSIREN=00000000000001,ou=structures,dc=ent,dc=example";
  const std::string parent = "uid=e000000456,ou=personnes,dc=ent,dc=example";
  const std::pair<const char*, std::string> fed[] = {
      {"sn", "Exemplaire"},
      {"givenName", "Invente"},
      {"ENTPersonAutresPrenoms", "Invente"},
      {"ENTPersonDateNaissance", "01/02/2016"},
      {"ENTPersonSexe", "F"},
      {"personalTitle", "Mme"},
      {"ENTPersonAdresse", "1 rue des Exemples"},
      {"ENTPersonCodePostal", "66000"},
      {"ENTPersonVille", "Exempleville"},
      {"ENTPersonPays", "France"},
      {"ENTEleveINE", "000000000AA"},
      {"ENTEleveNivFormation", "CE2"},
      {"ENTEleveStatutEleve", "SCOLAIRE"},
      {"ENTEleveClasses", "ENT_0660001A$CE2 A"},
      {"ENTEleveRegime", "EXTERNE"},
      {"ENTPersonJointure", "AC-EXEMPLE$1234567"},
  };
  std::uint64_t line = 52'310;
  std::uint64_t offset = 1'903'224;
  for (const auto& [attribute, value] : fed) {
    record.attributes.push_back(trace(attribute, value, file, digest_a, line, offset));
    line += 3;
    offset += 118;
  }
  for (const auto& [attribute, value] : {std::pair<const char*, std::string>{"uid", "e000000123"},
                                         {"cn", "Exemplaire Invente"},
                                         {"ENTPersonLogin", "invente.exemplaire"},
                                         {"ENTPersonStructRattach", school},
                                         {"ENTElevePersRelEleve", parent + "$1$1$1$1$1$1"}})
    record.attributes.push_back(trace(attribute, value, "", "", 0, 0));
  record.attributes.push_back(trace("objectClass", "top", "", "", 0, 0));
  record.attributes.back().added = {"top",           "person",    "organizationalPerson",
                                    "inetOrgPerson", "ENTPerson", "ENTEleve"};
  return record;
}

std::string why_refused(std::string_view bytes) {
  const auto record = decode_audit_record(bytes);
  return record ? "accepted" : record.error().list.at(0).what;
}

bool refused_for(std::string_view bytes, std::string_view reason) {
  return why_refused(bytes).find(reason) != std::string::npos;
}

TEST(AuditRecordCodec, GivesBackWhatItWasGiven) {
  for (const AuditRecord& record : {AuditRecord{}, minimal(), full(), created_pupil()}) {
    const auto decoded = decode_audit_record(encode(record));
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(*decoded, record);
  }
}

TEST(AuditRecordCodec, KeepsTheExtremesOfNumbers) {
  AuditRecord record = full();
  record.seq = std::numeric_limits<std::uint64_t>::max();
  record.intent_seq = std::numeric_limits<std::uint64_t>::max();
  for (const std::int64_t code : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                  std::numeric_limits<std::int64_t>::max()}) {
    record.ldap_code = code;
    record.attributes[0].line = static_cast<std::uint64_t>(code);
    record.attributes[1].offset = 0;
    const auto decoded = decode_audit_record(encode(record));
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(*decoded, record);
  }
}

TEST(AuditRecordCodec, WritesTheDocumentedBytes) {
  EXPECT_EQ(encode(minimal()),
            "\x01\x01\x01"
            "\x02\x01t"
            "\x03\x01\x01"s);
  AuditRecord record = minimal();
  record.type = AuditType::outcome;
  record.seq = 300;
  record.schools = {"A", ""};
  record.intent_seq = 299;
  record.ldap_code = -1;
  EXPECT_EQ(encode(record),
            "\x01\x02\xac\x02"
            "\x02\x01t"
            "\x03\x01\x03"
            "\x15\x03\x01"
            "A\x00"
            "\x20\x02\xab\x02"
            "\x22\x01\x01"s);
}

TEST(AuditRecordCodec, WritesSourcesOnceAndPlacesAsSteps) {
  AuditRecord record = minimal();
  record.attributes = {trace("a", "v", "f", digest_a, 5, 0), trace("b", "w", "f", digest_a, 4, 0),
                       trace("c", "x", "g", "?", 0, 0)};
  EXPECT_EQ(encode(record),
            "\x01\x01\x01"
            "\x02\x01t"
            "\x03\x01\x01"
            "\x18\x28"
            "\x01"
            "f\x01"s +
                std::string(32, '\xaa') +
                "\x01"
                "g\x00\x01?"
                "\x19\x27"
                "\x0d\x01\x01"
                "a\x03\x02\x01v\x04\x01\x01\x05\x01\x0a"
                "\x0d\x01\x01"
                "b\x03\x02\x01w\x04\x01\x01\x05\x01\x01"
                "\x0a\x01\x01"
                "c\x03\x02\x01x\x04\x01\x02"s);
}

TEST(AuditRecordCodec, KeepsACreatedPupilWithin1500Bytes) {
  const AuditRecord pupil = created_pupil();
  ASSERT_EQ(pupil.attributes.size(), 22U);
  EXPECT_LE(encode(pupil).size(), 1500U);
}

TEST(AuditRecordCodec, RefusesEveryTruncation) {
  const std::string bytes = encode(full());
  // A cut between the fields of the tail is a record of its own: one with fewer fields.
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_audit_record(std::string_view(bytes).substr(0, size));
    if (decoded) {
      EXPECT_EQ(encode(*decoded), bytes.substr(0, size));
      EXPECT_NE(*decoded, full());
    }
  }
  EXPECT_TRUE(refused_for(std::string_view(bytes).substr(0, bytes.size() - 1), "ends too early"));
  EXPECT_TRUE(refused_for("", "has no type"));
}

TEST(AuditRecordCodec, AcceptsNoChangedByteAsTheSameRecord) {
  const AuditRecord record = full();
  const std::string bytes = encode(record);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      const auto decoded = decode_audit_record(changed);
      if (!decoded) continue;
      EXPECT_NE(*decoded, record) << "byte " << i;
      EXPECT_EQ(encode(*decoded), changed) << "byte " << i;
    }
  }
}

TEST(AuditRecordCodec, RefusesWhatEncodeNeverWrites) {
  const std::string good = encode(minimal());
  ASSERT_EQ(why_refused(good), "accepted");
  EXPECT_TRUE(refused_for(good + '\x7f' + "\x01x", "unknown field"));
  EXPECT_TRUE(refused_for(good + "\x02\x01x", "not in order"));
  EXPECT_TRUE(refused_for(good + "\x03\x01\x01", "not in order"));
  EXPECT_TRUE(refused_for(good + "\x04\x00"s, "empty field"));
  EXPECT_TRUE(refused_for(good + "\x04\x81\x00x"s, "longer than needed"));
  EXPECT_TRUE(refused_for(good + "\x04", "ends too early"));
  EXPECT_TRUE(refused_for(good + "\x04\x02x", "ends too early"));
  EXPECT_TRUE(refused_for(good + "\x20\x01\x00"s, "empty field"));
  EXPECT_TRUE(refused_for(good + "\x20\x02\x01\x01", "bytes follow"));
  EXPECT_TRUE(refused_for(good + "\x20\x02\x81\x00"s, "longer than needed"));
  EXPECT_TRUE(refused_for(good + "\x20\x0b" + std::string(10, '\x80') + "\x01", "64 bits"));
  EXPECT_TRUE(refused_for(good + "\x20\x0a" + std::string(9, '\x80') + "\x02", "64 bits"));
  EXPECT_TRUE(refused_for(good + "\x15\x02\x05x", "ends too early"));
  EXPECT_TRUE(refused_for("\x01\x01\x01\x03\x01\x0f", "type is unknown"));
  EXPECT_TRUE(refused_for("\x01\x01\x01\x03\x02\x01\x01", "type is unknown"));
  EXPECT_TRUE(refused_for("\x01\x01\x01", "has no type"));
}

TEST(AuditRecordCodec, RefusesLengthsThatCannotBeBeforeItAllocates) {
  const std::string good = encode(minimal());
  const std::string huge = std::string(9, '\xff') + "\x01";  // 2^64 - 1
  EXPECT_TRUE(refused_for(good + "\x04" + huge, "ends too early"));
  EXPECT_TRUE(refused_for(good + "\x15\x0a" + huge, "ends too early"));
  EXPECT_TRUE(refused_for(good + "\x18\x0a" + huge, "ends too early"));
  EXPECT_TRUE(refused_for(good + "\x19\x0a" + huge, "ends too early"));
}

TEST(AuditRecordCodec, RefusesSourcesInAnyOtherForm) {
  const std::string good = encode(minimal());
  const std::string row =
      "\x01"
      "f\x01" +
      std::string(32, '\xaa');
  const std::string first =
      "\x06\x01\x01"
      "a\x04\x01\x01";
  const std::string second =
      "\x06\x01\x01"
      "a\x04\x01\x02";
  const auto with = [&](const std::string& sources, const std::string& attributes) {
    std::string bytes = good;
    bytes += '\x18';
    bytes += static_cast<char>(sources.size());
    bytes += sources;
    if (attributes.empty()) return bytes;
    bytes += '\x19';
    bytes += static_cast<char>(attributes.size());
    return bytes + attributes;
  };
  ASSERT_EQ(why_refused(with(row, first)), "accepted");
  const std::string other =
      "\x01"
      "g\x00\x00"s;
  ASSERT_EQ(why_refused(with(row + other, first + second)), "accepted");
  EXPECT_TRUE(refused_for(with(row, ""), "not used"));
  EXPECT_TRUE(refused_for(with(row + other, first), "not used"));
  EXPECT_TRUE(refused_for(with(row + other, second + first), "out of order"));
  EXPECT_TRUE(refused_for(with(row, first + second), "out of order"));
  EXPECT_TRUE(refused_for(with(row, first + "\x06\x01\x01"
                                            "a\x04\x01\x00"s),
                          "empty field"));
  // The first row again must be found twice before anything says that it is not used.
  EXPECT_TRUE(refused_for(with("\x01"
                               "f\x00\x00\x01"
                               "f\x00\x00"s,
                               first + second),
                          "listed twice"));
  EXPECT_TRUE(refused_for(with("\x00\x00\x00"s, first), "is empty"));
  EXPECT_TRUE(refused_for(with("\x01"
                               "f\x02x",
                               first),
                          "unknown form"));
  EXPECT_TRUE(refused_for(with("\x01"
                               "f\x00\x40"s +
                                   digest_a,
                               first),
                          "written as text"));
  EXPECT_TRUE(refused_for(good + "\x19\x06" + first.substr(0, 5) + "\x02", "ends too early"));
  EXPECT_TRUE(refused_for(good + "\x19\x04\x03\x09\x01x", "unknown field"));
}

TEST(AuditRecordCodec, KeepsDigestsThatAreNotLowerCaseHexadecimalAsText) {
  for (const std::string& sha256 :
       {std::string(64, 'A'), std::string(63, 'a'), std::string(65, 'a'),
        std::string(63, 'a') + "g", ""s, "none"s}) {
    AuditRecord record = minimal();
    record.attributes = {trace("a", "v", "f", sha256, 1, 2)};
    const auto decoded = decode_audit_record(encode(record));
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(*decoded, record);
  }
}

TEST(AuditRecordCodec, RefusesRecordsBeyondItsLimits) {
  AuditRecord record = minimal();
  record.detail.assign(max_audit_record_bytes, 'x');
  const auto too_long = decode_audit_record(encode(record));
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().list[0].code, "AUD-002");

  record = minimal();
  record.attributes.resize(max_audit_attributes);
  EXPECT_EQ(why_refused(encode(record)), "accepted");
  record.attributes.resize(max_audit_attributes + 1);
  EXPECT_TRUE(refused_for(encode(record), "too many attributes"));
}

TEST(AuditRecordCodec, SaysNothingAboutThePersonInItsProblems) {
  std::string bytes = encode(full());
  bytes += '\xff';
  const auto refused = decode_audit_record(bytes);
  ASSERT_FALSE(refused);
  const Problem problem = refused.error().list[0];
  EXPECT_EQ(problem.code, "AUD-001");
  EXPECT_NE(problem.what.find("(byte "), std::string::npos);
  EXPECT_EQ(to_string(problem).find("Xa"), std::string::npos);
}

}  // namespace
}  // namespace entsync
