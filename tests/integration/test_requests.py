"""Requests for accounts of local-authority staff, from the file to the account and its end."""

import datetime
import os
import stat

from scene import DONE, USAGE, SceneTest

SIRET = "21660024700011"
HEADER = ("id_demande;action;siret;civilite;nom;prenom;courriel_pro;role;uais;date_debut;date_fin;demandeur;"
          "valideur;date_validation;motif\n")
TODAY = datetime.date.today()


def days(n):
    return (TODAY + datetime.timedelta(days=n)).isoformat()


def request(number, action="creer", **other):
    fields = {"id": f"2026-{number}", "action": action, "siret": SIRET, "civilite": "", "nom": "", "prenom": "",
              "mail": "rose.faudol@ville.example", "role": "", "uais": "", "debut": "", "fin": "",
              "demandeur": "mairie", "valideur": "dane", "le": days(0), "motif": "ATSEM"}
    if action == "creer":
        fields.update(civilite="Mme", nom="FAUDOL", prenom="Rose", role="agent", uais="*", fin=days(90))
    fields.update(other)
    return ";".join(fields.values()) + "\n"


class RequestsTest(SceneTest):
    def requests_scene(self, **arguments):
        """A region of which the first school is of the town, and a folder for requests."""
        scene = self.scene(**arguments)
        scene.generate()
        scene.requests = os.path.join(scene.place, "demandes")
        os.mkdir(scene.requests)
        registry = os.path.join(scene.place, "registre.toml")
        with open(registry, encoding="utf-8") as f:
            lines = f.read().splitlines()
        lines = [line for line in lines if not line.startswith(("siret_collectivite", "effet_le", "fin_le"))]
        first = next(i for i, line in enumerate(lines) if line.startswith("uai = "))
        scene.uai = lines[first].split('"')[1]
        lines[first + 1:first + 1] = [f'siret_collectivite = "{SIRET}"', f'effet_le = "{days(-100)}"',
                                      f'fin_le = "{days(200)}"']
        with open(registry, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        scene.extra = '[requests]\npath = "demandes"\n'
        scene.write_config(absence="")
        return scene

    @staticmethod
    def write(scene, *lines, name="2026.csv", header=HEADER):
        path = os.path.join(scene.requests, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(header + "".join(lines))
        return path


class Check(RequestsTest):
    def test_every_refusal_is_named_before_a_file_comes(self):
        scene = self.requests_scene()
        self.write(scene, request(1))
        coming = os.path.join(scene.place, "coming.csv")
        with open(coming, "w", encoding="utf-8") as f:
            f.write(HEADER + request(2, "prolonger", fin=days(100)) + request(3, valideur="Mairie") +
                    request(4, siret="73282932000074", mail="a@ville.example") + request(5, action="effacer") +
                    request(6, "clore", mail="nobody@ville.example") + request(1, motif="another"))
        done = scene.entsync("requests", "check", coming, code=USAGE)
        for line, code in ((3, "REQ-022"), (4, "REQ-026"), (5, "REQ-011"), (6, "REQ-030"), (7, "REQ-020")):
            self.assertRegex(done.stderr, rf"(?m)^coming.csv:{line}: warning {code} \[request 2026-\d\]: .* – .")
        self.assertNotIn("coming.csv:2:", done.stderr)
        self.assertNotIn("FAUDOL", done.stderr + done.stdout)
        self.assertIn("5 requests are right in their form, 5 refusals", done.stdout)
        self.assertFalse(os.path.exists(os.path.join(scene.place, "state", "state.db")))

    def test_a_file_that_is_right_has_no_refusals(self):
        scene = self.requests_scene()
        path = self.write(scene, request(1))
        self.assertIn("1 requests are right in their form, 0 refusals",
                      scene.entsync("requests", "check", path, code=DONE).stdout)
        self.write(scene, request(2), name="broken.csv", header="id;action\n")
        self.assertIn("REQ-004", scene.entsync("requests", "check", path, code=USAGE).stderr)
        os.remove(os.path.join(scene.requests, "broken.csv"))
        os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) | stat.S_IWOTH)
        self.assertIn("REQ-005", scene.entsync("requests", "check", path, code=USAGE).stderr)
        self.assertIn("REQ-001", scene.entsync("requests", "check", path + "x", code=USAGE).stderr)
