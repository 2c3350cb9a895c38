#include "core/delta_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school.hpp"

namespace entsync::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The school of a Complet of 2 September and the Deltas of the days after it.
class DeltaFold : public testing::Test {
 protected:
  DeltaFold() { expected_.academie_label = rules_1d().feed.academie; }

  /// A Delta of the day after the last one.
  static Delivery delta(std::vector<Record> records, int day = 3) {
    Delivery delivery;
    delivery.kind = DeliveryKind::delta;
    delivery.date = "2026-09-" + std::string(day < 10 ? "0" : "") + std::to_string(day);
    delivery.records = std::move(records);
    return delivery;
  }

  /// Folds Deltas of one day after the other; false when one is refused.
  bool fold(std::vector<Delivery> deltas) {
    if (!whole_) whole_.emplace(complet_.complet(rules_1d()));
    for (const Delivery& one : deltas) {
      auto folded = fold_delta(std::move(*whole_), one.feed(rules_1d()), expected_, findings_);
      if (!folded) {
        refusal_ = folded.error();
        return false;
      }
      whole_.emplace(std::move(*folded));
    }
    return true;
  }

  std::string refused(std::vector<Delivery> deltas) {
    if (fold(std::move(deltas))) return "accepted";
    return to_string(refusal_);
  }

  [[nodiscard]] const Feed& feed() const { return whole_->feed(); }

  [[nodiscard]] std::optional<FeedRecord> record(Category category, std::string_view id) const {
    for (const FeedRecord& one : feed().records(category))
      if (one.id() == id) return one;
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> values(Category category, std::string_view id,
                                                std::string_view attribute) const {
    std::vector<std::string> texts;
    const auto found = record(category, id);
    const auto number = rules_1d().vocabulary.find(attribute);
    for (std::size_t i = 0; found && i < found->value_count(); ++i)
      if (found->value(i).attribute == *number) texts.emplace_back(found->value(i).text);
    return texts;
  }
  /// `code Category/id` of what is rejected in the end.
  [[nodiscard]] std::vector<std::string> unknown() const {
    std::vector<std::string> texts;
    for (const RejectedRecord& one : feed().rejected())
      texts.push_back(one.code + " " + std::string(to_string(*one.category)) + "/" + one.id);
    return texts;
  }
  [[nodiscard]] std::string place_of_value(Category category, std::string_view id,
                                           std::string_view attribute) const {
    const auto value =
        record(category, id)->first_value(*rules_1d().vocabulary.find(attribute)).value();
    return feed().files()[value.position.file].name + ":" + std::to_string(value.position.line);
  }

  Delivery complet_ = one_school();
  ExpectedDelta expected_;
  std::optional<CompletFeed> whole_;
  Problems refusal_;
  Problems findings_;
};

// What requests do ----------------------------------------------------------------------------

TEST_F(DeltaFold, WhatADeltaDoesNotNameStaysAsItWas) {
  ASSERT_TRUE(fold({delta({})}));
  EXPECT_EQ(feed().records(Category::eleve).size(), 3U);
  EXPECT_EQ(feed().records(Category::pers_rel_eleve).size(), 3U);
  EXPECT_EQ(feed().records(Category::pers_educ_nat).size(), 2U);
  EXPECT_EQ(feed().date(), *Date::from_iso("2026-09-03"));
  EXPECT_THAT(unknown(), IsEmpty());
}

TEST_F(DeltaFold, AModifiedAttributeHasTheNewValuesOnlyAndTheOthersTheirOwn) {
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "101")
                               .with("ENTEleveAutoriteParentale", "203$20")
                               .with("ENTEleveAutoriteParentale", "202$10")})}));
  EXPECT_THAT(values(Category::eleve, "101", "ENTEleveAutoriteParentale"),
              ElementsAre("203$20", "202$10"));
  EXPECT_THAT(values(Category::eleve, "101", "ENTPersonNom"), ElementsAre("NOM101"));
  EXPECT_THAT(values(Category::eleve, "102", "ENTEleveAutoriteParentale"), ElementsAre("201$10"));
  EXPECT_THAT(findings_.list, IsEmpty());
}

