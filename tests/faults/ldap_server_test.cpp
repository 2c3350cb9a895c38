// The facade against a real slapd: what is read is what is there, what is applied is what was
// meant, and each way in which the server keeps something back is an error.

#include <sstream>

#include "faults/ldap_test.hpp"
#include "support/slapd.hpp"

namespace entsync::ldap::test {
namespace {

using entsync::test::Authority;
using entsync::test::Certificate;
using entsync::test::Folder;
using entsync::test::Slapd;
using entsync::test::SlapdOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* suffix = "dc=ent,dc=example,dc=fr";

std::string person_dn(int i) {
  return "uid=e" + std::to_string(i) + ",ou=people," + suffix;
}

std::string person_ldif(int i) {
  std::ostringstream out;
  out << "dn: " << person_dn(i) << "\nobjectClass: ENTPerson\nobjectClass: ENTAuxEleve\nuid: e" << i
      << "\nsn: Nom" << i << "\ncn: Nom" << i << "\ngivenName: Prenom" << i
      << "\nENTPersonLogin: login" << i << "\nENTPersonJointure: AC-TEST$" << i << "\n\n";
  return out.str();
}

std::string people_ldif(int count) {
  std::string ldif;
  for (int i = 0; i < count; ++i) ldif += person_ldif(i);
  return ldif;
}

class LdapServer : public ::testing::Test {
 protected:
  LdapServer() {
    for (const char* name : {"objectClass", "uid", "sn", "cn", "givenName", "ENTPersonLogin",
                             "ENTPersonJointure", "ou", "description", "member", "jpegPhoto"})
      vocabulary.add(name);
  }

  static ConnectOptions as_root(const Slapd& slapd) {
    ConnectOptions options;
    options.uri = slapd.ldapi_uri();
    options.bind = ConnectOptions::Bind::external;
    return options;
  }
  [[nodiscard]] ConnectOptions as_service(const Slapd& slapd, const std::string& uri) const {
    ConnectOptions options;
    options.uri = uri;
    options.bind = ConnectOptions::Bind::simple;
    options.bind_dn = slapd.service_dn();
    options.password_file = folder.write("secret", std::string(Slapd::service_password) + "\n");
    return options;
  }
  [[nodiscard]] ConnectOptions as_service(const Slapd& slapd) const {
    return as_service(slapd, slapd.ldapi_uri());
  }

  [[nodiscard]] SnapshotRequest request(std::size_t page_size = 2'000,
                                        const std::string& people = "ou=people") const {
    const std::string under = std::string(",") + suffix;
    return {{{Branch::people, people + under},
             {Branch::structures, "ou=structures" + under},
             {Branch::groups, "ou=groups" + under}},
            vocabulary,
            page_size,
            {}};
  }

  Result<DirectorySnapshot> read(const ConnectOptions& options, SnapshotRequest wanted) {
    auto directory = connected(loop, options);
    return loop.run(directory->read_snapshot(std::move(wanted)));
  }

  std::string csn_of(Directory& directory, const std::string& dn) {
    const auto entry = loop.run(directory.read_entry(dn, vocabulary));
    return entry && *entry ? (*entry)->csn : "";
  }

