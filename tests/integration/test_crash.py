"""Crashes in the middle of an apply: the next run completes it, and the journal agrees with the directory's
own log of changes (accesslog)."""

import collections
import json
import unittest

from scene import DONE, FAILED, SUFFIX, SceneTest, kill, wait_until


def accesslog(scene):
    """Successful writes that slapd recorded: Counter of (type, normalised DN)."""
    writes = collections.Counter()
    for _, values in scene.search("cn=accesslog", "(&(objectClass=auditWriteObject)(reqResult=0))"):
        writes[(values["reqType"][0], values["reqDN"][0].lower())] += 1
    return writes


def journal_outcomes(scene):
    """Every intent with its outcome."""
    records = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()]
    return [r for r in records if r["type"] == "intent"]


WRITES = {"create": "add", "modify": "modify", "absent": "modify", "restore": "modify", "remove": "delete"}


def assert_journal_agrees(test, scene):
    intents = journal_outcomes(scene)
    test.assertEqual([], [i for i in intents if i["outcome"] == "open"])
    applied = collections.Counter((WRITES[i["operation"]], i["dn"].lower())
                                  for i in intents if i["outcome"] == "applied")
    test.assertEqual(accesslog(scene), applied)
    test.assertIn("whole", scene.entsync("audit", "verify").stdout)


class Crash(SceneTest):
    def count(self, scene):
        return len(scene.search(SUFFIX, "(ENTPersonLogin=*)", "1.1"))

    def test_kill_9_in_the_middle_of_an_apply(self):
        scene = self.scene(persons=1500, directory_options=("--accesslog",))
        scene.generate()
        for share in (5, 300, 900):
            process = scene.start_entsyncd()
            self.assertTrue(wait_until(lambda: self.count(scene) >= share or process.poll() is not None))
            self.assertIsNone(process.poll(), "the run ended before it could be killed")
            kill(process)
        done = scene.entsyncd()
        self.assertIn("RUN-010", done.stderr)
        scene.check()
        scene.entsync("plan", "--check", code=DONE)
        assert_journal_agrees(self, scene)

    def test_an_identifier_in_a_link_is_never_given_to_somebody_else(self):
        """Killed before the responsables exist that pupils already link to; the next night brings others."""
        scene = self.scene(persons=1500)
        scene.generate()
        process = scene.start_entsyncd()
        self.assertTrue(wait_until(lambda: self.count(scene) >= 100 or process.poll() is not None))
        self.assertIsNone(process.poll(), "the run ended before it could be killed")
        kill(process)
        scene.evolve("night", "20260917", "--night", "2")
        scene.entsyncd()
        # A link of a pupil and the one of his responsable back to him go together, whenever they were written.
        links, back = set(), collections.defaultdict(set)
        for intent in journal_outcomes(scene):
            for attribute in intent["attributes"]:
                if attribute["attribute"] == "ENTElevePersRelEleve":
                    links |= {(intent["dn"], value.split("$")[0]) for value in attribute["added"]}
                elif attribute["attribute"] == "ENTAuxPersRelEleveEleve":
                    back[intent["dn"]] |= set(attribute["added"])
        self.assertEqual([], [(pupil, to) for pupil, to in sorted(links) if to in back and pupil not in back[to]])
        scene.check("--allow-absent")

    def test_ctrl_c_finishes_what_is_in_flight_and_the_next_run_goes_on(self):
        import signal
        scene = self.scene(persons=1500, directory_options=("--accesslog",))
        scene.generate()
        process = scene.start_entsyncd()
        self.assertTrue(wait_until(lambda: self.count(scene) >= 50))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(), FAILED)
        assert_journal_agrees(self, scene)
        done = scene.entsyncd()
        self.assertNotIn("RUN-010", done.stderr)
        scene.check()
        assert_journal_agrees(self, scene)

    def test_the_directory_dies_in_the_middle_and_comes_back(self):
        scene = self.scene(persons=1500, directory_options=("--accesslog",))
        scene.generate()
        process = scene.start_entsyncd()
        self.assertTrue(wait_until(lambda: self.count(scene) >= 200))
        with open(scene.place + "/directory/pid", encoding="utf-8") as f:
            import os
            import signal
            os.kill(int(f.read()), signal.SIGKILL)
        scene.start_directory("--accesslog")
        self.assertEqual(process.wait(), DONE)
        scene.check()
        intents = journal_outcomes(scene)
        self.assertEqual([], [i for i in intents if i["outcome"] == "open"])

    def test_a_full_journal_stops_the_run_before_a_change_is_sent(self):
        import os
        import resource
        import subprocess
        from scene import program
        scene = self.scene(persons=1500, directory_options=("--accesslog",))
        scene.generate()
        size = 700 * 1024
        process = subprocess.run(
            [program("entsyncd"), "--once", "--config", scene.config], stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)), check=False)
        self.assertEqual(process.returncode, FAILED, process.stderr[-2000:])
        self.assertTrue(os.path.exists(os.path.join(scene.place, "state", "journal.db")))
        self.assertLess(self.count(scene), 1500)
        done = scene.entsyncd()
        scene.check()
        assert_journal_agrees(self, scene)
        self.assertEqual(done.returncode, DONE)


if __name__ == "__main__":
    unittest.main()
