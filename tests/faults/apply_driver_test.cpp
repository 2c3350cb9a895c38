/// The apply driver and the recovery with directories and journals that fail on demand; what they
/// connect to anew is a real slapd.

#include "runtime/apply_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "runtime/recovery.hpp"
#include "support/folder.hpp"
#include "support/plans.hpp"
#include "support/slapd.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view entry_dn = "uid=p1,ou=people,dc=ent,dc=example,dc=fr";
constexpr std::string_view entry_ldif =
    "dn: uid=p1,ou=people,dc=ent,dc=example,dc=fr\n"
    "objectClass: inetOrgPerson\nuid: p1\ncn: x\nsn: A\n\n";

/// The server knows `surname` as `sn`, and returns it under that name.
Plan rename(std::string_view from, std::string_view to) {
  return plan_of({{Operation::modify,
                   EntryKind::person,
                   Profil::eleve,
                   wave::modify,
                   std::string(entry_dn),
                   {},
                   {{"surname", {std::string(from)}, {std::string(to)}, false}}}});
}

/// Answers what it is told to, in order; the last answer again and again.
class FalseDirectory final : public ldap::Directory {
 public:
  explicit FalseDirectory(std::deque<ldap::Answer> answers,
                          std::deque<std::optional<std::string>> names = {})
      : answers_(std::move(answers)), names_(std::move(names)) {}

  asio::awaitable<Result<ldap::ServerInfo>> read_server_info() override {
    co_return ldap::ServerInfo{};
  }
  asio::awaitable<Problems> read_schema(std::string /*dn*/, TargetVocabulary& /*v*/) override {
    co_return Problems{};
  }
  asio::awaitable<Result<DirectorySnapshot>> read_snapshot(
      ldap::SnapshotRequest /*request*/) override {
    co_return failure();
  }
  asio::awaitable<ldap::ServerReport> check(ldap::ServerCheck /*what*/) override {
    co_return ldap::ServerReport{};
  }
  asio::awaitable<Result<std::vector<FoundEntry>>> read_part(
      ldap::PartRequest /*request*/) override {
    co_return failure();
  }
  asio::awaitable<Result<std::vector<ServerWrite>>> read_access_log(
      ldap::AccessLogRequest /*request*/) override {
    co_return failure();
  }
  asio::awaitable<Result<std::optional<ldap::EntryState>>> read_entry(
      std::string dn, const TargetVocabulary& vocabulary) override {
    ++reads;
    const auto name = next(names_);
    if (!name || !*name) co_return failure();
    ldap::EntryState state;
    state.dn = std::move(dn);
    state.values.emplace_back(vocabulary.find("surname"), **name);
    co_return std::optional(std::move(state));
  }
  asio::awaitable<Result<std::optional<ldap::WholeEntry>>> read_whole_entry(
      std::string /*dn*/) override {
    co_return failure();
  }
  asio::awaitable<ldap::Answer> apply(const Change& /*change*/, bool /*assert*/) override {
    co_return next(answers_).value_or(ldap::Answer{});
  }

  void close() override {}

  int reads = 0;

 private:
  static Problems failure() {
    return Problem{Severity::error, "LDAP-020", {}, "the connection broke", "a test"};
  }
  template <class T>
  static std::optional<T> next(std::deque<T>& list) {
    if (list.empty()) return std::nullopt;
    T value = list.front();
    if (list.size() > 1) list.pop_front();
    return value;
  }
  std::deque<ldap::Answer> answers_;
  std::deque<std::optional<std::string>> names_;
};

