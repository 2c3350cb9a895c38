"""Questions to the journal without a daemon: what they find, in which form, and the trace that reading leaves."""

import csv
import fcntl
import io
import json
import os

from scene import FAILED, SceneTest


class Audit(SceneTest):
    def loaded(self, **arguments):
        scene = self.scene(**arguments)
        scene.generate()
        scene.entsyncd()
        return scene

    def records(self, scene, *arguments):
        return [json.loads(line) for line in scene.entsync("audit", *arguments, "--form", "json").stdout.splitlines()]

    def test_a_reading_is_journaled_with_its_extent_before_it_is_shown(self):
        scene = self.loaded()
        _, _, key = scene.a_pupil()
        story = scene.entsync("audit", "person", key, "--reason", "a parent asked", "--ticket", "DPO-1").stdout
        self.assertIn("create eleve " + key, story)
        self.assertRegex(story, r"\(sdet-1d:eleve\.sn, \S+\.xml:\d+\)")
        reading = [r for r in self.records(scene, "all") if r["type"] == "read"][0]
        self.assertEqual("a parent asked", reading["reason"])
        self.assertRegex(reading["actor"], "^user:")
        self.assertIn(f"person {key}; 1 records of 1 subjects; ticket DPO-1", reading["detail"])

    def test_explanations_are_journaled_too(self):
        scene = self.loaded()
        _, _, key = scene.a_pupil()
        self.assertIn("was last written", scene.entsync("explain", key, "sn").stdout)
        self.assertIn(f"explanation of {key} shown", scene.entsync("audit", "all").stdout)

    def test_what_cannot_be_journaled_is_not_shown(self):
        scene = self.loaded()
        _, _, key = scene.a_pupil()
        journal = os.path.join(scene.place, "state", "journal.lock")
        with open(journal, "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for command in (("audit", "person", key), ("explain", key)):
                done = scene.entsync(*command, code=FAILED)
                self.assertEqual("", done.stdout)
                self.assertIn("READ-003", done.stderr)
        self.assertNotEqual("", scene.entsync("audit", "person", key).stdout)

    def test_csv_has_a_row_for_each_attribute_and_no_formula(self):
        scene = self.loaded()
        rows = list(csv.DictReader(io.StringIO(scene.entsync("audit", "all", "--form", "csv").stdout)))
        changes = [r for r in self.records(scene, "all") if r["type"] == "intent"]
        self.assertEqual(sum(len(r["attributes"]) for r in changes), sum(r["type"] == "intent" for r in rows))
        key = next(r["subject"] for r in changes if any(a["attribute"] == "mobile" for a in r["attributes"]))
        unsealed = scene.entsync("audit", "unseal", key, "--form", "csv", "--reason", "test", "--ticket", "T-1").stdout
        rows = list(csv.DictReader(io.StringIO(unsealed)))
        phones = [r["added"].strip() for r in rows if "phone" in r["attribute"].lower() or r["attribute"] == "mobile"]
        self.assertTrue(phones)
        self.assertTrue(any(value.startswith("'+33") for value in phones))
        self.assertFalse([value for value in phones if value.startswith("+")])

    def test_questions_by_actor_and_attribute(self):
        scene = self.loaded()
        for record in self.records(scene, "attribute", "MAIL"):
            self.assertIn("mail", [a["attribute"] for a in record["attributes"]])
        self.assertEqual(7, len(self.records(scene, "attribute", "mail", "--limit", "7")))
        everything = self.records(scene, "all")
        actor = everything[0]["actor"]
        of_actor = self.records(scene, "actor", actor)
        self.assertEqual({actor}, {r["actor"] for r in of_actor})
        # And that everything was read.
        self.assertEqual(len([r for r in everything if r["actor"] == actor]) + 1, len(of_actor))
        self.assertEqual([], self.records(scene, "actor", "user:nobody.of.this.name"))

    def test_a_large_reading_raises_an_alert(self):
        scene = self.loaded()
        told = os.path.join(scene.place, "told")
        scene.write_config(extra=f'[audit]\nalert_subjects = 10\n[notify]\ncommand = ["/usr/bin/tee", "{told}"]\n')
        _, _, key = scene.a_pupil()
        self.assertNotIn("READ-001", scene.entsync("audit", "person", key).stderr)
        self.assertFalse(os.path.exists(told))
        self.assertIn("READ-001", scene.entsync("audit", "all").stderr)
        with open(told, encoding="utf-8") as f:
            self.assertEqual("large-reading", json.load(f)["kind"])
