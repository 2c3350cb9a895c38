"""The registry of enrolled schools by command: shown, checked before it comes, and replaced with a trace."""

import csv
import datetime
import hashlib
import io
import json
import os
import re
import stat
import tomllib

from control import ControlTest, ask
from scene import DONE, FAILED, PEOPLE, USAGE, wait_until

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

    def test_a_school_past_its_term_is_served_warned_of_and_told_of_after_its_grace(self):
        scene = self.control_scene()
        present, text, _ = self.files(scene)
        told = os.path.join(scene.place, "told")
        scene.write_config(extra=f'[notify]\ncommand = ["/usr/bin/tee", "{told}"]\n')
        late = text.replace('fin_le = "2027-09-01"', 'fin_le = "2026-09-10"', 1).replace(
            'effet_le = "2026-09-01"', 'effet_le = "2025-09-01"', 1)
        with open(present, "w", encoding="utf-8") as f:
            f.write(late)
        self.assertRegex(scene.entsyncd().stderr, r"DATA-004 \[\w+\]: .* its time of grace ends on 2027-01-08")
        self.assertFalse(os.path.exists(told))
        with open(present, "w", encoding="utf-8") as f:
            f.write(late.replace("format = 1\n", "format = 1\ngrace_days = 4\n", 1))
        log = scene.entsyncd().stderr
        self.assertRegex(log, r"DATA-005 \[\w+\]: .* and its time of grace on 2026-09-14: it is served without an agreement")
        with open(told, encoding="utf-8") as f:
            alert = json.load(f)
        self.assertEqual(("overdue-agreement", "1 schools are served without an agreement"),
                         (alert["kind"], alert["subject"]))
        scene.check()  # nobody lost anything

    def test_the_list_says_how_agreements_stand_to_their_term(self):
        scene = self.control_scene()
        present, _, _ = self.files(scene)
        day = datetime.date.today()
        lines = ["format = 1", 'montant_par_ecole = "50.00"', "grace_days = 30"]
        for uai, ended in (("0660713S", 10), ("0400740M", 31), ("0693796B", -10)):
            fin = day - datetime.timedelta(days=ended)
            lines += ["[[ecole]]", f'uai = "{uai}"', f'fin_le = "{fin.isoformat()}"']
        with open(present, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        listed = scene.entsync("registry", "list").stdout
        grace = (day + datetime.timedelta(days=20)).isoformat()
        self.assertRegex(listed, rf"(?m)^0660713S  in scope .*\(past its term, grace until {grace}\)$")
        self.assertRegex(listed, r"(?m)^0400740M  in scope .*\(NO AGREEMENT: grace ended \d{4}-\d\d-\d\d\)$")
        self.assertRegex(listed, r"(?m)^0693796B  in scope .* , $")
        self.assertIn("3 schools, 3 in scope, 2 past the term of their agreement, 1 past its grace", listed)
        answer = json.loads(scene.entsync("registry", "list", "--json").stdout)
        self.assertEqual("50.00", answer["amount_per_school"])
        self.assertEqual(["overdue", "grace", "running"], [school["term"] for school in answer["schools"]])
        self.assertIn("2 of them past fin_le, 1 past the grace", scene.entsync("registry", "check", present).stdout)

    def test_the_yearly_statement_counts_schools_amounts_and_accounts(self):
        scene = self.control_scene()
        scene.entsyncd()
        with open(os.path.join(scene.place, "registre.toml"), "rb") as f:
            schools = [ecole for ecole in tomllib.load(f)["ecole"] if ecole["etat"] not in ("resiliee", "retiree")]
        year = ("registry", "statement", "--annee", "2026-2027")
        statement = json.loads(scene.entsync(*year, "--json").stdout)
        self.assertEqual(len(schools), statement["schools"])
        self.assertEqual(f"{45 * len(schools)}.00", statement["amount"])
        self.assertEqual({ecole["siret_collectivite"] for ecole in schools},
                         {one["siret"] for one in statement["collectivites"]})
        people = scene.search(PEOPLE, "(ENTPersonJointure=*)", "objectClass", "ENTPersonStructRattach")
        pupils = [v for _, v in people if "ENTAuxEleve" in v["objectClass"]]
        self.assertEqual(len(pupils), statement["accounts"]["eleve"])
        self.assertEqual(len(people), sum(statement["accounts"].values()))
        for collectivite in statement["collectivites"]:
            self.assertEqual(f"{45 * len(collectivite['schools'])}.00", collectivite["amount"])
            for school in collectivite["schools"]:
                of_school = [v for v in pupils if school["uai"] in v["ENTPersonStructRattach"][0]]
                self.assertEqual(len(of_school), school["accounts"]["eleve"], school)
        # Whoever is suspended is not in use.
        scene.modify(f"dn: {scene.a_pupil()[0]}\nchangetype: modify\nadd: ENTCompteEtat\nENTCompteEtat: SUSPENDU\n")
        after = json.loads(scene.entsync(*year, "--json").stdout)
        self.assertEqual(len(pupils) - 1, after["accounts"]["eleve"])
        table = scene.entsync(*year).stdout
        self.assertIn(f"in all: {len(after['collectivites'])} collectivités, {len(schools)} schools, "
                      f"{45 * len(schools)}.00 EUR, {len(pupils) - 1} eleve, ", table)
        rows = list(csv.DictReader(io.StringIO(scene.entsync(*year, "--csv").stdout, newline="")))
        self.assertEqual({ecole["uai"] for ecole in schools}, {row["uai"] for row in rows})
        self.assertEqual({"45.00"}, {row["montant"] for row in rows})
        self.assertEqual(0, json.loads(scene.entsync("registry", "statement", "--annee", "2019-2020", "--json").stdout)
                         ["schools"])
        self.assertIn("school year", scene.entsync("registry", "statement", "--annee", "2026", code=USAGE).stderr)
        daemon = self.ready(scene)
        self.assertEqual(after, json.loads(scene.entsync(*year, "--json").stdout))
        self.assertEqual(400, ask(scene.socket, "GET", "/v1/registry/statement?annee=2026")[0])
        self.assertEqual(after, ask(scene.socket, "GET", "/v1/registry/statement?annee=2026-2027")[1])
        self.assertEqual(DONE, daemon.end())
        self.assertNotIn(" read ", scene.entsync("audit", "all").stdout)

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