/// A real journal whose appends of outcomes fail once, before or after they reached the disk.
class FailingJournal final : public Journal {
 public:
  enum class When { never, before, after };
  FailingJournal(const std::filesystem::path& directory, When when) : when_(when) {
    auto opened = Journal::open(directory, Mode::append);
    if (!opened) throw std::runtime_error(to_string(opened.error()));
    real_ = std::move(*opened);
  }
  Result<std::uint64_t> append(std::vector<AuditRecord> records) override {
    const bool due =
        when_ != When::never && !records.empty() && records.front().type == AuditType::outcome;
    if (!due) return real_->append(std::move(records));
    if (std::exchange(when_, When::never) == When::after) {
      EXPECT_TRUE(real_->append(std::move(records)));
    }
    return Problem{Severity::error, "SQL-005", {}, "no room", "a test"};
  }
  Result<std::vector<AuditRecord>> open_intents() override { return real_->open_intents(); }
  Result<void> query(const JournalQuery& query,
                     const std::function<void(const AuditRecord&,
                                              const std::optional<AuditRecord>&)>& visit) override {
    return real_->query(query, visit);
  }
  Result<std::optional<AuditRecord>> last_cause(std::string_view subject,
                                                std::string_view attribute) override {
    return real_->last_cause(subject, attribute);
  }
  Result<std::uint64_t> size() override { return real_->size(); }
  Result<std::uint64_t> first() override { return real_->first(); }
  Result<std::uint64_t> removable_until(std::uint64_t limit) override {
    return real_->removable_until(limit);
  }
  Result<std::uint64_t> last_before(std::string_view time) override {
    return real_->last_before(time);
  }
  Result<std::uint64_t> first_vaulted() override { return real_->first_vaulted(); }
  ValueVault* vault() override { return real_->vault(); }
  Result<ChainReport> verify(const VerifyOptions& options) override {
    return real_->verify(options);
  }
  Result<std::optional<std::string>> seal(const Sealing& sealing) override {
    return real_->seal(sealing);
  }
  Result<std::vector<std::string>> checkpoints() override { return real_->checkpoints(); }
  Result<void> rebuild_index() override { return real_->rebuild_index(); }

 private:
  When when_;
  std::unique_ptr<Journal> real_;
};

class Applying : public testing::Test {
 protected:
  using When = FailingJournal::When;

  static config::Configuration configuration(const std::string& uri) {
    config::Configuration configuration;
    configuration.settings.ldap.uri = uri;
    configuration.settings.ldap.assertions = false;
    configuration.rules.target.add("surname");
    return configuration;
  }

  static Log log() {
    auto opened = Log::open(LogLevel::error, {});
    if (!opened) throw std::runtime_error(to_string(opened.error()));
    return std::move(*opened);
  }

  ApplyResult apply(const std::string& uri, std::unique_ptr<ldap::Directory> first, Plan plan,
                    ApplyOptions options = {}) {
    Context context(configuration(uri), log(), Progress::Form::none);
    ApplyDriver driver(context, {std::move(first), {}}, journal(), cause_, options);
    ApplyResult result;
    run(context, [](ApplyDriver& d, Plan& p, ApplyResult& r) -> asio::awaitable<void> {
      r = co_await d.run(p);
    }(driver, plan, result));
    return result;
  }

  /// What the recovery makes of one open intent to rename A to B.
  std::vector<std::string> recover(FalseDirectory& directory) {
    const Plan plan = rename("A", "B");
    EXPECT_TRUE(journal().append({intent_record(plan.changes[0], plan, cause_)}));
    Context context(configuration("ldapi://%2Fnone"), log(), Progress::Form::none);
    run(context,
        [](Context& c, ldap::Directory& d, Journal& j,
           const Cause& cause) -> asio::awaitable<void> {
          auto settled = co_await settle_open_intents(c, d, j, cause);
          EXPECT_TRUE(settled);
        }(context, directory, journal(), cause_));
    return outcomes();
  }

  std::vector<std::string> outcomes() {
    std::vector<std::string> list;
    EXPECT_TRUE(journal().query({}, [&](const AuditRecord& record, const auto& outcome) {
      if (record.type == AuditType::intent) list.push_back(outcome ? outcome->outcome : "open");
    }));
    const auto report = journal().verify({});
    EXPECT_TRUE(report && report->good) << "the journal is not whole";
    return list;
  }

  FailingJournal& journal(When when = When::never) {
    if (!journal_) journal_ = std::make_unique<FailingJournal>(folder_.path(), when);
    return *journal_;
  }