TEST_F(DeltaFold, AnEmptyModificationClearsTheAttribute) {
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "101").with("ENTPersonClasses", "")})}));
  EXPECT_THAT(values(Category::eleve, "101", "ENTPersonClasses"), IsEmpty());
  EXPECT_EQ(record(Category::eleve, "101")->request(), RequestKind::add);
  for (std::size_t i = 0; i < record(Category::eleve, "101")->value_count(); ++i)
    EXPECT_FALSE(record(Category::eleve, "101")->value(i).text.empty());
}

TEST_F(DeltaFold, AModificationOfNothingThatIsWantedChangesNothing) {
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "101").with("ENTInconnu", "x")})}));
  EXPECT_THAT(values(Category::eleve, "101", "ENTPersonNom"), ElementsAre("NOM101"));
  EXPECT_EQ(place_of_value(Category::eleve, "101", "ENTPersonNom"),
            "ENT_AC-TEST_Complet_20260902_Eleve_0000.xml:2");
}

TEST_F(DeltaFold, AnAddedObjectIsThere) {
  ASSERT_TRUE(fold({delta({eleve("104", "8")})}));
  EXPECT_THAT(values(Category::eleve, "104", "ENTPersonNom"), ElementsAre("NOM104"));
  EXPECT_THAT(findings_.list, IsEmpty());
}

TEST_F(DeltaFold, AnAddedObjectThatWasKnownIsDescribedAnew) {
  ASSERT_TRUE(fold({delta({eleve("101", "8", "73197")})}));
  EXPECT_EQ(feed().records(Category::eleve).size(), 3U);
  EXPECT_THAT(values(Category::eleve, "101", "ENTPersonClasses"),
              ElementsAre(classe("8", "73197")));
  EXPECT_THAT(values(Category::eleve, "101", "ENTEleveAutoriteParentale"), IsEmpty())
      << "an addRequest is the whole state";
  EXPECT_THAT(codes(findings_), ElementsAre("AAF-077"));
}

TEST_F(DeltaFold, ADeletedObjectIsDescribedNoMore) {
  complet_.records.push_back(personnel("101", "8"));
  ASSERT_TRUE(fold({delta({deletion(Category::eleve, "101")}, 3), delta({}, 4)}));
  EXPECT_FALSE(record(Category::eleve, "101"));
  EXPECT_TRUE(record(Category::eleve, "102"));
  EXPECT_TRUE(record(Category::pers_educ_nat, "101")) << "another object of this identifier";
  EXPECT_THAT(unknown(), IsEmpty());
  const auto place = feed().deletion(Category::eleve, "101");
  ASSERT_TRUE(place);
  EXPECT_EQ(feed().files()[place->file].name, "ENT_AC-TEST_Delta_20260903_Eleve_0000.xml");
  EXPECT_FALSE(feed().deletion(Category::pers_educ_nat, "101"));
}

TEST_F(DeltaFold, WhoWasDeletedMayComeBack) {
  ASSERT_TRUE(fold({delta({deletion(Category::eleve, "101")}, 3), delta({eleve("101", "8")}, 4)}));
  EXPECT_TRUE(record(Category::eleve, "101"));
  EXPECT_FALSE(feed().deletion(Category::eleve, "101"));
  EXPECT_THAT(findings_.list, IsEmpty());
}

TEST_F(DeltaFold, RequestsOfOneFileFollowEachOther) {
  ASSERT_TRUE(fold(
      {delta({eleve("104", "8"), modify(Category::eleve, "104").with("ENTPersonNom", "PREMIER"),
              modify(Category::eleve, "104").with("ENTPersonNom", "SECOND"),
              deletion(Category::eleve, "101"), eleve("101", "8", ""),
              modify(Category::eleve, "102").with("ENTPersonNom", "PARTI"),
              deletion(Category::eleve, "102")})}));
  EXPECT_THAT(values(Category::eleve, "104", "ENTPersonNom"), ElementsAre("SECOND"));
  EXPECT_THAT(values(Category::eleve, "101", "ENTPersonClasses"), IsEmpty());
  EXPECT_FALSE(record(Category::eleve, "102"));
  EXPECT_THAT(unknown(), IsEmpty());
}

// Who is unknown ------------------------------------------------------------------------------

TEST_F(DeltaFold, AModificationOfNobodyLeavesHimUnknown) {
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "999").with("ENTPersonNom", "X"),
                           modify(Category::eleve, "101").with("ENTPersonNom", "Y")})}));
  EXPECT_FALSE(record(Category::eleve, "999"));
  EXPECT_THAT(unknown(), ElementsAre("AAF-074 Eleve/999"));
}

