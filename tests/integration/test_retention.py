"""Fourteen months under a clock of their own: what reached its term is in no file, and what is left still verifies."""

import json
import os
import re
import sqlite3

from departures import Departures
from scene import BUILD, PEOPLE, WIDE_LIMITS
from set_clock import ClockScene

VERIFY = os.path.join(BUILD, "daemon", "verify", "entsync-verify")
NIGHTS = ("20250115", "20250315", "20250515", "20250715", "20250915", "20251115", "20260115", "20260315")


class Retention(Departures):
    def lived(self):
        """A region over fourteen months; a pupil leaves after the first night. Gives his entry and key too."""
        scene = ClockScene(limits=WIDE_LIMITS)
        self.addCleanup(scene.close)
        scene.extra = f'[journal]\ncheckpoint_file = "{scene.place}/handed-out"\n'
        scene.date, gone = NIGHTS[0], set()
        scene.generate()
        for night in NIGHTS:
            self.deliver(scene, night, gone)
            scene.at = f"{night[:4]}-{night[4:6]}-{night[6:]} 03:00:00"
            scene.entsyncd()
            if not gone:
                _, values, key = scene.a_pupil()
                gone = {key.split("/")[2].encode()}
        return scene, values, key

    def test_after_fourteen_months_nothing_is_older_than_a_year(self):
        scene, values, key = self.lived()
        self.assertEqual([], scene.search(PEOPLE, f"(uid={values['uid'][0]})"))
        records = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()]
        self.assertGreaterEqual(min(record["time"] for record in records), "2025-03-15")
        certificates = [record for record in records if record["type"] == "records-removed"]
        self.assertTrue(certificates)
        self.assertIn("records older than 365 days removed", certificates[-1]["detail"])
        for report in os.listdir(os.path.join(scene.place, "state", "reports")):
            self.assertGreaterEqual(report[:8], NIGHTS[1])
        self.assertRegex(scene.entsync("retention", "status").stdout, r"records of the journal +\d+ +365 +2026-03-16")
        # Who left: his key went with the account, and his first records with their year.
        words = [value for name in ("sn", "ENTEleveINE", "ENTPersonDateNaissance") for value in values[name]]
        for folder, _, names in os.walk(os.path.join(scene.place, "state")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                # A name may be that of a sibling.
                self.assertNotIn(values["ENTEleveINE"][0].encode(), content, name)
                if name.startswith("journal.db"):
                    self.assertEqual([], [word for word in words + [key] if word.encode() in content], name)

    def test_the_rest_verifies_from_the_certificate_and_what_goes_otherwise_is_named(self):
        scene, _, _ = self.lived()
        journal = os.path.join(scene.place, "state", "journal.db")
        key = os.path.join(scene.place, "verifier.key")
        with open(key, "w", encoding="utf-8") as file:
            file.write(scene.entsync("audit", "key").stdout)
        verify = (VERIFY, os.path.join(scene.place, "state"), "--key", key, "--checkpoints",
                  os.path.join(scene.place, "handed-out"))
        whole = scene.run(*verify).stdout
        removed = int(re.search(r"records 1 to (\d+) were removed at their term", whole)[1])
        self.assertIn("were removed at their term", scene.entsync("audit", "verify").stdout)
        with sqlite3.connect(journal) as database:
            first, = database.execute("SELECT min(seq) FROM record").fetchone()
            self.assertEqual(removed + 1, first)
            with self.assertRaises(sqlite3.IntegrityError):
                database.execute("DELETE FROM record WHERE seq = ?", (first,))
            database.execute("DROP TRIGGER record_is_removed_at_its_term")
            database.execute("DELETE FROM record WHERE seq = ?", (first,))
        database.close()
        self.assertIn("NOT WHOLE: removed", scene.run(*verify, code=1).stdout)