  Loop loop;
  Folder folder;
  Changes changes;
  TargetVocabulary vocabulary;
};

TEST_F(LdapServer, ASnapshotEqualsWhatWasLoadedWithAnyPageSize) {
  const Slapd slapd({.ldif = people_ldif(1'201) +
                             "dn: ou=nested,ou=people,dc=ent,dc=example,dc=fr\n"
                             "objectClass: organizationalUnit\nou: nested\n\n"});
  for (const std::size_t page_size : {0U, 1U, 7U, 500U, 1'202U, 5'000U}) {
    const auto snapshot = read(as_root(slapd), request(page_size));
    ASSERT_TRUE(snapshot.has_value()) << page_size << to_string(snapshot.error());
    ASSERT_EQ(snapshot->size(), 1'202U) << page_size;
    for (const int i : {0, 1, 600, 1'200}) {
      const EntryIndex at = snapshot->find(person_dn(i));
      ASSERT_NE(at, no_entry);
      const std::string n = std::to_string(i);
      EXPECT_THAT(content(snapshot->entry(at), vocabulary),
                  ElementsAre("ENTPersonJointure=AC-TEST$" + n, "ENTPersonLogin=login" + n,
                              "cn=Nom" + n, "givenName=Prenom" + n, "objectClass=ENTAuxEleve",
                              "objectClass=ENTPerson", "sn=Nom" + n, "uid=e" + n));
      EXPECT_THAT(std::string(snapshot->entry(at).csn()), HasSubstr("Z#"));
    }
    EXPECT_EQ(snapshot->find(std::string("ou=people,") + suffix), no_entry);
  }
}

TEST_F(LdapServer, TheRootDseTellsWhatTheServerCan) {
  const Slapd slapd;
  auto directory = connected(loop, as_root(slapd));
  const auto info = loop.run(directory->read_server_info());
  ASSERT_TRUE(info.has_value());
  EXPECT_THAT(info->naming_contexts, ElementsAre(suffix));
  EXPECT_EQ(info->subschema_dn, "cn=Subschema");
  EXPECT_TRUE(info->paged_results);
  EXPECT_TRUE(info->assertion);
}

TEST_F(LdapServer, TheSchemaIsDiscovered) {
  const Slapd slapd;
  auto directory = connected(loop, as_root(slapd));
  TargetVocabulary names;
  const auto login = names.add("entpersonlogin");
  const auto structure = names.add("ENTPersonStructRattach");
  const auto sex = names.add("ENTPersonSexe");
  const auto surname = names.add("surname");
  const auto phone = names.add("telephoneNumber");
  const auto photo = names.add("jpegPhoto");
  const auto unknown = names.add("ENTNowhere");
  const Problems problems = loop.run(directory->read_schema("cn=Subschema", names));
  EXPECT_EQ(codes(problems), "LDAP-052");
  EXPECT_THAT(to_string(problems), HasSubstr("ENTNowhere"));
  EXPECT_FALSE(names.info(unknown).known_to_server);
  EXPECT_TRUE(names.info(login).single_valued);
  EXPECT_EQ(names.info(login).matching, Matching::case_ignore);
  EXPECT_EQ(names.info(structure).matching, Matching::dn);
  EXPECT_EQ(names.info(structure).syntax, Syntax::dn);
  EXPECT_EQ(names.info(sex).max_length, 1U);
  EXPECT_EQ(names.info(surname).matching, Matching::case_ignore) << "from its supertype";
  EXPECT_EQ(names.info(surname).max_length, 32'768U);
  EXPECT_EQ(names.info(phone).matching, Matching::telephone);
  EXPECT_EQ(names.info(photo).matching, Matching::none);
}

TEST_F(LdapServer, ARequestForAnAliasFindsItsValues) {
  const Slapd slapd({.ldif = person_ldif(1)});
  auto directory = connected(loop, as_root(slapd));
  TargetVocabulary names;
  names.add("surname");
  ASSERT_EQ(codes(loop.run(directory->read_schema("cn=Subschema", names))), "");
  const auto entry = loop.run(directory->read_entry(person_dn(1), names));
  ASSERT_TRUE(entry && *entry);
  ASSERT_EQ((*entry)->values.size(), 1U);
  EXPECT_EQ((*entry)->values[0].second, "Nom1");
}

TEST_F(LdapServer, EveryOperationDoesWhatItSays) {
  const Slapd slapd({.ldif = person_ldif(1) + person_ldif(2)});
  auto directory = connected(loop, as_root(slapd));
  const auto apply = [&](const Change& change) {
    return loop.run(directory->apply(change, false)).code;
  };
  EXPECT_EQ(apply(changes.make(Operation::create, person_dn(9),
                               {{"objectClass", {.added = {"ENTPerson"}}},
                                {"sn", {.added = {"Élise", "Lise"}}},
                                {"cn", {.added = {"É"}}},
                                {"ENTPersonLogin", {.added = {"l9"}}},
                                {"ENTPersonJointure", {.added = {"AC-TEST$9"}}}})),
            0);
  EXPECT_THAT(slapd.search(person_dn(9), "(objectClass=*)", {"sn", "uid"}),
              ::testing::AllOf(HasSubstr("uid: e9"), HasSubstr("sn: Lise"), HasSubstr("sn:: ")));
  // A single-valued attribute changes its value, one that differs in case only too.
  EXPECT_EQ(apply(changes.make(Operation::modify, person_dn(1),
                               {{"ENTPersonLogin", {{"login1"}, {"other1"}}},
                                {"sn", {{"Nom1"}, {"NOM1"}}},
                                {"description", {.added = {"a", "b"}}}})),
            0);
  EXPECT_THAT(
      slapd.search(person_dn(1), "(objectClass=*)", {"ENTPersonLogin", "sn", "description"}),
      ::testing::AllOf(HasSubstr("ENTPersonLogin: other1\n"), HasSubstr("sn: NOM1\n"),
                       HasSubstr("description: b\n")));
  EXPECT_EQ(apply(changes.make(Operation::absent, person_dn(1), {{"description", {{"a"}, {"c"}}}})),
            0);
  EXPECT_EQ(apply(changes.make(Operation::restore, person_dn(1), {{"description", {{"b"}, {}}}})),
            0);
  EXPECT_THAT(slapd.search(person_dn(1), "(objectClass=*)", {"description"}),
              ::testing::AllOf(HasSubstr("description: c\n"), Not(HasSubstr(": a\n")),
                               Not(HasSubstr(": b\n"))));
  EXPECT_EQ(apply(changes.make(Operation::remove, person_dn(2))), 0);
  EXPECT_EQ(apply(changes.make(Operation::remove, person_dn(2))), 32);
  EXPECT_EQ(
      apply(changes.make(Operation::create, person_dn(1), {{"objectClass", {.added = {"top"}}}})),
      65)
      << "objectClassViolation";
  EXPECT_EQ(apply(changes.make(Operation::modify, person_dn(1), {{"sn", {{"nobody's"}, {}}}})), 16);
}

TEST_F(LdapServer, BinaryValuesWithoutEqualityRuleAreReplacedAndTakenAway) {
  const Slapd slapd({.ldif = person_ldif(1)});
  auto directory = connected(loop, as_root(slapd));
  const std::string photo("\xFF\xD8\0\x01 \r\n", 7);
  const auto read_photo = [&]() -> std::string {
    const auto entry = loop.run(directory->read_entry(person_dn(1), vocabulary));
    for (const auto& [attribute, value] : (*entry)->values)
      if (vocabulary.name(attribute) == "jpegPhoto") return value;
    return "none";
  };
  const auto apply = [&](Changes::Values values) {
    values.replace = true;
    const Change& change =
        changes.make(Operation::modify, person_dn(1), {{"jpegPhoto", std::move(values)}});
    return loop.run(directory->apply(change, false)).code;
  };
  EXPECT_EQ(apply({.added = {photo}}), 0);
  EXPECT_EQ(read_photo(), photo);
  EXPECT_EQ(apply({{photo}, {"\xFF\xD8other"}}), 0);
  EXPECT_EQ(read_photo(), "\xFF\xD8other");
  EXPECT_EQ(apply({.removed = {"\xFF\xD8other"}}), 0);
  EXPECT_EQ(read_photo(), "none");
}

TEST_F(LdapServer, AChangeIsRefusedWhenTheEntryHasMovedOn) {
  const Slapd slapd({.ldif = person_ldif(1)});
  auto directory = connected(loop, as_root(slapd));
  const std::string before = csn_of(*directory, person_dn(1));
  ASSERT_NE(before, "");
  ASSERT_EQ(slapd.modify("dn: " + person_dn(1) +
                         "\nchangetype: modify\nreplace: givenName\ngivenName: by hand\n"),
            0);
  const auto apply = [&](Operation operation, const std::string& csn) {
    const Change& change =
        operation == Operation::remove
            ? changes.make(operation, person_dn(1), {}, csn)
            : changes.make(operation, person_dn(1), {{"description", {.added = {csn}}}}, csn);
    return loop.run(directory->apply(change, true)).code;
  };
  EXPECT_EQ(apply(Operation::modify, before), 122);
  EXPECT_EQ(apply(Operation::remove, before), 122);
  const std::string now = csn_of(*directory, person_dn(1));
  EXPECT_NE(now, before);
  EXPECT_EQ(apply(Operation::modify, now), 0);
  EXPECT_EQ(apply(Operation::remove, csn_of(*directory, person_dn(1))), 0);
}

TEST_F(LdapServer, AnEntryThatIsNotThereIsNoValue) {
  const Slapd slapd;
  auto directory = connected(loop, as_root(slapd));
  const auto entry = loop.run(directory->read_entry(person_dn(1), vocabulary));
  ASSERT_TRUE(entry.has_value());
  EXPECT_FALSE(entry->has_value());
}

TEST_F(LdapServer, ASizeLimitIsAnErrorPagedOrNot) {
  const Slapd slapd({.ldif = people_ldif(700), .size_limit = "500"});
  for (const std::size_t page_size : {0U, 100U, 2'000U}) {
    const auto snapshot = read(as_service(slapd), request(page_size));
    EXPECT_EQ(codes(snapshot), "LDAP-033") << page_size;
  }
  EXPECT_TRUE(read(as_root(slapd), request()).has_value());
}

TEST_F(LdapServer, LimitsOfItsOwnLetTheServiceAccountReadEverything) {
  const Slapd slapd({.ldif = people_ldif(700),
                     .size_limit = "500",
                     .database = std::string("limits dn.exact=\"cn=service,") + suffix +
                                 "\" size=unlimited time=unlimited"});
  const auto snapshot = read(as_service(slapd), request());
  ASSERT_TRUE(snapshot.has_value()) << to_string(snapshot.error());
  EXPECT_EQ(snapshot->size(), 700U);
}

TEST_F(LdapServer, AnAclThatHidesTheTreeIsAnError) {
  const Slapd hidden(
      {.ldif = people_ldif(3),
       .access = std::string("access to dn.subtree=\"ou=people,") + suffix + "\" by * search"});
  EXPECT_EQ(codes(read(as_service(hidden), request())), "LDAP-036");
  const Slapd undisclosed(
      {.ldif = people_ldif(3),
       .access = std::string("access to dn.subtree=\"ou=people,") + suffix + "\" by * none"});
  EXPECT_EQ(codes(read(as_service(undisclosed), request())), "LDAP-032");
}

TEST_F(LdapServer, AnAclThatHidesEverythingBelowTheBaseIsAnError) {
  const Slapd slapd(
      {.ldif = people_ldif(3),
       .access = std::string("access to dn.children=\"ou=people,") + suffix + "\" by * none"});
  EXPECT_EQ(codes(read(as_service(slapd), request())), "LDAP-043");
}

TEST_F(LdapServer, AnAclThatHidesAttributesIsAnError) {
  const Slapd slapd({.ldif = people_ldif(3),
                     .access = std::string("access to dn.children=\"ou=people,") + suffix +
                               "\" attrs=entry by * read\naccess to dn.children=\"ou=people," +
                               suffix + "\" by * search"});
  EXPECT_EQ(codes(read(as_service(slapd), request())), "LDAP-038");
}

TEST_F(LdapServer, AWrongBaseIsAnError) {
  const Slapd slapd;
  EXPECT_EQ(codes(read(as_root(slapd), request(2'000, "ou=peopel"))), "LDAP-032");
  EXPECT_EQ(codes(read(as_root(slapd), request(2'000, "not a dn"))), "LDAP-032");
}

TEST_F(LdapServer, AReferralObjectInTheTreeIsAnError) {
  const Slapd slapd({.ldif = std::string("dn: ou=far,ou=people,") + suffix +
                             "\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\n"
                             "ref: ldap://ldap.example/ou=far\n\n"});
  EXPECT_EQ(codes(read(as_root(slapd), request())), "LDAP-035");
}

TEST_F(LdapServer, AServerThatStopsLeavesOperationsUnanswered) {
  Slapd slapd({.ldif = people_ldif(2)});
  auto directory = connected(loop, as_root(slapd));
  slapd.stop();
  const Answer answer = loop.run(directory->apply(changes.modify(person_dn(1)), false));
  EXPECT_FALSE(answer.answered);
  slapd.start();
  auto again = connected(loop, as_root(slapd));
  EXPECT_TRUE(loop.run(again->apply(changes.modify(person_dn(1)), false)).ok());
}

TEST_F(LdapServer, SixteenWritesInFlightAllSucceed) {
  const Slapd slapd;
  auto directory = connected(loop, as_root(slapd));
  std::vector<Pending<Answer>> pending;
  for (int i = 0; i < 300; ++i)
    pending.push_back(loop.start(directory->apply(
        changes.make(Operation::create, person_dn(i),
                     {{"objectClass", {.added = {"ENTPerson"}}},
                      {"sn", {.added = {"x"}}},
                      {"cn", {.added = {"x"}}},
                      {"ENTPersonLogin", {.added = {"l" + std::to_string(i)}}},
                      {"ENTPersonJointure", {.added = {"AC-TEST$" + std::to_string(i)}}}}),
        false)));
  for (auto& one : pending) EXPECT_TRUE(loop.finish(one).ok());
  const auto snapshot = loop.run(directory->read_snapshot(request()));
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->size(), 300U);
}

TEST_F(LdapServer, TheAccessLogSawEveryWriteAndSurvivesACrash) {
  Slapd slapd({.ldif = person_ldif(1), .access_log = true, .no_sync = false});
  auto directory = connected(loop, as_root(slapd));
  ASSERT_TRUE(loop.run(directory->apply(changes.make(Operation::modify, person_dn(1),
                                                     {{"sn", {{"Nom1"}, {"x"}}}}),
                                        false))
                  .ok());
  slapd.kill();
  slapd.start();
  EXPECT_THAT(slapd.search(person_dn(1), "(objectClass=*)", {"sn"}), HasSubstr("sn: x\n"));
  EXPECT_THAT(slapd.search("cn=accesslog", "(reqDN=" + person_dn(1) + ")", {"reqMod", "reqOld"}),
              ::testing::AllOf(HasSubstr("reqMod: sn:- Nom1"), HasSubstr("reqMod: sn:+ x")));
}

TEST_F(LdapServer, ASimpleBindWithTheWrongPasswordIsRefused) {
  const Slapd slapd;
  ConnectOptions options = as_service(slapd);
  options.password_file = folder.write("wrong", "guess\n");
  EXPECT_EQ(codes(try_connect(loop, options)), "LDAP-015");
}

TEST_F(LdapServer, ExternalWithoutAClientCertificateIsNotOffered) {
  const Slapd slapd({.tcp = true});
  ConnectOptions options = as_root(slapd);
  options.uri = slapd.ldap_uri();
  EXPECT_EQ(codes(try_connect(loop, options)), "LDAP-016");
}

class LdapTls : public LdapServer {
 protected:
  SlapdOptions with_certificate(const std::vector<std::string>& names) {
    SlapdOptions options{.ldif = people_ldif(5), .tcp = true};
    options.certificate = std::make_shared<const Certificate>(authority.issue("slapd", names));
    return options;
  }
  std::filesystem::path trusted() { return folder.write("ca.pem", authority.pem()); }

  Authority authority;
};

TEST_F(LdapTls, LdapsAndStartTlsReadTheDirectory) {
  const Slapd slapd(with_certificate({"IP:127.0.0.1"}));
  for (const bool start_tls : {false, true}) {
    ConnectOptions options = as_service(slapd, start_tls ? slapd.ldap_uri() : slapd.ldaps_uri());
    options.start_tls = start_tls;
    options.tls_ca_file = trusted();
    const auto snapshot = read(options, request(2));
    ASSERT_TRUE(snapshot.has_value()) << to_string(snapshot.error());
    EXPECT_EQ(snapshot->size(), 5U);
  }
}

TEST_F(LdapTls, AnUntrustedAuthorityAndAWrongNameAreRefused) {
  const Slapd slapd(with_certificate({"DNS:ldap.example"}));
  const Authority other("other CA");
  for (const bool start_tls : {false, true}) {
    ConnectOptions options = as_service(slapd, start_tls ? slapd.ldap_uri() : slapd.ldaps_uri());
    options.start_tls = start_tls;
    options.tls_ca_file = trusted();
    EXPECT_EQ(codes(try_connect(loop, options)), "LDAP-013") << "wrong name";
    options.tls_ca_file = folder.write("other.pem", other.pem());
    EXPECT_EQ(codes(try_connect(loop, options)), "LDAP-013") << "wrong authority";
  }
}

TEST_F(LdapTls, StartTlsIsRefusedByAServerWithoutIt) {
  const Slapd slapd({.tcp = true});
  ConnectOptions options = as_service(slapd, slapd.ldap_uri());
  options.start_tls = true;
  options.tls_ca_file = trusted();
  EXPECT_EQ(codes(try_connect(loop, options)), "LDAP-012");
}

TEST_F(LdapTls, AClientCertificateIsAnIdentity) {
  SlapdOptions server = with_certificate({"IP:127.0.0.1"});
  server.client_ca_pem = authority.pem();
  server.global = std::string("authz-regexp \"^cn=entsync$\" cn=service,") + suffix;
  const Slapd slapd(server);
  const Certificate client = authority.issue("entsync", {});
  ConnectOptions options;
  options.uri = slapd.ldaps_uri();
  options.tls_ca_file = trusted();
  EXPECT_THAT(codes(try_connect(loop, options)),
              ::testing::AnyOf("LDAP-012", "LDAP-016", "LDAP-019"))
      << "without certificate";
  options.tls_certificate_file = folder.write("client.pem", client.pem);
  options.tls_key_file = folder.write("client.key", client.key_pem);
  auto directory = connected(loop, options);
  EXPECT_TRUE(loop.run(directory->apply(changes.modify(person_dn(1)), false)).ok())
      << "the service account may write";
}

}  // namespace
}  // namespace entsync::ldap::test