TEST_F(DeltaFold, ADeletionOfNobodyIsToldAndNothingElse) {
  ASSERT_TRUE(fold({delta({deletion(Category::eleve, "999"), deletion(Category::eleve, "101")})}));
  EXPECT_THAT(codes(findings_), ElementsAre("AAF-076"));
  EXPECT_THAT(to_string(findings_), HasSubstr("ENT_AC-TEST_Delta_20260903_Eleve_0000.xml:1: note"));
  EXPECT_THAT(unknown(), IsEmpty());
}

TEST_F(DeltaFold, ARequestThatCannotBeUsedLeavesItsPersonUnknown) {
  Delivery bad = delta(
      {modify(Category::eleve, "102").with("ENTPersonNom", "X"), deletion(Category::eleve, "101")});
  bad.rejected.push_back({Category::eleve, "101", {2, 7, 70}, "AAF-061", "rejected by the test"});
  ASSERT_TRUE(fold({bad}));
  EXPECT_FALSE(record(Category::eleve, "101"));
  ASSERT_THAT(unknown(), ElementsAre("AAF-061 Eleve/101"))
      << "whatever a usable request says of him beside it";
  EXPECT_EQ(feed().files()[feed().rejected()[0].position.file].name,
            "ENT_AC-TEST_Delta_20260903_PersRelEleve_0000.xml")
      << "the third file of the Delta";
}

TEST_F(DeltaFold, WhoIsUnknownStaysSoUntilHeIsDescribedWholeOrDeleted) {
  for (const char* id : {"101", "102", "103"}) complet_.reject(Category::eleve, id);
  complet_.records.push_back(eleve("104", "8"));
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "101").with("ENTPersonNom", "X"),
                           eleve("102", "8"), deletion(Category::eleve, "103")})}));
  EXPECT_THAT(unknown(), ElementsAre("AAF-031 Eleve/101"));
  EXPECT_FALSE(record(Category::eleve, "101"));
  EXPECT_TRUE(record(Category::eleve, "102"));
  EXPECT_FALSE(record(Category::eleve, "103"));
}

TEST_F(DeltaFold, WhoWasDeletedAndCannotBeReadNowIsUnknownAgain) {
  Delivery bad = delta({}, 4);
  bad.rejected.push_back({Category::eleve, "101", {}, "AAF-061", "rejected by the test"});
  ASSERT_TRUE(fold({delta({deletion(Category::eleve, "101")}, 3), bad}));
  EXPECT_THAT(unknown(), ElementsAre("AAF-061 Eleve/101"));
}

TEST_F(DeltaFold, ARecordOfNobodyThatCannotBeReadStaysWithTheChain) {
  Delivery bad = delta({}, 3);
  bad.rejected.push_back({Category::eleve, "", {}, "AAF-052", "rejected by the test"});
  ASSERT_TRUE(fold({bad, delta({}, 4)}));
  EXPECT_THAT(unknown(), ElementsAre("AAF-052 Eleve/"));
}

TEST_F(DeltaFold, DifferentRequestsInTwoFilesLeaveTheirObjectUnknown) {
  Record second = deletion(Category::eleve, "101");
  second.part = 1;
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "101").with("ENTPersonNom", "X"), second})}));
  EXPECT_FALSE(record(Category::eleve, "101"));
  EXPECT_THAT(unknown(), ElementsAre("AAF-075 Eleve/101"));
}

TEST_F(DeltaFold, TheSameRequestInTwoFilesIsOne) {
  Record first = deletion(Category::eleve, "101");
  Record second = first;
  second.part = 1;
  ASSERT_TRUE(fold({delta({first, second})}));
  EXPECT_FALSE(record(Category::eleve, "101"));
  EXPECT_THAT(unknown(), IsEmpty());
  EXPECT_THAT(findings_.list, IsEmpty());
}

TEST_F(DeltaFold, AModificationOfWhomTheSameDeltaDeletesLeavesHimUnknown) {
  ASSERT_TRUE(fold({delta({deletion(Category::eleve, "101"),
                           modify(Category::eleve, "101").with("ENTPersonNom", "X")})}));
  EXPECT_THAT(unknown(), ElementsAre("AAF-074 Eleve/101"));
}

