#include "vault.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "core/plan.hpp"
#include "core/text.hpp"
#include "digest/sha256.hpp"
#include "key_mask.hpp"

namespace entsync {
namespace {

constexpr const char* vault_name = "the key of the vault";
constexpr const char* pseudonym_name = "the key of the pseudonyms";
/// 128 bits: nobody finds two subjects with one pseudonym.
constexpr std::size_t pseudonym_digits = 32;
/// Keys that are remembered; about 150 bytes each.
constexpr std::size_t most_known = 65'536;
/// Of what is kept beside a record: the first byte, then the id of the key, then the cipher text.
constexpr char vault_format = 1;
constexpr std::size_t head_bytes = 1 + sizeof(SubjectKeyId);

std::string_view bytes_of(const Sha256Value& value) {
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

std::string digest_of(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return std::string(bytes_of(digest.finish()));
}

/// Whether its subject is a person: whoever is named by a record that is not of an entry.
bool is_of_person(const AuditRecord& record) {
  if (record.type == AuditType::key_destroyed) return false;  // a pseudonym already
  return record.kind.empty() || record.kind == to_string(EntryKind::person);
}

bool is_missing(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::status(file, error).type() == std::filesystem::file_type::not_found;
}

Problem lost(const std::filesystem::path& file, const char* name) {
  return {Severity::error,
          "VLT-007",
          {file.string(), 0, {}},
          std::string(name) + " is missing, and records were made with it",
          "put the file back from where its copy is kept; with another key nobody would find or "
          "read them"};
}

Result<void> make_if_new(const std::filesystem::path& file, const char* name, bool in_use) {
  if (!is_missing(file)) return {};
  if (in_use) return lost(file, name);
  return KeyRing::make(file, name);
}

Problem not_what_was_put(std::uint64_t seq) {
  return {Severity::error,
          "VLT-006",
          {{}, 0, "record " + std::to_string(seq)},
          "what the vault holds of this record is not what was put there",
          "verify the journal; restore it from a backup if it was damaged"};
}

}  // namespace

Vault::Vault(SubjectKeys keys, const KeyRing& pseudonyms, ValuePolicy policy)
    : keys_(std::move(keys)), policy_(std::move(policy)) {
  for (const RingKey& key : pseudonyms.keys())
    pseudonym_keys_.push_back(
        {"h" + std::to_string(key.number) + ":",
         Hmac({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()})});
}

Result<std::unique_ptr<Vault>> Vault::open(const VaultPlace& place, sqlite::Access access,
                                           ValuePolicy policy, bool in_use) {
  if (access == sqlite::Access::write) {
    if (in_use && is_missing(place.keys)) return lost(place.keys, "the store of the vault's keys");
    in_use = in_use || !is_missing(place.keys);
    if (auto made = make_if_new(place.key_file, vault_name, in_use); !made) return made.error();
    if (auto made = make_if_new(place.pseudonym_file, pseudonym_name, in_use); !made)
      return made.error();
  }
  auto ring = KeyRing::read(place.key_file, vault_name, "vault.key_file");
  if (!ring) return ring.error();
  auto pseudonyms = KeyRing::read(place.pseudonym_file, pseudonym_name, "vault.pseudonym_key_file");
  if (!pseudonyms) return pseudonyms.error();
  auto keys = SubjectKeys::open(place.keys, access, std::move(*ring));
  if (!keys) return keys.error();
  return std::unique_ptr<Vault>(new Vault(std::move(*keys), *pseudonyms, std::move(policy)));
}

std::string Vault::pseudonym(std::string_view text) const {
  const std::lock_guard lock(naming_);
  const PseudonymKey& key = pseudonym_keys_.back();
  return key.prefix + key.hmac.of(text).substr(0, pseudonym_digits);
}

std::vector<std::string> Vault::pseudonyms(std::string_view text) const {
  const std::lock_guard lock(naming_);
  std::vector<std::string> all;
  for (const PseudonymKey& key : pseudonym_keys_)
    all.push_back(key.prefix + key.hmac.of(text).substr(0, pseudonym_digits));
  return all;
}

// ---- putting

Result<std::vector<std::string>> Vault::put(std::span<AuditRecord> records) {
  std::vector<AuditRecord> inner;
  std::vector<std::string> owners;
  inner.reserve(records.size());
  for (AuditRecord& record : records) {
    std::string owner;
    inner.push_back(take_out(record, owner));
    owners.push_back(std::move(owner));
  }
  const std::lock_guard lock(using_);
  if (auto made = make_missing_keys(owners); !made) return made.error();
  std::vector<std::string> kept(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (owners[i].empty()) continue;
    const SubjectKey& key = known_.at(owners[i]);
    std::string head(1, vault_format);
    head.append(key.id.data(), key.id.size());
    kept[i] = head + encrypt(key.key, encode(inner[i]), head);
    records[i].vaulted = digest_of(kept[i]);
  }
  return kept;
}

AuditRecord Vault::take_out(AuditRecord& record, std::string& owner) const {
  AuditRecord inner;
  inner.type = record.type;
  std::string named;
  std::string masked = mask_keys(record.detail, [&](std::string_view key) {
    if (named.empty()) named = key;
    return pseudonym(key);
  });
  if (!named.empty()) inner.detail = std::exchange(record.detail, std::move(masked));
  if (record.subject.empty() && record.kind.empty()) record.subject = named;
  const std::string subject = record.subject;
  if (is_of_person(record)) {
    if (!record.dn.empty()) inner.dn = std::exchange(record.dn, pseudonym(ascii_lower(record.dn)));
    if (!record.subject.empty())
      inner.subject = std::exchange(record.subject, pseudonym(record.subject));
  }
  for (AttributeTrace& trace : record.attributes) take_values(trace, inner);
  const bool nothing =
      inner.subject.empty() && inner.dn.empty() && inner.detail.empty() && inner.attributes.empty();
  // What names nobody, an answered outcome for instance, has nothing to hide.
  if (!nothing) owner = !subject.empty() ? subject : !inner.dn.empty() ? inner.dn : named;
  return inner;
}

void Vault::take_values(AttributeTrace& trace, AuditRecord& inner) const {
  if (trace.removed.empty() && trace.added.empty()) return;
  switch (policy_.of(trace.attribute)) {
    case ValueClass::clear:
      return;
    case ValueClass::never:
      trace.removed.clear();
      trace.added.clear();
      return;
    case ValueClass::digest:
      for (std::vector<std::string>* values : {&trace.removed, &trace.added})
        for (std::string& value : *values) value = pseudonym(value);
      return;
    case ValueClass::vault: {
      trace.vaulted_removed = trace.removed.size();
      trace.vaulted_added = trace.added.size();
      AttributeTrace kept;
      kept.attribute = trace.attribute;
      kept.removed = std::exchange(trace.removed, {});
      kept.added = std::exchange(trace.added, {});
      inner.attributes.push_back(std::move(kept));
      return;
    }
  }
}

Result<void> Vault::make_missing_keys(const std::vector<std::string>& owners) {
  if (known_.size() > most_known) known_.clear();
  std::set<std::string> missing;
  for (const std::string& owner : owners) {
    if (owner.empty() || known_.contains(owner)) continue;
    auto found = keys_.find(pseudonyms(owner));
    if (!found) return found.error();
    if (*found)
      known_[owner] = **found;
    else
      missing.insert(owner);
  }
  if (missing.empty()) return {};
  std::vector<std::string> names;
  for (const std::string& owner : missing) names.push_back(pseudonym(owner));
  auto made = keys_.make(names);
  if (!made) return made.error();
  auto key = made->begin();
  for (const std::string& owner : missing) known_[owner] = *key++;
  return {};
}

Result<void> Vault::destroy(const std::vector<std::string>& pseudonyms) {
  const std::lock_guard lock(using_);
  known_.clear();
  return keys_.destroy(pseudonyms);
}

// ---- restoring

Result<bool> Vault::restore(AuditRecord& record, std::string_view bytes, Reveal reveal) {
  if (reveal == Reveal::nothing) return true;
  if (digest_of(bytes) != record.vaulted || bytes.size() < head_bytes || bytes[0] != vault_format)
    return not_what_was_put(record.seq);
  SubjectKeyId id{};
  std::ranges::copy(bytes.substr(1, id.size()), id.begin());
  auto key = with_keys([&](SubjectKeys& keys) { return keys.find(id); });
  if (!key) return key.error();
  if (!*key) return false;
  const std::string_view head = bytes.substr(0, head_bytes);
  const auto text = decrypt((*key)->key, bytes.substr(head_bytes), head);
  if (!text) return not_what_was_put(record.seq);
  auto inner = decode_audit_record(*text);
  if (!inner) return not_what_was_put(record.seq);
  if (!inner->subject.empty()) record.subject = std::move(inner->subject);
  if (!inner->dn.empty()) record.dn = std::move(inner->dn);
  if (!inner->detail.empty()) record.detail = std::move(inner->detail);
  if (reveal != Reveal::values) return true;
  auto kept = inner->attributes.begin();
  for (AttributeTrace& trace : record.attributes) {
    if (kept == inner->attributes.end()) break;
    if (trace.attribute != kept->attribute || trace.vaulted_removed != kept->removed.size() ||
        trace.vaulted_added != kept->added.size())
      continue;
    trace.removed = std::move(kept->removed);
    trace.added = std::move(kept->added);
    trace.vaulted_removed = trace.vaulted_added = 0;
    ++kept;
  }
  return true;
}

}  // namespace entsync
