#pragma once
/// The program's own memory, beside the journal, in one SQLite file of the state directory:
/// identifiers and logins ever given (never given again to somebody else; of who is gone digests),
/// the delivery applied last for each académie, how many entries the directory held, what is left
/// to people to decide and what they decided, the registers of persons, the requests that were
/// followed, and the tickets of rectification. Losing it is serious but not fatal: it is rebuilt
/// from the directory, except for identifiers of people who are gone and for the registers, which
/// belong into the backup.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/agents.hpp"
#include "core/date.hpp"
#include "core/identity.hpp"
#include "core/problem.hpp"
#include "core/rectification.hpp"

namespace entsync {

/// The last delivery applied for an académie.
struct AppliedDelivery {
  std::string academie;
  Date date;
  std::string digest;  ///< over the digests of its files
  std::string path;
  std::string run;
  std::string applied_at;  ///< RFC 3339 UTC
  bool operator==(const AppliedDelivery&) const = default;
};

/// An item of the review list.
struct OpenReview {
  ReviewItem item;
  std::string since;  ///< RFC 3339 UTC, of the run that listed it first
};

/// A decision with who took it, when and why.
struct TakenDecision {
  ReviewDecision decision;
  std::string actor;
  std::string reason;
  std::string at;  ///< RFC 3339 UTC
};
/// For the matching.
ReviewDecisions decisions_of(const std::vector<TakenDecision>& taken);

/// The registers of persons; see core/person_registers.hpp.
enum class Register : std::uint8_t { restriction, objection, death };
std::string_view to_string(Register which);
std::optional<Register> parse_register(std::string_view name);

enum class RegisterState : std::uint8_t {
  active,     ///< it holds; an objection that was accepted
  examined,   ///< an objection that nobody decided yet
  refused,    ///< an objection that was refused
  lifted,     ///< a restriction that has ended
  withdrawn,  ///< taken back: by who objected, or because it was a mistake
};
std::string_view to_string(RegisterState state);
std::optional<RegisterState> parse_register_state(std::string_view name);

/// One of the two people whom the deletion of somebody's account who died needs.
struct DeletionConfirmation {
  std::string actor;
  std::string reason;
  std::string at;  ///< RFC 3339 UTC
  bool operator==(const DeletionConfirmation&) const = default;
};

struct RegisterEntry {
  Register which = Register::restriction;
  std::string subject;  ///< key, "AC-X/Eleve/123"; of an objection its digest
  RegisterState state = RegisterState::active;
  Date since;          ///< from which the state holds; the day of a death
  std::string person;  ///< of an objection: digest of INE and birth date, when they are known
  std::string
      key_check;  ///< of an objection: tells whether a secret key is the one it was made with
  std::string directive;  ///< of a death: aucune, effacer, conserver, communiquer
  std::string evidence;   ///< of a death: where the proof is kept
  std::string notice;     ///< of a restriction that was lifted: day on which the person was told
  std::string actor;      ///< who changed it last
  std::string reason;
  std::string changed_at;  ///< RFC 3339 UTC
  std::vector<DeletionConfirmation> confirmations{};
  bool operator==(const RegisterEntry&) const = default;
};

/// What a run learned of an objection: digests of its key, and of INE and birth date.
struct LearnedPerson {
  std::string subject;
  std::string person;
};

class Ledger {
 public:
  /// Opens or creates `directory`/state.db (mode 0600). A file that is not a state file, or whose
  /// schema was altered (SQL-011), is refused. One thread at a time may use a Ledger.
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& directory);
  virtual ~Ledger() = default;