TEST_F(DeltaFold, MoreValuesThanARecordHoldsLeaveItsObjectUnknown) {
  Record many = modify(Category::eleve, "101");
  for (int i = 0; i < 65'534; ++i) many.with("ENTPersonAutresPrenoms", "x");
  ASSERT_TRUE(fold({delta({many})}));
  EXPECT_THAT(unknown(), ElementsAre("AAF-078 Eleve/101"));
}

// Where values come from ----------------------------------------------------------------------

TEST_F(DeltaFold, EachValueKeepsThePlaceItStandsAt) {
  ASSERT_TRUE(fold({delta({modify(Category::eleve, "102").with("ENTPersonNom", "UN")}, 3),
                    delta({deletion(Category::eleve, "103"),
                           modify(Category::eleve, "102").with("ENTPersonPrenom", "Deux")},
                          4),
                    delta({modify(Category::eleve, "102").with("ENTPersonClasses", "")}, 5)}));
  EXPECT_EQ(place_of_value(Category::eleve, "102", "ENTPersonDateNaissance"),
            "ENT_AC-TEST_Complet_20260902_Eleve_0000.xml:14");
  EXPECT_EQ(place_of_value(Category::eleve, "102", "ENTPersonNom"),
            "ENT_AC-TEST_Delta_20260903_Eleve_0000.xml:2");
  EXPECT_EQ(place_of_value(Category::eleve, "102", "ENTPersonPrenom"),
            "ENT_AC-TEST_Delta_20260904_Eleve_0000.xml:12");
  const FeedRecord last = *record(Category::eleve, "102");
  EXPECT_EQ(feed().files()[last.position().file].name, "ENT_AC-TEST_Delta_20260905_Eleve_0000.xml")
      << "the record stands where it was changed last";
  EXPECT_EQ(last.draft().origins.size(), 3U);
}

TEST_F(DeltaFold, ARequestThatNoValueComesFromAnyMoreIsForgotten) {
  std::vector<Delivery> chain;
  for (int day = 3; day < 30; ++day)
    chain.push_back(delta(
        {modify(Category::eleve, "102").with("ENTPersonNom", "N" + std::to_string(day))}, day));
  ASSERT_TRUE(fold(std::move(chain)));
  EXPECT_EQ(record(Category::eleve, "102")->draft().origins.size(), 1U);
}

TEST_F(DeltaFold, TheChainNamesItsDeliveriesAndTheirFiles) {
  ASSERT_TRUE(fold({delta({}, 3), delta({}, 4)}));
  ASSERT_EQ(whole_->chain().size(), 3U);
  EXPECT_EQ(whole_->chain()[2].date, *Date::from_iso("2026-09-04"));
  EXPECT_EQ(whole_->chain()[2].first_file, 8U);
  EXPECT_EQ(whole_->chain()[2].files, 4U);
  EXPECT_EQ(feed().files()[8].name, "ENT_AC-TEST_Delta_20260904_EtabEducNat_0000.xml");
  EXPECT_EQ(feed().files()[1].records, 3U) << "as each file was read";
}

// What is refused -----------------------------------------------------------------------------

TEST_F(DeltaFold, AGapEndsTheChain) {
  EXPECT_THAT(refused({delta({}, 3), delta({}, 5)}),
              testing::AllOf(HasSubstr("AAF-071"), HasSubstr("wait for the next Complet")));
}

TEST_F(DeltaFold, AGapIsWhatTheRhythmOfTheAcademieSays) {
  expected_.limits.gap_days = 7;
  EXPECT_EQ(refused({delta({}, 9)}), "accepted");
  EXPECT_THAT(refused({delta({}, 17)}), HasSubstr("AAF-071"));
}

TEST_F(DeltaFold, ADeltaOfADayThatIsKnownRepeats) {
  EXPECT_THAT(refused({delta({}, 2)}), HasSubstr("AAF-069")) << "the day of the Complet";
  whole_.reset();
  EXPECT_THAT(refused({delta({}, 3), delta({eleve("104", "8")}, 3)}), HasSubstr("AAF-069"));
}

TEST_F(DeltaFold, AnOlderDeltaIsRefused) {
  EXPECT_THAT(refused({delta({}, 3), delta({}, 4), delta({}, 3)}), HasSubstr("AAF-070"));
  whole_.reset();
  EXPECT_THAT(refused({delta({}, 1)}), HasSubstr("AAF-070")) << "older than its Complet";
}

TEST_F(DeltaFold, AChainHasALongestAge) {
  expected_.limits.chain_days = 2;
  EXPECT_THAT(refused({delta({}, 3), delta({}, 4), delta({}, 5)}), HasSubstr("AAF-072"));
}

TEST_F(DeltaFold, TheBytesOfAnEarlierDeltaUnderAnotherDayAreARepetition) {
  const auto with_digests = [](Feed feed, char digit) {
    for (SourceFile& file : feed.files()) file.sha256 = std::string(64, digit);
    return feed;
  };
  CompletFeed whole = complet_.complet(rules_1d());
  const Delivery some = delta({deletion(Category::eleve, "101")}, 3);
  const Delivery none = delta({}, 3);
  const auto folded = [&](Delivery first, Delivery second) {
    second.date = "2026-09-04";
    auto one = fold_delta(complet_.complet(rules_1d()), with_digests(first.feed(rules_1d()), 'a'),
                          expected_, findings_);
    auto two = fold_delta(std::move(one).value(), with_digests(second.feed(rules_1d()), 'a'),
                          expected_, findings_);
    return two ? "accepted" : codes(two.error()).front();
  };
  EXPECT_EQ(folded(some, some), "AAF-069");
  EXPECT_EQ(folded(none, none), "accepted") << "nothing happened on either day";
}

TEST_F(DeltaFold, AChainGoesOnFromTheDeliveryThatWasAppliedLast) {
  expected_.limits.gap_days = 3;
  ASSERT_TRUE(fold({delta({}, 3), delta({}, 6)}));
  const auto goes_on = [&](const char* applied) {
    Problems problems;
    check_continues(*whole_, *Date::from_iso(applied), problems);
    return problems.list.empty() ? std::string() : problems.list.front().code;
  };
  EXPECT_EQ(goes_on("2026-09-07"), "AAF-026");
  EXPECT_EQ(goes_on("2026-09-06"), "");
  EXPECT_EQ(goes_on("2026-09-05"), "AAF-071") << "it was a Delta, and is not there any more";
  EXPECT_EQ(goes_on("2026-09-03"), "");
  EXPECT_EQ(goes_on("2026-09-02"), "");
  EXPECT_EQ(goes_on("2026-09-01"), "") << "the Complet says all of it";
}

TEST_F(DeltaFold, ADeltaThatKnowsNobodyBelongsToAnotherComplet) {
  EXPECT_THAT(refused({delta({modify(Category::eleve, "998").with("ENTPersonNom", "X"),
                              deletion(Category::eleve, "999"), eleve("104", "8")})}),
              HasSubstr("AAF-073"));
}

TEST_F(DeltaFold, ADeltaThatOnlyAddsNeedsToKnowNobody) {
  EXPECT_EQ(refused({delta({eleve("104", "8")})}), "accepted");
}

TEST_F(DeltaFold, AChainMayNotEmptyACategory) {
  EXPECT_THAT(
      refused({delta({deletion(Category::eleve, "101")}, 3),
               delta({deletion(Category::eleve, "102"), deletion(Category::eleve, "103")}, 4)}),
      HasSubstr("AAF-021"));
}

TEST_F(DeltaFold, ADeltaHasAFileOfEachCategoryAndEveryPart) {
  Feed feed("AC-TEST", DeliveryKind::delta, *Date::from_iso("2026-09-03"));
  feed.add_file({"AC-TEST", "X_Delta_20260903_Eleve_0001.xml", "", 0, 0, Category::eleve});
  const auto folded = fold_delta(complet_.complet(rules_1d()), feed, expected_, findings_);
  EXPECT_THAT(codes(folded.error()), ElementsAre("AAF-020", "AAF-020", "AAF-020", "AAF-022"));
}

TEST_F(DeltaFold, WhatIsNoDeltaOfTheAcademieIsRefused) {
  Delivery complet = one_school();
  complet.date = "2026-09-03";
  EXPECT_THAT(refused({complet}), HasSubstr("AAF-068"));
  whole_.reset();
  Delivery other = delta({});
  other.academie = "AC-AUTRE";
  EXPECT_THAT(refused({other}), HasSubstr("AAF-068"));
}

TEST_F(DeltaFold, TheExportOfAnotherAcademieIsRefused) {
  expected_.label = "TEST";
  Feed feed = delta({}).feed(rules_1d());
  feed.metadata["codeAcademieExport"] = "CRETEIL";
  const auto folded = fold_delta(complet_.complet(rules_1d()), feed, expected_, findings_);
  EXPECT_THAT(codes(folded.error()), ElementsAre("AAF-023"));
  EXPECT_THAT(refused({delta({etab("9", uai(2)).set("ENTServAcAcademie", "CRETEIL"),
                              etab("10", uai(3)).set("ENTServAcAcademie", "CRETEIL")})}),
              HasSubstr("AAF-024"))
      << "most structures of the whole, not of the Delta";
}

TEST_F(DeltaFold, ADeltaOfADayToComeIsRefused) {
  expected_.latest = Date::from_iso("2026-09-02");
  EXPECT_THAT(refused({delta({})}), HasSubstr("AAF-046"));
}

// What it comes to ----------------------------------------------------------------------------

/// The directory knows the school; tonight a chain of Deltas.
class DeltaNight : public testing::Test {
 protected:
  World world_ = school_in_sync();

  void add(std::vector<Record> records, const std::string& date) {
    Delivery delta;
    delta.kind = DeliveryKind::delta;
    delta.date = date;
    delta.records = std::move(records);
    world_.delivery().deltas.push_back(std::move(delta));
  }
};

TEST_F(DeltaNight, ADeltaWithoutRequestsChangesNothing) {
  add({}, "2026-09-03");
  EXPECT_THAT(Scene(world_).plan().changes, IsEmpty());
}

TEST_F(DeltaNight, ADeletionStartsTheClockOnItsDayAndNothingMore) {
  world_.absence.delays.suspend_after_days = 5;
  add({deletion(Category::eleve, "103")}, "2026-09-03");
  const Scene scene(world_);
  const Change& change = scene.change(person_dn(world_, "103"));
  EXPECT_THAT(added(change, "ENTCompteAbsentDepuis"), ElementsAre("20260903000000Z"));
  EXPECT_EQ(attribute(change, "ENTCompteEtat"), nullptr) << "no suspension before its delay";
  EXPECT_EQ(change.operation, Operation::absent);
  const SourcePosition cause = attribute(change, "ENTCompteAbsentDepuis")->source;
  ASSERT_TRUE(cause.known());
  EXPECT_EQ(scene.plan().files[cause.file].name, "ENT_AC-TEST_Delta_20260903_Eleve_0000.xml");
}

TEST_F(DeltaNight, WhoIsNotNamedStaysPresent) {
  add({modify(Category::eleve, "101").with("ENTPersonNom", "AUTRE")}, "2026-09-03");
  const Scene scene(world_);
  EXPECT_EQ(scene.absences.count(Presence::absent), 0U);
  EXPECT_EQ(scene.absences.count(Presence::unknown), 0U);
}

TEST_F(DeltaNight, AResponsableWhoWasDeletedButIsNamedByAPupilIsUnknown) {
  add({deletion(Category::pers_rel_eleve, "203")}, "2026-09-03");
  const Scene scene(world_);
  EXPECT_EQ(scene.absences.presence(scene.entry(person_dn(world_, "203"))), Presence::unknown);
}

TEST_F(DeltaNight, AResponsableFollowsHisLastPupil) {
  add({deletion(Category::eleve, "103")}, "2026-09-03");
  const Scene scene(world_);
  EXPECT_EQ(scene.absences.presence(scene.entry(person_dn(world_, "203"))), Presence::absent);
  EXPECT_EQ(scene.absences.presence(scene.entry(person_dn(world_, "201"))), Presence::present);
}

TEST_F(DeltaNight, ASchoolThatWasDeletedTakesNobodyAlong) {
  add({deletion(Category::etab_educ_nat, "8"), etab("9", uai(310002))}, "2026-09-03");
  const Scene scene(world_);
  EXPECT_EQ(scene.absences.count(Presence::absent), 0U);
}

TEST_F(DeltaNight, AChangeNamesTheFileAndTheLineOfTheDelta) {
  add({modify(Category::eleve, "101").with("ENTPersonNom", "AUTRE")}, "2026-09-03");
  const Scene scene(world_);
  const AttributeChange* name = attribute(scene.change(person_dn(world_, "101")), "sn");
  ASSERT_NE(name, nullptr);
  EXPECT_EQ(scene.plan().files[name->source.file].name,
            "ENT_AC-TEST_Delta_20260903_Eleve_0000.xml");
  EXPECT_EQ(name->source.line, 2U);
}

}  // namespace
}  // namespace entsync::test
