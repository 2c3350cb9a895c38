"""Whose entry it is where keys cannot tell: nobody is created or merged before a person decided, and the decision is
journaled and holds on the following nights."""

import base64
import os
import sqlite3

from scene import DONE, FAILED, HELD, PEOPLE, USAGE, SceneTest

OLDER = "uid=ancien1," + PEOPLE
WHY = ("--reason", "asked the school, ticket 77")


def line(attribute, value):
    return f"{attribute}:: {base64.b64encode(value.encode()).decode()}\n"


class Review(SceneTest):
    def waiting(self):
        """A region of which one pupil is not there yet, and an account that somebody made by hand has his names and birth
        date: the key, and the scene after a run."""
        scene = self.synchronised()
        dn, values = next((dn, values) for dn, values in scene.search(PEOPLE, "(objectClass=ENTAuxEleve)")
                          if len(values.get("ENTPersonJointure", ())) == 1)
        source, number = values["ENTPersonJointure"][0].split("$")
        text = f"dn: {dn}\nchangetype: delete\n\ndn: {OLDER}\nchangetype: add\nuid: ancien1\nENTPersonJointure: ENT$1\n"
        for object_class in ("top", "person", "organizationalPerson", "inetOrgPerson", "ENTPerson", "ENTAuxEleve"):
            text += f"objectClass: {object_class}\n"
        text += line("cn", values["cn"][0]) + line("sn", values["sn"][0]) + line("givenName", values["givenName"][0])
        text += line("ENTPersonDateNaissance", values["ENTPersonDateNaissance"][0])
        text += "ENTPersonLogin: ancien1\nuserPassword: kept\n"
        scene.modify(text)
        scene.entsyncd(DONE)
        return scene, f"{source}/Eleve/{number}", values

    def entries_of(self, scene, key):
        source, _, number = key.split("/")
        return [dn for dn, _ in scene.search(PEOPLE, f"(&(objectClass=ENTAuxEleve)(ENTPersonJointure={source}${number}))")]

    def test_an_undecidable_pair_is_listed_and_linked_by_a_person(self):
        scene, key, values = self.waiting()
        self.assertEqual(self.entries_of(scene, key), [])
        listed = scene.entsync("review", "list", code=HELD).stdout
        self.assertIn(key, listed)
        self.assertIn(OLDER, listed)
        for personal in (values["sn"][0], values["ENTPersonDateNaissance"][0]):
            self.assertNotIn(personal, listed)
        self.assertIn("--reason", scene.entsync("review", "link", key, code=USAGE).stderr)
        wrong = scene.entsync("review", "link", key, "--entry", PEOPLE, *WHY, code=FAILED)
        self.assertIn("REV-002", wrong.stderr)
        self.assertIn("REV-001", scene.entsync("review", "link", key + "0", *WHY, code=FAILED).stderr)
        scene.entsync("review", "link", key, *WHY)
        self.assertEqual(self.entries_of(scene, key), [], "nothing before the next run")

        scene.entsyncd(DONE)
        self.assertEqual(self.entries_of(scene, key), [OLDER])
        self.assertEqual(scene.search(OLDER)[0][1]["uid"], ["ancien1"])
        scene.entsyncd(DONE)
        self.assertIn("nothing waits", scene.entsync("review", "list", code=DONE).stdout)
        scene.entsync("plan", "--check", code=DONE)
        shown = scene.entsync("review", "show", key).stdout
        self.assertIn("linked to " + OLDER, shown)
        self.assertIn("ticket 77", shown)
        journal = scene.entsync("audit", "person", key).stdout
        self.assertIn("linked to the entry", journal)
        self.assertIn("a person decided", journal)

    def test_a_separated_pair_is_never_proposed_again(self):
        scene, key, _ = self.waiting()
        before = scene.search(OLDER)
        scene.entsync("review", "separate", key, *WHY)
        scene.entsyncd(DONE)
        own = self.entries_of(scene, key)
        self.assertEqual(len(own), 1)
        self.assertNotEqual(own, [OLDER])
        scene.entsyncd(DONE)
        scene.entsync("review", "list", code=DONE)
        scene.entsync("plan", "--check", code=DONE)
        self.assertEqual(before, scene.search(OLDER), "left as it was")
        self.assertIn("separated from", scene.entsync("audit", "person", key).stdout)

    def test_a_part_on_demand_neither_creates_nor_merges_either(self):
        scene, key, _ = self.waiting()
        scene.entsync("sync", "--person", key, "--yes", *WHY)
        self.assertEqual(self.entries_of(scene, key), [])
        scene.entsync("review", "link", key, *WHY)
        scene.entsync("sync", "--person", key, "--yes", *WHY)
        self.assertEqual(self.entries_of(scene, key), [OLDER])

    def test_a_pupil_under_a_new_key_keeps_account_and_identifier_for_good(self):
        scene = self.synchronised()
        dn, values = next((dn, values) for dn, values in scene.search(PEOPLE, "(ENTEleveINE=*)"))
        source, number = values["ENTPersonJointure"][0].split("$")
        key, former = f"{source}/Eleve/{number}", f"{source}/Eleve/9{number}"
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: ENTPersonJointure\nENTPersonJointure: {source}$9{number}\n")
        state = sqlite3.connect(os.path.join(scene.place, "state", "state.db"))
        with state:
            for table in ("identity", "login"):
                state.execute(f"UPDATE {table} SET subject = ? WHERE subject = ?", (former, key))
        state.close()
        done = scene.entsyncd(DONE)
        self.assertNotIn("LDG-", done.stderr)
        self.assertEqual(self.entries_of(scene, key), [dn])
        self.assertIn(f"its INE and birth date are those of {former}", scene.entsync("audit", "person", key).stdout)
        scene.entsync("plan", "--check", code=DONE)
        scene.modify(f"dn: {dn}\nchangetype: delete\n")
        self.assertNotIn("LDG-", scene.entsyncd(DONE).stderr)
        self.assertEqual(self.entries_of(scene, key), [dn], "the identifier is his under the new key too")
        self.assertEqual(scene.search(dn)[0][1]["ENTPersonLogin"], values["ENTPersonLogin"])
