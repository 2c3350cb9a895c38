"""The whole job on a directory of another shape, written only as configuration: structural pupils with
mandatory attributes, schools named by their SIRET, composites, both profile codes, local account attributes."""

import os

from scene import DONE, GROUPS, OUT_OF_SYNC, PEOPLE, SOURCE, STRUCTURES, WIDE_LIMITS, SceneTest


class SecondTarget(SceneTest):
    def second(self, **arguments):
        scene = self.scene(directory_options=("--schema", os.path.join(SOURCE, "tests/support/sdet-2d.schema")),
                           rules="tests/support/sdet-2d.toml", tree='structure_rdn = "ENTStructureSIREN"', **arguments)
        scene.generate()
        return scene

    def test_a_first_run_makes_it_true_and_a_second_one_changes_nothing(self):
        scene = self.second(persons=1500, academies=2)
        self.assertIn("create", scene.entsync("plan", "--check", code=OUT_OF_SYNC).stdout)
        scene.entsyncd()
        before = scene.dump()
        self.assertIn("nothing to do", scene.entsyncd().stderr)
        self.assertEqual(before, scene.dump())
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)

    def test_every_entry_has_the_shape_of_the_other_schema(self):
        scene = self.second()
        scene.entsyncd()
        schools = scene.search(STRUCTURES, "(objectClass=ENTEtablissement)")
        self.assertGreater(len(schools), 0)
        for dn, values in schools:
            self.assertRegex(dn, r"^ENTStructureSIREN=\d{14},")
            self.assertRegex(values["ENTStructureJointure"][0], r"^AC-[A-Z]+\$\d+$")
        names = {dn for dn, _ in schools}
        pupils = scene.search(PEOPLE, "(objectClass=ENTEleve)")
        self.assertGreater(len(pupils), 50)
        for _, values in pupils:
            self.assertEqual(values["ENTPersonProfils"], ["National_ELV"])
            self.assertEqual(values["LOCALPersonProfils"], ["ELEVE"])
            self.assertIn(values["ENTEleveClasses"][0].split("$")[0], names)
        people = {dn: values for dn, values in scene.search(PEOPLE, "(objectClass=ENTPerson)")}
        for dn, values in scene.search(PEOPLE, "(objectClass=ENTAuxPersRelEleve)"):
            for pupil in values["ENTAuxPersRelEleveEleve"]:
                self.assertIn(dn, [link.split("$")[0] for link in people[pupil]["ENTElevePersRelEleve"]])
        for kind in ("ENTClasse", "ENTProfil"):
            for _, values in scene.search(GROUPS, f"(objectClass={kind})"):
                self.assertIn(values["seeAlso"][0], names)
                for member in filter(None, values["member"]):
                    self.assertIn(member, people)

    def test_drift_is_repaired_and_what_hands_made_stays(self):
        scene = self.second()
        scene.entsyncd()
        pupil, values = scene.search(PEOPLE, "(objectClass=ENTEleve)")[0]
        group, _ = scene.search(GROUPS, f"(&(objectClass=ENTClasse)(!(member={pupil})))", "cn")[0]
        scene.modify(f"dn: {pupil}\nchangetype: modify\nreplace: sn\nsn: ALTERED\n-\nadd: description\n"
                     f"description: of the ENT\n\ndn: {group}\nchangetype: modify\nadd: owner\nowner: {pupil}\n-\n"
                     f"add: member\nmember: {pupil}\n")
        self.assertIn("(sdet-2d:eleve.sn,", scene.entsync("plan").stdout)
        scene.entsyncd()
        after = scene.search(pupil)[0][1]
        self.assertEqual(after["sn"], values["sn"])
        self.assertEqual(after["description"], ["of the ENT"])
        self.assertIn(pupil, scene.search(group)[0][1]["member"])
        scene.entsync("plan", "--check", code=DONE)

    def test_those_who_leave_at_the_rentree_are_dated_in_the_local_attributes(self):
        scene = self.second(limits=WIDE_LIMITS)
        scene.entsyncd()
        scene.evolve("rentree", "20270906")
        scene.entsyncd()
        gone = scene.search(PEOPLE, "(LOCALPersonEtatCompte=SUSPENDU)")
        for role in ("ENTEleve", "ENTAuxPersRelEleve"):
            self.assertTrue(any(role in values["objectClass"] for _, values in gone), role)
        for _, values in gone:
            self.assertRegex(values["LOCALPersonAbsentDepuis"][0], r"^\d{14}Z$")