  static ldap::Answer answered(int code) {
    ldap::Answer answer;
    answer.answered = true;
    answer.code = code;
    return answer;
  }

 private:
  static void run(Context& context, asio::awaitable<void> task) {
    asio::co_spawn(context.loop, std::move(task), [&context](std::exception_ptr failure) {
      context.loop.stop();  // an open connection would keep it running
      if (failure) std::rethrow_exception(failure);
    });
    context.loop.run_for(std::chrono::seconds(60));
  }

  Folder folder_;
  std::unique_ptr<FailingJournal> journal_;
  Cause cause_{"run-1", "system:test", "a test"};
};

TEST_F(Applying, ReadsBackOverANewConnectionAndSendsAgainWhatDidNotHappen) {
  const Slapd slapd({.ldif = std::string(entry_ldif)});
  const auto result =
      apply(slapd.ldapi_uri(), std::make_unique<FalseDirectory>(std::deque{ldap::Answer{}}),
            rename("A", "B"));
  EXPECT_TRUE(result.completed) << result.why;
  EXPECT_EQ(result.summary.applied, 1U) << "the server returns surname as sn";
  EXPECT_THAT(outcomes(), ElementsAre("applied"));
  EXPECT_NE(slapd.search(std::string(entry_dn), "(sn=B)", {"sn"}).find("sn: B"), std::string::npos);
}

TEST_F(Applying, AnEntryThatCannotBeReadLeavesItsChangeInDoubt) {
  const Slapd slapd({.ldif = std::string(entry_ldif)});
  const auto result =
      apply(slapd.ldapi_uri(), std::make_unique<FalseDirectory>(std::deque{answered(122)}),
            rename("A", "B"), {.max_failed_reads = 1});
  EXPECT_FALSE(result.completed);
  EXPECT_EQ(result.summary.conflict, 0U);
  EXPECT_THAT(outcomes(), ElementsAre("open"));
}

TEST_F(Applying, AnEntryThatCouldNotBeReadOnceIsReadOverANewConnection) {
  const Slapd slapd({.ldif = std::string(entry_ldif)});
  const auto result =
      apply(slapd.ldapi_uri(), std::make_unique<FalseDirectory>(std::deque{answered(20)}),
            rename("X", "A"));
  EXPECT_TRUE(result.completed) << result.why;
  EXPECT_THAT(outcomes(), ElementsAre("applied"));
}

TEST_F(Applying, OutcomesThatCouldNotBeJournaledAreTriedAgain) {
  journal(When::before);
  const auto result =
      apply("ldapi://%2Fnone", std::make_unique<FalseDirectory>(std::deque{answered(0)}),
            rename("A", "B"));
  EXPECT_THAT(outcomes(), ElementsAre("applied"));
  EXPECT_EQ(result.summary.applied, 1U);
}

TEST_F(Applying, OutcomesThatDidReachTheDiskAreNotJournaledTwice) {
  journal(When::after);
  const auto result =
      apply("ldapi://%2Fnone", std::make_unique<FalseDirectory>(std::deque{answered(0)}),
            rename("A", "B"));
  EXPECT_TRUE(result.completed) << result.why;
  EXPECT_THAT(outcomes(), ElementsAre("applied"));
}

TEST_F(Applying, ARecoveryWaitsForAServerThatIsStillAtWork) {
  FalseDirectory late({}, {"A", "B"});
  EXPECT_THAT(recover(late), ElementsAre("applied"));
}

TEST_F(Applying, ARecoveryBelievesWhatDoesNotMove) {
  FalseDirectory still({}, {"A"});
  EXPECT_THAT(recover(still), ElementsAre("not-applied"));
  EXPECT_EQ(still.reads, 2);
}

TEST_F(Applying, ARecoveryBelievesAtOnceWhatShowsTheChange) {
  FalseDirectory done({}, {"B"});
  EXPECT_THAT(recover(done), ElementsAre("applied"));
  EXPECT_EQ(done.reads, 1);
}

}  // namespace
}  // namespace entsync::test
