"""entsync check-config --connect: one list of what a directory server lacks, and nothing changed by the look."""

import os
import re
import tempfile
import unittest

from scene import DONE, FAILED, SOURCE, USAGE, SceneTest


def lacking(place):
    """The shipped schema with everything wrong that check-config knows of."""
    with open(os.path.join(SOURCE, "config/schema/ent-1d.schema"), encoding="utf-8") as f:
        schema = f.read()

    def take(pattern, by=""):
        nonlocal schema
        schema, count = re.subn(pattern, by, schema, flags=re.S)
        assert count == 1, pattern

    take(r"objectclass \( ENTLocalClasse:2 NAME 'ENTAuxDirection'.*?\n\n")
    take(r"attributetype \( ENTLocalAttribut:2 NAME 'ENTEleveCycle'.*?\n\n")
    take(r" \$ ENTEleveCycle")
    take(r" \$ ENTEleveNiveau")
    take(r"(MUST \( ENTPersonLogin)", r"\1 $ employeeNumber")
    take(r"(NAME 'ENTPersonProfils'.*?121\.1\.15) \)", r"\1 SINGLE-VALUE )")
    take(r"(NAME 'ENTGroupeJointure'.*?)EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch", r"\1")
    path = os.path.join(place, "lacking.schema")
    with open(path, "w", encoding="utf-8") as f:
        f.write(schema)
    return path


class ServerCheck(SceneTest):
    def on_server(self, *options, **arguments):
        scene = self.scene(directory_options=options, **arguments)
        scene.generate()
        return scene

    def found(self, scene, code):
        """Code and item of each line, and the whole output."""
        done = scene.entsync("check-config", "--connect", code=code)
        return sorted(re.findall(r"(LDAP-0\d\d) \[([^]]*)\]", done.stderr)), done

    def test_a_server_that_has_all_is_told_so(self):
        scene = self.on_server("--show-config")
        problems, done = self.found(scene, DONE)
        self.assertEqual([("LDAP-064", scene.uri)], problems)
        self.assertIn("0 errors, 0 warnings", done.stdout)
        self.assertIn("paged results yes, assertion control yes", done.stdout)
        scene.entsyncd()
        before = scene.dump()
        self.assertEqual(problems, self.found(scene, DONE)[0])
        self.assertEqual(before, scene.dump())
        self.assertEqual(scene.entsync("check-config", "--connect").stdout,
                         scene.entsync("check-config", "--directory").stdout)

    def test_everything_that_a_schema_lacks_is_in_one_list(self):
        with tempfile.TemporaryDirectory() as place:
            scene = self.on_server("--schema", lacking(place), "--no-index")
        problems, done = self.found(scene, USAGE)
        self.assertEqual([("LDAP-052", "ENTEleveCycle"), ("LDAP-055", "ENTAuxDirection"),
                          ("LDAP-056", "ENTPersonProfils"), ("LDAP-057", "ENTGroupeJointure"),
                          ("LDAP-058", "employeeNumber"), ("LDAP-059", "ENTEleveNiveau"),
                          ("LDAP-063", scene.uri), ("LDAP-064", scene.uri)], problems)
        self.assertRegex(done.stderr, r"LDAP-058 .*sdet-1d:eleve.*sdet-1d:responsable")
        for line in done.stderr.splitlines():
            if "LDAP-0" in line:
                self.assertIn(" – ", line)  # the remedy
        self.assertIn("5 errors, 1 warnings", done.stdout)

    def test_missing_indexes_are_named_or_said_not_to_be_seen(self):
        scene = self.on_server("--show-config", "--no-index")
        needed = {"objectClass", "uid", "ENTPersonLogin", "ENTPersonJointure", "ENTPersonStructRattach",
                  "ENTAuxPersRelEleveEleve", "member", "ENTGroupeJointure", "ENTEleveINE", "ENTPersonDateNaissance"}
        problems, done = self.found(scene, DONE)
        self.assertEqual(needed, {item for code, item in problems if code == "LDAP-062"})
        self.assertIn("olcDbIndex: ENTEleveINE eq", done.stderr)
        hidden = self.on_server("--no-index")
        problems, done = self.found(hidden, DONE)
        self.assertEqual(["LDAP-063", "LDAP-064"], [code for code, _ in problems])
        for name in needed:
            self.assertIn(name, done.stderr)

    def test_a_limit_that_cuts_the_reading_is_found_with_the_rest(self):
        scene = self.on_server("--show-config", "--no-index", "--size-limit", "50")
        self.assertNotIn("LDAP-033", [code for code, _ in self.found(scene, DONE)[0]])  # nothing to cut yet
        ldif = "".join(f"dn: cn=n{n},ou=people,{scene.base}\nobjectClass: organizationalRole\ncn: n{n}\n\n"
                       for n in range(60))
        scene.ldap("ldapadd", stdin=ldif)
        problems, _ = self.found(scene, FAILED)
        self.assertIn(("LDAP-033", "ou=people," + scene.base), problems)
        self.assertIn(("LDAP-062", "uid"), problems)

    def test_a_hidden_tree_and_a_missing_branch_are_found_together(self):
        scene = self.on_server("--hide")
        problems, _ = self.found(scene, FAILED)
        self.assertEqual(3, sum(code in ("LDAP-032", "LDAP-036") for code, _ in problems), problems)

    def test_rules_of_another_target_find_what_they_need(self):
        scene = self.on_server("--schema", os.path.join(SOURCE, "tests/support/sdet-2d.schema"),
                               rules="tests/support/sdet-2d.toml", tree='structure_rdn = "ENTStructureSIREN"')
        problems, _ = self.found(scene, DONE)
        self.assertEqual(["LDAP-063", "LDAP-064"], [code for code, _ in problems])


if __name__ == "__main__":
    unittest.main()
