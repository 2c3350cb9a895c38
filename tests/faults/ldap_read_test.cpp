// Reading: whatever a server does short of showing everything, no snapshot comes out of it.

#include "faults/ldap_test.hpp"
#include "support/peer.hpp"

namespace entsync::ldap::test {
namespace {

using entsync::test::Conversation;
using entsync::test::Message;
using entsync::test::Peer;
namespace ber = entsync::test::ber;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* paged_results = "1.2.840.113556.1.4.319";

class LdapRead : public ::testing::Test {
 protected:
  LdapRead() {
    for (const char* name : {"objectClass", "uid", "sn", "cn"}) vocabulary.add(name);
  }
  [[nodiscard]] SnapshotRequest request(std::size_t page_size = 0) const {
    return {{{Branch::people, "ou=people,dc=test"},
             {Branch::structures, "ou=structures,dc=test"},
             {Branch::groups, "ou=groups,dc=test"}},
            vocabulary,
            page_size,
            {}};
  }
  Result<DirectorySnapshot> read(Peer& peer, std::size_t page_size = 0) {
    auto directory = connected(loop, anonymous(peer.uri()));
    return loop.run(directory->read_snapshot(request(page_size)));
  }

  Loop loop;
  TargetVocabulary vocabulary;
};

void answer_root_dse(Conversation& c, bool is_paged = false) {
  const Message request = c.expect(ber::search_request);
  EXPECT_EQ(request.dn(), "");
  ber::Attributes attributes{{"namingContexts", {"dc=test"}},
                             {"subschemaSubentry", {"cn=Subschema"}}};
  if (is_paged) attributes.push_back({"supportedControl", {"1.3.6.1.1.12", paged_results}});
  c.send(ber::entry(request.id, "", attributes) + ber::result(request.id, ber::search_done, 0));
}

std::string base_entry(const Message& request) {
  return ber::entry(request.id, request.dn(),
                    {{"objectClass", {"organizationalUnit"}}, {"entryCSN", {"csn-base"}}});
}

std::string person(int id, const std::string& dn, const std::string& uid) {
  return ber::entry(id, dn,
                    {{"objectClass", {"top", "person"}}, {"uid", {uid}}, {"entryCSN", {"c1"}}});
}

/// An existing, empty branch.
void answer_empty(Conversation& c) {
  const Message request = c.expect(ber::search_request);
  c.send(base_entry(request) + ber::result(request.id, ber::search_done, 0));
  const Message itself = c.expect(ber::search_request);
  c.send(ber::entry(itself.id, itself.dn(), {{"hasSubordinates", {"FALSE"}}}) +
         ber::result(itself.id, ber::search_done, 0));
}

/// A server whose people branch answers as `people` does; what comes after may not be asked any
/// more.
Peer::Script with_people(std::function<void(Conversation&, const Message&)> people) {
  return [people](Conversation& c) {
    answer_root_dse(c);
    const Message request = c.expect(ber::search_request);
    EXPECT_EQ(request.dn(), "ou=people,dc=test");
    people(c, request);
    c.wait_for_end();
  };
}

TEST_F(LdapRead, ASnapshotHoldsEveryEntryBelowTheBasesAndNotTheBases) {
  Peer peer([](Conversation& c) {
    answer_root_dse(c);
    const Message people = c.expect(ber::search_request);
    EXPECT_FALSE(people.has_control(paged_results));
    c.send(base_entry(people) + person(people.id, "uid=e1,ou=people,dc=test", "e1") +
           person(people.id, "uid=e2,OU=People, dc=test", "e2") +
           ber::result(people.id, ber::search_done, 0));
    answer_empty(c);
    answer_empty(c);
    c.wait_for_end();
  });
  const auto snapshot = read(peer);
  ASSERT_TRUE(snapshot.has_value()) << to_string(snapshot.error());
  ASSERT_EQ(snapshot->size(), 2U);
  EXPECT_EQ(snapshot->find("ou=people,dc=test"), no_entry);
  EXPECT_EQ(snapshot->entry(0).dn(), "uid=e1,ou=people,dc=test");
  EXPECT_EQ(snapshot->entry(0).csn(), "c1");
  EXPECT_THAT(content(snapshot->entry(0), vocabulary),
              ElementsAre("objectClass=person", "objectClass=top", "uid=e1"));
}

TEST_F(LdapRead, AttributesWithOptionsAndUnknownOnesAreSkipped) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(base_entry(request) +
           ber::entry(request.id, "uid=e1,ou=people,dc=test",
                      {{"objectClass", {"person"}},
                       {"cn;lang-fr", {"autre"}},
                       {"CN", {std::string("bin\0ary", 7), ""}},
                       {"mail", {"never asked for"}},
                       {"sn", {}}}) +
           ber::result(request.id, ber::search_done, 0));
    answer_empty(c);
    answer_empty(c);
  }));
  const auto snapshot = read(peer);
  ASSERT_TRUE(snapshot.has_value()) << to_string(snapshot.error());
  EXPECT_THAT(content(snapshot->entry(0), vocabulary),
              ElementsAre("cn=", std::string("cn=bin\0ary", 10), "objectClass=person"));
}

