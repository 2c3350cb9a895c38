"""Who is gone is forgotten, and known again when he comes back."""

import os
import re
import unittest

from departures import Departures
from scene import DONE, FAILED, PEOPLE


class Tombstones(Departures):
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
