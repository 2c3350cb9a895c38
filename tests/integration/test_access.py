"""The answer to a request of access, read as the parent would: everything of the child, nothing of the other parent."""

import csv
import fcntl
import html
import io
import json
import os
import re
import stat
import zipfile

from daemon import NEVER, DaemonTest
from scene import DONE, FAILED, PEOPLE, USAGE

CONTROLLER = """
[controller]
name = "Région académique d'essai"
dpo = "dpo@region.example"
recipients = ["L'exploitant de l'ENT d'essai"]
"""
ASKED = ("--received", "2026-11-05", "--reason", "letter of the family", "--ticket", "DPO-7")
CONTACTS = ("mail", "homePhone", "mobile", "telephoneNumber", "ENTPersonAdresse", "uid", "ENTPersonLogin", "cn")
FILES = ("LISEZMOI.txt", "donnees.html", "donnees.json", "historique.csv")


class Access(DaemonTest):
    def key(self, values, category):
        source, number = values["ENTPersonJointure"][0].split("$")
        return f"{source}/{category}/{number}"

    def family(self, scene):
        """A pupil with two responsables, and these."""
        people = {dn: values for dn, values in scene.search(PEOPLE)}
        for dn, values in sorted(people.items()):
            links = [link.split("$")[0] for link in values.get("ENTElevePersRelEleve", [])]
            if len(links) == 2 and all("mail" in people[link] for link in links):
                return (dn, values), *((link, people[link]) for link in links)
        raise AssertionError("no such family")

    def director(self, scene, school):
        return scene.search(PEOPLE, f"(&(objectClass=ENTAuxDirection)(ENTPersonStructRattach={school}))")[0]

    def package(self, scene, *arguments, code=DONE):
        folder = os.path.join(scene.place, "package")
        done = scene.entsync("rights", "access", *arguments, "--out", folder, code=code)
        texts = {}
        if code == DONE:
            self.assertEqual(sorted(os.listdir(folder)), sorted(FILES))
            self.assertEqual(0o700, stat.S_IMODE(os.stat(folder).st_mode))
            for name in FILES:
                path = os.path.join(folder, name)
                self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode), name)
                with open(path, encoding="utf-8") as f:
                    texts[name] = f.read()
        else:
            self.assertFalse(os.path.exists(folder))
        return done, texts

    def readings(self, scene):
        records = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()]
        return [r for r in records if r["type"] == "read" and r["detail"].startswith("access package")]

    def lived(self):
        """A family whose child's entry was written to by hand, and corrected by a run."""
        scene = self.synchronised(persons=800, extra=CONTROLLER)
        (dn, values), (_, mother), (other_dn, other) = self.family(scene)
        head_dn, head = self.director(scene, values["ENTPersonStructRattach"][0])
        teacher_dn, teacher = scene.search(PEOPLE, "(&(objectClass=ENTAuxEnseignant)(!(objectClass=ENTAuxDirection))"
                                           f"(!(ENTPersonStructRattach={values['ENTPersonStructRattach'][0]})))")[0]
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: FAUX\n-\n"
                     f"delete: ENTElevePersRelEleve\n"
                     f"ENTElevePersRelEleve: {[l for l in values['ENTElevePersRelEleve'] if l.startswith(other_dn)][0]}\n-\n"
                     f"add: manager\nmanager: {head_dn}\n-\n"
                     f"add: seeAlso\nseeAlso: {teacher_dn}\n-\n"
                     f"add: description\ndescription: <b>joindre {other['mail'][0]}</b>\n-\n"
                     "add: roomNumber\nroomNumber: <b>salle 3</b>\n")
        scene.entsyncd(DONE)
        return scene, dn, self.key(values, "Eleve"), mother, other, (head, teacher)

    def test_a_parent_reads_everything_of_the_child_and_nothing_of_the_other_parent(self):
        scene, dn, key, mother, other, staff = self.lived()
        done, texts = self.package(scene, key, "--requester", self.key(mother, "PersRelEleve"), *ASKED)
        self.assertIn("to be answered by 2026-12-05", done.stdout)

        held = scene.search(dn, "(objectClass=*)", "*")[0][1]
        data = json.loads(texts["donnees.json"])
        told = {a["attribut"]: a for a in data["donnees"]}
        self.assertEqual(sorted(told), sorted(held))
        left_out = 0
        for name, values in held.items():
            texts_told = [v["valeur"] for v in told[name]["valeurs"] if v.get("valeur") is not None]
            self.assertEqual(len(values), len(told[name]["valeurs"]), name)
            withheld = [v["non_communiquee"] for v in told[name]["valeurs"] if "non_communiquee" in v]
            left_out += len(withheld)
            if not withheld:
                self.assertEqual(sorted(values), sorted(texts_told), name)
            self.assertTrue(set(texts_told) <= set(values))
        self.assertEqual(4, left_out, "the other's link, the note with the mail, the head of the school, a teacher")
        self.assertEqual(4, data["valeurs_non_communiquees"] - self.withheld_in_history(data))
        self.assertEqual("un directeur ou une directrice d'école", told["manager"]["valeurs"][0]["non_communiquee"])
        self.assertEqual("un enseignant", told["seeAlso"]["valeurs"][0]["non_communiquee"])
        link = [v["valeur"] for v in told["ENTElevePersRelEleve"]["valeurs"] if v["valeur"]]
        self.assertIn(mother["uid"][0], link[0])

        sn = told["sn"]
        self.assertEqual(("Nom", "source", "sdet-1d:eleve.sn"), (sn["libelle"], sn["proprietaire"], sn["regle"]))
        self.assertRegex(sn["valeurs"][0]["source"]["fichier"], r"Eleve_\d+\.xml$")
        self.assertEqual("2026-09-15", sn["valeurs"][0]["source"]["livraison_du"])
        self.assert_is_name_in_file(scene, sn["valeurs"][0])
        self.assertIn("L'exploitant de l'ENT d'essai", sn["destinataires"])
        self.assertTrue(sn["dernier_changement"])
        self.assertEqual("ent", told["description"]["proprietaire"])
        groups = {values["cn"][0] for _, values in scene.search("ou=groups,dc=ent,dc=example,dc=fr", f"(member={dn})")}
        self.assertEqual(groups, set(data["groupes"]))

        everything = "".join(texts.values())
        for name in CONTACTS:
            for value in other.get(name, []):
                for form in (value, json.dumps(value, ensure_ascii=True)[1:-1]):
                    self.assertNotIn(form.lower(), everything.lower(), name)
        for person in staff:
            for value in (person["cn"][0], person["uid"][0]):
                self.assertNotIn(value, everything)
        self.assertIn("&lt;b&gt;salle 3&lt;/b&gt;", texts["donnees.html"])
        self.assertNotIn("<b>", texts["donnees.html"])

        rows = list(csv.DictReader(io.StringIO(texts["historique.csv"].lstrip("\ufeff")), delimiter=";"))
        names = [(r["ancienne_valeur"], r["nouvelle_valeur"]) for r in rows if r["attribut"] == "sn"]
        self.assertEqual([("", held["sn"][0]), ("FAUX", held["sn"][0])], names)
        again = [r for r in rows if r["attribut"] == "ENTElevePersRelEleve"]
        self.assertEqual("(un autre responsable légal (non communiqué))", again[-1]["nouvelle_valeur"])
        self.assertEqual({"traitement automatique", "intervention d'un administrateur"} |
                         {r["auteur"] for r in rows},
                         {"traitement automatique", "intervention d'un administrateur"})

        for text in ("05/12/2026", "CNIL", "Région académique d'essai", "dpo@region.example", "autre\n  responsable"):
            self.assertIn(text, texts["LISEZMOI.txt"])
        page = html.unescape(texts["donnees.html"])
        for text in (held["givenName"][0], held["ENTPersonDateNaissance"][0], "vous-même"):
            self.assertIn(text, page)
        self.assertRegex(texts["donnees.html"], r'<html lang="fr">')

        reading, = self.readings(scene)
        self.assertEqual("letter of the family", reading["reason"])
        self.assertRegex(reading["actor"], "^user:")
        self.assertRegex(reading["detail"], re.escape(f"access package of {key} for {self.key(mother, 'PersRelEleve')}; ")
                         + r"\d+ records of 1 subject; ticket DPO-7$")

    @staticmethod
    def withheld_in_history(data):
        return sum("non_communiquee" in value and value["non_communiquee"] != "valeur effacée"
                   for change in data["historique"]
                   for value in change["anciennes_valeurs"] + change["nouvelles_valeurs"])

    def assert_is_name_in_file(self, scene, value):
        """The line that is named holds the value."""
        for folder, _, names in os.walk(scene.deliveries):
            if os.path.basename(value["source"]["fichier"]) in names:
                with open(os.path.join(folder, os.path.basename(value["source"]["fichier"])), encoding="utf-8") as f:
                    lines = f.read().split("\n")
                self.assertIn(value["valeur"], lines[value["source"]["ligne"] - 1])
                return
        self.fail("no such file")

    def test_who_may_not_ask_gets_nothing(self):
        scene = self.synchronised()
        (_, values), (_, mother), (_, other) = self.family(scene)
        key = self.key(values, "Eleve")
        parents = {self.key(mother, "PersRelEleve"), self.key(other, "PersRelEleve")}
        stranger = next(self.key(v, "PersRelEleve") for _, v in scene.search(PEOPLE, "(objectClass=ENTAuxPersRelEleve)")
                        if self.key(v, "PersRelEleve") not in parents)
        head = self.key(self.director(scene, values["ENTPersonStructRattach"][0])[1], "PersEducNat")
        for who in (stranger, head, "AC-NOWHERE/PersRelEleve/1"):
            self.assertIn("RGT-020", self.package(scene, key, "--requester", who, *ASKED, code=FAILED)[0].stderr)
        self.assertIn("RGT-021", self.package(scene, key, *ASKED, code=USAGE)[0].stderr)
        self.assertIn("RGT-022", self.package(scene, key, "--requester", key, "--received", "2999-01-01", *ASKED[2:],
                                              code=USAGE)[0].stderr)
        nobody = key.rsplit("/", 1)[0] + "/999999999"
        self.assertIn("EXPL-001", self.package(scene, nobody, "--requester", nobody, *ASKED, code=FAILED)[0].stderr)
        self.assertEqual([], self.readings(scene))

    def test_what_cannot_be_journaled_is_not_written_and_nothing_is_overwritten(self):
        scene = self.synchronised()
        _, values, key = scene.a_pupil()
        with open(os.path.join(scene.place, "state", "journal.lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("READ-003", self.package(scene, key, "--requester", key, *ASKED, code=FAILED)[0].stderr)
        _, texts = self.package(scene, key, "--requester", key, *ASKED)
        for link in values["ENTElevePersRelEleve"]:
            self.assertNotIn(link.split("$")[0], texts["donnees.json"], "a pupil's package names no parent")
        folder = os.path.join(scene.place, "package")
        self.assertIn("RGT-025", scene.entsync("rights", "access", key, "--requester", key, *ASKED, "--out", folder,
                                               code=FAILED).stderr)
        self.assertEqual(1, len(self.readings(scene)))

    def test_a_proof_is_journaled_and_the_daemon_journals_while_it_runs(self):
        scene = self.synchronised()
        scene.socket = os.path.join(scene.place, "control.sock")
        scene.write_config(extra=NEVER + f'[control]\nsocket = "{scene.socket}"\n')
        _, values, key = scene.a_pupil()
        scene.entsync("rights", "restrict", key, "--reason", "quarrel of the Durands")
        daemon = self.ready(scene)
        archive = os.path.join(scene.place, "package.zip")
        scene.entsync("rights", "access", key, "--proof", "dossier 12, armoire B", *ASKED, "--out", archive)
        self.assertEqual(0o600, stat.S_IMODE(os.stat(archive).st_mode))
        with zipfile.ZipFile(archive) as packed:
            self.assertIsNone(packed.testzip())
            self.assertEqual(sorted(FILES), sorted(packed.namelist()))
            self.assertIn(values["givenName"][0], html.unescape(packed.read("donnees.html").decode()))
        _, texts = self.package(scene, key, "--proof", "dossier 12, armoire B", *ASKED)
        self.assertIn(values["givenName"][0], html.unescape(texts["donnees.html"]))
        self.assertIn("sur justificatif", texts["LISEZMOI.txt"])
        registered, = json.loads(texts["donnees.json"])["registres"]
        self.assertEqual("en vigueur", registered["etat"])
        for word in ("armoire", "quarrel"):
            self.assertNotIn(word, "".join(texts.values()))
        self.assertIn("non renseigné", texts["LISEZMOI.txt"])
        self.assertEqual(DONE, daemon.end())
        self.assertIn("for who proved it: dossier 12, armoire B", self.readings(scene)[0]["detail"])

    def test_who_is_no_responsable_any_more_cannot_ask(self):
        scene = self.synchronised()
        (dn, values), (_, mother), _ = self.family(scene)
        link = [l for l in values["ENTElevePersRelEleve"] if mother["uid"][0] in l][0]
        scene.modify(f"dn: {dn}\nchangetype: modify\ndelete: ENTElevePersRelEleve\nENTElevePersRelEleve: {link}\n")
        self.assertIn("RGT-020", self.package(scene, self.key(values, "Eleve"), "--requester",
                                              self.key(mother, "PersRelEleve"), *ASKED, code=FAILED)[0].stderr)
