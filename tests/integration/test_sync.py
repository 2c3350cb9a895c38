"""Synchronising a part on demand: what is named and its links, nothing else, and nothing decided for the night."""

import fcntl
import json
import os
import pty
import re
import subprocess
import threading
import unittest

from scene import DONE, FAILED, HELD, MANY_CREATES, OUT_OF_SYNC, PEOPLE, USAGE, SceneTest, program

WHY = ("--reason", "name corrected, ticket 812")


class Sync(SceneTest):
    def pupils(self, scene, count):
        found = []
        for dn, values in scene.search(PEOPLE, "(objectClass=ENTAuxEleve)")[:count]:
            source, key = values["ENTPersonJointure"][0].split("$")
            found.append((dn, values, f"{source}/Eleve/{key}"))
        return found

    @staticmethod
    def drift(scene, *dns):
        for dn in dns:
            scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: ALTERED BY HAND\n")

    @staticmethod
    def surname(scene, dn):
        return scene.search(dn)[0][1]["sn"]

    def answered(self, scene, answer, *arguments, between=None):
        """The command with somebody at its terminal, who answers after `between` was done."""
        master, slave = pty.openpty()
        running = subprocess.Popen([program("entsync"), "sync", *arguments, *WHY, "--config", scene.config],
                                   stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        os.close(slave)
        text = ""
        while not text.endswith("[y/N] "):
            more = running.stdout.read(1)
            if not more:
                break
            text += more
        if between:
            between()
        os.write(master, answer.encode())
        rest, errors = running.communicate(timeout=120)
        os.close(master)
        return running.returncode, text + rest, errors

    def test_one_of_two_altered_pupils_is_mended_and_the_other_is_left(self):
        scene = self.synchronised()
        (one, was, key), (other, _, _) = self.pupils(scene, 2)
        self.drift(scene, one, other)
        done = scene.entsync("sync", "--person", key, "--yes", *WHY)
        self.assertIn("eleve ~1", done.stdout)
        self.assertEqual(self.surname(scene, one), was["sn"])
        self.assertEqual(self.surname(scene, other), ["ALTERED BY HAND"])
        self.assertIn("nothing to do", scene.entsync("sync", "--person", key, "--yes", *WHY).stdout)
        scene.entsync("plan", "--check", code=OUT_OF_SYNC)
        scene.entsyncd()
        scene.check()

    @staticmethod
    def without_run(text):
        return re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{4}|[0-9.]+ s\b", "RUN", text)

    def test_after_a_whole_run_only_the_part_is_read_and_the_plan_is_that_of_the_whole(self):
        scene = self.synchronised()
        scene.entsyncd()
        pupils = self.pupils(scene, 40)
        self.drift(scene, *(dn for dn, _, _ in pupils))
        school = pupils[0][1]["ENTPersonStructRattach"][0].split("=")[1].split(",")[0]
        for scope in (("--person", pupils[0][2]), ("--school", school)):
            part = scene.entsync("sync", *scope, "--plan-only", *WHY)
            self.assertIn("RUN-064", part.stderr)
            os.rename(os.path.join(scene.place, "state", "deliveries.db"), os.path.join(scene.place, "aside"))
            whole = scene.entsync("sync", *scope, "--plan-only", *WHY)
            self.assertIn("RUN-062", whole.stderr)
            os.rename(os.path.join(scene.place, "aside"), os.path.join(scene.place, "state", "deliveries.db"))
            self.assertEqual(self.without_run(part.stdout), self.without_run(whole.stdout))
            self.assertIn("eleve", part.stdout)
        scene.entsync("sync", "--school", school, "--yes", *WHY)
        self.assertIn("nothing to do", scene.entsync("sync", "--school", school, "--yes", *WHY).stdout)
        scene.entsyncd()
        scene.check()

    def test_a_delivery_that_changed_since_is_read_whole(self):
        scene = self.synchronised()
        (_, _, key), = self.pupils(scene, 1)
        folder = os.path.join(scene.deliveries, key.split("/")[0])
        for name in os.listdir(folder):
            if "_Eleve_" in name:
                os.utime(os.path.join(folder, name))
        done = scene.entsync("sync", "--person", key, "--yes", *WHY)
        self.assertIn("RUN-062", done.stderr)
        self.assertIn("nothing to do", done.stdout)

    def test_the_reason_the_name_and_the_scope_are_journaled(self):
        scene = self.synchronised()
        (one, _, key), = self.pupils(scene, 1)
        self.drift(scene, one)
        scene.entsync("sync", "--person", key, "--yes", *WHY)
        records = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()]
        started = [r for r in records if r.get("detail", "").startswith("scope: ")]
        self.assertEqual(len(started), 1)
        self.assertIn(f"scope: person {key}", started[0]["detail"])
        own = [r for r in records if r["run"] == started[0]["run"]]
        self.assertGreaterEqual(len(own), 3)  # begin, intent, end
        self.assertEqual({r["reason"] for r in own if r.get("reason")}, {WHY[1]})
        self.assertTrue(started[0]["actor"].startswith(("user:", "uid:")))
        scene.entsync("audit", "verify")

    def test_only_a_plan_touches_nothing_and_so_does_a_script_without_yes(self):
        scene = self.synchronised()
        (one, _, key), = self.pupils(scene, 1)
        self.drift(scene, one)
        before = scene.dump()
        journal = scene.entsync("audit", "all").stdout
        for more in (("--plan-only",), ()):
            done = scene.run(program("entsync"), "sync", "--person", key, *WHY, *more, "--config", scene.config)
            self.assertIn("- sn: ALTERED BY HAND", done.stdout)
        self.assertIn("--yes", done.stdout)
        self.assertEqual(before, scene.dump())
        after = scene.entsync("audit", "all").stdout.splitlines()
        self.assertEqual(journal.splitlines(), [line for line in after if "  read  run" not in line])

    def test_at_a_terminal_the_plan_is_shown_and_applied_when_agreed_to(self):
        scene = self.synchronised()
        (one, was, key), = self.pupils(scene, 1)
        self.drift(scene, one)
        code, text, _ = self.answered(scene, "n\n", "--person", key)
        self.assertEqual(code, DONE)
        self.assertIn("apply 1 changes?", text)
        self.assertEqual(self.surname(scene, one), ["ALTERED BY HAND"])
        code, _, errors = self.answered(
            scene, "y\n", "--person", key, between=lambda: scene.modify(
                f"dn: {one}\nchangetype: modify\nreplace: sn\nsn: ALTERED AGAIN\n"))
        self.assertEqual(code, FAILED)
        self.assertIn("PLAN-022", errors)
        self.assertEqual(self.surname(scene, one), ["ALTERED AGAIN"])
        code, _, errors = self.answered(scene, "y\n", "--person", key)
        self.assertEqual(code, DONE, errors)
        self.assertEqual(self.surname(scene, one), was["sn"])

    def test_a_school_of_a_new_directory_is_whole_and_the_night_completes_the_rest(self):
        scene = self.scene(persons=3000, limits=MANY_CREATES)
        scene.generate()
        changes = json.loads(scene.entsync("plan", "--json").stdout)["changes"]
        uai = next(c for c in changes if c["kind"] == "structure")["schools"][0]
        scene.entsync("sync", "--school", uai, "--yes", *WHY)
        some = scene.search(PEOPLE, "(objectClass=ENTPerson)", "dn")
        self.assertGreater(len(some), 10)
        again = scene.entsync("sync", "--school", uai, "--yes", *WHY)
        self.assertIn("nothing to do", again.stdout)
        scene.entsyncd()
        self.assertGreater(len(scene.search(PEOPLE, "(objectClass=ENTPerson)", "dn")), len(some))
        scene.check()
        scene.entsync("plan", "--check", code=DONE)

    def test_somebody_unknown_and_words_without_meaning_touch_nothing(self):
        scene = self.synchronised()
        before = scene.dump()
        done = scene.entsync("sync", "--person", "AC-TOULOUSE/Eleve/0", "--yes", *WHY, code=FAILED)
        self.assertIn("AC-TOULOUSE/Eleve/0", done.stderr)
        self.assertIn("SCOPE-002", done.stderr)
        self.assertIn("SCOPE-001", scene.entsync("sync", "--school", "0310001A", "--yes", *WHY, code=USAGE).stderr)
        self.assertIn("SCOPE-001", scene.entsync("sync", "--yes", *WHY, code=USAGE).stderr)
        self.assertIn("--reason", scene.entsync("sync", "--profile", "eleve", "--yes", code=USAGE).stderr)
        self.assertEqual(before, scene.dump())
        scene.entsync("sync", "--help")

    def test_what_waits_goes_on_waiting_and_a_part_that_would_be_held_is_refused(self):
        scene = self.synchronised(persons=4000)
        (one, was, key), = self.pupils(scene, 1)
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        waiting = scene.entsync("hold", "list", code=HELD).stdout
        before = scene.dump()
        done = scene.entsync("sync", "--academie", scene.codes()[0], "--yes", *WHY, code=HELD)
        self.assertIn("HOLD-021", done.stderr)
        self.assertEqual(before, scene.dump())
        self.assertEqual(waiting, scene.entsync("hold", "list", code=HELD).stdout)
        teacher = scene.search(PEOPLE, "(objectClass=ENTAuxEnseignant)")[0]
        self.drift(scene, teacher[0])
        code, person = teacher[1]["ENTPersonJointure"][0].split("$")
        scene.entsync("sync", "--person", f"{code}/PersEducNat/{person}", "--yes", *WHY)
        self.assertEqual(self.surname(scene, teacher[0]), teacher[1]["sn"])
        self.assertEqual(waiting, scene.entsync("hold", "list", code=HELD).stdout)
        # Nothing but the teacher was written, so that the plan that waits is not stale.
        scene.entsync("hold", "approve", waiting.split()[0], "--reason", "confirmed")
        scene.entsync("plan", "--check", code=DONE)

    def test_another_run_is_waited_for_and_not_for_ever(self):
        scene = self.synchronised()
        (one, was, key), = self.pupils(scene, 1)
        self.drift(scene, one)
        with open(os.path.join(scene.place, "state", "lock"), "r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = scene.entsync("sync", "--person", key, "--yes", "--wait", "0", *WHY, code=FAILED)
            self.assertIn("RUN-002", done.stderr)
            timer = threading.Timer(2, lambda: fcntl.flock(lock, fcntl.LOCK_UN))
            timer.start()
            done = scene.entsync("sync", "--person", key, "--yes", *WHY)
            timer.join()
        self.assertIn("RUN-060", done.stderr)
        self.assertEqual(self.surname(scene, one), was["sn"])


if __name__ == "__main__":
    unittest.main()
