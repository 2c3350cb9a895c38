"""The registry of enrolled schools by command: shown, checked before it comes, and replaced with a trace."""

import hashlib
import json
import os
import re
import stat

from control import ControlTest, ask
from scene import DONE, FAILED, USAGE, wait_until

WRONG = """format = 1
[[ecole]]
uai = "0660713R"
[[ecole]]
uai = "0660713S"
siret_collectivite = "21660024700012"
effet_le = "2026-09-01"
fin_le = "2026-08-31"
annee_scolaire = "2026"
etat = "perdue"
[[ecole]]
uai = "0660713S"
"""
NEW_SCHOOL = '\n[[ecole]]\nuai = "0660713S"\nlabel = "LES TILLEULS"\ncommune = "EXEMPLE"\n'


class Registry(ControlTest):
    def files(self, scene):
        """The configured file, its text, and a file with one school more and one that ends."""
        present = os.path.join(scene.place, "registre.toml")
        with open(present, encoding="utf-8") as f:
            text = f.read()
        coming = os.path.join(scene.place, "coming.toml")
        with open(coming, "w", encoding="utf-8") as f:
            f.write(text.replace('etat = "inscrite"', 'etat = "resiliee"', 1) + NEW_SCHOOL)
        return present, text, coming

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as f:
            return f.read()

    def test_every_mistake_of_a_file_is_named_and_nothing_comes_of_it(self):
        scene = self.control_scene()
        present, text, _ = self.files(scene)
        wrong = os.path.join(scene.place, "wrong.toml")
        with open(wrong, "w", encoding="utf-8") as f:
            f.write(WRONG)
        for command in (("check", wrong), ("import", wrong, "--reason", "x", "--yes")):
            done = scene.entsync("registry", *command, code=USAGE)
            self.assertEqual("", done.stdout)
            for line, key in ((3, "uai"), (6, "siret_collectivite"), (8, "fin_le"), (9, "annee_scolaire"),
                              (10, "etat"), (12, "uai")):
                self.assertRegex(done.stderr, rf"(?m)^{wrong}:{line}: error CONF-002 \[ecole\[\d\]\.{key}\]: .* – .")
        self.assertEqual(text, self.read(present))
        self.assertRegex(scene.entsync("registry", "check", present).stdout, r"no errors; \d+ schools, \d+ in scope")
        self.assertIn("CONF-011", scene.entsync("registry", "check", wrong + "x", code=USAGE).stderr)

    def test_an_import_replaces_the_file_with_a_trace_and_without_a_daemon(self):
        scene = self.control_scene()
        present, text, coming = self.files(scene)
        os.chmod(present, 0o640)
        listed = scene.entsync("registry", "list").stdout
        self.assertNotIn("0660713S", listed)
        # Nobody can be asked here.
        done = scene.entsync("registry", "import", coming, "--reason", "a new agreement").stdout
        self.assertIn("schools: 1 added, 1 changed, 0 removed, 1 leaving the scope", done)
        self.assertIn("nothing was changed", done)
        self.assertEqual(text, self.read(present))
        self.assertFalse(os.path.exists(os.path.join(scene.place, "state", "journal.db")))

        done = scene.entsync("registry", "import", coming, "--reason", "a new agreement", "--yes").stdout
        self.assertIn("added  0660713S  LES TILLEULS", done)
        self.assertIn("etat: inscrite -> resiliee", done)
        self.assertEqual(self.read(coming), self.read(present))
        self.assertEqual(text, self.read(present + ".previous"))
        self.assertEqual(0o640, stat.S_IMODE(os.stat(present).st_mode))
        self.assertEqual([], [name for name in os.listdir(scene.place) if name.endswith(".new")])
        self.assertRegex(scene.entsync("registry", "list").stdout,
                         r"(?m)^0660713S  in scope  inscrite .* LES TILLEULS, EXEMPLE$")
        journal = scene.entsync("audit", "all").stdout
        digest = hashlib.sha256(self.read(coming).encode()).hexdigest()
        self.assertIn(f"registry import {digest}: 1 added, 1 changed", journal)
        self.assertIn("a new agreement", journal)
        self.assertIn("nothing changes",
                      scene.entsync("registry", "import", coming, "--reason", "again", "--yes").stdout)
        scene.entsync("registry", "import", present + ".previous", "--reason", "back", "--yes")
        self.assertEqual(text, self.read(present))

    def test_the_running_daemon_journals_it_and_takes_it(self):
        scene = self.control_scene()
        present, text, coming = self.files(scene)
        alone = scene.entsync("registry", "list", "--json").stdout
        daemon = self.ready(scene)
        self.assertEqual(json.loads(alone), json.loads(scene.entsync("registry", "list", "--json").stdout))
        for body in ({}, {"reason": "x"}, {"reason": "x", "digest": "0" * 63 + "G", "what": "x"},
                     {"reason": "x", "digest": "0" * 64}):
            self.assertEqual(400, ask(scene.socket, "POST", "/v1/registry/imports", body)[0], body)
        with self.journal_taken(scene):
            done = scene.entsync("registry", "import", coming, "--reason", "not now", "--yes", code=FAILED)
            self.assertIn("ADM-004", done.stderr)
            self.assertEqual(text, self.read(present))
        done = scene.entsync("registry", "import", coming, "--reason", "a new agreement", "--yes").stdout
        self.assertIn("the daemon takes it", done)
        self.assertTrue(wait_until(lambda: "RUN-044" in daemon.log()), daemon.log())
        self.assertTrue(wait_until(lambda: os.path.exists(scene.socket)))
        self.assertIn("0660713S", {school["uai"] for school in ask(scene.socket, "GET", "/v1/registry")[1]["schools"]})
        # What the daemon cannot take is said, and stays to be corrected.
        with open(scene.config, "a", encoding="utf-8") as f:
            f.write("\n[wrong]\n")
        self.assertIn("CONF-002", scene.entsync("reload", code=FAILED).stderr)
        self.assertEqual(DONE, daemon.end())
        with open(scene.config, encoding="utf-8") as f:
            right = f.read().replace("\n[wrong]\n", "")
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(right)
        journal = scene.entsync("audit", "all").stdout
        self.assertEqual(1, len(re.findall(r"registry import [0-9a-f]{64}", journal)))
        with self.journal_taken(scene):
            done = scene.entsync("registry", "import", present + ".previous", "--reason", "x", "--yes", code=FAILED)
            self.assertIn("REG-002", done.stderr)
        self.assertEqual(self.read(coming), self.read(present))
