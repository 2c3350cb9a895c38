"""The registers of persons against a real directory: who is restricted is left as he is, who objected is not made
again, who died is suspended at once and goes when two people said so."""

import os
import sqlite3

from scene import DONE, FAILED, PEOPLE, USAGE, SceneTest

WHY = ("--reason", "letter of the family, ticket 12")


class Rights(SceneTest):
    def pupil(self, scene, at=0):
        found = sorted((dn, values) for dn, values in scene.search(PEOPLE, "(objectClass=ENTAuxEleve)")
                       if len(values.get("ENTPersonJointure", ())) == 1)
        dn, values = found[at]
        source, number = values["ENTPersonJointure"][0].split("$")
        return dn, values, f"{source}/Eleve/{number}"

    def give_key(self, scene):
        path = os.path.join(scene.place, "rights.key")
        with open(path, "w", encoding="utf-8") as f:
            f.write("0123456789abcdef" * 4 + "\n")
        os.chmod(path, 0o600)
        scene.extra += '\n[rights]\nobjection_key_file = "rights.key"\n'
        scene.write_config()
        return path

    def test_a_restricted_entry_stays_as_it_is_until_it_is_lifted(self):
        scene = self.synchronised()
        dn, before, key = self.pupil(scene)
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: CHANGED\n")
        scene.entsync("rights", "restrict", key, *WHY)
        self.assertIn("RGT-012", scene.entsync("rights", "restrict", key, *WHY, code=FAILED).stderr)
        planned = scene.entsync("plan").stdout
        self.assertIn("waits while the entry is restricted", planned)
        scene.entsyncd(DONE)
        after = scene.search(dn)[0][1]
        self.assertEqual(after["ENTCompteLimitation"], ["GEL"])
        self.assertEqual(after["sn"], ["CHANGED"])
        scene.entsync("plan", "--check", code=DONE)
        explained = scene.entsync("explain", key).stdout
        self.assertIn("restricted since", explained)
        self.assertIn("waits while the entry is restricted", explained)
        reports = os.path.join(scene.place, "state", "reports")
        last = max((os.path.join(reports, name) for name in os.listdir(reports)), key=os.path.getmtime)
        with open(last, encoding="utf-8") as f:
            self.assertIn(f"waits while restricted: ~ {key}", f.read())

        scene.entsync("rights", "lift", key, *WHY, code=USAGE)
        self.assertIn("RGT-013", scene.entsync("rights", "lift", key, "--notice-date", "2999-01-01", *WHY,
                                               code=FAILED).stderr)
        scene.entsync("rights", "lift", key, "--notice-date", "2026-09-16", *WHY)
        scene.entsyncd(DONE)
        after = scene.search(dn)[0][1]
        self.assertNotIn("ENTCompteLimitation", after)
        self.assertEqual(after["sn"], before["sn"])
        shown = scene.entsync("rights", "show", key).stdout
        self.assertIn("lifted", shown)
        self.assertIn("told on 2026-09-16", shown)
        journal = scene.entsync("audit", "person", key).stdout
        self.assertIn("restriction: restrict", journal)
        self.assertIn("restriction: lift", journal)

    def test_a_plan_that_was_made_before_a_restriction_is_stale(self):
        scene = self.synchronised()
        dn, _, key = self.pupil(scene)
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: CHANGED\n")
        scene.entsync("plan", "--out", os.path.join(scene.place, "plan.json"))
        scene.entsync("rights", "restrict", key, *WHY)
        refused = scene.entsync("apply", os.path.join(scene.place, "plan.json"), "--reason", "go", code=FAILED)
        self.assertIn("PLAN-020", refused.stderr)

    def test_who_objected_is_not_made_by_five_feeds_and_the_list_names_nobody(self):
        scene = self.scene()
        scene.generate()
        key_file = self.give_key(scene)
        scene.entsyncd(DONE)
        dn, values, key = self.pupil(scene)
        scene.entsync("rights", "object", key, *WHY)
        scene.entsyncd(DONE)
        self.assertEqual(scene.search(dn)[0][1]["ENTCompteLimitation"], ["GEL"], "frozen while it is examined")
        scene.entsync("rights", "accept", key, *WHY)
        scene.entsyncd(DONE)
        after = scene.search(dn)[0][1]
        self.assertEqual(after["ENTCompteEtat"], ["SUSPENDU"])
        self.assertNotIn("ENTCompteLimitation", after)
        scene.modify(f"dn: {dn}\nchangetype: delete\n")
        source, _, number = key.split("/")
        mine = f"(&(objectClass=ENTAuxEleve)(ENTPersonJointure={source}${number}))"
        for night in range(1, 6):
            scene.evolve("night", f"202609{15 + night}", "--night", str(night))
            scene.write_config()
            scene.entsyncd(DONE)
            self.assertEqual(scene.search(PEOPLE, mine), [])
        self.assertIn("no account is made", scene.entsync("explain", key).stdout)

        with sqlite3.connect(os.path.join(scene.place, "state", "state.db")) as db:
            lines = repr(db.execute("SELECT * FROM person_register").fetchall())
            persons = [row[0] for row in db.execute("SELECT person FROM person_register")]
        for plain in (key, number, values["sn"][0], values["ENTEleveINE"][0]):
            self.assertNotIn(plain, lines)
        self.assertEqual([len(person) for person in persons], [64], "INE and birth date were learned")

        with open(key_file, "w", encoding="utf-8") as f:
            f.write("another key, of more than 32 characters\n")
        self.assertIn("RGT-005", scene.entsyncd(FAILED).stderr)
        os.remove(key_file)
        self.assertIn("RGT-002", scene.entsyncd(FAILED).stderr)
        self.assertEqual(scene.search(PEOPLE, mine), [])

    def test_who_died_is_suspended_at_once_and_deleted_when_two_people_confirm(self):
        scene = self.synchronised()
        dn, _, key = self.pupil(scene)
        scene.entsync("rights", "death", key, "--date", "2026-09-10", "--evidence", "dossier 7", *WHY)
        scene.entsyncd(DONE)
        self.assertEqual(scene.search(dn)[0][1]["ENTCompteEtat"], ["SUSPENDU"])
        scene.entsync("rights", "confirm-deletion", key, *WHY)
        self.assertIn("RGT-014", scene.entsync("rights", "confirm-deletion", key, *WHY, code=FAILED).stderr)
        self.assertIn("two different people", scene.entsync("rights", "show", key).stdout)
        scene.evolve("night", "20261220", "--night", "1")
        scene.write_config()
        scene.entsyncd(None)
        self.assertNotEqual(scene.search(dn), [], "one person alone deletes nobody")
        self.assertIn("two different people", scene.entsync("review", "list", code=None).stdout)
        scene.entsync("rights", "withdraw", key, "--register", "death", *WHY)
        scene.entsyncd(None)
        self.assertNotIn("ENTCompteEtat", scene.search(dn)[0][1], "it was a mistake")