TEST_F(LdapRead, PagesAreReadToTheLastOne) {
  std::vector<std::uint64_t> seen;
  Peer peer([](Conversation& c) {
    answer_root_dse(c, true);
    Message page = c.expect(ber::search_request);
    EXPECT_TRUE(page.has_control(paged_results));
    c.send(base_entry(page) + person(page.id, "uid=e1,ou=people,dc=test", "e1") +
           ber::page_end(page.id, "next-page"));
    page = c.expect(ber::search_request);
    EXPECT_NE(page.controls.find("next-page"), std::string::npos);
    c.send(person(page.id, "uid=e2,ou=people,dc=test", "e2") + ber::page_end(page.id, ""));
    for (int branch = 0; branch < 2; ++branch) {
      page = c.expect(ber::search_request);
      c.send(base_entry(page) + ber::page_end(page.id, ""));
      page = c.expect(ber::search_request);
      c.send(ber::entry(page.id, page.dn(), {}) + ber::result(page.id, ber::search_done, 0));
    }
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  SnapshotRequest wanted = request(1);
  wanted.progress = [&seen](std::uint64_t entries) { seen.push_back(entries); };
  const auto snapshot = loop.run(directory->read_snapshot(std::move(wanted)));
  ASSERT_TRUE(snapshot.has_value()) << to_string(snapshot.error());
  EXPECT_EQ(snapshot->size(), 2U);
  EXPECT_THAT(seen, ElementsAre(1, 2, 2, 2));
}

TEST_F(LdapRead, AConnectionLostBetweenTwoPagesIsAnError) {
  Peer peer([](Conversation& c) {
    answer_root_dse(c, true);
    const Message page = c.expect(ber::search_request);
    c.send(base_entry(page) + person(page.id, "uid=e1,ou=people,dc=test", "e1") +
           ber::page_end(page.id, "next-page"));
    c.expect(ber::search_request);
    c.close();
    c.wait_for_end();
  });
  EXPECT_EQ(codes(read(peer, 1)), "LDAP-020");
}

TEST_F(LdapRead, APageThatDoesNotSayWhetherMoreFollowIsAnError) {
  Peer peer([](Conversation& c) {
    answer_root_dse(c, true);
    const Message page = c.expect(ber::search_request);
    c.send(base_entry(page) + ber::result(page.id, ber::search_done, 0));
    c.wait_for_end();
  });
  EXPECT_EQ(codes(read(peer, 1)), "LDAP-041");
}

TEST_F(LdapRead, EmptyPagesWithoutEndAreAnError) {
  Peer peer([](Conversation& c) {
    answer_root_dse(c, true);
    for (;;) {
      const Message page = c.next();
      if (page.tag == ber::unbind_request) return;
      c.send(ber::page_end(page.id, "again"));
    }
  });
  EXPECT_EQ(codes(read(peer, 1)), "LDAP-042");
}

struct Refusal {
  int code;
  const char* problem;
};
class Refused : public LdapRead, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refused, IsAnErrorAndNotASmallerSnapshot) {
  const Refusal refusal = GetParam();
  Peer peer(with_people([refusal](Conversation& c, const Message& request) {
    c.send(base_entry(request) + person(request.id, "uid=e1,ou=people,dc=test", "e1") +
           ber::result(request.id, ber::search_done, refusal.code, "text about Camille"));
  }));
  const auto snapshot = read(peer);
  ASSERT_FALSE(snapshot.has_value());
  EXPECT_EQ(codes(snapshot), refusal.problem);
  EXPECT_THAT(to_string(snapshot.error()), ::testing::Not(HasSubstr("Camille")));
}

INSTANTIATE_TEST_SUITE_P(ByResult, Refused,
                         ::testing::Values(Refusal{32, "LDAP-032"}, Refusal{34, "LDAP-032"},
                                           Refusal{3, "LDAP-033"}, Refusal{4, "LDAP-033"},
                                           Refusal{11, "LDAP-033"}, Refusal{50, "LDAP-034"},
                                           Refusal{10, "LDAP-035"}, Refusal{51, "LDAP-039"},
                                           Refusal{80, "LDAP-039"}));

TEST_F(LdapRead, ASizeLimitSaysWhatToConfigureOnTheServer) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(base_entry(request) + ber::result(request.id, ber::search_done, 4));
  }));
  EXPECT_THAT(to_string(read(peer).error()), HasSubstr("limits dn.exact"));
}

