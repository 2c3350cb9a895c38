"""Nights and the rentrée, checked by a tool that shares no code with the program."""

import unittest

from scene import DONE, HELD, WIDE_LIMITS, SceneTest


class Seasons(SceneTest):
    def test_ordinary_nights_then_the_rentree(self):
        scene = self.scene(persons=1500, academies=2, limits=WIDE_LIMITS)
        scene.generate()
        scene.entsyncd()
        scene.check()
        for night, date in enumerate(("20260916", "20260917", "20260918"), start=1):
            scene.evolve("night", date, "--night", str(night))
            scene.entsyncd()
            scene.check("--allow-absent")
            scene.entsync("plan", "--check", code=DONE)
        scene.evolve("rentree", "20270905")
        scene.entsyncd()
        scene.check("--allow-absent")
        scene.entsync("plan", "--check", code=DONE)
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)

    def test_somebody_who_comes_back_gets_the_same_entry_back(self):
        scene = self.scene(persons=2500, limits=WIDE_LIMITS)
        scene.generate()
        scene.entsyncd()
        first = {dn: v for dn, v in scene.search("ou=people,dc=ent,dc=example,dc=fr",
                                                  "(objectClass=ENTAuxEleve)")}
        scene.defect("lost-school")
        scene.entsyncd(HELD)
        held = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        scene.entsync("hold", "approve", held, "--reason", "the school closed")
        gone = scene.search("ou=people,dc=ent,dc=example,dc=fr", "(ENTCompteAbsentDepuis=*)")
        self.assertTrue(gone)
        self.assertTrue(all(v["ENTCompteEtat"] == ["SUSPENDU"] for _, v in gone))
        scene.generate()
        scene.entsyncd()
        again = {dn: v for dn, v in scene.search("ou=people,dc=ent,dc=example,dc=fr",
                                                  "(objectClass=ENTAuxEleve)")}
        self.assertEqual(first, again)

    def test_a_rentree_under_ordinary_limits_is_held(self):
        scene = self.synchronised(persons=1500)
        scene.evolve("rentree", "20270905")
        before = scene.dump()
        done = scene.entsyncd(HELD)
        self.assertIn("HOLD-010", done.stderr)
        held = scene.entsync("hold", "list", code=HELD).stdout
        self.assertIn("limit", held)
        hold_id = held.split()[0]
        scene.entsync("hold", "approve", hold_id, "--reason", "rentrée, checked by hand")
        self.assertNotEqual(before, scene.dump())
        scene.check("--allow-absent")
        self.assertIn("nothing waits", scene.entsync("hold", "list").stdout)
        scene.entsync("plan", "--check", code=DONE)


if __name__ == "__main__":
    unittest.main()
