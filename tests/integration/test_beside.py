"""Parts on demand and explanations while a whole run is under way: neither disturbs the other."""

import collections
import glob
import json
import os
import re
import subprocess
import threading
import time

from control import ControlTest, ask
from scene import DONE, FAILED, PEOPLE, STRUCTURES, WIDE_LIMITS, program, wait_until

WHY = ("--reason", "name corrected, ticket 812")
WAITING = ("--wait", "120")


class Beside(ControlTest):
    def loading(self, persons=6000, until=50):
        """A daemon in the middle of a first load that is slow enough to be met."""
        scene = self.control_scene(persons=persons)
        scene.ldap_settings = "window = 1\nconnections = 1\n"
        scene.write_config()
        daemon = self.ready(scene)
        scene.planned = re.findall(r"\bAC-\w+/Eleve/\w+", scene.entsync("plan").stdout)
        self.start_run(scene)
        some = lambda: len(scene.search(PEOPLE, "(ENTPersonLogin=*)", "1.1")) >= until
        self.assertTrue(wait_until(some, 120), daemon.log())
        return scene, daemon

    def start_run(self, scene):
        status, answer = ask(scene.socket, "POST", "/v1/runs", {"reason": "first load"})
        self.assertEqual(202, status, answer)
        scene.whole = answer["run"]

    def status(self, scene):
        time.sleep(0.05)  # the socket allows so many requests a second and no more
        return ask(scene.socket, "GET", "/v1/status")[1]

    def is_loading(self, scene):
        return (self.status(scene)["under_way"] or {}).get("run") == scene.whole

    def end_of_load(self, scene, daemon):
        self.assertTrue(wait_until(lambda: not self.is_loading(scene), 300), daemon.log())

    def whole_ended_well(self, scene, daemon, *options):
        self.end_of_load(scene, daemon)
        last = self.status(scene)["last_run"]
        self.assertEqual((scene.whole, 0), (last["run"], last["exit_code"]), daemon.log()[-4000:])
        scene.check(*options)
        scene.entsync("plan", "--check", code=DONE)
        self.journal_is_whole(scene)

    def journal_is_whole(self, scene):
        """Every intent has exactly one outcome, every run its end, and the seals are in order."""
        records = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()]
        outcomes = collections.Counter(r["outcome"] for r in records if r["type"] == "intent")
        self.assertEqual(0, outcomes["open"], outcomes)
        started = [r["run"] for r in records if r["type"] == "run-started"]
        finished = [r["run"] for r in records if r["type"] == "run-finished"]
        self.assertEqual(sorted(started), sorted(finished))
        scene.entsync("audit", "verify")
        return records

    @staticmethod
    def delivered_pupils(scene):
        """Keys of all pupils of the delivery, in its order."""
        keys = []
        for path in sorted(glob.glob(os.path.join(scene.deliveries, "*", "*_Eleve_*.xml"))):
            with open(path, encoding="utf-8", errors="replace") as f:
                keys += [(path.split(os.sep)[-2], key) for key in re.findall(r"<id>(\w+)</id>", f.read())]
        return keys

    def newcomer(self, scene):
        """The key of one who was not in the directory yet and came there on demand."""
        key = scene.planned[-1]
        there = "(ENTPersonJointure=" + key.replace("/Eleve/", "$") + ")"
        self.assertEqual([], scene.search(PEOPLE, there, "1.1"))
        self.assertIn("eleve +1", scene.entsync("sync", "--person", key, "--yes", *WHY).stdout)
        self.assertEqual(1, len(scene.search(PEOPLE, there, "1.1")))
        return key

    def a_school(self, scene):
        """The UAI of one whose pupils are to come."""
        return scene.search(STRUCTURES, "(ENTStructureUAI=*)", "ENTStructureUAI")[-1][1]["ENTStructureUAI"][0]

    def in_background(self, scene, *arguments):
        return subprocess.Popen([program("entsync"), *arguments, "--config", scene.config], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def beside(self, scene, daemon):
        """The id of the part that works beside the load, once one does."""
        found = []
        look = lambda: found.append((self.status(scene)["beside"] or {}).get("run")) or found[-1]
        self.assertTrue(wait_until(look, 60), daemon.log())
        return found[-1]

    def test_a_part_is_applied_while_a_whole_run_is(self):
        scene, daemon = self.loading(persons=9000)
        dn, was, key = scene.a_pupil()
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: ALTERED BY HAND\n")
        plan = scene.entsync("sync", "--person", key, "--plan-only", *WHY)
        self.assertIn("- sn: ALTERED BY HAND", plan.stdout)
        done = scene.entsync("sync", "--person", key, "--yes", *WHY)
        self.assertIn("eleve ~1", done.stdout)
        self.assertEqual(was["sn"], scene.search(dn)[0][1]["sn"])
        newcomer = self.newcomer(scene)
        self.assertTrue(self.is_loading(scene), "it was to be met under way")
        self.assertGreaterEqual(daemon.log().count("RUN-066"), 3, daemon.log())
        self.whole_ended_well(scene, daemon)
        self.assertIn("ticket 812", scene.entsync("audit", "person", newcomer).stdout)
        self.assertEqual(DONE, daemon.end())

    def test_parts_at_the_beginning_of_a_later_night_leave_the_run_what_it_has_to_write(self):
        """New people get identifiers after those of the first load, and the part writes into the ledger meanwhile."""
        scene = self.control_scene(persons=6000, limits=WIDE_LIMITS)
        scene.entsyncd(DONE)
        daemon = self.ready(scene)
        _, _, key = scene.a_pupil()
        for night in ("1", "2"):
            scene.evolve("night", f"2026091{5 + int(night)}", "--night", night)
            self.start_run(scene)
            status, answer = ask(scene.socket, "POST", "/v1/sync", {"person": key, "reason": "x", "wait": 100})
            self.assertEqual((200, 0), (status, answer.get("exit_code")), answer)
            self.whole_ended_well(scene, daemon, "--allow-absent")
        self.assertEqual(DONE, daemon.end())

    def test_many_parts_at_once_come_one_by_one_and_the_run_goes_on_between_them(self):
        scene, daemon = self.loading(persons=9000)
        results = []

        def part(key):
            results.append(ask(scene.socket, "POST", "/v1/sync", {"person": key, "reason": "x", "wait": 300}))

        keys = scene.planned[:: len(scene.planned) // 8]
        threads = [threading.Thread(target=part, args=(key,)) for key in keys]
        for thread in threads:
            thread.start()
        most = 0
        while any(thread.is_alive() for thread in threads):
            most = max(most, self.status(scene)["parts_waiting"])
        self.assertGreater(most, 3)
        self.assertEqual([200] * len(keys), [status for status, _ in results], results)
        self.whole_ended_well(scene, daemon)
        self.assertEqual(DONE, daemon.end())

    def test_parts_at_every_moment_of_a_run(self):
        """Also while it reads and while it plans, and in the run after it, in which nothing changes."""
        scene = self.control_scene(persons=3000)
        daemon = self.ready(scene)
        pupils = self.delivered_pupils(scene)
        for least in (2, 1):  # a run without changes may be over before the second
            self.start_run(scene)
            number = 0
            while self.is_loading(scene) or number == 0:
                academie, key = pupils[number * 37 % len(pupils)]
                code, answer = ask(scene.socket, "POST", "/v1/sync",
                                   {"person": f"{academie}/Eleve/{key}", "reason": "x", "wait": 120})
                self.assertEqual((200, 0), (code, answer.get("exit_code")), answer)
                number += 1
            self.assertGreaterEqual(number, least)
            self.assertTrue(wait_until(lambda: self.status(scene)["under_way"] is None, 60))
        self.assertEqual([], [line for line in daemon.log().splitlines() if "RUN-020" in line])
        scene.check()
        scene.entsync("plan", "--check", code=DONE)
        self.journal_is_whole(scene)
        self.assertEqual(DONE, daemon.end())

    def test_what_has_to_be_read_whole_waits_for_the_end_as_long_as_it_may(self):
        scene, daemon = self.loading(persons=9000)
        academie = scene.codes()[0]
        late = scene.entsync("sync", "--academie", academie, "--yes", "--wait", "1", *WHY, code=FAILED)
        self.assertIn("RUN-068", late.stderr)
        done = scene.entsync("sync", "--academie", academie, "--yes", *WAITING, *WHY)
        self.assertIn("nothing to do", done.stdout)
        self.assertIn("RUN-067", daemon.log())
        self.assertFalse(self.is_loading(scene))
        scene.check()
        self.journal_is_whole(scene)

    def test_a_stop_during_a_part_leaves_nothing_open(self):
        scene, daemon = self.loading(persons=9000)
        part = self.in_background(scene, "sync", "--school", self.a_school(scene), "--yes", *WAITING, *WHY)
        self.beside(scene, daemon)
        time.sleep(0.2)
        self.assertEqual(DONE, daemon.end())
        part.communicate(timeout=60)
        self.journal_is_whole(scene)
        scene.entsyncd()
        scene.check()

    def test_a_part_is_cancelled_and_the_run_goes_on(self):
        scene, daemon = self.loading(persons=9000)
        part = self.in_background(scene, "sync", "--school", self.a_school(scene), "--yes", *WAITING, *WHY)
        run = self.beside(scene, daemon)
        self.assertIn("beside it       " + run, scene.entsync("status").stdout)
        self.assertIn(run, scene.entsync("run", "cancel", run, "--reason", "wrong school").stdout)
        _, errors = part.communicate(timeout=60)
        self.assertEqual(FAILED, part.returncode, errors)
        self.assertRegex(errors, "RUN-02[01]")
        self.assertTrue(self.is_loading(scene))
        self.assertIn("RUN-071", scene.entsync("run", "cancel", run, *WHY, code=FAILED).stderr)
        self.whole_ended_well(scene, daemon)
        self.assertIn("wrong school", scene.entsync("audit", "all").stdout)
        self.assertEqual(DONE, daemon.end())

    def test_a_run_that_is_cancelled_ends_and_the_part_too_is_whole(self):
        scene, daemon = self.loading(persons=9000)
        part = self.in_background(scene, "sync", "--school", self.a_school(scene), "--yes", *WAITING, *WHY)
        self.beside(scene, daemon)
        scene.entsync("run", "cancel", "--reason", "wrong day")
        output, errors = part.communicate(timeout=60)
        self.assertEqual(DONE, part.returncode, errors)
        self.assertIn("eleve +", output)
        self.end_of_load(scene, daemon)
        self.journal_is_whole(scene)
        self.start_run(scene)
        self.whole_ended_well(scene, daemon)
        self.assertEqual(DONE, daemon.end())

    def test_an_explanation_does_not_wait_for_a_run(self):
        scene, daemon = self.loading()
        dn, was, key = scene.a_pupil()
        for what in (key, dn):
            text = scene.entsync("explain", what, "sn").stdout
            self.assertIn(was["sn"][0], text)
        self.assertTrue(self.is_loading(scene), "it was to be met under way")
        self.whole_ended_well(scene, daemon)
        self.assertEqual(DONE, daemon.end())

    def test_explanations_of_a_part_are_those_of_the_whole(self):
        scene = self.synchronised(persons=1500)
        keys = []
        for label in ("Eleve", "PersEducNat", "PersRelEleve"):
            found = scene.search(PEOPLE, {"Eleve": "(objectClass=ENTAuxEleve)", "PersEducNat":
                                          "(objectClass=ENTAuxEnseignant)", "PersRelEleve":
                                          "(objectClass=ENTAuxPersRelEleve)"}[label], "ENTPersonJointure")
            self.assertGreater(len(found), 5, label)
            for _, values in found[:: len(found) // 5]:
                keys.append(values["ENTPersonJointure"][0].replace("$", f"/{label}/"))
        scene.modify("".join(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: ALTERED\n\n"
                             for dn, _ in scene.search(PEOPLE, "(objectClass=ENTAuxEleve)", "1.1")[:30]))
        of_part = {key: scene.entsync("explain", key) for key in keys}
        os.unlink(os.path.join(scene.place, "state", "deliveries.db"))
        for key in keys:
            self.assertIn("RUN-064", of_part[key].stderr, key)
            whole = scene.entsync("explain", key)
            self.assertIn("RUN-062", whole.stderr)
            self.assertEqual(whole.stdout, of_part[key].stdout)