TEST_F(LdapRead, ASearchReferenceIsAnErrorAndIsNotFollowed) {
  Peer elsewhere([](Conversation& c) { c.wait_for_end(); });
  const std::string uri = elsewhere.uri() + "/ou=sub,ou=people,dc=test";
  Peer peer(with_people([&uri](Conversation& c, const Message& request) {
    c.send(base_entry(request) + ber::reference(request.id, uri) +
           ber::result(request.id, ber::search_done, 0));
  }));
  EXPECT_EQ(codes(read(peer)), "LDAP-035");
  EXPECT_FALSE(elsewhere.was_visited());
}

TEST_F(LdapRead, SuccessWithoutEvenTheBaseEntryIsAnError) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(ber::result(request.id, ber::search_done, 0));
  }));
  EXPECT_EQ(codes(read(peer)), "LDAP-036");
}

TEST_F(LdapRead, ABranchThatHasEntriesButShowsNoneIsAnError) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(base_entry(request) + ber::result(request.id, ber::search_done, 0));
    const Message itself = c.expect(ber::search_request);
    c.send(ber::entry(itself.id, itself.dn(), {{"hasSubordinates", {"TRUE"}}}) +
           ber::result(itself.id, ber::search_done, 0));
  }));
  EXPECT_EQ(codes(read(peer)), "LDAP-043");
}

TEST_F(LdapRead, AnEntryOutsideTheBaseIsAnError) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(base_entry(request) + person(request.id, "uid=e1,ou=others,dc=test", "e1") +
           person(request.id, "uid=e2\\,ou=people,dc=test", "e2") +
           ber::result(request.id, ber::search_done, 0));
  }));
  const auto snapshot = read(peer);
  EXPECT_EQ(codes(snapshot), "LDAP-037");
  EXPECT_THAT(to_string(snapshot.error()), HasSubstr("2 entries"));
}

TEST_F(LdapRead, AnEntryWithoutObjectClassMeansHiddenAttributes) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(base_entry(request) +
           ber::entry(request.id, "uid=e1,ou=people,dc=test", {{"uid", {"e1"}}}) +
           ber::result(request.id, ber::search_done, 0));
  }));
  EXPECT_EQ(codes(read(peer)), "LDAP-038");
}

TEST_F(LdapRead, AnEntryThatCannotBeDecodedIsAnError) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    const std::string broken =
        ber::tlv(0x04, "uid=e1,ou=people,dc=test") +
        ber::tlv(0x30, ber::tlv(0x30, ber::tlv(0x04, "uid") + std::string("\x31\x7fxx", 4)));
    c.send(base_entry(request) + ber::message(request.id, ber::tlv(ber::search_entry, broken)) +
           ber::result(request.id, ber::search_done, 0));
  }));
  EXPECT_EQ(codes(read(peer)), "LDAP-040");
}

TEST_F(LdapRead, SilenceInTheMiddleOfASearchIsAnError) {
  Peer peer(
      with_people([](Conversation& c, const Message& request) { c.send(base_entry(request)); }));
  ConnectOptions options = anonymous(peer.uri());
  options.operation_timeout = std::chrono::milliseconds(100);
  auto directory = connected(loop, options);
  EXPECT_EQ(codes(loop.run(directory->read_snapshot(request()))), "LDAP-021");
}

TEST_F(LdapRead, ANoticeOfDisconnectionInTheMiddleOfASearchIsAnError) {
  Peer peer(with_people([](Conversation& c, const Message& request) {
    c.send(base_entry(request) + ber::notice_of_disconnection(52) +
           ber::result(request.id, ber::search_done, 0));
  }));
  EXPECT_EQ(codes(read(peer)), "LDAP-023");
}

