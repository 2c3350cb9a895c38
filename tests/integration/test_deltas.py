"""Deltas behind a Complet: a chain gives the directory that its final Complet gives; what does not follow is
refused and changes nothing; nobody is absent because a Delta does not name him."""

import os
import random
import shutil

from deltas import Drop, after, changed_entries, delete, entries, modify, renamed
from inbox import InboxTest
from scene import DONE, FAILED, HELD, PEOPLE, SceneTest, wait_until

WHY = ("--reason", "checked by hand, ticket 812")
GAPS = "delta_gap_days = 3\n"


class Deltas(SceneTest):
    def drop_scene(self, **arguments):
        scene = self.scene(**arguments)
        return scene, Drop(scene)

    def refused(self, scene, code):
        """The run refuses the deliveries with this message and changes nothing."""
        before = scene.dump()
        self.assertIn(code, scene.entsyncd(FAILED).stderr)
        self.assertEqual(before, scene.dump())

    @staticmethod
    def report(scene):
        folder = os.path.join(scene.place, "state", "reports")
        paths = [os.path.join(folder, name) for name in os.listdir(folder)]
        with open(max(paths, key=os.path.getmtime), encoding="utf-8") as f:
            return f.read()

    @staticmethod
    def key_of(values):
        return values["ENTPersonJointure"][0].split("$")[1]

    def pupils(self, scene, count):
        found = scene.search(PEOPLE, "(objectClass=ENTAuxEleve)")
        return [(dn, values, self.key_of(values)) for dn, values in found[:count]]

    # A chain says what its Complet says ---------------------------------------------------------

    def chain_equals_complets(self, seed):
        chance = random.Random(seed)
        by_complet, complets = self.drop_scene(seed=seed, persons=1500, academies=2, limits=GAPS)
        by_delta, deltas = self.drop_scene(seed=seed, persons=1500, academies=2, limits=GAPS)
        at_once, late = self.drop_scene(seed=seed, persons=1500, academies=2, limits=GAPS)
        last_only, last = self.drop_scene(seed=seed, persons=1500, academies=2, limits=GAPS)
        for scene in (by_complet, by_delta, at_once, last_only):
            scene.entsyncd()
        self.assertEqual(entries(by_complet), entries(by_delta))
        for _ in range(chance.randint(2, 4)):
            days = chance.randint(1, 3)
            nights = chance.randint(1, days)
            complets.next_night(days, nights)
            complets.put_complet()
            deltas.put_delta(deltas.next_night(days, nights))
            late.put_delta(late.next_night(days, nights))
            last.next_night(days, nights)
            for scene in (by_complet, by_delta):
                scene.entsyncd()
            self.assertEqual(entries(by_complet), entries(by_delta))
        last.put_complet()
        for scene in (at_once, last_only):
            scene.entsyncd()
        self.assertEqual(entries(last_only), entries(at_once))
        self.assertIn("nothing to do", by_delta.entsyncd().stderr)

    def test_a_random_chain_gives_the_directory_of_its_final_complet(self):
        self.chain_equals_complets(7)

    def test_another_random_chain_gives_the_directory_of_its_final_complet(self):
        self.chain_equals_complets(20)

    def test_a_complet_after_a_chain_changes_nothing_and_begins_a_new_one(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.put_delta(drop.next_night())
        scene.entsyncd()
        drop.put_complet()
        self.assertIn("nothing to do", scene.entsyncd().stderr)
        drop.put_delta(drop.next_night())
        scene.entsyncd()
        scene.check("--allow-absent")
        self.assertNotIn("20260915", self.report(scene))

    # What a Delta does --------------------------------------------------------------------------

    def test_only_what_a_delta_names_changes_and_the_journal_says_where_it_stands(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        dn, values, key = self.pupils(scene, 1)[0]
        before = scene.dump()
        folder = drop.write_delta(after(drop.day, 1), [modify("Eleve", key, ENTPersonPrenom=["Ariane"])])
        scene.entsyncd()
        changed = changed_entries(before, scene.dump())
        self.assertEqual({dn}, changed)
        self.assertEqual(["Ariane"], scene.search(dn)[0][1]["givenName"])
        file = next(name for name in os.listdir(folder) if "_Eleve_" in name)
        subject = f"{drop.code()}/Eleve/{key}"
        self.assertRegex(scene.entsync("audit", "person", subject).stdout, file + r":\d+")
        self.assertRegex(self.report(scene), r"delivery \S+ Complet 2026-09-15 \(\d+ files, 20260915\)\n"
                                             r"delivery \S+ Deltas 2026-09-16 \(4 files, 20260916.Delta\)\n")
        self.assertEqual(values["ENTPersonJointure"], scene.search(dn)[0][1]["ENTPersonJointure"])

    def test_an_empty_delta_makes_nobody_absent(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        before = scene.dump()
        drop.write_delta(after(drop.day, 1), [])
        self.assertIn("nothing to do", scene.entsyncd().stderr)
        self.assertEqual(before, scene.dump())

    def test_a_delete_request_starts_the_clock_and_nothing_more(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        dn, values, key = self.pupils(scene, 1)[0]
        drop.write_delta(after(drop.day, 1), [delete("Eleve", key)])
        scene.entsyncd()
        subject = f"{drop.code()}/Eleve/{key}"
        self.assertRegex(scene.entsync("audit", "person", subject).stdout,
                         r"ENTCompteAbsentDepuis.*_Delta_20260916_Eleve_0000.xml:\d+")
        now = scene.search(dn)[0][1]
        self.assertTrue(now["ENTCompteAbsentDepuis"][0].startswith("20260916"), now)
        self.assertEqual(values["ENTPersonLogin"], now["ENTPersonLogin"])
        since = now["ENTCompteAbsentDepuis"]
        drop.write_delta(after(drop.day, 2), [])
        scene.entsyncd()
        self.assertEqual(since, scene.search(dn)[0][1]["ENTCompteAbsentDepuis"])

    def test_many_delete_requests_are_held_and_approved_for_the_chain_they_were_made_from(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        gone = self.pupils(scene, 60)
        before = scene.dump()
        drop.write_delta("20260916", [delete("Eleve", key) for _, _, key in gone])
        scene.entsyncd(HELD)
        first = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        drop.write_delta("20260917", [])
        scene.entsyncd(HELD)
        second = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        scene.entsync("hold", "approve", first, *WHY, code=FAILED)
        self.assertEqual(before, scene.dump())
        scene.entsync("hold", "approve", second, *WHY)
        for dn, _, _ in gone:
            self.assertIn("ENTCompteAbsentDepuis", scene.search(dn)[0][1])
        self.assertIn("nothing to do", scene.entsyncd().stderr)

    # What does not follow -----------------------------------------------------------------------

    def test_after_a_gap_nothing_is_applied_until_the_next_complet(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.next_night()
        drop.put_delta(drop.next_night())
        self.refused(scene, "AAF-071")
        drop.put_delta(drop.next_night())
        self.refused(scene, "AAF-071")
        drop.next_night()
        drop.put_complet()
        scene.entsyncd()
        scene.check("--allow-absent")

    def test_an_applied_delta_that_is_taken_away_is_missed(self):
        scene, drop = self.drop_scene(limits=GAPS)
        scene.entsyncd()
        drop.put_delta(drop.next_night())
        scene.entsyncd()
        drop.put_delta(drop.next_night())
        drop.remove("20260916.Delta")
        self.refused(scene, "AAF-071")
        drop.remove("20260917.Delta")
        self.refused(scene, "AAF-026")

    def test_the_same_bytes_under_another_day_are_refused(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        delta = drop.next_night()
        drop.put_delta(delta)
        scene.entsyncd()
        again = drop.place(drop.code(), "20260917.Delta")
        shutil.copytree(os.path.join(delta, drop.code()), again)
        renamed(again, "20260917")
        self.refused(scene, "AAF-069")

    def test_two_deltas_of_one_day_are_refused(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.write_delta("20260916", [], "20260916.Delta")
        drop.write_delta("20260916", [], "20260916.Delta.2")
        self.refused(scene, "AAF-028")

    def test_a_delta_before_its_complet_or_of_its_day_counts_no_more(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        _, _, key = self.pupils(scene, 1)[0]
        drop.write_delta("20260914", [delete("Eleve", key)])
        drop.write_delta("20260915", [delete("Eleve", key)])
        self.assertIn("nothing to do", scene.entsyncd().stderr)

    def test_a_delta_whose_day_is_another_than_its_name_says_is_refused(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.write_delta("20260914", [], "20260916.Delta")
        self.refused(scene, "AAF-070")
        drop.remove("20260916.Delta")
        drop.write_delta("20260915", [], "20260916.Delta")
        self.refused(scene, "AAF-069")

    def test_a_delta_of_another_complet_or_of_none_is_refused(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.write_delta("20260916", [modify("Eleve", "99999991", ENTPersonPrenom=["Ariane"]),
                                      delete("PersRelEleve", "99999992")])
        self.refused(scene, "AAF-073")
        drop.remove("20260915")
        self.refused(scene, "AAF-080")

    def test_a_chain_that_grows_too_long_waits_for_a_complet(self):
        scene, drop = self.drop_scene(limits="delta_days = 2\n")
        scene.entsyncd()
        for day in (1, 2, 3):
            drop.write_delta(after("20260915", day), [])
        self.refused(scene, "AAF-072")

    # Plans and parts ----------------------------------------------------------------------------

    def test_a_saved_plan_is_stale_once_a_later_delta_was_applied(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.put_delta(drop.next_night())
        plan = os.path.join(scene.place, "plan.json")
        scene.entsync("plan", "--out", plan, *WHY)
        drop.put_delta(drop.next_night())
        scene.entsyncd()
        before = scene.dump()
        self.assertIn("PLAN-020", scene.entsync("apply", plan, *WHY, code=FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_a_saved_plan_of_a_chain_counts_as_its_last_delta(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        drop.put_delta(drop.next_night())
        plan = os.path.join(scene.place, "plan.json")
        scene.entsync("plan", "--out", plan, *WHY)
        scene.entsync("apply", plan, *WHY)
        scene.check("--allow-absent")
        drop.remove("20260916.Delta")
        self.refused(scene, "AAF-026")

    def test_a_part_on_demand_reads_the_whole_chain(self):
        scene, drop = self.drop_scene()
        scene.entsyncd()
        (dn, _, key), (_, _, other) = self.pupils(scene, 2)
        drop.write_delta("20260916", [modify("Eleve", key, ENTPersonPrenom=["Ariane"]),
                                      modify("Eleve", other, ENTPersonPrenom=["Bérénice"])])
        before = scene.dump()
        done = scene.entsync("sync", "--person", f"{drop.code()}/Eleve/{key}", "--yes", *WHY)
        self.assertIn("RUN-062", done.stderr)
        self.assertEqual({dn}, changed_entries(before, scene.dump()))


class DeltasInTheInbox(InboxTest):
    def inbox_drop(self, **arguments):
        scene = self.inbox_scene(**arguments)
        with open(scene.config, encoding="utf-8") as f:
            config = f.read()
        drop = Drop(scene)
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(config)
        return scene, drop

    @staticmethod
    def send(scene, drop, folder, name):
        """Moves a delivery that lies ready into the inbox."""
        os.rename(folder, os.path.join(scene.inbox, drop.code(), name))

    def runs(self, daemon, count):
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") >= count, 60), daemon.log())

    def reasons(self, scene, drop, count=1):
        folder = os.path.join(scene.place, "state", "quarantine", drop.code())
        def texts():
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            return [n for n in names if n.endswith(".reason.txt")]
        self.assertTrue(wait_until(lambda: len(texts()) >= count, 60))
        with open(os.path.join(folder, texts()[-1]), encoding="utf-8") as f:
            return f.read()

    def test_deltas_that_arrive_are_applied_behind_their_complet_and_kept_with_it(self):
        scene, drop = self.inbox_drop(inbox="patience_minutes = 0\nkeep_days = 1")
        code = drop.code()
        daemon = self.ready(scene)
        self.drop(scene)
        self.runs(daemon, 1)
        delta = drop.next_night()
        self.send(scene, drop, os.path.join(delta, code), "export")
        self.runs(daemon, 2)
        scene.check("--allow-absent")
        self.assertIn(f"Delta of {code} of 2026-09-16 accepted", daemon.log())
        kept = [f"{code}.20260915.tgz", f"{code}.20260916.Delta", "replaced"]
        self.assertEqual(kept, self.stored(scene, "deliveries", code))
        self.assertEqual(DONE, daemon.end())
        # Both are in use, however old they are.
        folder = os.path.join(scene.place, "state", "deliveries", code)
        for name in kept[:2]:
            os.utime(os.path.join(folder, name), (1_600_000_000, 1_600_000_000))
        daemon = self.ready(scene)
        drop.next_night()
        self.drop(scene)
        self.runs(daemon, 1)
        self.assertEqual([*kept[:2], f"{code}.20260917.tgz", "replaced"], self.stored(scene, "deliveries", code))
        self.assertEqual(DONE, daemon.end())
        # Behind the new Complet they are not any more.
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("INB-006") == 2, 30), daemon.log())
        self.assertEqual([f"{code}.20260917.tgz", "replaced"], self.stored(scene, "deliveries", code))
        self.assertEqual(DONE, daemon.end())

    def test_deltas_that_arrive_in_the_wrong_order_are_both_taken(self):
        scene, drop = self.inbox_drop()
        code = drop.code()
        self.drop(scene)
        first, second = drop.next_night(), drop.next_night()
        self.send(scene, drop, os.path.join(second, code), "a")
        self.send(scene, drop, os.path.join(first, code), "b")
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("INB-004") == 3, 90), daemon.log())
        self.assertTrue(wait_until(lambda: "Deltas 2026-09-16 (4 files, " in daemon.log()
                                           and "2026-09-17 (4 files, " in daemon.log(), 60), daemon.log())
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == daemon.log().count("RUN-003"), 60))
        self.assertEqual([], self.stored(scene, "quarantine", code))
        self.assertEqual(DONE, daemon.end())
        scene.check("--allow-absent")

    def test_a_delta_that_does_not_follow_goes_to_quarantine_and_the_chain_goes_on(self):
        scene, drop = self.inbox_drop()
        code = drop.code()
        daemon = self.ready(scene)
        self.send(scene, drop, drop.write_delta("20260916", []), "too-early")
        self.assertIn("AAF-079", self.reasons(scene, drop, 1))
        self.drop(scene)
        self.runs(daemon, 1)
        before = scene.dump()
        for number, (day, expected) in enumerate((("20260917", "AAF-071"), ("20260915", "AAF-069"),
                                                  ("20260914", "AAF-070")), 2):
            self.send(scene, drop, drop.write_delta(day, []), day)
            self.assertIn(expected, self.reasons(scene, drop, number))
        self.send(scene, drop, drop.write_delta("20260916", [delete("Eleve", "99999991")]), "other")
        self.assertIn("AAF-073", self.reasons(scene, drop, 5))
        self.assertEqual(before, scene.dump())
        # The alert follows the reason file: its command is a process of its own.
        refusals = lambda: [one for one in self.told(scene) if one["kind"] == "refused-delivery"]
        self.assertTrue(wait_until(lambda: len(refusals()) >= 5, 30), daemon.log())
        self.assertEqual(5, len(refusals()))
        self.send(scene, drop, os.path.join(drop.next_night(), code), "night")
        self.runs(daemon, 2)
        scene.check("--allow-absent")
        self.assertEqual(DONE, daemon.end())
