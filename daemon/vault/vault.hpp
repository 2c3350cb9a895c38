#pragma once
/// The vault: what the journal knows of persons beyond the fact that something happened. Whose a
/// record is stands in the journal as a pseudonym (HMAC-SHA-256 under the key of the pseudonyms);
/// the person's key and DN and the values that were written and removed are kept beside the record,
/// encrypted under a key of that subject (subject_keys.hpp). When that key is destroyed nobody
/// reads them any more, in whatever copy, while the chain over the journal still verifies.

#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/value_policy.hpp"
#include "digest/hmac.hpp"
#include "journal/value_vault.hpp"
#include "subject_keys.hpp"

namespace entsync {

/// Where the vault lies.
struct VaultPlace {
  std::filesystem::path keys;            ///< keys.db, in a folder that exists
  std::filesystem::path key_file;        ///< wraps the keys of keys.db
  std::filesystem::path pseudonym_file;  ///< makes the pseudonyms
};

/// Any thread may use it at any time.
class Vault final : public ValueVault {
 public:
  /// For writing what is missing is made, but not when the vault is `in_use`: nothing takes the
  /// place of keys that were lost (VLT-007). See KeyRing and SubjectKeys for the other Problems.
  static Result<std::unique_ptr<Vault>> open(const VaultPlace& place, sqlite::Access access,
                                             ValuePolicy policy, bool in_use);

  Result<std::vector<std::string>> put(std::span<AuditRecord> records) override;
  Result<bool> restore(AuditRecord& record, std::string_view bytes, Reveal reveal) override;
  [[nodiscard]] std::vector<std::string> pseudonyms(std::string_view text) const override;

  /// "h1:" and 32 hexadecimal digits, under the key in use.
  [[nodiscard]] std::string pseudonym(std::string_view text) const;

  /// See SubjectKeys; what was destroyed is forgotten here too.
  Result<void> destroy(const std::vector<std::string>& pseudonyms);
  /// What `use` does with the keys, while nobody else uses them.
  template <class Use>
  auto with_keys(Use&& use) {
    const std::lock_guard lock(using_);
    return use(keys_);
  }

 private:
  Vault(SubjectKeys keys, const KeyRing& pseudonyms, ValuePolicy policy);
  /// Takes the personal part out of a record; `owner` is whose key it goes under.
  AuditRecord take_out(AuditRecord& record, std::string& owner) const;
  void take_values(AttributeTrace& trace, AuditRecord& inner) const;
  Result<void> make_missing_keys(const std::vector<std::string>& owners);

  std::mutex using_;  ///< keys_ and known_
  SubjectKeys keys_;
  struct PseudonymKey {
    std::string prefix;
    Hmac hmac;
  };
  mutable std::mutex naming_;                 ///< an Hmac is for one thread at a time
  std::vector<PseudonymKey> pseudonym_keys_;  ///< the one in use is the last
  ValuePolicy policy_;
  /// Keys by the subject as it stands in plans; bounded.
  std::unordered_map<std::string, SubjectKey> known_;
};

}  // namespace entsync
