"""Who is gone is forgotten, and known again when he comes back."""

import os
import re
import sqlite3
import sys
import unittest

from scene import DONE, FAILED, PEOPLE, SOURCE, WIDE_LIMITS, SceneTest

sys.path.append(os.path.join(SOURCE, "tests", "year"))

from deliveries import ID, Delivery  # noqa: E402  pylint: disable=wrong-import-position


class Tombstones(SceneTest):
    def state(self, scene):
        with sqlite3.connect(os.path.join(scene.place, "state", "state.db")) as database:
            return "\n".join(database.iterdump())

    def deliver(self, scene, date, without=(), renamed=None):
        """The same delivery on another day, without some pupils, or with one under another key."""
        scene.run("rm", "-rf", scene.deliveries)
        scene.date = date
        scene.generate()
        for code in scene.codes():
            delivery = Delivery(os.path.join(scene.deliveries, code))
            delivery.drop("Eleve", set(without))
            if renamed:
                old, new = renamed
                delivery.rewrite("Eleve", lambda r: r.replace(old, new) if ID.search(r)[1] == old else r)
            delivery.write()

    def gone(self):
        """A pupil who left, whose account came to its end, and whom the run after that forgot."""
        scene = self.scene(persons=800, limits=WIDE_LIMITS)
        scene.generate()
        scene.entsyncd(DONE)
        dn, values, key = scene.a_pupil()
        number = key.split("/")[2].encode()
        self.deliver(scene, "20260916", {number})
        scene.entsyncd(DONE)
        self.deliver(scene, "20261216", {number})
        scene.entsyncd(DONE)
        self.assertEqual([], scene.search(PEOPLE, f"(uid={values['uid'][0]})"))
        self.assertIn(key, self.state(scene))
        self.deliver(scene, "20261217", {number})
        scene.entsyncd(DONE)
        return scene, values, key, number

    def test_nothing_in_the_state_file_names_who_is_gone(self):
        scene, values, key, _ = self.gone()
        state = self.state(scene)
        for word in (key, values["ENTPersonLogin"][0], values["ENTEleveINE"][0]):
            self.assertNotIn(f"'{word}'", state)
        self.assertIn(values["uid"][0], state)
        with open(os.path.join(scene.place, "state", "state.db"), "rb") as f:
            self.assertNotIn(values["ENTEleveINE"][0].encode(), f.read())

    def test_who_comes_back_has_the_same_identifier_and_login(self):
        scene, values, key, number = self.gone()
        self.deliver(scene, "20261218")
        scene.entsyncd(DONE)
        again = self.pupil_with(scene, values)
        for name in ("uid", "ENTPersonLogin"):
            self.assertEqual(values[name], again[name])
        self.assertIn(key, self.state(scene))
        scene.entsync("plan", "--check", code=DONE)
        self.assertIn(number.decode(), again["ENTPersonJointure"][0])

    def test_who_comes_back_under_another_key_has_them_too(self):
        scene, values, _, number = self.gone()
        self.deliver(scene, "20261218", renamed=(number, b"1999999"))
        scene.entsyncd(DONE)
        again = self.pupil_with(scene, values)
        for name in ("uid", "ENTPersonLogin"):
            self.assertEqual(values[name], again[name])
        self.assertTrue(re.search(r"\$1999999$", again["ENTPersonJointure"][0]))
        scene.entsync("plan", "--check", code=DONE)

    def test_without_the_key_of_the_tombstones_no_run_is_made(self):
        scene, _, _, _ = self.gone()
        os.remove(os.path.join(scene.place, "state", "tombstone.key"))
        self.deliver(scene, "20261218")
        self.assertIn("LDG-009", scene.entsyncd(FAILED).stderr)

    def pupil_with(self, scene, values):
        found = scene.search(PEOPLE, f"(ENTEleveINE={values['ENTEleveINE'][0]})")
        self.assertEqual(1, len(found))
        return found[0][1]


if __name__ == "__main__":
    unittest.main()