  virtual Result<std::optional<Identity>> find_subject(std::string_view subject) = 0;
  /// The identifier of somebody who is gone: by key, then by INE and birth date, if he has both.
  virtual Result<std::optional<std::string>> find_gone(std::string_view subject,
                                                       std::string_view ine,
                                                       std::string_view birth) = 0;
  /// Whether the login belongs to somebody, present or past (case-insensitive), other than who is
  /// gone and had this identifier.
  virtual Result<bool> login_taken(std::string_view login, std::string_view identifiant = {}) = 0;
  /// The largest number that follows `prefix` in an identifier ever given ("e" and "e0042": 42); 0
  /// when none does. Identifiers of another shape, or with more than 18 digits at the end, do not
  /// count. The prefix is compared without ASCII case, as directories compare.
  virtual Result<std::uint64_t> highest_number(std::string_view prefix) = 0;
  /// Makes identities durable in one commit, all or none. Somebody known who gets another login is
  /// found with that one from then on; the earlier one stays his, it is never free again. A known
  /// subject with another identifier (LDG-002), or an identifier (LDG-003) or login (LDG-004) of
  /// another subject, is an error.
  virtual Result<void> remember(const std::vector<Identity>& identities) = 0;
  /// The same for a plan that is about to be applied: from then on they are released.
  virtual Result<void> release(const std::vector<Identity>& identities) = 0;
  /// The same for accounts that were there before us, which may be as odd as hands can make them:
  /// of each, what is in conflict with nobody is kept, and the rest is a warning (LDG-006).
  virtual Result<void> adopt(const std::vector<Identity>& identities, Problems& warnings) = 0;
  /// Keys under which accounts go on that are known under another one: each with the identifier and
  /// login of its account, which become those of both keys. Known keys are left as they are.
  virtual Result<void> join(const std::vector<Identity>& identities) = 0;
  /// INE and birth date of pupils whose accounts a plan is about to delete: digests of them are
  /// kept, by which they are known again after that.
  virtual Result<void> note_departing(const std::vector<Departing>& departing) = 0;
  /// Takes keys and logins of accounts that are gone out of the memory; tombstones stay. Whoever
  /// gets such an identifier in a plan is taken for the one who had it (`remember`, `release`).
  virtual Result<void> forget(const std::vector<std::string>& subjects) = 0;
  /// Identities and tombstones.
  virtual Result<std::uint64_t> identity_count() = 0;
  /// Calls `visit` with the subject of every identity, in order; the text dies after the call.
  /// `visit` must not use the ledger.
  virtual Result<void> for_each_subject(const std::function<void(std::string_view)>& visit) = 0;

  virtual Result<std::optional<AppliedDelivery>> last_delivery(std::string_view academie) = 0;
  virtual Result<void> set_last_delivery(const AppliedDelivery& delivery) = 0;

  /// What the last whole run left to people, in order of key.
  virtual Result<std::vector<OpenReview>> reviews() = 0;
  /// Takes the place of all of them; what was open before keeps the day since when.
  virtual Result<void> set_reviews(const std::vector<ReviewItem>& items,
                                   const std::string& now) = 0;
  /// All decisions, in order of key.
  virtual Result<std::vector<TakenDecision>> decisions() = 0;
  /// Each takes the place of an earlier one about its pair; a link also that of another link of its
  /// record.
  virtual Result<void> decide(const std::vector<TakenDecision>& decisions) = 0;

  /// All lines of the registers of persons, by register and subject.
  virtual Result<std::vector<RegisterEntry>> register_entries() = 0;
  /// Takes the place of the line of its register and subject, with its confirmations.
  virtual Result<void> set_register_entry(const RegisterEntry& entry) = 0;
  virtual Result<void> learn_persons(const std::vector<LearnedPerson>& learned) = 0;

  /// Requests for local-authority staff that runs followed.
  virtual Result<TakenDemandes> taken_demandes() = 0;
  /// Those of links, whole and in the order in which they were followed.
  virtual Result<std::vector<Demande>> link_requests() = 0;
  virtual Result<void> take_demandes(const std::vector<TakenDemande>& demandes,
                                     const std::string& now) = 0;

  /// All tickets of rectification, by number.
  virtual Result<std::vector<Rectification>> rectifications() = 0;
  /// A number that no ticket ever had.
  virtual Result<std::uint64_t> next_rectification() = 0;
  /// Each takes the place of the ticket of its number, all or none.
  virtual Result<void> set_rectifications(const std::vector<Rectification>& tickets) = 0;
  virtual Result<void> remove_rectifications(const std::vector<std::uint64_t>& numbers) = 0;
  /// Keyed digest of a value of an attribute of somebody, as tickets hold it: HMAC-SHA-256, in
  /// hexadecimal. Refused when tickets were made with a key that is not at hand (LDG-009, LDG-010).
  virtual Result<std::string> contested_digest(std::string_view subject, std::string_view attribute,
                                               std::string_view value) = 0;

  /// Entries of the directory at the end of the last completed run; none before the first.
  virtual Result<std::optional<std::uint64_t>> known_entries() = 0;
  virtual Result<void> set_known_entries(std::uint64_t entries) = 0;
};

}  // namespace entsync