TEST_F(LdapRead, DestroyingTheDirectoryEndsASnapshotUnderWayWithAnError) {
  entsync::test::Gate received;
  Peer peer([&received](Conversation& c) {
    answer_root_dse(c);
    const Message request = c.expect(ber::search_request);
    c.send(base_entry(request));
    received.open();
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = loop.start(directory->read_snapshot(request()));
  std::thread waiter([&] {
    received.wait();
    asio::post(loop.context(), [&directory] { directory.reset(); });
  });
  EXPECT_EQ(codes(loop.finish(pending)), "LDAP-026");
  waiter.join();
}

TEST_F(LdapRead, AFloodOfEntriesLeavesTheLoopFreeForOtherWork) {
  constexpr int entries = 20'000;
  Peer peer(with_people([](Conversation& c, const Message& request) {
    std::string bytes = base_entry(request);
    for (int i = 0; i < entries; ++i)
      bytes += person(request.id, "uid=e" + std::to_string(i) + ",ou=people,dc=test", "e");
    c.send(bytes + ber::result(request.id, ber::search_done, 0));
    answer_empty(c);
    answer_empty(c);
  }));
  auto directory = connected(loop, anonymous(peer.uri()));
  auto pending = loop.start(directory->read_snapshot(request()));
  int turns = 0;
  while (!pending.is_done()) {
    loop.context().restart();
    loop.context().run_one();
    ++turns;
  }
  const auto snapshot = pending.take();
  ASSERT_TRUE(snapshot.has_value()) << to_string(snapshot.error());
  EXPECT_EQ(snapshot->size(), static_cast<std::size_t>(entries));
  EXPECT_GT(turns, entries / 512);
}

TEST_F(LdapRead, AServerThatHidesItsRootDseIsAnError) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::search_request);
    c.send(ber::result(request.id, ber::search_done, 0));
    c.wait_for_end();
  });
  EXPECT_EQ(codes(read(peer)), "LDAP-050");
}

TEST_F(LdapRead, AServerThatHidesItsSchemaIsAnError) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::search_request);
    EXPECT_EQ(request.dn(), "cn=Subschema");
    c.send(ber::entry(request.id, "cn=Subschema", {}) +
           ber::result(request.id, ber::search_done, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  EXPECT_EQ(codes(loop.run(directory->read_schema("cn=Subschema", vocabulary))), "LDAP-051");
}

TEST_F(LdapRead, AttributesComeBackUnderTheServersOwnNames) {
  Peer peer([](Conversation& c) {
    Message request = c.expect(ber::search_request);
    c.send(ber::entry(request.id, "cn=Subschema",
                      {{"attributeTypes",
                        {"( 2.5.4.4 NAME ( 'sn' 'surname' ) EQUALITY caseIgnoreMatch SYNTAX "
                         "1.3.6.1.4.1.1466.115.121.1.15{32768} )"}}}) +
           ber::result(request.id, ber::search_done, 0));
    request = c.expect(ber::search_request);
    c.send(ber::entry(request.id, "uid=e1,dc=test", {{"sn", {"x"}}, {"entryCSN", {"c7"}}}) +
           ber::result(request.id, ber::search_done, 0));
    c.wait_for_end();
  });
  TargetVocabulary wanted;
  wanted.add("surname");
  auto directory = connected(loop, anonymous(peer.uri()));
  EXPECT_EQ(codes(loop.run(directory->read_schema("cn=Subschema", wanted))), "");
  EXPECT_EQ(wanted.info(0).max_length, 32768U);
  const auto entry = loop.run(directory->read_entry("uid=e1,dc=test", wanted));
  ASSERT_TRUE(entry.has_value() && entry->has_value());
  ASSERT_EQ((*entry)->values.size(), 1U);
  EXPECT_EQ((*entry)->csn, "c7");
}

TEST_F(LdapRead, AnEntryThatIsNotThereIsNoValue) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::search_request);
    c.send(ber::result(request.id, ber::search_done, 32));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  const auto entry = loop.run(directory->read_entry("uid=e1,dc=test", vocabulary));
  ASSERT_TRUE(entry.has_value());
  EXPECT_FALSE(entry->has_value());
}

TEST_F(LdapRead, AnEntryThatExistsButIsNotShownIsAnErrorAndNotAnAbsence) {
  Peer peer([](Conversation& c) {
    const Message request = c.expect(ber::search_request);
    c.send(ber::result(request.id, ber::search_done, 0));
    c.wait_for_end();
  });
  auto directory = connected(loop, anonymous(peer.uri()));
  const auto entry = loop.run(directory->read_entry("uid=e1,dc=test", vocabulary));
  EXPECT_EQ(codes(entry), "LDAP-044");
  EXPECT_THAT(to_string(entry.error()), ::testing::Not(HasSubstr("uid=e1")));
}

}  // namespace
}  // namespace entsync::ldap::test
