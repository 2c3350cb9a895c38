"""What a notification of a breach needs, out of the journal: numbers, and nobody's name."""

import json
import os
import sqlite3

from scene import DONE, FAILED, PEOPLE, SceneTest

ASKED = ("--from", "2026-01-01T00:00:00Z", "--reason", "incident 4", "--ticket", "INC-4")


class Incident(SceneTest):
    def report(self, scene, *arguments, code=DONE):
        return json.loads(scene.entsync("incident", "report", *ASKED, "--json", *arguments, code=code).stdout)

    def test_numbers_of_persons_data_schools_and_readings(self):
        scene = self.synchronised(persons=2500, extra='[controller]\nname = "Région d\'essai"\ndpo = "dpo@region.example"\n')
        _, values, key = scene.a_pupil()
        scene.entsync("audit", "unseal", key, "--reason", "curious", "--ticket", "T")
        people = scene.search(PEOPLE, "(ENTPersonLogin=*)", "objectClass")
        report = self.report(scene, "--known-since", "2026-11-20T10:00:00+01:00")
        self.assertEqual("2026-11-23T09:00:00.000Z", report["notify_by"])
        self.assertEqual(len(people), report["persons_changed"])
        pupils = sum(1 for _, v in people if "ENTAuxEleve" in v["objectClass"])
        self.assertEqual({"records": pupils, "persons": pupils}, report["profils"]["eleve"])
        self.assertEqual("Nom", report["attributes"]["sn"]["label"])
        self.assertEqual(1, report["unsealings"])
        self.assertGreaterEqual(report["read_persons"], 1)
        self.assertTrue(report["journal"]["whole"])
        self.assertEqual("dpo@region.example", report["dpo"])
        text = scene.entsync("incident", "report", *ASKED).stdout
        for name in ("sn", "ENTEleveINE", "uid"):
            self.assertNotIn(values[name][0] + "\n", text)
            self.assertNotIn(values[name][0], json.dumps(report))
        self.assertIn("incident report: from 2026-01-01", scene.entsync("audit", "all").stdout)

        uai = sorted(report["schools"])[0]
        one = self.report(scene, "--school", uai)
        self.assertEqual(report["schools"][uai], one["schools"][uai])
        self.assertLess(one["persons_changed"], report["persons_changed"])

    def test_a_journal_that_is_not_whole_is_told_and_bad_times_are_refused(self):
        scene = self.synchronised()
        self.assertIn("JRN-010", scene.entsync("incident", "report", *ASKED, "--known-since", "today", code=FAILED).stderr)
        with sqlite3.connect(os.path.join(scene.place, "state", "journal.db")) as database:
            trigger, = database.execute("SELECT sql FROM sqlite_schema WHERE name = 'record_is_never_changed'").fetchone()
            database.execute("DROP TRIGGER record_is_never_changed")
            database.execute("UPDATE record SET hash = zeroblob(32) WHERE seq = 5")
            database.execute(trigger)
        database.close()
        report = self.report(scene, code=FAILED)
        self.assertFalse(report["journal"]["whole"])
        self.assertIn("NOT WHOLE: altered", report["journal"]["said"])
