"""No personal data in the operational log, reports or error texts: canary values are searched for byte by
byte."""

import os
import unittest

from scene import HELD, SceneTest


class Privacy(SceneTest):
    def test_logs_and_reports_name_keys_never_people(self):
        scene = self.scene(persons=1500)
        scene.generate()
        text = scene.entsyncd().stderr
        scene.evolve("night", "20260916", "--night", "1")
        text += scene.entsyncd().stderr
        scene.defect("lost-pupils-30")
        done = scene.entsyncd(HELD)
        text += done.stderr + done.stdout
        reports = os.path.join(scene.place, "state", "reports")
        for name in os.listdir(reports):
            with open(os.path.join(reports, name), encoding="utf-8") as f:
                text += f.read()
        lowered = text.lower()
        for _, values in scene.search("ou=people,dc=ent,dc=example,dc=fr"):
            for attribute in ("sn", "givenName", "ENTPersonDateNaissance", "mail", "mobile", "homePhone",
                              "ENTEleveINE", "ENTPersonLogin", "ENTPersonAdresse"):
                for value in values.get(attribute, []):
                    if len(value) >= 6:
                        self.assertNotIn(value.lower(), lowered, attribute)

    def test_flags_of_canteen_and_childcare_reach_nothing(self):
        scene = self.synchronised()
        self.assertNotIn("Restaurant", scene.dump())
        for folder, _, files in os.walk(os.path.join(scene.place, "state")):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    data = f.read()
                if name.endswith(".txt"):
                    continue  # reports count the dropped attributes by name
                self.assertNotIn(b"ENTEleveRestaurantScolaire", data)

    def test_whatever_is_written_is_readable_by_its_owner_only(self):
        self.addCleanup(os.umask, os.umask(0o022))
        scene = self.synchronised(extra='[log]\nfile = "log/entsync.log"\n')
        plans = os.path.join(scene.place, "plans")
        os.mkdir(plans, 0o700)
        # What lies in the place of the file aside is neither followed nor kept as it is.
        elsewhere = os.path.join(scene.place, "elsewhere")
        aside = os.path.join(plans, "plan.json.new")
        with open(elsewhere, "w", encoding="utf-8") as f:
            f.write("mine")
        os.link(elsewhere, aside)
        scene.entsync("plan", "--summary", "--out", os.path.join(plans, "plan.json"))
        with open(elsewhere, encoding="utf-8") as f:
            self.assertEqual("mine", f.read())
        os.symlink(elsewhere, aside)
        scene.entsync("plan", "--summary", "--out", os.path.join(plans, "plan.json"))
        seen = set()
        for place in ("state", "log", "plans"):
            for folder, _, files in os.walk(os.path.join(scene.place, place)):
                self.assertEqual(os.stat(folder).st_mode & 0o077, 0, folder)
                for name in files:
                    seen.add(name)
                    self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o077, 0, name)
        self.assertTrue({"entsync.log", "plan.json", "journal.db", "state.db"} <= seen, seen)
        self.assertTrue(os.listdir(os.path.join(scene.place, "state", "reports")))


if __name__ == "__main__":
    unittest.main()
