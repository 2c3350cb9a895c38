"""A pupil who left, and what became of the account: for the tests of what is forgotten."""

import os
import sqlite3
import sys

from scene import DONE, PEOPLE, SOURCE, WIDE_LIMITS, SceneTest

sys.path.append(os.path.join(SOURCE, "tests", "year"))

from deliveries import ID, Delivery  # noqa: E402  pylint: disable=wrong-import-position


class Departures(SceneTest):
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
