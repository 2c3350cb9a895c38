"""The register of processing: of the configuration at hand, and refused when a mapped attribute has no line."""

import csv
import io
import json
import os
import shutil

from scene import DONE, OUT_OF_SYNC, SOURCE, USAGE, SceneTest


class Register(SceneTest):
    def with_rules(self):
        scene = self.scene()
        scene.generate()
        for name in ("sdet-1d.toml", "sdet-1d.rgpd.toml"):
            shutil.copy(os.path.join(SOURCE, "config/rules", name), scene.place)
        scene.rules = os.path.relpath(os.path.join(scene.place, "sdet-1d.toml"), SOURCE)
        scene.write_config()
        return scene

    def replace(self, scene, name, old, new):
        path = os.path.join(scene.place, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))

    def test_it_is_of_the_configuration_at_hand(self):
        scene = self.with_rules()
        scene.write_config(extra='[controller]\nname = "Région"\ndpo = "dpo@region.example"\nrecipients = ["GAR"]\n'
                                 "[retention]\nvalues_days = 200\n")
        read = json.loads(scene.entsync("rights", "register", "--json").stdout)
        self.assertEqual("Région", read["responsable_de_traitement"])
        directory, journal = read["activites"]
        self.assertEqual(("annuaire", "journalisation"), (directory["id"], journal["id"]))
        self.assertIn("GAR", directory["destinataires"])
        self.assertTrue(any("200 jours" in term for term in journal["conservation"]))
        rows = list(csv.DictReader(io.StringIO(scene.entsync("rights", "register", "--csv").stdout.lstrip("\ufeff")),
                                   delimiter=";"))
        self.assertEqual(len(directory["donnees"]) + len(journal["donnees"]),
                         sum(row["rubrique"] == "donnée" for row in rows))
        self.assertIn("non configurée", scene.entsync("rights", "register").stdout)
        self.assertIn("register of processing", scene.entsync("check-config").stdout)

    def test_an_attribute_that_is_mapped_without_a_line_is_refused_and_stops_no_run(self):
        scene = self.with_rules()
        self.replace(scene, "sdet-1d.toml", '  { name = "ENTEleveNiveau", value = "{ENTEleveNiveau}" },\n',
                     '  { name = "ENTEleveNiveau", value = "{ENTEleveNiveau}" },\n'
                     '  { name = "employeeType", value = "{ENTEleveNiveau}" },\n')
        for command in (("check-config",), ("rights", "register")):
            done = scene.entsync(*command, code=USAGE)
            self.assertIn("PROC-001 [employeeType]", done.stderr)
        scene.entsync("plan", "--check", code=OUT_OF_SYNC)
        self.replace(scene, "sdet-1d.rgpd.toml", "attributes = [\n",
                     'attributes = [\n  { name = "employeeType", label = "Niveau", category = "scolarite", '
                     'purpose = "droits" },\n  { name = "pager", label = "Bip", category = "coordonnees", '
                     'purpose = "contact" },\n')
        done = scene.entsync("check-config", code=DONE)
        self.assertIn("warning PROC-002 [pager]", done.stderr)
        os.remove(os.path.join(scene.place, "sdet-1d.rgpd.toml"))
        self.assertIn("CONF-013", scene.entsync("check-config", code=USAGE).stderr)
