#include "place.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace entsync::test {

namespace fs = std::filesystem;

VaultPlace VaultFolder::place() const {
  return {path() / "keys.db", path() / "vault.key", path() / "pseudonym.key"};
}

std::unique_ptr<Vault> VaultFolder::open() const {
  ValuePolicy policy;
  EXPECT_TRUE(policy.set("niveau", ValueClass::clear));
  EXPECT_TRUE(policy.set("photo", ValueClass::digest));
  EXPECT_TRUE(policy.set("token", ValueClass::never));
  auto vault = Vault::open(place(), sqlite::Access::write, std::move(policy), false);
  if (!vault) {
    ADD_FAILURE() << to_string(vault.error());
    return nullptr;
  }
  return std::move(*vault);
}

AuditRecord pupil_change() {
  AuditRecord record;
  record.time = "2026-09-15T02:30:00.000Z";
  record.type = AuditType::intent;
  record.run = "run-1";
  record.actor = "system:nightly";
  record.operation = "modify";
  record.kind = "person";
  record.profil = "eleve";
  record.subject = "AC-EXEMPLE/Eleve/4711";
  record.dn = "uid=X4711,ou=People,dc=ent,dc=example";
  record.schools = {"0660001A"};
  record.rule = "sdet-1d:eleve";
  record.detail = "the directory differs from the delivery";
  AttributeTrace name{"sn", {"Zéphyrin"}, {"Zéphyrine", "Zélie"}, "Eleve.xml", std::string(64, 'b'),
                      12,   900};
  AttributeTrace level{"niveau", {"CP"}, {"CE1"}, "Eleve.xml", std::string(64, 'b'), 14, 960};
  record.attributes = {name, level};
  return record;
}

std::string all_bytes(const fs::path& folder) {
  std::string bytes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), {});
  }
  return bytes;
}

}  // namespace entsync::test
