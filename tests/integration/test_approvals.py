"""Who may let a held plan go: one person, or two where the configuration says so, for all of it or for some
schools; and every approval has a name in the journal."""

import os
import re
from unittest import mock

from scene import DONE, FAILED, HELD, PEOPLE, SceneTest

TWO_PERSONS = '[approval]\nsecond_person = ["absent"]\n'


def acting_as(name):
    """What sudo tells of the person behind root."""
    return mock.patch.dict(os.environ, {"SUDO_USER": name})


class Approvals(SceneTest):
    def held(self, **arguments):
        scene = self.synchronised(persons=4000, **arguments)
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        return scene, scene.entsync("hold", "list", code=HELD).stdout.split()[0]

    def test_a_mass_absence_needs_two_different_persons(self):
        scene, hold_id = self.held(extra=TWO_PERSONS)
        before = scene.dump()
        with acting_as("alice"):
            done = scene.entsync("hold", "approve", hold_id, "--reason", "seen", code=HELD)
            self.assertIn("HOLD-004", done.stderr)
            again = scene.entsync("hold", "approve", hold_id, "--reason", "seen", code=FAILED)
            self.assertIn("HOLD-005", again.stderr)
            self.assertIn("alice", again.stderr)
        self.assertEqual(before, scene.dump())
        self.assertIn("user:alice", scene.entsync("hold", "list", code=HELD).stdout)
        with acting_as("bob"):
            scene.entsync("hold", "approve", hold_id, "--reason", "confirmed")
        self.assertNotEqual(before, scene.dump())
        scene.entsync("plan", "--check", code=DONE)
        journal = scene.entsync("audit", "all").stdout
        self.assertIn("first approval", journal)
        for name in ("user:alice", "user:bob"):
            self.assertIn(name, journal)

    def test_why_names_who_let_a_change_go(self):
        scene, hold_id = self.held(extra=TWO_PERSONS)
        with acting_as("alice"):
            scene.entsync("hold", "approve", hold_id, "--reason", "seen", code=HELD)
        with acting_as("bob"):
            scene.entsync("hold", "approve", hold_id, "--reason", "confirmed")
        _, values = scene.search(PEOPLE, "(&(objectClass=ENTAuxEleve)(ENTCompteAbsentDepuis=*))")[0]
        source, number = values["ENTPersonJointure"][0].split("$")
        why = scene.entsync("why", f"{source}/Eleve/{number}", "ENTCompteAbsentDepuis").stdout
        self.assertRegex(why, r"ENTCompteAbsentDepuis was last written \S+ by user:bob: confirmed, run \S+")
        self.assertRegex(why, r"first approved \S+ by user:alice: seen")
        self.assertRegex(why, r"released \S+ by user:bob: confirmed\n +plan \w+ made by run \S+; held ")
        untouched = scene.entsync("why", f"{source}/Eleve/{number}", "sn").stdout
        self.assertRegex(untouched, r"sn was last written .*because of \S+Eleve_\d+\.xml:\d+, rule sdet-1d:eleve\.sn")
        self.assertNotIn("approved", untouched)
        _, _, key = scene.a_pupil()
        self.assertIn("no change that the journal still has wrote it",
                      scene.entsync("why", key, "ENTCompteLimitation").stdout)

    def test_two_persons_have_to_agree_on_the_same_schools(self):
        scene, hold_id = self.held(extra=TWO_PERSONS)
        shown = scene.entsync("hold", "list", code=HELD).stdout
        school = re.search(r"school (\w{8})", shown).group(1)
        before = scene.dump()
        with acting_as("alice"):
            scene.entsync("hold", "approve", hold_id, "--school", school, "--reason", "seen", code=HELD)
        with acting_as("bob"):
            scene.entsync("hold", "approve", hold_id, "--reason", "all of it", code=HELD)
        self.assertEqual(before, scene.dump())
        with acting_as("bob"):
            scene.entsync("hold", "approve", hold_id, "--school", school, "--reason", "this one")
        self.assertNotEqual(before, scene.dump())
        rest = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        with acting_as("bob"):
            scene.entsync("hold", "approve", rest, "--reason", "alone", code=HELD)

    def test_a_first_approval_does_not_outlive_the_plan(self):
        scene, hold_id = self.held(extra=TWO_PERSONS)
        with acting_as("alice"):
            scene.entsync("hold", "approve", hold_id, "--reason", "seen", code=HELD)
        scene.entsync("hold", "reject", hold_id, "--reason", "no")
        self.assertEqual([], os.listdir(os.path.join(scene.place, "state", "holds")))
        scene.entsyncd(HELD)
        before = scene.dump()
        with acting_as("bob"):
            scene.entsync("hold", "approve", hold_id, "--reason", "again", code=HELD)
        self.assertEqual(before, scene.dump())

    def test_one_school_is_let_go_and_the_others_wait(self):
        scene, hold_id = self.held()
        shown = scene.entsync("hold", "list", code=HELD).stdout
        schools = sorted(set(re.findall(r"school (\w{8})", shown)))
        self.assertGreater(len(schools), 1, shown)
        chosen = schools[0]
        scene.entsync("hold", "approve", hold_id, "--school", chosen, "--reason", "closed, confirmed")
        absent = scene.search(PEOPLE, "(ENTCompteAbsentDepuis=*)")
        self.assertTrue(absent)
        dns = {dn for dn, values in scene.search("ou=structures,dc=ent,dc=example,dc=fr",
                                                 f"(ENTStructureUAI={chosen})")}
        pupils = [values for _, values in absent if "ENTPersonStructRattach" in values
                  and "ENTAuxEleve" in values["objectClass"]]
        self.assertTrue(pupils)
        for values in pupils:
            self.assertIn(values["ENTPersonStructRattach"][0], dns)
        rest = scene.entsync("hold", "list", code=HELD).stdout
        self.assertNotIn(hold_id, rest)
        scene.entsync("hold", "approve", rest.split()[0], "--reason", "all of them")
        scene.entsync("plan", "--check", code=DONE)
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)

    def test_a_school_that_the_plan_does_not_know_changes_nothing(self):
        scene, hold_id = self.held()
        before = scene.dump()
        done = scene.entsync("hold", "approve", hold_id, "--school", "0000000A", "--reason", "x", code=FAILED)
        self.assertIn("HOLD-006", done.stderr)
        self.assertEqual(before, scene.dump())
        self.assertIn(hold_id, scene.entsync("hold", "list", code=HELD).stdout)
