"""The three ways to end the daemon, with a real directory: whatever is sent has its outcome, at the end or
after the next start, and the journal agrees with the directory's own log of changes."""

import json
import os
import signal
import time

from control import ControlTest, ask
from daemon import EVERY_SECOND, NEVER
from scene import DONE, PEOPLE, SUFFIX, kill, wait_until
from test_crash import assert_journal_agrees, journal_outcomes


class Stop(ControlTest):
    def scene_with_accesslog(self, more=NEVER, persons=1500):
        return self.control_scene(more=more, persons=persons, directory_options=("--accesslog",))

    def begin(self, scene, count):
        """A daemon in the middle of a first load."""
        daemon = self.ready(scene)
        self.assertEqual(202, ask(scene.socket, "POST", "/v1/runs", {"reason": "first load"})[0])
        some = lambda: len(scene.search(PEOPLE, "(ENTPersonLogin=*)", "1.1")) >= count
        self.assertTrue(wait_until(some), daemon.log())
        return daemon

    def open_intents(self, scene):
        return [i for i in journal_outcomes(scene) if i["outcome"] == "open"]

    def test_normal_finishes_what_is_in_flight(self):
        scene = self.scene_with_accesslog()
        daemon = self.begin(scene, 50)
        self.assertIn("stopping (normal)", scene.entsync("stop", "--reason", "a new kernel").stdout)
        self.assertEqual(DONE, daemon.process.wait(timeout=60))
        self.assertIn("RUN-030", daemon.log())
        assert_journal_agrees(self, scene)
        self.assertLess(len(scene.search(PEOPLE, "(ENTPersonLogin=*)", "1.1")), 1400)
        journal = scene.entsync("audit", "all").stdout
        self.assertIn("stop normal", journal)
        self.assertIn("a new kernel", journal)

    def test_drain_finishes_the_wave(self):
        scene = self.scene_with_accesslog()
        daemon = self.begin(scene, 50)
        scene.entsync("stop", "--mode", "drain", "--reason", "a new kernel")
        self.assertEqual(DONE, daemon.process.wait(timeout=60))
        assert_journal_agrees(self, scene)
        intents = journal_outcomes(scene)
        self.assertEqual({"applied"}, {i["outcome"] for i in intents})
        persons = [i for i in intents if i["operation"] == "create" and i["dn"].endswith(PEOPLE)]
        self.assertGreater(len(persons), 1000)
        again = json.loads(scene.entsync("plan", "--json").stdout)["changes"]
        self.assertIn("classe", {c["kind"] for c in again if c["operation"] == "create"})
        self.assertNotIn("person", {c["kind"] for c in again if c["operation"] == "create"})

    def test_now_leaves_open_what_the_next_start_settles(self):
        scene = self.scene_with_accesslog()
        daemon = self.begin(scene, 50)
        with scene.frozen_directory():  # it answers nothing more
            started = time.monotonic()
            self.assertEqual(202, ask(scene.socket, "POST", "/v1/stop", {"mode": "now", "reason": "fire"})[0])
            self.assertEqual(DONE, daemon.process.wait(timeout=60))
            self.assertLess(time.monotonic() - started, 10)
        self.assertTrue(self.open_intents(scene))
        daemon = self.ready(scene)
        self.assertIn("RUN-010", daemon.log())
        self.assertEqual(DONE, daemon.end())
        self.assertEqual([], self.open_intents(scene))
        assert_journal_agrees(self, scene)

    def test_term_stops_as_configured_and_in_time_whatever_the_directory_does(self):
        scene = self.scene_with_accesslog(more=NEVER + '[service]\nstop = "drain"\nstop_limit_seconds = 2\n')
        daemon = self.begin(scene, 50)
        with scene.frozen_directory():
            started = time.monotonic()
            self.assertEqual(DONE, daemon.end())
            self.assertLess(time.monotonic() - started, 12)
        log = daemon.log()
        places = [log.index(f"stopping ({mode})") for mode in ("drain", "normal", "now")]
        self.assertEqual(sorted(places), places)
        daemon = self.ready(scene)
        self.assertEqual(DONE, daemon.end())
        assert_journal_agrees(self, scene)

    def test_term_at_any_point_of_a_run_leaves_every_sent_change_with_its_outcome(self):
        scene = self.scene_with_accesslog(more=EVERY_SECOND)
        for moment in range(12):
            daemon = self.ready(scene)
            self.assertTrue(wait_until(lambda: "RUN-003" in daemon.log() or moment < 3, 30), daemon.log())
            time.sleep(0.07 * moment)
            self.assertEqual(DONE, daemon.end(), daemon.log())
            assert_journal_agrees(self, scene)
        scene.entsyncd()
        scene.check()
        assert_journal_agrees(self, scene)

    def test_an_order_that_cannot_be_journaled_is_not_followed(self):
        scene = self.control_scene()
        daemon = self.ready(scene)
        journal = os.path.join(scene.place, "state", "journal.db")
        other = scene.start("entsyncd", "--once", "--config", scene.config)
        self.addCleanup(lambda: other.poll() is None and kill(other))
        self.assertTrue(wait_until(lambda: os.path.exists(journal) and "entsyncd" in scene.lock_owner() or
                                   len(scene.search(SUFFIX, "(ENTPersonLogin=*)", "1.1")) > 5))
        other.send_signal(signal.SIGSTOP)  # it holds the journal
        try:
            for target, body in (("/v1/stop", {"reason": "x"}),):
                status, answer = ask(scene.socket, "POST", target, body)
                self.assertEqual(503, status, answer)
                self.assertIn("ADM-004", str(answer))
        finally:
            other.send_signal(signal.SIGCONT)
        self.assertEqual(DONE, other.wait(timeout=60))
        self.assertIsNone(daemon.process.poll(), "it goes on")
        self.assertEqual(400, ask(scene.socket, "POST", "/v1/stop", {"mode": "soon", "reason": "x"})[0])
        self.assertEqual(DONE, daemon.end())
