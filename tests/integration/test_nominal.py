"""The main job as its users run it: empty directory → true directory → nothing to do → drift → repair."""

import json
import os
import unittest

from scene import DONE, GROUPS, MANY_CREATES, OUT_OF_SYNC, PEOPLE, SceneTest


class Nominal(SceneTest):
    def test_a_first_run_makes_the_directory_true_and_a_second_one_changes_nothing(self):
        scene = self.scene(persons=1500, academies=2)
        scene.generate()
        self.assertIn("create", scene.entsync("plan", "--check", code=OUT_OF_SYNC).stdout)
        scene.entsyncd()
        scene.check()
        before = scene.dump()
        done = scene.entsyncd()
        self.assertIn("nothing to do", done.stderr)
        self.assertEqual(before, scene.dump())
        self.assertIn("nothing to do", scene.entsync("plan", "--check", code=DONE).stdout)

    def test_a_dry_run_writes_nothing_and_plans_what_the_run_does(self):
        scene = self.scene()
        scene.generate()
        empty = scene.dump()
        planned = json.loads(scene.entsync("plan", "--json").stdout)
        again = json.loads(scene.entsync("plan", "--json").stdout)
        self.assertEqual(planned["changes"], again["changes"])
        self.assertEqual(empty, scene.dump())
        scene.entsyncd()
        lines = scene.entsync("audit", "all", "--form", "json").stdout.splitlines()
        intents = [json.loads(line) for line in lines if '"operation"' in line]
        self.assertEqual(sorted(c["dn"] for c in planned["changes"]), sorted(i["dn"] for i in intents))

    def test_a_value_altered_by_hand_is_shown_as_drift_and_repaired(self):
        scene = self.synchronised()
        dn, values, key = scene.a_pupil()
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: ALTERED BY HAND\n")
        scene.entsync("plan", "--check", code=OUT_OF_SYNC)
        plan = scene.entsync("plan").stdout
        self.assertIn("- sn: ALTERED BY HAND", plan)
        self.assertIn(f"+ sn: {values['sn'][0]}    (sdet-1d:eleve.sn,", plan)
        self.assertEqual(plan.count("because:"), 1)
        scene.entsyncd()
        self.assertEqual(scene.search(dn)[0][1]["sn"], values["sn"])
        self.assertIn("- sn: (1 value in the vault)", scene.entsync("audit", "person", key).stdout)
        story = scene.entsync("audit", "unseal", key, "--reason", "test", "--ticket", "T-1").stdout
        self.assertIn("- sn: ALTERED BY HAND", story)

    def test_case_and_order_of_values_are_no_drift(self):
        scene = self.synchronised()
        dn, values, _ = scene.a_pupil()
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: {values['sn'][0].lower()}\n")
        scene.entsync("plan", "--check", code=DONE)

    def test_what_the_ent_owns_and_links_made_by_hand_survive(self):
        scene = self.synchronised()
        teacher, _ = scene.search(PEOPLE, "(objectClass=ENTAuxEnseignant)")[0]
        pupil, _, _ = scene.a_pupil()
        classe = scene.search(GROUPS, "(objectClass=ENTClasse)", "ENTGroupeEcole", "cn")[0]
        school = classe[1]["ENTGroupeEcole"][0]
        group, _ = scene.search(GROUPS, f"(&(objectClass=ENTClasse)(!(member={pupil})))", "cn")[0]
        local = f"uid=atsem1,{PEOPLE}"
        scene.ldap("ldapadd", stdin=f"""dn: {local}
objectClass: inetOrgPerson
objectClass: ENTPerson
uid: atsem1
cn: PERSONNEL LOCAL
sn: LOCAL
ENTPersonLogin: atsem1
ENTPersonJointure: ENT$atsem1
""")
        scene.modify(f"""dn: {teacher}
changetype: modify
add: ENTAuxEnsClasses
ENTAuxEnsClasses: {school}$99

dn: {group}
changetype: modify
add: ENTGroupeMembreExplicite
ENTGroupeMembreExplicite: {pupil}
-
add: member
member: {pupil}
member: {local}

dn: {pupil}
changetype: modify
add: description
description: written in the ENT
""")
        scene.entsyncd()
        scene.entsync("plan", "--check", code=DONE)
        self.assertEqual(scene.search(teacher)[0][1]["ENTAuxEnsClasses"], [f"{school}$99"])
        members = scene.search(group)[0][1]["member"]
        self.assertIn(pupil, members)
        self.assertIn(local, members)
        self.assertEqual(scene.search(pupil)[0][1]["description"], ["written in the ENT"])
        self.assertEqual(len(scene.search(local)), 1)

    def test_an_account_that_was_there_before_is_adopted_by_its_key(self):
        scene = self.scene(limits=MANY_CREATES)  # with an account there it is no first load
        scene.generate()
        first = next(c for c in json.loads(scene.entsync("plan", "--json").stdout)["changes"]
                     if c.get("profil") == "enseignant")
        jointure = first["subject"].replace("/PersEducNat/", "$")
        name = next(a["added"][0] for a in first["attributes"] if a["attribute"] == "sn")
        old = f"uid=ancien.compte,{PEOPLE}"
        scene.ldap("ldapadd", stdin=f"""dn: {old}
objectClass: inetOrgPerson
objectClass: ENTPerson
uid: ancien.compte
cn: ancien
sn: {name}
ENTPersonLogin: ancien.login
ENTPersonJointure: {jointure}
""")
        scene.entsyncd()
        found = scene.search(PEOPLE, f"(ENTPersonJointure={jointure})")
        self.assertEqual([dn for dn, _ in found], [old])
        self.assertEqual(found[0][1]["ENTPersonLogin"], ["ancien.login"])
        self.assertIn("ENTAuxEnseignant", found[0][1]["objectClass"])
        scene.entsync("plan", "--check", code=DONE)

    def test_a_saved_plan_is_applied_exactly_once(self):
        scene = self.scene()
        scene.generate()
        plan = os.path.join(scene.place, "plan.json")
        scene.entsync("plan", "--summary", "--out", plan)
        self.assertEqual(os.stat(plan).st_mode & 0o777, 0o600)
        scene.entsync("apply", plan, "--reason", "test")
        scene.check()
        scene.entsync("plan", "--check", code=DONE)
        again = scene.entsync("apply", plan, "--reason", "test", code=1)
        self.assertIn("PLAN-021", again.stderr)

    def test_a_plan_is_stale_when_an_entry_moved_on_and_when_the_file_was_altered(self):
        scene = self.synchronised()
        dn, values, _ = scene.a_pupil()
        plan = os.path.join(scene.place, "plan.json")
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: FIRST\n")
        scene.entsync("plan", "--summary", "--out", plan)
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: SECOND\n")
        self.assertIn("PLAN-021", scene.entsync("apply", plan, "--reason", "test", code=1).stderr)
        self.assertEqual(scene.search(dn)[0][1]["sn"], ["SECOND"])
        with open(plan, encoding="utf-8") as f:
            text = f.read()
        with open(plan, "w", encoding="utf-8") as f:
            f.write(text.replace(values["sn"][0], "FORGED", 1))
        self.assertIn("PLAN-010", scene.entsync("apply", plan, "--reason", "test", code=1).stderr)

    def test_explain_names_file_line_rule_and_run(self):
        scene = self.synchronised()
        _, values, key = scene.a_pupil()
        text = scene.entsync("explain", key, "sn").stdout
        self.assertRegex(text, r"wanted: .*\(.*_Eleve_\d{4}\.xml:\d+\)")
        self.assertIn("rule: sdet-1d:eleve.sn", text)
        self.assertIn("in sync", text)
        self.assertIn("was last written", text)
        self.assertIn("neither", scene.entsync("explain", "AC-TOULOUSE/Eleve/0", code=1).stderr)


if __name__ == "__main__":
    unittest.main()
