"""Deliveries that arrive by themselves: taken when they are whole, never before; kept, replaced, refused
and shredded as configured; whoever is late or refused is told of."""

import os
import shutil
import time

from inbox import InboxTest
from scene import DONE, wait_until


class Inbox(InboxTest):
    def test_a_delivery_dropped_there_is_applied_without_a_further_word(self):
        scene = self.inbox_scene()
        daemon = self.ready(scene)
        code = scene.codes()[0]
        self.drop(scene)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        scene.check()
        self.assertEqual([f"{code}.{scene.date}.tgz", "replaced"], self.stored(scene, "deliveries", code))
        self.assertEqual([], os.listdir(os.path.join(scene.inbox, code)))
        self.assertIn(f"delivery of {code}", scene.entsync("audit", "person", scene.a_pupil()[2]).stdout)
        self.assertEqual(DONE, daemon.end())

    def test_a_slow_copy_in_three_pieces_is_not_touched_before_it_is_whole(self):
        scene = self.inbox_scene(inbox="patience_minutes = 5")
        daemon = self.ready(scene)
        code = scene.codes()[0]
        with open(self.archive(scene, code), "rb") as f:
            content = f.read()
        target = os.path.join(scene.inbox, code, "export.tgz")
        third = len(content) // 3
        for number, piece in enumerate((content[:third], content[third:2 * third])):
            with open(target, "ab") as f:
                f.write(piece)
            # Long enough to settle and to be looked at.
            self.assertTrue(wait_until(lambda: daemon.log().count("INB-003") > number, 30), daemon.log())
            self.assertEqual([], self.stored(scene, "deliveries", code))
        with open(target, "ab") as f:
            f.write(content[2 * third:])
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        self.assertNotIn("INB-005", daemon.log())
        scene.check()
        self.assertEqual(DONE, daemon.end())

    def test_loose_parts_and_folders_are_deliveries_too(self):
        scene = self.inbox_scene()
        code = scene.codes()[0]
        for name in os.listdir(os.path.join(scene.deliveries, code)):
            shutil.copy(os.path.join(scene.deliveries, code, name), os.path.join(scene.inbox, code))
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        scene.check()
        self.assertEqual([f"{code}.{scene.date}", "replaced"], self.stored(scene, "deliveries", code))
        scene.evolve("night", "20260916", "--night", "1")
        shutil.copytree(os.path.join(scene.deliveries, code), os.path.join(scene.inbox, code, "export"))
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 2, 60), daemon.log())
        scene.check()
        self.assertEqual(DONE, daemon.end())

    def test_half_of_a_delivery_that_a_crash_left_in_the_store_goes_back_to_the_other_half(self):
        scene = self.inbox_scene()
        code = scene.codes()[0]
        gathering = os.path.join(scene.place, "state", "deliveries", code, ".gathering")
        os.makedirs(gathering)
        names = sorted(os.listdir(os.path.join(scene.deliveries, code)))
        for number, name in enumerate(names):
            shutil.copy(os.path.join(scene.deliveries, code, name),
                        gathering if number < len(names) // 2 else os.path.join(scene.inbox, code))
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        scene.check()
        stored = os.path.join(scene.place, "state", "deliveries", code, f"{code}.{scene.date}")
        self.assertEqual(names, sorted(os.listdir(stored)))
        self.assertEqual(DONE, daemon.end())

    def test_the_same_day_again_replaces_the_earlier_delivery(self):
        scene = self.inbox_scene()
        daemon = self.ready(scene)
        code = scene.codes()[0]
        self.drop(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 1, 60), daemon.log())
        self.drop(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 2, 60), daemon.log())
        self.assertEqual([f"{code}.{scene.date}.tgz"], self.stored(scene, "deliveries", code, "replaced"))
        self.assertEqual(DONE, daemon.end())

    def test_what_never_becomes_whole_goes_to_quarantine_and_is_told_of(self):
        scene = self.inbox_scene()
        code = scene.codes()[0]
        scene.defect("missing-category")
        daemon = self.ready(scene)
        self.drop(scene)
        self.assertTrue(wait_until(lambda: "INB-005" in daemon.log(), 60), daemon.log())
        names = self.stored(scene, "quarantine", code)
        reasons = [name for name in names if name.endswith(".reason.txt")]
        self.assertEqual(1, len(reasons), names)
        with open(os.path.join(scene.place, "state", "quarantine", code, reasons[0]), encoding="utf-8") as f:
            self.assertIn("AAF-02", f.read())
        self.assertTrue(wait_until(lambda: self.told(scene)))
        self.assertEqual("refused-delivery", self.told(scene)[0]["kind"])
        self.assertNotIn("RUN-004", daemon.log())
        self.assertEqual(DONE, daemon.end())

    def test_a_run_waits_until_every_academie_has_delivered(self):
        scene = self.inbox_scene(persons=3000, academies=2)
        first, second = scene.codes()
        daemon = self.ready(scene)
        self.drop(scene, first)
        self.assertTrue(wait_until(lambda: "INB-004" in daemon.log(), 60), daemon.log())
        time.sleep(2)
        self.assertNotIn("RUN-003", daemon.log())
        self.drop(scene, second)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        scene.check()
        self.assertEqual(DONE, daemon.end())

    def test_a_delivery_accepted_before_a_restart_is_not_forgotten(self):
        scene = self.inbox_scene(persons=3000, academies=2)
        first, second = scene.codes()
        daemon = self.ready(scene)
        self.drop(scene, first)
        self.assertTrue(wait_until(lambda: "INB-004" in daemon.log(), 60), daemon.log())
        self.assertEqual(DONE, daemon.end())
        daemon = self.ready(scene)
        self.drop(scene, second)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        self.assertEqual(DONE, daemon.end())

    def test_a_late_delivery_is_told_of(self):
        scene = self.inbox_scene(more='[schedule]\nlatest_delivery = ["*:*:0/2"]\n')
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: self.told(scene), 30), daemon.log())
        alert = self.told(scene)[0]
        self.assertEqual("late-delivery", alert["kind"])
        self.assertIn(scene.codes()[0], alert["subject"])
        self.assertIn("RUN-045", daemon.log())
        self.assertEqual(DONE, daemon.end())

    def test_a_held_run_is_told_of(self):
        scene = self.inbox_scene()
        daemon = self.ready(scene)
        self.drop(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 1, 60), daemon.log())
        scene.evolve("night", "20260916", "--night", "1")
        scene.defect("lost-school")
        self.drop(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 2, 60), daemon.log())
        self.assertTrue(wait_until(lambda: self.told(scene)), daemon.log())
        self.assertIn(self.told(scene)[0]["kind"], ("held", "failed"))
        self.assertEqual(DONE, daemon.end())

    def test_what_was_kept_long_enough_is_shredded_but_not_the_newest(self):
        scene = self.inbox_scene(inbox="keep_days = 1")
        code = scene.codes()[0]
        daemon = self.ready(scene)
        self.drop(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 1, 60), daemon.log())
        self.drop(scene)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 2, 60), daemon.log())
        self.assertEqual(DONE, daemon.end())
        folder = os.path.join(scene.place, "state", "deliveries", code)
        long_ago = time.time() - 3 * 86400
        for name in (f"{code}.{scene.date}.tgz", f"replaced/{code}.{scene.date}.tgz"):
            os.utime(os.path.join(folder, name), (long_ago, long_ago))
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: "INB-006" in daemon.log(), 30), daemon.log())
        self.assertEqual(DONE, daemon.end())
        self.assertEqual([], self.stored(scene, "deliveries", code, "replaced"))
        self.assertEqual([f"{code}.{scene.date}.tgz", "replaced"], self.stored(scene, "deliveries", code))
