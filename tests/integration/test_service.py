"""The daemon as a service manager runs it: it synchronises at its times, tells how it is, takes a new
configuration only when all of it is right, and ends when told to."""

import os
import re
import signal
import time

from daemon import EVERY_SECOND, NEVER, DaemonTest
from scene import DONE, FAILED, PEOPLE, SCHEDULED, USAGE, kill, program, wait_until


class Service(DaemonTest):
    def test_it_synchronises_at_its_times_and_ends_when_told(self):
        scene = self.scene(extra=EVERY_SECOND)
        scene.generate()
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: "nothing to do" in daemon.log(), 120), daemon.log())
        scene.check()
        self.assertTrue(daemon.said("STATUS=next run"))
        self.assertEqual(DONE, daemon.end())
        self.assertTrue(daemon.said("STOPPING=1"))
        scene.entsync("plan", "--check", code=DONE)
        self.assertIn(SCHEDULED, scene.entsync("audit", "person", scene.a_pupil()[2]).stdout)
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)

    def test_a_stop_in_the_middle_of_a_run_finishes_what_is_in_flight(self):
        scene = self.scene(persons=1500, extra=EVERY_SECOND)
        scene.generate()
        daemon = self.ready(scene)
        some = lambda: len(scene.search(PEOPLE, "(ENTPersonLogin=*)", "1.1")) >= 50
        self.assertTrue(wait_until(some), daemon.log())
        self.assertEqual(DONE, daemon.end())
        self.assertIn("RUN-030", daemon.log())
        listed = scene.entsync("audit", "all").stdout
        self.assertNotIn("  open  ", listed)
        scene.entsyncd()
        scene.check()

    def test_kill_9_is_settled_at_the_next_start(self):
        scene = self.scene(persons=1500, extra=EVERY_SECOND)
        scene.generate()
        daemon = self.ready(scene)
        some = lambda: len(scene.search(PEOPLE, "(ENTPersonLogin=*)", "1.1")) >= 50
        self.assertTrue(wait_until(some), daemon.log())
        kill(daemon.process)
        scene.write_config(extra=NEVER)
        daemon = self.ready(scene)
        self.assertIn("RUN-010", daemon.log())
        self.assertEqual(DONE, daemon.end())
        self.assertNotIn("  open  ", scene.entsync("audit", "all").stdout)

    def test_a_missed_run_is_made_up_once(self):
        scene = self.scene(extra=NEVER)
        scene.generate()
        daemon = self.ready(scene)
        self.assertEqual(DONE, daemon.end())
        self.assertNotIn("RUN-004", daemon.log())
        with open(os.path.join(scene.place, "state", "last-start"), "w", encoding="utf-8") as f:
            f.write("2020-06-01T00:00:00Z\n")
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        self.assertIn("RUN-042", daemon.log())
        self.assertTrue(wait_until(lambda: daemon.said("STATUS=next run")))
        time.sleep(1)
        self.assertEqual(1, daemon.log().count("RUN-004"))
        self.assertEqual(DONE, daemon.end())

    def test_a_new_configuration_is_taken_whole_or_not_at_all(self):
        scene = self.scene(extra=NEVER)
        scene.generate()
        daemon = self.ready(scene)
        scene.write_config(extra='[schedule]\nrun = ["25:00"]\n')
        daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: "RUN-041" in daemon.log()), daemon.log())
        self.assertIn("'25' is no hour", daemon.log())
        self.assertNotIn("RUN-004", daemon.log())
        scene.write_config(extra=EVERY_SECOND)
        daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        self.assertIn("RUN-044", daemon.log())
        self.assertEqual(DONE, daemon.end())
        scene.check()

    def test_a_second_daemon_on_the_same_state_is_refused_with_the_owner(self):
        scene = self.scene(extra=NEVER)
        scene.generate()
        first = self.ready(scene)
        second = self.daemon(scene)
        self.assertEqual(FAILED, second.process.wait(timeout=30))
        self.assertIn("RUN-002", second.log())
        self.assertIn(f"pid {first.process.pid}", second.log())
        scene.entsyncd()  # between two runs the daemon stands in nobody's way
        self.assertEqual(DONE, first.end(signal.SIGINT))

    def test_the_watchdog_hears_from_the_loop(self):
        scene = self.scene(extra=EVERY_SECOND)
        scene.generate()
        daemon = self.ready(scene, watchdog=True)
        self.assertTrue(wait_until(lambda: "nothing to do" in daemon.log(), 120), daemon.log())
        daemon.said("")
        beats = sum("WATCHDOG=1" in message for message in daemon.heard)
        self.assertGreater(beats, 5)
        self.assertEqual(DONE, daemon.end())

    def test_a_directory_that_is_away_is_no_reason_not_to_start(self):
        scene = self.scene(extra=EVERY_SECOND)
        scene.generate()
        scene.stop_directory()
        daemon = self.ready(scene)
        self.assertTrue(wait_until(lambda: "LDAP-010" in daemon.log(), 60), daemon.log())
        scene.start_directory()
        self.assertTrue(wait_until(lambda: "nothing to do" in daemon.log(), 120), daemon.log())
        self.assertEqual(DONE, daemon.end())
        scene.check()

    def test_without_a_schedule_it_says_so(self):
        scene = self.scene()
        scene.generate()
        done = scene.run(program("entsyncd"), "--config", scene.config, code=USAGE)
        self.assertIn("RUN-040", done.stderr)
        self.assertIn("nothing is scheduled", scene.entsync("schedule").stdout)

    def test_the_next_runs_are_shown(self):
        scene = self.scene(extra='[schedule]\nrun = ["Mon..Fri 02:30", "Sun 04:00"]\n')
        scene.generate()
        shown = scene.entsync("schedule", "--count", "12").stdout
        times = re.findall(r"(?m)^     (\w{3}) \d{4}-\d\d-\d\d (\d\d:\d\d:\d\d)$", shown)
        self.assertEqual(12, len(times))
        self.assertEqual({("Sun", "04:00:00")}, {t for t in times if t[0] == "Sun"})
        self.assertNotIn("Sat", {day for day, _ in times})
