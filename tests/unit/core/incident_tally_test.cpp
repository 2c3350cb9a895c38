#include "core/incident_tally.hpp"

#include <gtest/gtest.h>

namespace entsync {
namespace {

AuditRecord change(int person, const std::string& profil, std::vector<std::string> attributes,
                   const std::string& uai = "0310001A") {
  AuditRecord record;
  record.time = "2026-11-20T02:30:0" + std::to_string(person % 10) + ".000Z";
  record.type = AuditType::intent;
  record.run = "run-1";
  record.actor = "system:nightly";
  record.operation = "modify";
  record.profil = profil;
  record.subject = "h1:" + std::to_string(person);
  record.schools = {uai};
  for (std::string& name : attributes) {
    record.attributes.emplace_back();
    record.attributes.back().attribute = std::move(name);
  }
  return record;
}

AuditRecord reading(const std::string& detail, const char* actor = "user:ada") {
  AuditRecord record;
  record.time = "2026-11-21T09:00:00.000Z";
  record.type = AuditType::read;
  record.actor = actor;
  record.detail = detail;
  return record;
}

TEST(IncidentTally, CountsEachPersonOnce) {
  IncidentTally tally;
  tally.take(change(1, "eleve", {"sn", "mail"}), "applied");
  tally.take(change(1, "eleve", {"mail"}), "applied");
  tally.take(change(2, "eleve", {"mail"}), "refused");
  tally.take(change(3, "responsable", {"homePhone"}, "0310002B"), "");
  const IncidentCounts counts = tally.counts();
  EXPECT_EQ(counts.records, 4U);
  EXPECT_EQ(counts.persons, 3U);
  EXPECT_EQ(counts.profils.at("eleve").records, 3U);
  EXPECT_EQ(counts.profils.at("eleve").persons, 2U);
  EXPECT_EQ(counts.attributes.at("mail").records, 3U);
  EXPECT_EQ(counts.attributes.at("mail").persons, 2U);
  EXPECT_EQ(counts.attributes.at("sn").persons, 1U);
  EXPECT_EQ(counts.schools.at("0310001A").persons, 2U);
  EXPECT_EQ(counts.schools.at("0310001A").records, 3U);
  EXPECT_EQ(counts.schools.at("0310002B").persons, 1U);
  EXPECT_EQ(counts.outcomes.at("applied"), 2U);
  EXPECT_EQ(counts.outcomes.at("open"), 1U);
  EXPECT_EQ(counts.runs.at("run-1"), 4U);
  EXPECT_EQ(counts.first, "2026-11-20T02:30:01.000Z");
  EXPECT_EQ(counts.last, "2026-11-20T02:30:03.000Z");
}

TEST(IncidentTally, SchoolsClassesAndGroupsAreNoPersons) {
  IncidentTally tally;
  tally.take(change(1, "", {"member"}), "applied");
  EXPECT_EQ(tally.counts().persons, 0U);
  EXPECT_TRUE(tally.counts().attributes.empty());
  EXPECT_EQ(tally.counts().operations.at("modify"), 1U);
}

TEST(IncidentTally, ReadingsStandApart) {
  IncidentTally tally;
  tally.take(reading("journal: school 0310001A; 40 records of 12 subjects"), "");
  tally.take(reading("values unsealed: person h1:1; 3 records of 1 subjects; ticket DPO-1"), "");
  tally.take(reading("explanation of h1:7 shown", "user:bob"), "");
  AuditRecord refused = reading("no");
  refused.type = AuditType::access_refused;
  tally.take(refused, "");
  const IncidentCounts counts = tally.counts();
  EXPECT_EQ(counts.readings, 3U);
  EXPECT_EQ(counts.unsealings, 1U);
  EXPECT_EQ(counts.read_persons, 14U);
  EXPECT_EQ(counts.refusals, 1U);
  EXPECT_EQ(counts.persons, 0U);
  EXPECT_EQ(counts.actors.at("user:ada"), 3U);
}

TEST(IncidentTally, NothingIsNothing) {
  const IncidentCounts counts = IncidentTally().counts();
  EXPECT_EQ(counts.records, 0U);
  EXPECT_TRUE(counts.first.empty());
}

}  // namespace
}  // namespace entsync
